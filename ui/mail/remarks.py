"""What is said of a mail that came in: its kind in a word, and why it could not be read or means nothing."""

from domain.communication.incoming.hidden_words import Hidden, hidden_words
from domain.communication.incoming.listing import IncomingDetail, IncomingRow
from ui import formats
from ui.errors import describe_code
from ui.labels import label
from ui.translation import tr

KINDS = {"reply": "info", "bounce": "danger", "patient": "success", "other": "warning"}
_REPORTS = {"report.read": "neutral", "report.delivered": "neutral", "report.elsewhere": "warning"}


def chip(row: IncomingRow) -> tuple[str, str]:
    """The kind of a mail in a word, and its colour."""
    remark = row.remark
    if remark is None or remark.code == "mail.not_filed":
        return label("incoming_kind", row.kind), KINDS[row.kind]
    if remark.unreadable:
        return tr("nicht lesbar"), "danger"
    if remark.code not in _REPORTS:  # of a newer program
        return tr("Bericht"), "neutral"
    return label("report", remark.code), _REPORTS[remark.code]


def sentence(mail: IncomingDetail) -> str:
    """What the program has to say of a mail; empty where nothing."""
    remark = mail.row.remark
    if mail.erased:
        return tr("Was in dieser E-Mail stand, wurde auf Antrag gelöscht und lässt sich hier nicht mehr lesen.")
    if remark is None:
        hidden = hidden_words(mail.body_text, (file.media_type for file in mail.files))
        said = [_of_words(hidden, files=bool(mail.files)) if hidden is not None else "", _of_sender(mail.row)]
        return "\n".join(part for part in said if part)
    if remark.code == "mail.not_filed":
        return tr(
            "Diese E-Mail ließ sich nicht wie üblich ablegen; es wurde nichts eingetragen. Bitte lesen und zuordnen."
        )
    if remark.code == "mail.not_given":
        return tr(
            "Eine E-Mail konnte nicht gelesen werden: Der Mailserver gibt sie nicht heraus. Alle anderen kommen an. Bitte"
            " sehen Sie im Mailprogramm nach und lassen Sie sie sich notfalls noch einmal schicken."
        )
    if remark.unreadable:
        return (
            tr("Diese E-Mail ({size}) ist hier nicht lesbar; bitte lesen Sie sie im Mailprogramm.").format(
                size=formats.size(mail.size)
            )
            + " "
            + describe_code(remark.code, **remark.params)
        )
    return {
        "report.read": tr("Eine Lesebestätigung. Sie ist keine Antwort; es wurde nichts eingetragen."),
        "report.delivered": tr("Ein Mailserver bestätigt, dass die E-Mail ankam. Es wurde nichts eingetragen."),
        "report.elsewhere": tr(
            "Die E-Mail wurde weitergeleitet und war dort unzustellbar ({address}). An die angeschriebene Adresse kam sie"
            " vermutlich; es wurde nichts eingetragen."
        ).format(**{"address": ""} | remark.params),
    }.get(remark.code, tr("Ein Bericht, den diese Fassung des Programms nicht kennt. Es wurde nichts eingetragen."))


def _of_words(hidden: Hidden, *, files: bool) -> str:
    if hidden != "nothing":
        how = {
            "pgp": tr("Diese E-Mail ist verschlüsselt (PGP); hier ist sie nicht lesbar."),
            "smime": tr("Diese E-Mail ist verschlüsselt oder im Ganzen signiert (S/MIME); hier ist sie nicht lesbar."),
        }[hidden]
        return how + " " + tr(
            "Lesen Sie sie in dem Mailprogramm, das den Schlüssel hat, und tragen Sie die Antwort dann hier ein; oder bitten"
            " Sie um eine unverschlüsselte E-Mail."
        )  # fmt: skip
    if files:
        return tr("Diese E-Mail hat keinen lesbaren Text. Was gesagt wird, steht vielleicht in den Anlagen.")
    return tr("Diese E-Mail hat keinen lesbaren Text. Sehen Sie im Mailprogramm nach oder fragen Sie nach.")


def _of_sender(row: IncomingRow) -> str:
    if not row.stranger:
        return ""
    return tr(
        "Anderer Absender: {address} ist bei {whom} nicht bekannt. Prüfen Sie, wer geschrieben hat, bevor Sie etwas"
        " eintragen."
    ).format(address=row.from_address, whom=row.practice or row.patient)
