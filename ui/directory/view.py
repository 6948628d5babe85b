"""The directory's page as a widget: starts its engine when first shown and survives the end of its process.

Without Chromium's sandbox no page of somebody else is shown; only one that this very machine serves.
"""

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from domain.search_page import SearchPage
from ui.map.sandbox import SWITCH, allow_missing_sandbox, sandbox_works
from ui.translation import tr
from ui.widgets.forms import EmptyState

if TYPE_CHECKING:
    from ui.directory.engine import DirectoryEngine


def may_show(page: SearchPage) -> bool:
    """Whether a page may be shown on this machine."""
    sheltered = sandbox_works() and os.environ.get(SWITCH, "0") in {"", "0"}
    return sheltered or page.on_this_machine


class DirectoryView(QWidget):
    """`answered` carries what the page received, `refused` what it was kept from, `moved` that it is elsewhere."""

    answered = Signal(int, bytes)
    refused = Signal(str)
    moved = Signal()
    unsheltered = Signal()

    def __init__(self, page: SearchPage) -> None:
        super().__init__()
        self._page = page
        self.engine: DirectoryEngine | None = None
        self._stack = QStackedLayout(self)
        again, kept = tr("Seite neu laden"), tr("Was schon behalten ist, ist noch da.")
        self._waiting = EmptyState("search", tr("Die Arztsuche wird geöffnet …"), page.address)
        self._dead = EmptyState("search", tr("Die Seite ist ausgefallen."), kept, again)
        self._away = EmptyState(
            "search",
            tr("Die Arztsuche lässt sich nicht öffnen."),
            tr("Prüfen Sie die Verbindung zum Internet. {kept}").format(kept=kept),
            again,
        )
        self._unsheltered = EmptyState(
            "search",
            tr("Auf diesem Rechner lässt sich die Seite nicht abschirmen."),
            tr(
                "Deshalb wird sie hier nicht geöffnet. Suchen Sie in Ihrem Browser, speichern Sie die Seite mit der "
                "Trefferliste und lesen Sie die Datei ein."
            ),
        )
        for state in (self._waiting, self._dead, self._away, self._unsheltered):
            self._stack.addWidget(state)
        for state in (self._dead, self._away):
            state.acted.connect(self.reload)

    def showEvent(self, event: QShowEvent) -> None:
        """Start the engine after the window has painted."""
        super().showEvent(event)
        if self.engine is not None:
            return
        if may_show(self._page):
            QTimer.singleShot(0, self, self._start)
        else:
            self._stack.setCurrentWidget(self._unsheltered)
            self.unsheltered.emit()

    def reload(self) -> None:
        """Open the page again."""
        if self.engine is not None:
            self._stack.setCurrentWidget(self.engine.view)
            self.engine.load()

    def _start(self) -> None:
        if self.engine is not None:
            return
        allow_missing_sandbox()
        from ui.directory.engine import DirectoryEngine

        engine = self.engine = DirectoryEngine(self._page, tr("Seite der Arztsuche"), self)
        engine.answered.connect(self.answered)
        engine.refused.connect(self.refused)
        engine.moved.connect(self.moved)
        engine.died.connect(lambda: self._stack.setCurrentWidget(self._dead))
        engine.broken.connect(lambda: self._stack.setCurrentWidget(self._away))
        self._stack.addWidget(engine.view)
        self._stack.setCurrentWidget(engine.view)
        engine.load()
