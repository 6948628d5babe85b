"""Listens for changes at every desk and tells the window, on the GUI thread, by its one signal.

LISTEN beside a poll of the event table: a half-open connection must not hide a change. After a reconnect the
window refreshes everything it shows; whoever is let in no longer hears that once. Any login of the database may
NOTIFY: what is no envelope is passed over, and whatever else goes wrong ends one connection, never the listening.
"""

import json
import logging
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import psycopg
from sqlalchemy.engine import make_url

from app.server_seat import refusal
from domain.events import CHANNEL

log = logging.getLogger(__name__)
POLL_SECONDS = 10
RETRY_SECONDS = 2
LOOKED_BACK = 1000  # events: numbers are drawn before the commit, so a lower one may be seen later
SHUT_OUT = frozenset({"person.unknown", "server.password_wrong"})
_TOPIC = re.compile(r"[a-z_]{1,60}")
_MANY = 0
_LARGEST = 2**31 - 1  # what the window's signal carries; beyond it a row is not named


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a notification tells: the topic, the row (0: look again) and the newest event of it."""

    topic: str
    row: int
    event: int

    @classmethod
    def read(cls, payload: str) -> "Envelope | None":
        """None for what is no envelope of the event table."""
        try:
            told = json.loads(payload)
        except (ValueError, RecursionError):
            return None
        if not isinstance(told, dict):
            return None
        topic, row, event = told.get("topic"), told.get("id"), told.get("event")
        if not isinstance(topic, str) or not _TOPIC.fullmatch(topic) or type(row) is not int or type(event) is not int:
            return None
        return cls(topic, row if 0 <= row <= _LARGEST else _MANY, event)


class ChangeListener(threading.Thread):
    """`changed(topic, id)`, `connected(bool)` and `shut_out()` are called on this thread; the caller moves them.

    `password` is asked at each connection for one that holds instead of the URL's; None leaves that.
    """

    def __init__(
        self,
        url: str,
        *,
        changed: Callable[[str, int], None],
        connected: Callable[[bool], None],
        shut_out: Callable[[], None] = lambda: None,
        password: Callable[[], str | None] = lambda: None,
    ) -> None:
        super().__init__(name="change-listener", daemon=True)
        self._conninfo = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._changed, self._connected, self._shut_out = changed, connected, shut_out
        self._password = password
        self._is_out = False
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
            # whatever it is, the window must not believe that it is told of everything
            except Exception as exc:  # noqa: BLE001
                log.warning("listening interrupted: %s", type(exc).__name__)
                with suppress(Exception):  # a window that is going hears nothing
                    self._connected(False)
                    was_out, self._is_out = self._is_out, _is_refused(exc)
                    if self._is_out and not was_out:
                        self._shut_out()
            first = False
            self._stopped.wait(RETRY_SECONDS)

    def _listen(self, *, first: bool) -> None:
        with psycopg.connect(
            self._conninfo,
            autocommit=True,
            connect_timeout=5,
            application_name="platzlotse-listen",
            password=self._password(),
        ) as connection:
            connection.execute(f"LISTEN {CHANNEL}".encode())
            self._known = self._newest(connection)
            self._is_out = False
            self._connected(True)
            if not first:
                self._changed("*", _MANY)
            polled = time.monotonic()
            while not self._stopped.is_set():
                for note in connection.notifies(timeout=0.5):
                    self._tell(note.payload)
                if time.monotonic() - polled > POLL_SECONDS:
                    polled = time.monotonic()
                    self._poll(connection)

    def _tell(self, payload: str) -> None:
        told = Envelope.read(payload)
        if told is None:
            return
        self._known.add(told.event)
        self._changed(told.topic, told.row)

    def _poll(self, connection: psycopg.Connection[tuple[int]]) -> None:
        newest = self._newest(connection)
        if newest - self._known:
            self._changed("*", _MANY)
        self._known = newest

    @staticmethod
    def _newest(connection: psycopg.Connection[tuple[int]]) -> set[int]:
        rows = connection.execute("SELECT id FROM platform.event ORDER BY id DESC LIMIT %s", (LOOKED_BACK,))
        return {number for (number,) in rows}


def _is_refused(exc: Exception) -> bool:
    """Whether the office locked this login, took its rights or gave it another password, meanwhile or before."""
    if isinstance(exc, psycopg.errors.InsufficientPrivilege):
        return True
    return isinstance(exc, psycopg.OperationalError) and refusal(str(exc), ca_file="").code in SHUT_OUT
