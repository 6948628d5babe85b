"""Listens for changes at every desk and tells the window, on the GUI thread, by its one signal.

LISTEN beside a poll of the event table: a half-open connection must not hide a change. After a reconnect the
window refreshes everything it shows.
"""

import json
import logging
import threading
import time
from collections.abc import Callable

import psycopg
from sqlalchemy.engine import make_url

from domain.events import CHANNEL

log = logging.getLogger(__name__)
POLL_SECONDS = 10
RETRY_SECONDS = 2


class ChangeListener(threading.Thread):
    """`changed(topic, id)` and `connected(bool)` are called on this thread; the caller moves them to its own."""

    def __init__(self, url: str, *, changed: Callable[[str, int], None], connected: Callable[[bool], None]) -> None:
        super().__init__(name="change-listener", daemon=True)
        self._conninfo = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._changed, self._connected = changed, connected
        self._stopped = threading.Event()
        self._last = 0

    def stop(self) -> None:
        """End soon; waits for the thread."""
        self._stopped.set()
        self.join(5)

    def run(self) -> None:
        """Listen, and begin again after every loss."""
        first = True
        while not self._stopped.is_set():
            try:
                self._listen(first=first)
            except psycopg.Error as exc:
                log.warning("listening interrupted: %s", type(exc).__name__)
                self._connected(False)
            first = False
            self._stopped.wait(RETRY_SECONDS)

    def _listen(self, *, first: bool) -> None:
        with psycopg.connect(
            self._conninfo, autocommit=True, connect_timeout=5, application_name="platzlotse-listen"
        ) as connection:
            connection.execute(f"LISTEN {CHANNEL}".encode())
            self._last = self._newest(connection)
            self._connected(True)
            if not first:
                self._changed("*", 0)
            polled = time.monotonic()
            while not self._stopped.is_set():
                for note in connection.notifies(timeout=0.5):
                    self._tell(note.payload)
                if time.monotonic() - polled > POLL_SECONDS:
                    polled = time.monotonic()
                    self._poll(connection)

    def _tell(self, payload: str) -> None:
        told = json.loads(payload)
        self._last = max(self._last, int(told["event"]))
        self._changed(str(told["topic"]), int(told["id"]))

    def _poll(self, connection: psycopg.Connection[tuple[int | None]]) -> None:
        newest = self._newest(connection)
        if newest > self._last:
            self._last = newest
            self._changed("*", 0)

    @staticmethod
    def _newest(connection: psycopg.Connection[tuple[int | None]]) -> int:
        row = connection.execute("SELECT max(id) FROM platform.event").fetchone()
        return row[0] or 0 if row is not None else 0
