"""Widgets offscreen, on a real database."""

import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import draft_vault
from app.draft_vault import DraftVault
from app.paths import Profile
from domain.database import Database
from ui import theme
from ui.background import Background
from ui.changes import Changes
from ui.messages import Messages
from ui.ports import UiContext
from ui.window_state import WindowState

QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)


class Visits(list[tuple[str, int | None]]):
    """Where the page wanted to go, and into which field last."""

    field = ""

    def __call__(self, page: str, item: int | None = None, field: str = "", /) -> None:
        self.append((page, item))
        self.field = field


@pytest.fixture
def visits() -> Visits:
    """Navigation that only remembers."""
    return Visits()


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DraftVault]:
    """A store of drafts without a keyring, opened by a passphrase; that one costs next to nothing here."""
    monkeypatch.setitem(draft_vault.COST, "n", 2**10)
    made = DraftVault(Profile(tmp_path))
    yield made
    made.close()


@pytest.fixture
def ui(
    qtbot: QtBot, qapp: QApplication, database: Database, tmp_path: Path, visits: Visits, vault: DraftVault
) -> Iterator[UiContext]:
    """Everything a page gets; writes tell the changes at once."""
    # what earlier tests left in cycles goes here and not on a thread of the pool (app/collector.py); what stays, caches
    # and modules, is not looked through again before each test: late in a long run that took more than a second
    gc.collect()
    gc.freeze()
    gc.disable()
    theme.apply(qapp, dark=False)
    database.forbid_this_thread()
    background = Background(database)
    changes = Changes()
    messages = Messages()
    messages._timer.setInterval(
        600_000
    )  # a message goes by itself after some seconds; a busy machine may need them to look
    qtbot.addWidget(messages)
    background.failed.connect(lambda error: messages.error(str(error)))
    background.committed.connect(lambda: changes.changed.emit("*", 0))
    now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    yield UiContext(
        background=background,
        changes=changes,
        messages=messages,
        state=WindowState(tmp_path / "window.ini"),
        navigate=visits,
        vault=vault,
        now=lambda: now,
        today=now.date,
    )
    background.wait()
    background.failed.disconnect()  # what is asked while widgets are taken away finds no database, and nobody to tell
    gc.enable()
