"""Trying out a mail account from the window: the question goes to the worker, its answer comes back step by step."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from domain.communication.account_tests import TriedAnswer, TriedStep, ask_test, read_answer
from ui import formats, icons
from ui.admin.labels import label
from ui.errors import describe, describe_code
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import Card, button, row
from ui.widgets.forms import label as words

PATIENCE_MS = 60_000  # a worker that runs has answered, or is at a server that does not
ICON = 16


class AccountTestCard(Card):
    """Tries what is saved of one account; `show_account` says which. `answered` when there is something to read."""

    answered = Signal()

    def __init__(self, ui: UiContext) -> None:
        super().__init__(tr("Prüfen"))
        self._ui = ui
        self._account_id: int | None = None
        self._asked: int | None = None
        self._sends = False
        self._try = button(tr("&Testen"), lambda: self._ask(mail_me=False), icon="check")
        self._mail = button(tr("Test&mail an mich"), lambda: self._ask(mail_me=True), icon="mail")
        self._hint = words("", "muted")
        self._steps = QWidget()
        self._grid = QGridLayout(self._steps)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._say_silent)
        for widget in (row(self._try, self._mail), self._hint, self._steps):
            self.add(widget)
        self.show_account(None)

    def show_account(self, account_id: int | None, *, sends: bool = False) -> None:
        """Which account; what was found of another one is gone."""
        if account_id != self._account_id or account_id is None:
            self._asked = None
            self._patience.stop()
            self._show_steps(())
            self._hint.setText(
                tr("Prüft das gespeicherte Konto Schritt für Schritt; ohne „Testmail“ wird nichts gesendet.")
                if account_id is not None
                else tr("Speichern Sie das Konto, dann lässt es sich hier prüfen.")
            )
        self._account_id = account_id
        self._try.setEnabled(account_id is not None and self._asked is None)
        self._mail.setEnabled(account_id is not None and sends and self._asked is None)
        self._sends = sends

    def refresh(self) -> None:
        """Look whether the worker has answered."""
        asked = self._asked
        if asked is not None:
            self._ui.background.read(self, lambda s: read_answer(s, asked), self._arrived, key="answer")

    def _ask(self, *, mail_me: bool) -> None:
        number, now = self._account_id, self._ui.now()
        if number is None:
            return
        for pressed in (self._try, self._mail):
            pressed.setEnabled(False)
        self._show_steps(())
        self._hint.setText(tr("Der Hintergrunddienst prüft das Konto …"))
        self._ui.background.write(
            self, lambda s: ask_test(s, number, now=now, mail_me=mail_me), self._waiting, self._refused
        )

    def _waiting(self, asked: int) -> None:
        self._asked = asked
        self._patience.start()
        self.refresh()  # it may be quicker than the news of our own question

    def _refused(self, error: Exception) -> None:
        self._end(describe(error))

    def _arrived(self, answer: TriedAnswer) -> None:
        if not answer.done or answer.id != self._asked:
            return
        self._show_steps(answer.steps)
        self._end(_verdict(answer.steps))

    def _say_silent(self) -> None:
        self._end(tr("Der Hintergrunddienst antwortet nicht. Läuft er? Das Konto ist unverändert."))

    def _end(self, said: str) -> None:
        self._asked = None
        self._patience.stop()
        self._hint.setText(said)
        self.show_account(self._account_id, sends=self._sends)
        self.answered.emit()

    def _show_steps(self, steps: tuple[TriedStep, ...]) -> None:
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        for number, step in enumerate(steps):
            mark = QLabel()
            wrong = bool(step.trouble)
            mark.setPixmap(icons.pixmap("x" if wrong else "check", "danger" if wrong else "success", ICON))
            mark.setAccessibleName(tr("fehlgeschlagen") if wrong else tr("in Ordnung"))
            said = words(step_words(step), "error" if wrong else "")
            said.setWordWrap(True)
            self._grid.addWidget(mark, number, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(said, number, 1)
        self._steps.setVisible(bool(steps))


def _verdict(steps: tuple[TriedStep, ...]) -> str:
    if any(step.trouble for step in steps):
        return tr("Hier stimmt etwas noch nicht; die Zeilen mit Kreuz sagen, was zu tun ist.")
    if any(step.name == "caught" for step in steps):
        return tr(
            "Geprüft ist, was sich beim Ausprobieren prüfen lässt. Ob Server und Kennwort stimmen, zeigt sich erst bei einem Einzelplatz oder Büro-Server."
        )
    return tr("Alles in Ordnung.")


def step_words(step: TriedStep) -> str:
    """One step as a sentence; a server's own words follow where it said any."""
    if step.trouble:
        reply = str(step.params.get("reply", ""))
        way = {"smtp": tr("Senden: "), "imap": tr("Empfangen: ")}.get(step.name.partition("_")[0], "")
        said = way + describe_code(step.trouble, **step.params)
        return f"{said} {tr('Antwort des Servers: {text}').format(text=reply)}" if reply else said
    said = label("step", step.name).format(**step.params)
    limit = step.params.get("limit")
    return f"{said} {tr('E-Mails bis {size}.').format(size=formats.size(int(limit)))}" if limit else said
