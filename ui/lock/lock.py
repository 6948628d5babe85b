"""The lock of the program's window: when it falls, what opens it, and how the program ends while it is down."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from domain.errors import PlatzlotseError
from ui.closing import GRACE_MS, losses
from ui.errors import describe
from ui.first_run.errands import Errands
from ui.lock.curtain import Curtain
from ui.lock.ports import Porter
from ui.lock.window import LockWindow
from ui.main_window import MainWindow
from ui.translation import tr

SECOND_MS = 1000
# whose it is stands there, and how long the next one waits is counted down beside it
WRONG = frozenset({"server.password_wrong", "login.wrong_wait", "login.wait"})


class Lock(QObject):
    """`changed` tells whether the window is locked now."""

    changed = Signal(bool)

    def __init__(self, window: MainWindow, porter: Porter) -> None:
        super().__init__(window)
        self._window, self._porter = window, porter
        self._errands = Errands(self)
        self._curtain: Curtain | None = None
        self._asked_to_lose = False
        self._seconds = QTimer(self, interval=SECOND_MS)
        self._seconds.timeout.connect(self._count_down)
        self.window: LockWindow | None = None

    @property
    def is_locked(self) -> bool:
        """Whether it is locked."""
        return self.window is not None

    def lock(self) -> None:
        """Hide everything until the person is there again."""
        app = QApplication.instance()
        if self.window is not None or not isinstance(app, QApplication):
            return
        porter = self._porter
        porter.note(locked=True)
        shown = LockWindow(porter.person, can_lock_computer=porter.can_lock_computer)
        shown.tried.connect(self._try)
        shown.go_on.connect(self._open)
        shown.computer.connect(self._lock_computer)
        shown.leave.connect(self._leave)
        shown.setGeometry(self._window.geometry())
        if self._window.isMaximized():
            shown.showMaximized()
        else:
            shown.show()
        self.window, self._asked_to_lose = shown, False
        self._curtain = Curtain(app, shown)
        self._curtain.fall()
        shown.activateWindow()
        self._count_down()
        self.changed.emit(True)

    def shut_out(self) -> None:
        """Lock, since the server lets the person in no longer: whose password is new does not see it otherwise."""
        self.lock()
        if self.window is not None:
            said = tr(
                "Der Server lässt Sie nicht mehr ein. Hat die Verwaltung Ihr Kennwort neu vergeben, gilt das neue."
            )
            self.window.notice.say("warning", said)

    def lock_by_hand(self) -> None:
        """Lock; a seat without a password of a person asks the computer to lock itself, too."""
        if not self.is_locked:
            self.lock()
            if not self._porter.person and self._porter.can_lock_computer:
                self._lock_computer()

    def wait(self) -> None:
        """Let a check under way end (closing the program)."""
        self._errands.wait()

    def _try(self, password: str) -> None:
        shown = self.window
        if shown is None:
            return
        shown.show_checking()
        self._errands.run(shown, lambda _: self._porter.check(password), lambda _: self._open(), self._refused)

    def _refused(self, error: Exception) -> None:
        if self.window is not None:
            is_wrong = isinstance(error, PlatzlotseError) and error.code in WRONG
            said = tr("Das Kennwort stimmt nicht. Auf Groß- und Kleinschreibung kommt es an.")
            self.window.refuse(said if is_wrong else describe(error))
            self._count_down()

    def _count_down(self) -> None:
        if self.window is None:
            self._seconds.stop()
            return
        left = self._porter.seconds_left()
        self.window.wait(left)
        if left and not self._seconds.isActive():
            self._seconds.start()
        elif not left:
            self._seconds.stop()

    def _open(self) -> None:
        shown, curtain = self.window, self._curtain
        if shown is None or curtain is None:
            return
        self.window = self._curtain = None
        self._seconds.stop()
        self._porter.note(locked=False)
        curtain.rise()
        shown.go()
        self.changed.emit(False)

    def _lock_computer(self) -> None:
        def told(locked: bool) -> None:
            if not locked and self.window is not None:
                said = tr("Die Bildschirmsperre des Rechners ließ sich nicht einschalten; nur der Inhalt ist verdeckt.")
                self.window.notice.say("warning", said)

        def ask(_: object) -> bool:
            return self._porter.lock_computer()

        self._errands.run(self, ask, told, lambda _: told(False))

    def _leave(self) -> None:
        """What can be saved without asking is saved; of the rest only how much it is may be said here."""
        losses(self._window)
        QTimer.singleShot(GRACE_MS, self, self._leave_now)

    def _leave_now(self) -> None:
        shown = self.window
        if shown is None:
            return
        held = losses(self._window)
        if held and not self._asked_to_lose:
            self._asked_to_lose = True
            shown.ask_to_lose(len(held))
            return
        self._window.closing.agree()
        self._window.close()
        self._seconds.stop()
        self.window = None
        shown.go()
