"""Hands over what waits in the store of this machine, and keeps there what is needed without the server."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from domain.casework.addressees import contacts_to_keep
from domain.casework.draft_upload import Uploaded, Writes, upload
from domain.casework.erased_drafts import erasures_of, forget_erased, people_in
from domain.casework.own_letters import Stationery, keep_stationery, read_stationery
from domain.communication.drafts.contacts import keep_contacts
from domain.communication.drafts.records import CachedContact, Waiting
from domain.communication.drafts.store import DraftStore
from domain.database import Session
from ui.background import Background
from ui.changes import Changes
from ui.ports import Vault

AGAIN_MS = 5_000  # while something waits
KEEP_MS = 15 * 60_000


class DraftUploader(QObject):
    """`waiting` tells how much has not reached the server. Works on threads of the pool, one run at a time."""

    waiting = Signal(object)

    def __init__(
        self, vault: Vault, database: Writes, background: Background, changes: Changes, now: Callable[[], datetime]
    ) -> None:
        super().__init__()
        self._vault, self._database, self._background, self._changes, self._now = (
            vault,
            database,
            background,
            changes,
            now,
        )
        self._running = self._kept = False
        self._timer = QTimer(self, interval=AGAIN_MS)
        self._timer.timeout.connect(self.run)
        self._timer.start()
        self._keeping = QTimer(self, interval=KEEP_MS)
        self._keeping.timeout.connect(self.keep)
        self._keeping.start()
        changes.changed.connect(self._on_change)
        background.local(self, vault.open_by_keyring, lambda _: self.run(), lambda _: None)

    def run(self) -> None:
        """Hand over now, unless it is under way."""
        store = self._vault.opened
        if store is None or self._running:
            return
        if not self._kept:
            self._kept = True
            self.keep()
        self._running = True
        self._background.local(self, lambda: self._hand_over(store), self._tell, self._give_up)

    def keep(self) -> None:
        """Ask the server for contacts, stationery and whose words were erased; without it what was kept stays."""
        store, now = self._vault.opened, self._now()
        if store is None:
            return

        def ask(session: Session) -> tuple[tuple[CachedContact, ...], Stationery, dict[int, datetime]]:
            erased = erasures_of(session, people_in(store))
            return contacts_to_keep(session, now=now), read_stationery(session), erased

        def put(found: tuple[tuple[CachedContact, ...], Stationery, dict[int, datetime]]) -> None:
            self._background.local(self, lambda: _keep(store, *found), self._told_gone)

        self._background.read(self, ask, put, lambda _: None)

    def _told_gone(self, gone: int) -> None:
        if gone:
            self._changes.changed.emit("draft", 0)

    def _hand_over(self, store: DraftStore) -> tuple[Waiting, Uploaded | None]:
        waits = store.count()
        if not waits.queued and not waits.edits:
            return waits, None
        came = upload(store, self._database, now=self._now())
        return store.count(), came

    def _tell(self, result: tuple[Waiting, Uploaded | None]) -> None:
        self._running = False
        waits, came = result
        self.waiting.emit(waits)
        if came is not None and came.done + came.refused:
            self._changes.changed.emit("draft", 0)
            self._changes.changed.emit("email", 0)

    def _give_up(self, error: Exception) -> None:
        self._running = False
        self._background.failed.emit(error)

    def _on_change(self, topic: str, _id: int) -> None:
        if topic == "draft":
            self.run()


def _keep(
    store: DraftStore, contacts: tuple[CachedContact, ...], stationery: Stationery, erased: dict[int, datetime]
) -> int:
    """Keep what is needed; returns how many drafts went with somebody's words."""
    keep_contacts(store, contacts)
    keep_stationery(store, stationery)
    return forget_erased(store, erased)
