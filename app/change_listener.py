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
LOOKED_BACK = 1000  # events: numbers are drawn before the commit, so a lower one may be seen later


class ChangeListener(threading.Thread):
    """`changed(topic, id)` and `connected(bool)` are called on this thread; the caller moves them to its own."""

    def __init__(self, url: str, *, changed: Callable[[str, int], None], connected: Callable[[bool], None]) -> None:
        super().__init__(name="change-listener", daemon=True)
        self._conninfo = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._changed, self._connected = changed, connected
        self._stopped = threading.Event()
        self._known: set[int] = set()  # of the newest events, those this desk was told of or has looked for

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
            self._known = self._newest(connection)
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
        self._known.add(int(told["event"]))
        self._changed(str(told["topic"]), int(told["id"]))

    def _poll(self, connection: psycopg.Connection[tuple[int]]) -> None:
        newest = self._newest(connection)
        if newest - self._known:
            self._changed("*", 0)
        self._known = newest

    @staticmethod
    def _newest(connection: psycopg.Connection[tuple[int]]) -> set[int]:
        rows = connection.execute("SELECT id FROM platform.event ORDER BY id DESC LIMIT %s", (LOOKED_BACK,))
        return {number for (number,) in rows}
