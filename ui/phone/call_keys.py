"""The results of a call, each a button and a digit: what one presses while the other hand holds the receiver."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from domain.communication.states import RESULTS, CallStatus
from ui.labels import label
from ui.translation import tr
from ui.widgets.forms import button

C = CallStatus
CALLBACK_KEY, TAG_KEY = "6", "7"
COLUMNS = 4


class CallKeys(QWidget):
    """`result` carries a CallStatus; `callback`: a callback was agreed; `tag`: the practice called back, or did not."""

    result = Signal(object)
    callback = Signal()
    tag = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        short = {
            C.REACHED: tr("Erreicht"), C.NO_ANSWER: tr("Niemand"), C.BUSY: tr("Besetzt"), C.VOICEMAIL_LEFT: tr("AB"),
            C.WRONG_NUMBER: tr("Falsche Nr."),
        }  # fmt: skip
        made = [self._of_result(result, short[result], str(n)) for n, result in enumerate(RESULTS, start=1)]
        made.append(self._keyed(tr("Rückruf am"), tr("Rückruf am"), CALLBACK_KEY, self.callback.emit))
        self._tag = self._keyed(tr("Rief zurück"), tr("Hat zurückgerufen"), TAG_KEY, self.tag.emit)
        made.append(self._tag)
        self._made = made
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        for number, key in enumerate(made):
            grid.addWidget(key, number // COLUMNS, number % COLUMNS)

    def _of_result(self, result: CallStatus, short: str, key: str) -> QPushButton:
        role = "primary" if result is C.REACHED else ""
        return self._keyed(short, label("call_status", result), key, lambda: self.result.emit(result), role=role)

    def _keyed(self, short: str, name: str, key: str, act: Callable[[], None], *, role: str = "") -> QPushButton:
        """A button that a digit presses, too; with Alt also while one writes the note."""
        made = button(f"{short} ({key})", act, name=name, role=role)
        made.setToolTip(tr("{name}: Taste {key}; beim Schreiben Alt+{key}").format(name=name, key=key))
        for keys in (key, f"Alt+{key}"):
            # a text field with the cursor takes the bare digit for its own text first
            shortcut = QShortcut(QKeySequence(keys), self, made.click)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.setAutoRepeat(False)  # a key held down would settle the next call, too
        return made

    def fit(self, *, mine: bool, running: bool, tagged: bool) -> None:
        """What may be pressed of a call: not a colleague's that is under way."""
        for key in self._made:
            key.setEnabled(mine or not running)
        self._tag.setEnabled(not running)
        self._tag.setText((tr("Doch nicht") if tagged else tr("Rief zurück")) + f" ({TAG_KEY})")

    def lock(self) -> None:
        """The call is gone: nothing may be pressed."""
        for key in self._made:
            key.setEnabled(False)
