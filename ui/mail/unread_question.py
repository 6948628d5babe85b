"""Before a mail goes out by hand: the practice answered, and nobody has read it. Read it first, or send all the same.

The answer that stands ready is to read. What a person was told of once is not asked about again at the same mail; a
reply that came meanwhile is.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from domain.casework.unread_replies import REPLY_UNREAD, UnreadReply, replies_before
from domain.errors import Conflict
from ui import formats
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.reason import ReasonDialog

WIDTH = 560  # of the question; its words are longer than a dialog's by itself is made for
SHOWN = 3  # replies named one by one


class UnreadQuestion(QObject):
    """Asks about one mail at a time, over the page it stands on."""

    def __init__(self, ui: UiContext, page: QWidget) -> None:
        super().__init__(page)
        self._ui, self._page = ui, page
        self._told: dict[int, frozenset[int]] = {}
        self._asking = False

    def told(self, email_id: int) -> frozenset[int]:
        """The unread replies the person knows of and sends the mail nevertheless."""
        return self._told.get(email_id, frozenset())

    def otherwise(self, email_id: int, again: Callable[[], None]) -> Callable[[Exception], None]:
        """What to do where the work failed: ask if a reply is unread and do it `again`, else say what is wrong."""

        def failed(error: Exception) -> None:
            if isinstance(error, Conflict) and error.code == REPLY_UNREAD:
                self._ui.background.read(
                    self, lambda s: replies_before(s, email_id), lambda found: self._ask(email_id, found, again)
                )
            else:
                self._ui.background.failed.emit(error)

        return failed

    def _ask(self, email_id: int, replies: tuple[UnreadReply, ...], again: Callable[[], None]) -> None:
        if not replies:  # somebody read it in this moment
            again()
            return
        if self._asking:
            return
        self._asking = True
        dialog = ReasonDialog(self._page, tr("&Trotzdem"), _consequence(replies), reason="", back=tr("Antwort &lesen"))
        dialog.setWindowTitle(tr("Ungelesene Antwort"))
        dialog.setAccessibleName(tr("Ungelesene Antwort"))
        dialog.ok.setProperty("role", "")
        dialog.ok.setAutoDefault(False)
        dialog.back.setProperty("role", "primary")
        for choice in (dialog.ok, dialog.back):
            choice.style().polish(choice)
        dialog.back.setDefault(True)

        def closed(result: int) -> None:
            self._asking = False
            if result == ReasonDialog.DialogCode.Accepted:
                self._told[email_id] = self.told(email_id) | {reply.incoming_id for reply in replies}
                again()

        dialog.finished.connect(closed)
        # closed by the key or the frame, neither is done
        dialog.back.clicked.connect(lambda: self._ui.navigate("mail", replies[0].incoming_id, "incoming"))
        dialog.resize(WIDTH, dialog.heightForWidth(WIDTH))
        dialog.open()
        dialog.back.setFocus()


def _consequence(replies: tuple[UnreadReply, ...]) -> str:
    """Who wrote when, and how it begins; the oldest first, as they are read."""
    said = [
        ntr(
            len(replies),
            "Von dieser Praxis liegt eine ungelesene Antwort im Posteingang. Sie kann diese E-Mail überflüssig machen.",
            "Von dieser Praxis liegen {n} ungelesene Antworten im Posteingang. Sie können diese E-Mail überflüssig machen.",
        )
    ]
    for reply in replies[:SHOWN]:
        words = f":\n„{reply.first_words}“" if reply.first_words else ""
        said.append(f"{reply.sender}, {formats.moment(reply.received_at)}{words}")
    if len(replies) > SHOWN:
        said.append(ntr(len(replies) - SHOWN, "… und eine weitere", "… und {n} weitere"))
    return "\n\n".join(said)
