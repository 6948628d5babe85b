"""What is said of the thanks a practice gets for a place that came second: when they leave, and how to keep them here."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from domain.casework.answers import Recorded
from domain.communication.mails import cancel_mail
from domain.database import Session
from ui import formats
from ui.mail.leaving import leaves_when
from ui.ports import UiContext
from ui.translation import ntr, tr


def tell_recorded(ui: UiContext, owner: QWidget, recorded: Sequence[Recorded], *, before: str = "") -> bool:
    """Say which other practice was first and that thanks go out; until they do they are taken back from here.

    `before` is said first (that a call is noted). Returns whether there was anything to say.
    """
    second = [one for one in recorded if one.first is not None or one.thanks is not None]
    if not second:
        return False
    now = ui.now()
    said = [before] if before else []
    said += [
        tr(
            "{patient}: {practice} hat schon zugesagt (eingetragen von {by}, {at}). Diese Zusage ist als weitere vermerkt."
        ).format(
            patient=one.first.patient,
            practice=one.first.practice,
            by=one.first.by or "–",
            at=formats.moment(one.first.at),
        )
        for one in second
        if one.first is not None
    ]
    thanks = [one.thanks for one in second if one.thanks is not None]
    if not thanks:
        ui.messages.warning(" ".join(said), lasting=True)
        return True
    leaves = min(one.leaves_at for one in thanks)
    if leaves <= now:
        said.append(tr("Ein Dank an die Praxis ist unterwegs."))
        mail = thanks[0].email_id
        ui.messages.warning(" ".join(said), tr("Zur E-Mail"), lambda: ui.navigate("mail", mail), lasting=True)
        return True
    said.append(tr("Dank an die Praxis geht frühestens {when} hinaus.").format(when=leaves_when(leaves, now)))

    def keep(session: Session) -> None:
        for one in thanks:
            cancel_mail(session, one.email_id)

    def undo() -> None:
        ui.background.write(
            owner,
            keep,
            lambda _: ui.messages.info(
                ntr(
                    len(thanks),
                    "Der Dank ist zurückgeholt; die Antwort bleibt eingetragen.",
                    "Die Danksagungen sind zurückgeholt; die Antworten bleiben eingetragen.",
                )
            ),
        )

    ui.messages.undoable(
        " ".join(said), undo, action=tr("Zurückholen"), seconds=(leaves - now).total_seconds(), kind="warning"
    )
    return True
