"""What is seen while the seat is locked: the program's name, and the way back. It knows nothing of what it hides."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from ui import icons
from ui.first_run.notice import Notice
from ui.theme import SPACE, dress
from ui.translation import ntr, tr
from ui.widgets.forms import Card, Field, button, label, row

WIDTH = 520


class LockWindow(QWidget):
    """`tried` carries a password, `go_on` comes where none is asked for, `leave` ends the program."""

    tried = Signal(str)
    go_on = Signal()
    computer = Signal()
    leave = Signal()

    def __init__(self, person: str, *, can_lock_computer: bool) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self._may_close = self._is_checking = False
        self._wait = 0
        self.setWindowTitle(tr("Gesperrt"))  # the system adds the name of the program
        self.setAccessibleName(tr("Platzlotse gesperrt"))
        self.setMinimumSize(640, 480)
        dress(self)
        self.notice = Notice(tr("Hinweis"))
        self._left = label("", "muted")
        self._left.hide()
        self._password = QLineEdit()
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._password.textChanged.connect(lambda _: self._fit())
        self._password.returnPressed.connect(self._try)
        self._other = button(tr("&Anmelden als andere Person"), self.leave.emit)
        self._other.setToolTip(
            tr("Beendet das Programm. Entwürfe bleiben; beim nächsten Start wird das Kennwort verlangt.")
        )
        self._end = button(tr("&Beenden"), self.leave.emit)
        self._computer = button(tr("&Rechner sperren"), self.computer.emit)
        self._unlock = button(tr("&Entsperren"), self._try, role="primary")
        self._on = button(tr("&Weiter"), self.go_on.emit, role="primary")
        self._asks = bool(person)
        self._computer.setVisible(can_lock_computer and not self._asks)
        self._computer.setEnabled(can_lock_computer)
        column = QVBoxLayout(self)
        column.addStretch(1)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self._card(person))
        middle.addStretch(1)
        column.addLayout(middle)
        column.addStretch(1)
        self._fit()
        (self._password if self._asks else self._on).setFocus()

    def _card(self, person: str) -> Card:
        card = Card()
        card.setFixedWidth(WIDTH)
        sign = QLabel()
        sign.setPixmap(icons.pixmap("lock", "accent", 28))
        card.add(row(sign, label(tr("Platzlotse ist gesperrt"), "title"), stretch=(0, 1)))
        card.column.addSpacing(SPACE)
        if self._asks:
            said = tr("Geben Sie das Kennwort von „{person}“ ein. Was Sie geschrieben haben, steht noch da.")
            card.add(label(said.format(person=person), "muted"))
            card.add(Field(tr("&Kennwort"), self._password))
        else:
            said = tr(
                "Der Inhalt ist verdeckt, was Sie geschrieben haben, steht noch da. Dieser Einzelplatz hat kein eigenes"
                " Kennwort: Wer an diesem Rechner sitzt, kann ihn mit „Weiter“ aufdecken. Vor anderen schützt nur die"
                " Bildschirmsperre des Rechners."
            )
            card.add(label(said, "muted"))
        card.add(label(tr("Was Sie in anderen Programmen geöffnet haben, bleibt dort offen."), "muted"))
        card.add(self.notice)
        card.add(self._left)
        card.column.addSpacing(SPACE)
        acts = (self._other, self._unlock) if self._asks else (self._end, self._computer, self._on)
        for act in acts:
            act.setAutoDefault(True)
        first, *others = acts
        card.add(row(first, QWidget(), *others, stretch=(0, 1)))
        return card

    def show_checking(self) -> None:
        """The password is being checked."""
        self._is_checking = True
        self._fit()
        self.notice.say("info", tr("Das Kennwort wird geprüft…"))

    def refuse(self, sentence: str) -> None:
        """Say why it stays locked; the next password may be typed at once, or when `wait` says so."""
        self._is_checking = False
        self._password.clear()
        self._fit()
        self.notice.say("error", sentence)
        self._password.setFocus()

    def wait(self, seconds: int) -> None:
        """How many seconds the next password has to wait."""
        was, self._wait = self._wait, seconds
        self._left.setVisible(seconds > 0)
        said = ntr(
            seconds,
            "Der nächste Versuch ist in {n} Sekunde möglich.",
            "Der nächste Versuch ist in {n} Sekunden möglich.",
        )
        self._left.setText(said if seconds else "")
        if was and not seconds:
            self.notice.hide()
        self._fit()

    def ask_to_lose(self, count: int) -> None:
        """Nothing is said of what would be lost but how much."""
        said = ntr(
            count,
            "{n} Eingabe ist noch nicht gespeichert und ginge mit dem Beenden verloren. Noch einmal gedrückt, wird beendet.",
            "{n} Eingaben sind noch nicht gespeichert und gingen mit dem Beenden verloren. Noch einmal gedrückt, wird beendet.",
        )
        self.notice.say("warning", said)

    def go(self) -> None:
        """Close for good."""
        self._may_close = True
        self.close()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Who closes it wants to end the program."""
        if self._may_close:
            event.accept()
            return
        event.ignore()
        self.leave.emit()

    def _try(self) -> None:
        if self._unlock.isEnabled():
            self.tried.emit(self._password.text())

    def _fit(self) -> None:
        self._unlock.setEnabled(bool(self._password.text()) and not self._wait and not self._is_checking)
        self._password.setReadOnly(self._is_checking)
