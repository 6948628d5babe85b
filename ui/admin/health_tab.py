"""How it stands with the installation: the doctor's list, what wants somebody's hand first. Asked when it is looked at."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from domain.health.checks import database_findings
from domain.health.models import Finding, State, fail
from ui import formats, icons
from ui.admin.health_words import Said, said, summary
from ui.errors import describe
from ui.ports import UiContext
from ui.theme import SPACE, Token
from ui.translation import tr
from ui.widgets.forms import button, label, row, scrolled

LOOKS: dict[State, tuple[str, Token]] = {
    State.FAIL: ("circle-x", "danger"),
    State.WARN: ("triangle-alert", "warning"),
    State.OK: ("circle-check", "success"),
}
ORDER = tuple(LOOKS)


class HealthTab(QWidget):
    """A button and a line above, one row a check below. Both halves, database and machine, come when they are ready."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._database: tuple[Finding, ...] | None = None
        self._machine: tuple[Finding, ...] | None = None
        self._asked = False
        self.again = button(tr("&Neu prüfen"), self.look, icon="refresh-cw")
        self.copying = button(tr("&Als Text kopieren"), self._copy, icon="save")
        self.summary = label("", "heading")
        self.note = label("", "muted")
        self.rows = QWidget()
        self._grid = QVBoxLayout(self.rows)
        self._grid.setContentsMargins(0, 0, SPACE, 0)
        self._grid.setSpacing(SPACE)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(row(self.again, self.copying, self.summary))
        column.addWidget(self.note)
        column.addWidget(scrolled(self.rows), 1)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """The first time somebody looks, it is asked."""
        super().showEvent(event)
        if not self._asked:
            self.look()

    def refresh(self) -> None:
        """Again, if somebody is looking; else when somebody does."""
        if self.isVisible():
            self.look()
        else:
            self._asked = False

    def look(self) -> None:
        """Ask both halves; what was found before stays until then."""
        self._asked = True
        self.again.setEnabled(False)
        self.note.setText(tr("Wird geprüft …"))
        background, now = self._ui.background, self._ui.now
        background.read(
            self, lambda s: database_findings(s, now=now()), self._on_database, self._on_failure, key="database"
        )
        background.local(self, self._ui.machine, self._on_machine, self._on_machine_failure, key="machine")

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is shown, the worst first, else in the order of the checks."""
        found = (*(self._database or ()), *(self._machine or ()))
        return tuple(sorted(found, key=lambda finding: ORDER.index(finding.state)))

    def text(self) -> str:
        """The list as text, to be sent to whoever helps."""
        lines = [tr("Platzlotse, Zustand vom {when}").format(when=formats.moment(self._ui.now())), self.summary.text()]
        for words in map(said, self.findings):
            lines.append(f"{words.verdict}: {words.title}: {words.sentence}")
            if words.advice:
                lines.append("    → " + words.advice)
        return "\n".join(lines)

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.text())
        self._ui.messages.info(tr("Kopiert. Der Text nennt Rechner und Postkonten, aber keine Patienten."))

    def _on_database(self, found: tuple[Finding, ...]) -> None:
        self._database = found
        self._show()

    def _on_failure(self, error: Exception) -> None:
        self._on_database((fail("database", "unreachable", why=describe(error)),))

    def _on_machine(self, found: tuple[Finding, ...]) -> None:
        self._machine = found
        self._show()

    def _on_machine_failure(self, error: Exception) -> None:
        self._on_machine((fail("folder", "machine.unseen", why=describe(error)),))

    def _show(self) -> None:
        complete = self._database is not None and self._machine is not None
        self.again.setEnabled(complete)
        self.copying.setEnabled(complete)
        if complete:
            self.note.setText(
                tr("Geprüft {when}. Dasselbe sagt „main.py doctor“.").format(when=formats.moment(self._ui.now()))
            )
            self.summary.setText(summary(self.findings))
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for finding in self.findings:
            self._grid.addWidget(_Line(said(finding)))
        self._grid.addStretch(1)


class _Line(QFrame):
    """One check: sign and verdict, what was looked at, what was found, and what to do."""

    def __init__(self, words: Said) -> None:
        super().__init__()
        self.setProperty("role", "card")
        # a screen reader reads the line as a whole
        self.setAccessibleName(f"{words.title}, {words.verdict}: {words.sentence} {words.advice}".strip())
        sign = QLabel()
        name, colour = LOOKS[words.state]
        sign.setPixmap(icons.pixmap(name, colour))
        sign.setAccessibleName(words.verdict)
        title, verdict = label(words.title), label(words.verdict, "muted")
        title.setProperty("role", "fieldlabel")
        for one in (title, verdict):
            one.setFixedWidth(230 if one is title else 110)
            one.setWordWrap(True)
        sentence = label(words.sentence)
        sentence.setWordWrap(True)
        sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid = QGridLayout(self)
        grid.setContentsMargins(12, SPACE, 12, SPACE)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        for place, widget in enumerate((sign, verdict, title, sentence)):
            grid.addWidget(widget, 0, place, Qt.AlignmentFlag.AlignTop)
        if words.advice:
            advice = label(tr("Was tun: {advice}").format(advice=words.advice), "muted")
            grid.addWidget(advice, 1, 3)
        grid.setColumnStretch(3, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
