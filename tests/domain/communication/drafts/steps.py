"""The way of one draft and one changed number from the first key to the server, counted point by point.

A point is any statement to the store or to the server, and each commit; `Points` calls back when one is reached.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

from sqlalchemy import event
from sqlcipher3 import dbapi2 as sqlcipher

from domain.casework.draft_upload import Uploaded, upload
from domain.communication.drafts.contacts import edit_contact
from domain.communication.drafts.records import Addressee, CachedContact, ContactData, DraftText
from domain.communication.drafts.store import DraftStore
from domain.database import Database

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
LAST_WORDS = "Vielen Dank für das Gespräch."
NEW_NUMBER = "+492415550199"


class Points:
    """Counts points of store and server and tells each to `reached`."""

    def __init__(self, reached: Callable[[int], None]) -> None:
        self.count = 0
        self._reached = reached

    def one(self, *_: object, **__: object) -> None:
        """A point."""
        self.count += 1
        self._reached(self.count)

    def watch_server(self, database: Database) -> None:
        """Statements and commits of the server."""
        event.listen(database.engine, "before_cursor_execute", self.one)
        event.listen(database.engine, "commit", self.one)

    def open_store(self, path: Path, key: bytes) -> DraftStore:
        """The store, watched from its first statement."""
        connect = sqlcipher.connect

        def watched(*args: Any, **kwargs: Any) -> Any:
            connection = connect(*args, **kwargs)
            connection.set_trace_callback(self.one)
            return connection

        with patch.object(sqlcipher, "connect", watched):
            return DraftStore(path, key)


def write(store: DraftStore, therapist: int, address: str, told: Callable[[str], None]) -> UUID:
    """Write, attach, change, queue, and change a number; `told` hears what is promised to be kept."""
    to = Addressee(address, "Anna Sommer", therapist_id=therapist)
    number = store.add(DraftText(to, "Danke", "Vielen"), now=NOW)
    told(f"added {number}")
    store.attach(number, "Plan.pdf", PDF)
    told("attached")
    store.save(number, DraftText(to, "Danke", LAST_WORDS), now=NOW)
    told("saved")
    store.queue(number, now=NOW)
    told("queued")
    seen = ContactData(email=address, phone="+49241555000")
    contact = CachedContact("therapist", therapist, "Anna Sommer", "Frau", "", "Anna", "Sommer", False, seen)
    edit_contact(store, contact, ContactData(email=address, phone=NEW_NUMBER))
    told("edited")
    return number


def hand_over(store: DraftStore, database: Database) -> Uploaded:
    """As the program does again and again while something waits."""
    return upload(store, database, now=NOW)
