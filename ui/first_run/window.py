"""The window before the main window: choices, forms, opening. It leads from page to page and knows no database.

`opened` is emitted once the seat is open; whoever made the window then shows the program and closes this one.
"""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from domain.errors import PlatzlotseError
from ui.errors import describe
from ui.first_run.choices import ChoicesPage
from ui.first_run.errands import Errands
from ui.first_run.opening_pages import FailurePage, ProgressPage
from ui.first_run.own_password_page import OwnPasswordPage
from ui.first_run.own_seat_page import OwnSeatPage
from ui.first_run.ports import OwnSeat, Seats, ServerAddress, ServerAnswer, Tell
from ui.first_run.server_page import ServerPage
from ui.theme import SPACE, dress
from ui.translation import tr
from ui.widgets.forms import scrolled

# a seat that opens at once needs no page of its own
PATIENCE_MS = 500
WIDTH, HEIGHT = 1080, 680
WIDEST_PAGE = 760


class FirstRunWindow(QMainWindow):
    """One page at a time beside the name of the program."""

    opened = Signal()

    def __init__(self, seats: Seats) -> None:
        super().__init__()
        self._seats = seats
        self._errands = Errands(self)
        self.setWindowTitle("Platzlotse")
        self.setAccessibleName(tr("Platzlotse einrichten"))
        self.setMinimumSize(860, 560)
        dress(self)
        self.resize(WIDTH, HEIGHT)
        self.choices, self.own_seat, self.progress, self.failure = (
            ChoicesPage(),
            OwnSeatPage(),
            ProgressPage(),
            FailurePage(),
        )
        self.server = ServerPage(keeps_passwords=seats.keeps_passwords())
        self.own_password = OwnPasswordPage(keeps_passwords=seats.keeps_passwords())
        self._stack = QStackedWidget()
        self._areas = {page: scrolled(_centred(page)) for page in self._all_pages()}
        for area in self._areas.values():
            self._stack.addWidget(area)
        whole = QWidget()
        line = QHBoxLayout(whole)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(_brand())
        line.addWidget(self._stack, 1)
        self.setCentralWidget(whole)
        self._before_server: QWidget = self.choices
        self._connect()

    def _all_pages(self) -> tuple[QWidget, ...]:
        return (self.choices, self.own_seat, self.server, self.own_password, self.progress, self.failure)

    def _connect(self) -> None:
        self._errands.step.connect(self.progress.show_step)
        self.choices.try_out.connect(self._try_out)
        self.choices.alone.connect(lambda: self.turn_to(self.own_seat))
        self.choices.office.connect(lambda: self.turn_to(self.server))
        self.own_seat.back.connect(self.begin)
        self.own_seat.chosen.connect(self._work_alone)
        self.server.back.connect(lambda: self.turn_to(self._before_server))
        self.server.test.connect(self._test)
        self.server.chosen.connect(self._join)
        self.own_password.chosen.connect(self._choose_password)
        self.own_password.leave.connect(self.close)
        self.failure.again.connect(self.open)
        self.failure.change.connect(self._change_server)
        self.failure.offline.connect(self._open_without_server)
        self.failure.leave.connect(self.close)

    def begin(self) -> None:
        """Ask how this seat wants to work."""
        self._before_server = self.choices
        self.turn_to(self.choices)
        self.show()

    def open(self, password: str = "") -> None:
        """Open a seat that was set up before; the window shows only if that takes long or fails."""
        if self.isVisible():
            self.turn_to(self.progress)
        else:
            self._stack.setCurrentWidget(self._areas[self.progress])
            QTimer.singleShot(PATIENCE_MS, self, self._show_if_waiting)
        self._errands.run(
            self, lambda tell: self._seats.open(password or None, tell), lambda _: self._enter(), self._not_opened
        )

    def _open_without_server(self, password: str) -> None:
        self.turn_to(self.progress)
        self._errands.run(
            self,
            lambda _: self._seats.open_without_server(password or None),
            lambda _: self.opened.emit(),
            self._not_opened,
        )

    def current(self) -> QWidget:
        """The page shown."""
        return next(page for page, area in self._areas.items() if area is self._stack.currentWidget())

    def wait(self) -> None:
        """Let what is under way end; nothing stays half done."""
        self._errands.wait()

    def _show_if_waiting(self) -> None:
        if self._stack.currentWidget() is self._areas[self.progress] and not self._is_done:
            self.show()

    _is_done = False

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nothing shows any more; what is under way ends by itself."""
        self._is_done = True
        super().closeEvent(event)

    def turn_to(self, page: QWidget) -> None:
        """Show a page, ready for the keyboard."""
        self._stack.setCurrentWidget(self._areas[page])
        if isinstance(page, (ChoicesPage, OwnSeatPage, ServerPage, OwnPasswordPage)):
            page.begin()

    def _try_out(self) -> None:
        def failed(error: Exception) -> None:
            self.turn_to(self.choices)
            self.choices.notice.say("error", describe(error))

        self.turn_to(self.progress)
        self._errands.run(self, self._seats.try_out, lambda _: self.opened.emit(), failed)

    def _work_alone(self, own: OwnSeat) -> None:
        def failed(error: Exception) -> None:
            self.turn_to(self.own_seat)
            self.own_seat.refuse(describe(error))

        self.turn_to(self.progress)
        self._errands.run(self, lambda tell: self._seats.work_alone(own, tell), lambda _: self.opened.emit(), failed)

    def _test(self, address: ServerAddress, password: str) -> None:
        def work(_: Tell) -> ServerAnswer:
            return self._seats.test_server(address, password)

        self._errands.run(self, work, self.server.show_answer, self._refuse_server)

    def _join(self, address: ServerAddress, password: str) -> None:
        def failed(error: Exception) -> None:
            self.turn_to(self.server)
            self._refuse_server(error)

        self.turn_to(self.progress)
        self._errands.run(
            self, lambda tell: self._seats.join_office(address, password, tell), lambda _: self._enter(), failed
        )

    def _enter(self) -> None:
        """The seat is open; nobody goes on with a password that somebody else knows."""
        if self._seats.password_is_given():
            self.turn_to(self.own_password)
            self.show()
        else:
            self.opened.emit()

    def _choose_password(self, password: str) -> None:
        def changed(_: object) -> None:
            self.own_password.forget()
            self.opened.emit()

        def failed(error: Exception) -> None:
            field = error.field or "" if isinstance(error, PlatzlotseError) else ""
            self.own_password.refuse(describe(error), field)

        self._errands.run(self, lambda _: self._seats.choose_password(password), changed, failed)

    def _refuse_server(self, error: Exception) -> None:
        field = CULPRITS.get(error.code, "") if isinstance(error, PlatzlotseError) else ""
        self.server.show_refusal(describe(error), field)

    def _not_opened(self, error: Exception) -> None:
        self.failure.show_error(error, can_change=self._seats.known_server() is not None)
        self.turn_to(self.failure)
        self.show()

    def _change_server(self) -> None:
        self._before_server = self.failure
        self.turn_to(self.server)
        self.server.begin(self._seats.known_server())


# where to put the cursor for each refusal
CULPRITS = {
    "server.host_invalid": "host",
    "server.host_unknown": "host",
    "server.no_answer": "host",
    "server.read_only": "host",
    "server.certificate_name": "host",
    "server.refused": "port",
    "server.no_database": "database",
    "schema.missing": "database",
    "server.password_wrong": "password",
    "login.wait": "password",
    "login.wrong_wait": "password",
    "person.unknown": "user",
    "server.certificate_untrusted": "ca_file",
    "server.ca_file": "ca_file",
}


def _centred(page: QWidget) -> QWidget:
    """A page in the middle, no wider than reads well."""
    page.setMaximumWidth(WIDEST_PAGE)
    made = QWidget()
    line = QHBoxLayout(made)
    line.setContentsMargins(4 * SPACE, 4 * SPACE, 4 * SPACE, 3 * SPACE)
    line.addStretch(1)
    line.addWidget(page, 100)
    line.addStretch(1)
    return made


def _brand() -> QFrame:
    """The dark side, as in the main window."""
    frame = QFrame()
    frame.setProperty("role", "rail")
    frame.setFixedWidth(250)
    column = QVBoxLayout(frame)
    column.setContentsMargins(3 * SPACE, 4 * SPACE, 3 * SPACE, 3 * SPACE)
    column.setSpacing(2 * SPACE)
    name = QLabel("Platzlotse")
    name.setProperty("role", "brand")
    column.addWidget(name)
    for words in (
        tr("Findet Psychotherapieplätze: passende Praxen, Anfragen, Antworten, Platz."),
        tr("Patientendaten bleiben in Ihrem Haus: auf diesem Rechner oder auf Ihrem Server."),
    ):
        line = QLabel(words)
        line.setProperty("role", "railtext")
        line.setWordWrap(True)
        column.addWidget(line)
    column.addStretch(1)
    return frame
