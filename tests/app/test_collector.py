"""Garbage with windows in it goes on the thread of the windows."""

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QThread, QTimer
from pytestqt.qtbot import QtBot

from app.collector import GuiThreadCollector


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[GuiThreadCollector]:
    """At work."""
    assert qtbot is not None
    made = GuiThreadCollector()
    yield made
    made.stop()


class Knot(QObject):
    """A timer that nobody holds but itself; tells on which thread it went."""

    def __init__(self, gone: list[bool]) -> None:
        super().__init__()
        self._self = self
        self._timer = QTimer(self, interval=60_000)
        self._timer.start()
        self._gone = gone

    def __del__(self) -> None:
        self._gone.append(QThread.currentThread() is self.thread())


def test_a_busy_thread_destroys_no_window(qtbot: QtBot, collector: GuiThreadCollector) -> None:
    """However much it allocates; the collector finds it within a few seconds."""
    gone: list[bool] = []
    Knot(gone)

    kept: list[list[int]] = []  # what is given back at once makes nothing due

    def allocate() -> None:
        kept.extend([number] for number in range(200_000))

    busy = threading.Thread(target=allocate)
    busy.start()
    busy.join()
    assert not gone
    qtbot.waitUntil(lambda: gone == [True])
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()
