"""While the seat is being opened, and when it could not be: what happens, why not, and what can be done."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QProgressBar, QVBoxLayout, QWidget

from domain.errors import PlatzlotseError
from ui.errors import describe
from ui.first_run.notice import Notice
from ui.first_run.ports import Step
from ui.theme import SPACE
from ui.translation import tr
from ui.widgets.forms import Card, Field, button, label, row

PASSWORD_MISSING = frozenset({"server.password_missing", "seat.locked"})
PASSWORD_HELPS = PASSWORD_MISSING | {"server.password_wrong", "login.wait", "login.wrong_wait"}
# the server is away, nothing is wrong with the seat: letters can be written meanwhile
AWAY = frozenset(
    {"server.host_unknown", "server.no_answer", "server.refused", "server.starting", "server.full", "server.read_only"}
)


def step_words(step: str) -> str:
    """What is being done, for somebody who waits."""
    words = {
        Step.DATABASE.value: tr("Die eingebaute Datenbank wird gestartet…"),
        Step.SAMPLES.value: tr("Die Beispieldaten werden eingelesen; das dauert einige Sekunden…"),
        Step.SERVER.value: tr("Verbindung zum Büro-Server wird aufgenommen…"),
        Step.SAVING.value: tr("Die Einstellungen werden gespeichert…"),
    }
    return words[step]


class ProgressPage(QWidget):
    """A moving bar and one line that says what is being done."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Platzlotse wird geöffnet"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(label(tr("Platzlotse wird geöffnet"), "title"))
        card = Card()
        self._step = QLabel(tr("Einen Augenblick…"))
        self._step.setWordWrap(True)
        self._step.setAccessibleName(self._step.text())
        bar = QProgressBar()
        bar.setRange(0, 0)  # how long it takes is not known
        bar.setTextVisible(False)
        bar.setAccessibleName(tr("Fortschritt"))
        card.add(self._step)
        card.add(bar)
        column.addWidget(card)
        column.addStretch(1)

    def show_step(self, step: str) -> None:
        """Say what is being done now."""
        self._step.setText(step_words(step))
        self._step.setAccessibleName(self._step.text())

    def text(self) -> str:
        """What is being done now."""
        return self._step.text()


class FailurePage(QWidget):
    """Why the seat could not be opened, and the ways on."""

    again = Signal(str)
    offline = Signal(str)
    change = Signal()
    leave = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._wants_offline = False
        self.setAccessibleName(tr("Nicht geöffnet"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        self.title = label("", "title")
        column.addWidget(self.title)
        self.notice = Notice(tr("Grund"))
        column.addWidget(self.notice)
        self._password = QLineEdit()
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._password.returnPressed.connect(self._try_again)
        self._password_card = Card()
        self._password_card.add(Field(tr("&Kennwort"), self._password))
        column.addWidget(self._password_card)
        self._unchanged = label(tr("An Ihren Daten und Einstellungen wurde nichts geändert."), "muted")
        column.addWidget(self._unchanged)
        self._leave = button(tr("&Beenden"), self.leave.emit)
        self._more = button(tr("Ein&zelheiten"), self._toggle_details)
        self._change = button(tr("&Verbindung ändern"), self.change.emit)
        self._offline = button(tr("&Ohne Server arbeiten"), self._go_offline)
        self._offline.setToolTip(tr("E-Mails schreiben; sie gehen hinaus, sobald der Server wieder da ist."))
        self._again = button(tr("&Erneut versuchen"), self._try_again, role="primary")
        acts = (self._leave, self._more, self._change, self._offline, self._again)
        for act in acts:
            act.setAutoDefault(True)
        column.addWidget(row(*acts[:2], QWidget(), *acts[2:], stretch=(0, 0, 1, 0, 0, 0)))
        self._details = QPlainTextEdit(readOnly=True)
        self._details.setAccessibleName(tr("Einzelheiten"))
        self._details.setMaximumHeight(160)
        column.addWidget(self._details)
        column.addStretch(1)

    def show_error(self, error: Exception, *, can_change: bool) -> None:
        """Say why; a refused password may be typed again, a server's address changed."""
        code = error.code if isinstance(error, PlatzlotseError) else ""
        logs_in = code in PASSWORD_MISSING  # every morning, where there is no keyring: nothing went wrong
        self.title.setText(tr("Anmelden") if logs_in else tr("Platzlotse konnte nicht geöffnet werden"))
        self.notice.say("info" if logs_in else "error", describe(error))
        self._unchanged.setVisible(not logs_in)
        self._again.setText(tr("&Anmelden") if logs_in else tr("&Erneut versuchen"))
        self._again.setAccessibleName(tr("Anmelden") if logs_in else tr("Erneut versuchen"))
        self._change.setVisible(can_change)
        self._password_card.setVisible(code in PASSWORD_HELPS)
        # a password asked for on the way there still lets one work without the server
        self._wants_offline = self._wants_offline and code in PASSWORD_MISSING
        self._offline.setVisible(code in AWAY or self._wants_offline)
        self._details.setPlainText(details(error))
        self._details.hide()
        (self._password if code in PASSWORD_HELPS else self._again).setFocus()

    def _go_offline(self) -> None:
        self._wants_offline = True
        self.offline.emit(self._password.text())

    def _try_again(self) -> None:
        self._wants_offline = False
        self.again.emit(self._password.text())

    def _toggle_details(self) -> None:
        self._details.setVisible(self._details.isHidden())


def details(error: Exception) -> str:
    """What a helper wants to read: code, place, the other side's own words."""
    if not isinstance(error, PlatzlotseError):
        return type(error).__name__
    known = (f"{name}: {value}" for name, value in sorted(error.params.items()) if value not in {None, ""})
    return "\n".join((error.code, *known))
