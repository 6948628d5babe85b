"""Before a mail of one's own leaves: does it name somebody its practice was never asked about, then a person says so.

Without the server nobody knows; then handing over asks, and the draft comes back. It knows no widget but its question.
"""

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from domain.casework.naming import Named, question_of
from domain.communication.drafts.records import Confirmation, Draft
from domain.communication.drafts.store import DraftStore
from domain.errors import Unavailable
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.reason import ReasonDialog

WIDTH = 560  # of the question; its words are longer than a dialog's by itself is made for


class SendQuestion(QObject):
    """Asks about one draft at a time; the answer that stands ready is not to send."""

    def __init__(self, ui: UiContext, page: QWidget) -> None:
        super().__init__(page)
        self._ui, self._page = ui, page
        self._asking = False

    def ask(
        self,
        store: DraftStore,
        number: UUID,
        then: Callable[[Confirmation | None], None],
        kept: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Go on with what a person confirmed (None where there is nothing to ask); `kept`: it is not sent."""
        if self._asking:
            return
        self._asking = True

        def over(error: Exception) -> None:
            self._asking = False
            failed(error)

        def look(draft: Draft) -> None:
            self._ui.background.read(
                self, lambda s: question_of(s, draft), lambda found: self._found(draft, *found, then, kept), away
            )

        def away(error: Exception) -> None:
            self._asking = False
            if isinstance(error, Unavailable):
                then(None)
            else:
                failed(error)

        self._ui.background.local(self, lambda: store.get(number), look, over)

    def _found(
        self,
        draft: Draft,
        unasked: tuple[Named, ...],
        confirmation: Confirmation,
        then: Callable[[Confirmation | None], None],
        kept: Callable[[], None],
    ) -> None:
        if not unasked:
            self._asking = False
            then(None)
            return
        dialog = ReasonDialog(
            self._page, tr("Trotzdem senden"), _consequence(draft, unasked), reason="", back=tr("Nicht senden")
        )
        dialog.ok.setProperty("role", "")
        dialog.ok.setAutoDefault(False)
        dialog.back.setProperty("role", "primary")
        dialog.back.setDefault(True)

        def closed(result: int) -> None:
            self._asking = False
            if result == ReasonDialog.DialogCode.Accepted:
                then(confirmation)
            else:
                kept()

        dialog.finished.connect(closed)
        dialog.resize(WIDTH, dialog.heightForWidth(WIDTH))
        dialog.open()
        dialog.back.setFocus()  # whoever goes on with Enter sends nothing


def _consequence(draft: Draft, unasked: tuple[Named, ...]) -> str:
    """Whom it names, who would learn of them, and why that is asked."""
    to = draft.addressee
    names = tr(" und ").join(part for part in (", ".join(one.name for one in unasked[:-1]), unasked[-1].name) if part)
    practice = to.name if to.therapist_id is not None else ""
    asked = (
        tr("{practice} wurde nie nach {names} gefragt.").format(practice=practice, names=names)
        if practice
        else tr("Die Adresse {address} gehört zu keiner Praxis, die nach {names} gefragt wurde.").format(
            address=to.address, names=names
        )
    )
    told = ntr(
        len(unasked),
        "Ihre E-Mail nennt diesen Menschen, mit Namen oder Kennung; wer sie liest, erfährt von ihm.",
        "Ihre E-Mail nennt diese {n} Menschen, mit Namen oder Kennung; wer sie liest, erfährt von ihnen.",
    )
    return "\n\n".join((f"{asked} {told}", tr("Soll sie so hinausgehen? Wer es bestätigt hat, wird festgehalten.")))
