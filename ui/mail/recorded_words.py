"""What was recorded of a mail, in a sentence, and taking it back."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from domain.casework.answer_corrections import TakenBack, take_back_answers
from domain.casework.answers import Recorded
from ui.ports import UiContext
from ui.translation import ntr, tr


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


def take_back(ui: UiContext, owner: QWidget, incoming_id: int) -> None:
    """The answers of a mail were confirmed by mistake; the mail is open again."""
    now = ui.now()

    def done(found: TakenBack) -> None:
        said = tr("Zurückgenommen; die E-Mail liegt wieder im Posteingang.")
        if found.told:
            said += " " + ntr(
                found.told,
                "{n} E-Mail darüber war schon hinausgegangen: Rufen Sie dort an.",
                "{n} E-Mails darüber waren schon hinausgegangen: Rufen Sie dort an.",
            )
        if found.ended:
            said += " " + ntr(
                found.ended,
                "{n} andere Anfrage bleibt beendet und ist neu zu stellen.",
                "{n} andere Anfragen bleiben beendet und sind neu zu stellen.",
            )
        if found.told or found.ended:
            ui.messages.warning(said)
        else:
            ui.messages.success(said)

    ui.background.write(owner, lambda s: take_back_answers(s, incoming_id, now=now), done)
