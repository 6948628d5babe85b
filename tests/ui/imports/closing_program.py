"""Windows that read a file in, each closed with its page in one tick while a trial tells its progress without a pause.

usage: closing_program DATABASE-URL FILE TIMES
"""

import gc
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import NoReturn
from unittest.mock import patch

from PySide6.QtCore import QEvent, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from app.collector import GuiThreadCollector
from app.draft_vault import DraftVault
from app.paths import Profile
from domain.acquisition.reading import Source
from domain.database import Database, Session
from domain.errors import Invalid
from ui.background import Background
from ui.changes import Changes
from ui.imports import read_files, working
from ui.messages import Messages
from ui.ports import UiContext
from ui.window_state import WindowState

LONGEST = 1.0  # seconds a trial goes on where nobody stops it
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def tell_without_pause(_: Session, __: Source, *, on_batch: Callable[[int], None], **___: object) -> NoReturn:
    """A trial of which only the progress matters."""
    end = monotonic() + LONGEST
    while monotonic() < end:
        on_batch(1)
    raise Invalid("import.counts", read=0, counted=0)


def go_on(milliseconds: int) -> None:
    """Let the window work for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def main() -> None:
    """Open and close; tells how often."""
    sys.setswitchinterval(0.000_01)  # threads meet at every moment
    url, file, times = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    app = QApplication([])
    collector = GuiThreadCollector()
    database = Database(url)
    database.forbid_this_thread()
    background = Background(database)
    with tempfile.TemporaryDirectory() as home:
        ui = UiContext(
            background=background, changes=Changes(), messages=Messages(), state=WindowState(Path(home) / "window.ini"),
            navigate=lambda *_: None, vault=DraftVault(Profile(Path(home))), now=lambda: NOW, today=NOW.date,
        )  # fmt: skip
        for number in range(times):
            page = QWidget()
            page.show()
            dialog = read_files(page, ui, [file])
            while not (dialog._work and dialog.outcome.said.text().startswith("1 von")):
                go_on(5)
            dialog.close()
            page.close()
            page.deleteLater()
            del page, dialog
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            go_on(number % 3)
            gc.collect()
        background.wait(60_000)
        go_on(50)
    collector.stop()
    del app
    sys.stdout.write(str(times))


if __name__ == "__main__":
    with patch.object(working, "import_file", tell_without_pause):
        main()
