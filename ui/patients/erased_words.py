"""What an erasure tells: what was emptied, what is kept for others, and what lies out of reach, to be asked for there."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from domain.casework.word_erasure import Erased
from ui import formats
from ui.translation import ntr, tr
from ui.widgets.forms import label

MOST_SHOWN = 20  # mails named one by one


class ErasedDialog(QDialog):
    """The words of an erasure, to be read and perhaps passed on: they can be marked and copied."""

    def __init__(self, parent: QWidget, erased: Erased, *, with_record: bool = False) -> None:
        super().__init__(parent)
        title = tr("Gelöscht")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setMinimumWidth(480)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        for heading, sentences in told(erased, with_record=with_record):
            column.addWidget(label(heading, "heading"))
            lines = label("\n".join(sentences))
            lines.setWordWrap(True)
            lines.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(lines)
        buttons = QDialogButtonBox()
        buttons.addButton(tr("Schließen"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)


def told(erased: Erased, *, with_record: bool = False) -> list[tuple[str, list[str]]]:
    """Headings with their sentences; only those that say something. `with_record`: the record was erased, too."""
    parts = [
        (tr("Hier geleert"), _emptied(erased)),
        (tr("Steht noch hier"), _kept(erased, with_record=with_record)),
        (tr("Bitte ansehen"), _to_look_at(erased)),
        (tr("Liegt anderswo"), _elsewhere(erased)),
    ]
    return [(heading, sentences) for heading, sentences in parts if sentences]


def _emptied(erased: Erased) -> list[str]:
    counted: list[tuple[int, Callable[[int], str]]] = [
        (erased.contacts, lambda n: ntr(n, "{n} Kontakt", "{n} Kontakte")),
        (erased.mails, lambda n: ntr(n, "{n} E-Mail des Büros", "{n} E-Mails des Büros")),
        (erased.received, lambda n: ntr(n, "{n} empfangene E-Mail", "{n} empfangene E-Mails")),
        (erased.letters, lambda n: ntr(n, "{n} Brief", "{n} Briefe")),
        (erased.files, lambda n: ntr(n, "{n} Anhang", "{n} Anhänge")),
    ]
    words = [say(number) for number, say in counted if number]
    return [", ".join(words) + "."] if words else []


def _kept(erased: Erased, *, with_record: bool) -> list[str]:
    sentences = []
    if erased.shared:
        sentences.append(
            ntr(
                erased.shared,
                "{n} Nachricht betrifft auch andere: Name, Adresse und Kürzel dieses Menschen wurden herausgenommen, Anhänge nicht. Sie wird geleert, wenn auch zu den anderen gelöscht wird.",
                "{n} Nachrichten betreffen auch andere: Name, Adresse und Kürzel dieses Menschen wurden herausgenommen, Anhänge nicht. Sie werden geleert, wenn auch zu den anderen gelöscht wird.",
            )
        )
    record = (
        tr("Nummer, Stand und Daten der Akte ohne Worte und der Nachweis der Einwilligungen")
        if with_record
        else tr("Die Akte selbst und ihre Dateien")
    )
    drafts = tr("ebenso Entwürfe auf Rechnern, die gerade nicht laufen, bis diese wieder verbunden sind.")
    sentences.append(f"{record}; {drafts}")
    return sentences


def _to_look_at(erased: Erased) -> list[str]:
    """Mails of nobody: whether they tell of this person, only a person can say."""
    if not erased.unassigned:
        return []
    head = ntr(
        len(erased.unassigned),
        "{n} E-Mail ohne Zuordnung nennt Namen, Adresse oder Kürzel dieses Menschen. Öffnen Sie sie unter „Post“ und löschen Sie dort ihren Inhalt, wenn sie ihn betrifft:",
        "{n} E-Mails ohne Zuordnung nennen Namen, Adresse oder Kürzel dieses Menschen. Öffnen Sie sie unter „Post“ und löschen Sie dort ihren Inhalt, wenn sie ihn betreffen:",
    )
    shown = [
        f"{formats.moment(mail.received_at)} · {mail.sender} · {mail.subject or tr('ohne Betreff')}"
        for mail in erased.unassigned[:MOST_SHOWN]
    ]
    more = len(erased.unassigned) - len(shown)
    return [head, *shown, *([ntr(more, "und {n} weitere", "und {n} weitere")] if more else [])]


def _elsewhere(erased: Erased) -> list[str]:
    sentences = []
    if erased.sent:
        sentences.append(
            ntr(
                erased.sent,
                "{n} E-Mail hat das Büro verlassen und liegt im Postfach, an das sie ging.",
                "{n} E-Mails haben das Büro verlassen und liegen in den Postfächern, an die sie gingen.",
            )
        )
    if erased.copied:
        sentences.append(
            ntr(
                erased.copied,
                "{n} Kopie davon liegt im Ordner „Gesendet“ des Büropostfachs.",
                "{n} Kopien davon liegen im Ordner „Gesendet“ des Büropostfachs.",
            )
        )
    if erased.in_mailbox:
        sentences.append(
            ntr(
                erased.in_mailbox,
                "{n} empfangene E-Mail liegt noch im Büropostfach.",
                "{n} empfangene E-Mails liegen noch im Büropostfach.",
            )
        )
    if erased.printed:
        sentences.append(
            ntr(
                erased.printed,
                "{n} Brief wurde gedruckt und liegt bei der Praxis.",
                "{n} Briefe wurden gedruckt und liegen bei den Praxen.",
            )
        )
    if sentences and erased.first_at is not None and erased.last_at is not None:
        first, last = (
            formats.day(formats.local(erased.first_at).date()),
            formats.day(formats.local(erased.last_at).date()),
        )
        when = tr("vom {day}").format(day=first)
        if first != last:
            when = tr("vom {first} bis {last}").format(first=first, last=last)
        sentences.append(
            tr(
                "Alles {when}. Von hier aus lässt es sich nicht löschen: Löschen Sie es dort, oder bitten Sie darum."
            ).format(when=when)
        )
    return sentences
