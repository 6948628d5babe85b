"""Addresses suggested over the network: asked when one stops typing for a moment, answered by the worker.

The answer is looked for a few seconds, by whoever typed: an event for each letter would reach every desk and stay for ever.
"""

import time
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from domain.casework.suggesting import (
    MOST_LETTERS,
    SHORTEST,
    Suggested,
    Suggestion,
    Typed,
    ask_suggestions,
    read_suggestions,
    suggesting_server,
)
from domain.database import Session
from ui.background import Background

PAUSE_MS = 300  # since the last letter
LOOK_MS = 250
PATIENCE = 7.0  # seconds; the worker gives up before


class AddressSuggestions(QObject):
    """`found` carries what was typed, the suggestions and whose they are (photon, nominatim); `unreachable` nothing."""

    found = Signal(object, list, str)
    unreachable = Signal()

    def __init__(self, background: Background, parent: QObject, *, of_patient: bool) -> None:
        super().__init__(parent)
        self._background, self._of_patient = background, of_patient
        self._typed: Typed | None = None
        self._server = ""
        self._until = 0.0
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self._looking = QTimer(self, interval=LOOK_MS)
        self._looking.timeout.connect(self._look)

    def want(self, typed: Typed) -> None:
        """Suggest for this once nothing more is typed; what came before is over."""
        self._looking.stop()
        short = Typed(typed.street.strip()[:MOST_LETTERS], typed.plz.strip()[:10], typed.city.strip()[:MOST_LETTERS])
        self._typed = short if len(short.street) >= SHORTEST else None
        self._pause.start()

    def stop(self) -> None:
        """Nothing is wanted any more."""
        self._typed = None
        self._pause.stop()
        self._looking.stop()

    def _ask(self) -> None:
        typed, of_patient = self._typed, self._of_patient
        if typed is None:
            return

        def work(session: Session) -> str:
            server = suggesting_server(session, of_patient=of_patient)
            if server:
                ask_suggestions(session, typed, of_patient=of_patient)
            return server

        def asked(server: str) -> None:
            if server and typed == self._typed:
                self._server, self._until = server, time.monotonic() + PATIENCE
                self._looking.start()

        # without the database there are other signs of it than a suggestion that does not come
        self._background.write(self, work, asked, lambda _: self.stop(), changes=False)

    def _look(self) -> None:
        self._background.read(self, read_suggestions, self._arrive, lambda _: self.stop(), key="suggested")

    def _arrive(self, answer: Suggested | None) -> None:
        if self._typed is None or not self._looking.isActive():
            return
        if answer is not None and answer.done and answer.typed == self._typed:
            self._looking.stop()
            if answer.cause:
                self.unreachable.emit()
            else:
                self.found.emit(answer.typed, list(answer.found), self._server)
        elif time.monotonic() > self._until:
            self._looking.stop()
            self.unreachable.emit()


def in_one_line(one: Suggestion) -> str:
    """Hauptstraße 17, 99991 Musterstadt."""
    parts: Sequence[str] = (f"{one.street} {one.house_number}".strip(), f"{one.plz} {one.city}".strip())
    return ", ".join(part for part in parts if part)
