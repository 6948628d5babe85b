"""What is said once an inquiry is made or refused: by its channel, with how it is taken back or goes on."""

from PySide6.QtWidgets import QWidget

from domain.casework.sending import undo_sending
from domain.communication.leaving import Leaving
from domain.errors import PlatzlotseError
from domain.values import Channel
from ui.errors import describe
from ui.inquiries.letters_printing import LetterPrinting
from ui.mail.leaving import inquiry_sent
from ui.ports import UiContext
from ui.translation import tr


class InquirySent:
    """Speaks for `owner`, which made the inquiry."""

    def __init__(self, owner: QWidget, ui: UiContext) -> None:
        self._owner, self._ui = owner, ui
        self._printing = LetterPrinting(ui, owner)

    def tell(self, inquiry_id: int, channel: Channel, leaving: Leaving | None) -> None:
        """It was made; by mail it leaves so."""
        messages = self._ui.messages
        if channel is Channel.LETTER:
            messages.success(
                tr("Der Brief liegt bereit. Gestellt ist die Anfrage, sobald er gedruckt ist."),
                tr("Drucken …"),
                lambda: self._printing.print_newest(inquiry_id),
            )
            return
        now = self._ui.now()
        said = inquiry_sent(channel, leaving, now)
        seconds = (leaving.at - now).total_seconds() if leaving is not None and leaving.at is not None else 0
        if channel is Channel.PHONE:
            messages.undoable(said, lambda: self._take_back(inquiry_id))
        elif seconds > 0:
            messages.undoable(said, lambda: self._take_back(inquiry_id), seconds=seconds)
        else:
            messages.success(said)  # the worker has it already

    def refuse(self, error: Exception) -> None:
        """It was not made; an inquiry in the way can be looked at."""
        action, callback = "", None
        if isinstance(error, PlatzlotseError) and "inquiry_id" in error.params:
            number = int(str(error.params["inquiry_id"]))
            action, callback = tr("Ansehen"), lambda: self._ui.navigate("inquiries", number)
        self._ui.messages.error(describe(error), action, callback)

    def _take_back(self, inquiry_id: int) -> None:
        now = self._ui.now()
        self._ui.background.write(
            self._owner,
            lambda s: undo_sending(s, inquiry_id, now=now),
            lambda _: self._ui.messages.info(tr("Zurückgeholt; nichts wurde gesendet.")),
        )
