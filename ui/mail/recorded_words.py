"""What was recorded of a mail, in a sentence, and taking it back."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from domain.casework.answer_corrections import TakenBack, take_back_answers
from domain.casework.answers import Recorded
from domain.casework.bringing_back import BroughtBack
from domain.casework.entered_answers import take_back_entered
from ui.ports import UiContext
from ui.translation import ntr, tr

# what somebody changed since the answers were confirmed, which taking them back leaves alone
KEPT = {
    "call": "der Anruf bei der Praxis",
    "inquiry": "der Stand der Anfrage",
    "letter": "der Brief",
    "mail": "eine E-Mail, die gewartet hatte",
    "places": "die Angabe zu freien Plätzen",
}


def told(recorded: Sequence[Recorded]) -> str:
    """What was recorded, and what follows elsewhere."""
    released = len({inquiry_id for one in recorded for inquiry_id in one.released})
    said = ntr(len(recorded), "{n} Antwort eingetragen.", "{n} Antworten eingetragen.")
    if released:
        said += " " + ntr(
            released, "{n} andere Anfrage wird zurückgenommen.", "{n} andere Anfragen werden zurückgenommen."
        )
    unread = sum(one.unread for one in recorded)
    if unread:
        said += " " + ntr(
            unread,
            "Von {n} Praxis davon liegt eine ungelesene Antwort im Posteingang: Die Rücknahme wartet, bis sie gelesen ist.",
            "Von {n} Praxen davon liegen ungelesene Antworten im Posteingang: Die Rücknahmen warten, bis sie gelesen sind.",
        )
    return said


def unread_words(practices: Sequence[str]) -> str:
    """Who answered about the same people, too, and is not read yet: before an acceptance takes them out there."""
    if not practices:
        return ""
    return tr("Zu denselben Menschen liegt eine ungelesene Antwort vor von: {practices}.").format(
        practices=", ".join(practices)
    )


def taken_back_words(found: TakenBack, *, of_mail: bool = True) -> str:
    """What taking answers back restored, what stays as somebody left it since, and what is still to do."""
    said = [
        tr("Zurückgenommen; die E-Mail liegt wieder im Posteingang.")
        if of_mail
        else tr("Die Antwort ist zurückgenommen.")
    ]
    if again := _again(found.back):
        said.append(tr("Wieder wie zuvor: {what}.").format(what=_listed(again)))
    kept = [tr(KEPT[kind]) for kind in found.back.kept]
    if kept:
        said.append(tr("Inzwischen geändert und so gelassen: {what}.").format(what=_listed(kept)))
    if found.told:
        said.append(
            ntr(
                found.told,
                "{n} E-Mail darüber war schon hinausgegangen: Rufen Sie dort an.",
                "{n} E-Mails darüber waren schon hinausgegangen: Rufen Sie dort an.",
            )
        )
    if found.ended:
        said.append(
            ntr(
                found.ended,
                "{n} andere Anfrage bleibt beendet und ist neu zu stellen.",
                "{n} andere Anfragen bleiben beendet und sind neu zu stellen.",
            )
        )
    return " ".join(said)


def _again(back: BroughtBack) -> list[str]:
    said = []
    if back.paused:
        said.append(ntr(back.paused, "die Pause der Suche", "{n} Pausen von Suchen"))
    if back.absences:
        said.append(ntr(back.absences, "die Abwesenheit der Praxis", "{n} Abwesenheiten von Praxen"))
    if back.calls:
        said.append(ntr(back.calls, "{n} geplanter Anruf", "{n} geplante Anrufe"))
    if back.mails:
        said.append(ntr(back.mails, "{n} wartende E-Mail", "{n} wartende E-Mails"))
    if back.letters:
        said.append(ntr(back.letters, "{n} ungedruckter Brief", "{n} ungedruckte Briefe"))
    if back.places:
        said.append(tr("die Angabe zu freien Plätzen"))
    return said


def _listed(said: Sequence[str]) -> str:
    """One after the other, the last with "und"."""
    return tr(" und ").join(part for part in (", ".join(said[:-1]), said[-1]) if part)


def take_back(ui: UiContext, owner: QWidget, incoming_id: int) -> None:
    """The answers of a mail were confirmed by mistake; the mail is open again."""
    now = ui.now()
    ui.background.write(
        owner, lambda s: take_back_answers(s, incoming_id, now=now), lambda found: _tell(ui, found, of_mail=True)
    )


def take_entered_back(
    ui: UiContext, owner: QWidget, item_id: int, refused: Callable[[Exception], None] | None = None
) -> None:
    """An answer entered by hand or after a call was a mistake; what it changed is as before."""
    now = ui.now()
    ui.background.write(
        owner, lambda s: take_back_entered(s, item_id, now=now), lambda found: _tell(ui, found, of_mail=False), refused
    )


def _tell(ui: UiContext, found: TakenBack, *, of_mail: bool) -> None:
    words = taken_back_words(found, of_mail=of_mail)
    if found.told or found.ended or found.back.kept:
        ui.messages.warning(words, lasting=True)
    else:
        ui.messages.success(words)
