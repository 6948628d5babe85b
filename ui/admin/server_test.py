"""Trying out a server for addresses or ways: the question goes to the worker, its answer comes back as a sentence."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from domain.geocoding.server_tests import ServerAnswer, ask_server_test, read_server_answer
from ui.errors import describe, describe_code
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import button
from ui.widgets.forms import label as words

PATIENCE_MS = 60_000


class ServerTest(QWidget):
    """A button and what came of it; tries what is saved."""

    def __init__(self, ui: UiContext, kind: str, name: str) -> None:
        super().__init__()
        self._ui, self._kind = ui, kind
        self._asked: int | None = None
        self._possible = False
        self.button = button(tr("&Testen"), self._ask, icon="check", name=name)
        self.said = words("", "muted")
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(
            lambda: self._end(tr("Der Hintergrunddienst antwortet nicht. Läuft er? Es wurde nichts geändert."), "error")
        )
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.button)
        line.addWidget(self.said, 1)

    def show_possible(self, *, possible: bool) -> None:
        """Whether there is a saved server to try."""
        if possible and not self._possible:
            self._say("", "muted")
        self._possible = possible
        self.button.setEnabled(possible and self._asked is None)

    def show_unsaved(self, *, wanted: bool) -> None:
        """What is saved is tried, not what is typed; said where a server is typed."""
        self.show_possible(possible=False)
        if self._asked is None:
            self._say(tr("Erst speichern, dann testen.") if wanted else "", "muted")

    def refresh(self) -> None:
        """Look whether the worker has answered."""
        asked = self._asked
        if asked is not None:
            self._ui.background.read(self, lambda s: read_server_answer(s, asked), self._arrived, key="answer")

    def _ask(self) -> None:
        now = self._ui.now()
        self.button.setEnabled(False)
        self._say(tr("Der Hintergrunddienst fragt …"), "muted")
        self._ui.background.write(
            self,
            lambda s: ask_server_test(s, self._kind, now=now),
            self._waiting,
            lambda e: self._end(describe(e), "error"),
        )

    def _waiting(self, asked: int) -> None:
        self._asked = asked
        self._patience.start()
        self.refresh()

    def _arrived(self, answer: ServerAnswer) -> None:
        if not answer.done or answer.id != self._asked:
            return
        if answer.trouble:
            self._end(describe_code(answer.trouble, **answer.params), "error")
            return
        seconds = f"{int(answer.params['milliseconds']) / 1000:.1f}".replace(".", ",")
        said = tr("Der Dienst antwortet ({seconds} s).").format(seconds=seconds)
        if not answer.params["known"]:
            missing = (
                tr("Die Probeadresse „{address}“ kennt er nicht: Reicht seine Karte bis zu Ihnen?")
                if answer.kind == "geocoder"
                else tr("Zur Probe kennt er keinen Weg bei Ihnen: Reicht seine Karte bis zu Ihnen?")
            )
            said = f"{said} {missing.format(address=answer.params['address'])}"
        self._end(said, "muted")

    def _end(self, said: str, role: str) -> None:
        self._asked = None
        self._patience.stop()
        self._say(said, role)
        self.button.setEnabled(self._possible)

    def _say(self, said: str, role: str) -> None:
        self.said.setText(said)
        self.said.setProperty("role", role)
        self.said.style().unpolish(self.said)
        self.said.style().polish(self.said)
