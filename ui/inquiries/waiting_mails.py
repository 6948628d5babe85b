"""What still waits to be sent to the practice of an inquiry (withdrawals, thanks, reminders), to be taken back here."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.casework.recalling import take_mail_back
from domain.communication.queries import WaitingMail, waiting_about
from ui import formats
from ui.labels import label
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import button, row
from ui.widgets.forms import label as words


class WaitingMails(QWidget):
    """One line a mail; hidden where none waits. The first letter is taken back with its inquiry."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def load(self, inquiry_id: int) -> None:
        """The mails of another inquiry, or the same anew."""
        self._ui.background.read(self, lambda s: waiting_about(s, inquiry_id), self._show, key="waiting")

    def _show(self, found: Sequence[WaitingMail]) -> None:
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for mail in found:
            self._column.addWidget(self._line(mail))
        self.setVisible(bool(found))

    def _line(self, mail: WaitingMail) -> QWidget:
        what = label("email_kind", mail.kind)
        said = tr("Wartet im Postausgang: {what}").format(what=what)
        if mail.leaves_at is not None:
            said += ", " + tr("geht frühestens {when} hinaus").format(when=formats.moment(mail.leaves_at))
        back = button(
            tr("Zurückholen"), lambda: self._take_back(mail), icon="undo-2",
            name=tr("{what}: Zurückholen").format(what=what),
        )  # fmt: skip
        return row(words(said, "muted"), back, stretch=(1, 0))

    def _take_back(self, mail: WaitingMail) -> None:
        now = self._ui.now()
        self._ui.background.write(
            self,
            lambda s: take_mail_back(s, mail.email_id, now=now),
            lambda _: self._ui.messages.success(tr("Zurückgeholt; nichts wurde gesendet.")),
        )
