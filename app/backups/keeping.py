"""Backups by the clock: made, copied, verified, rotated and noted, by whoever has the turn.

The turn is a lock of a connection of its own: a killed program loses it with its connection, and what it left is
settled by the next. Nothing here knows when the worker runs it.
"""

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import NullPool

from app.backups.keys import machine_key, public_keys
from app.backups.making import make_backup, verify
from app.backups.second_place import SecondPlace
from app.paths import Profile
from domain.backups import records
from domain.backups.chain_heads import heads_beside, keep_heads_beside
from domain.backups.erasures import Erasure, erasures_in, keep_beside
from domain.backups.files import BackupFile, Kind, backups_in, clear_leftovers, copy_to, folder_errors
from domain.backups.models import Backup, BackupSettings
from domain.backups.office_backups import BackupForm
from domain.backups.refusals import Refusal, keep_refusals_beside, refusals_in
from domain.backups.rotation import superfluous
from domain.backups.sealed_file import key_name, sealed_to
from domain.database import Database, Session, again_if_in_the_way, translated_errors
from domain.errors import PlatzlotseError, Unavailable

FOLDER, SCRATCH = "backups", "backup-scratch"
# how often files, second place, erasures and refusals are looked at where nothing is due: so late are these lists
LOOK_EVERY = timedelta(minutes=1)
_TURN = 7235033
_SHARED = "backup.shared_folder"  # says nothing of the backups
T = TypeVar("T")
Told = tuple[tuple[Erasure, ...], tuple[Refusal, ...]]  # what a restore must not bring back, and whom it must not ask


class BackupKeeper:
    """One machine's backups of one database.

    `reader_url` logs in as who may read everything, `writer_url` as the worker, who notes what came of it.
    """

    def __init__(self, profile: Profile, *, reader_url: str, writer_url: str, now: Callable[[], datetime]) -> None:
        self._profile, self._reader_url, self._now = profile, reader_url, now
        self._database = Database(writer_url, application_name="platzlotse-backups", pool_size=1)
        self._stopping = threading.Event()
        self._second = SecondPlace(self._stopping)
        self._looked: datetime | None = None
        self._trouble: PlatzlotseError | None = None
        self._names: frozenset[bytes] = frozenset()
        self._sealed_to: dict[str, frozenset[bytes]] = {}

    def stop(self) -> None:
        """What is under way is broken off; nothing of it stays."""
        self._stopping.set()

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    def keep(self) -> None:
        """One round: what is due is done. Raises PlatzlotseError where a place cannot be used, until it can be."""
        if self._stopping.is_set():
            return
        now = self._now()
        looks = self._looked is None or not self._looked <= now < self._looked + LOOK_EVERY
        if not looks and not self._write(lambda s: records.is_due(s, now=now)):
            if self._trouble is not None:
                raise self._trouble
            return
        with turn(self._reader_url) as mine:
            if not mine:
                return
            self._looked, self._trouble = now, None
            try:
                self._round()
            except PlatzlotseError as error:
                self._trouble = error
                raise

    def _round(self) -> None:
        form, paper = self._write(_settings)
        folder = place_of(self._profile, form)
        clear_leftovers(folder)
        self._names = _key_names(self._profile, paper)
        there = self._ours(folder)
        self._write(lambda s: records.settle(s, there, str(folder)))
        begun = self._write(lambda s: records.begin_due(s, now=self._now()))
        if begun is not None:
            self._make(*begun, folder, paper)
        self._verify(folder)
        told = self._told()
        _keep(folder, told)
        self._rotate(folder)
        if form.second_folder:
            self._copy(folder, Path(form.second_folder), told)
        self._refuse_shared(folder, self._write(records.own_names))

    def _make(self, backup_id: int, kind: Kind, folder: Path, paper: bytes | None) -> None:
        now = self._now()
        try:
            keys = public_keys(self._profile, paper)
            made = make_backup(self._reader_url, folder, keys, kind=kind, now=now, halted=self._stopping.is_set)
        except PlatzlotseError as error:
            failed = error
            self._write(lambda s: records.note_failed(s, backup_id, failed))
            return
        file, of = BackupFile(made.path, now.replace(microsecond=0), kind), made.manifest
        self._write(
            lambda s: records.note_made(
                s, backup_id, file, size=made.size, row_count=of.row_count, newest_event=of.newest_event
            )
        )

    def _verify(self, folder: Path) -> None:
        due = self._write(lambda s: records.due_for_verifying(s, str(folder), now=self._now()))
        if due is None or self._stopping.is_set():
            return
        name = self._write(lambda s: s.get_one(Backup, due).file_name)
        scratch = self._profile.home / SCRATCH
        try:
            of = verify(
                folder / name, [machine_key(self._profile)], scratch, now=self._now(), halted=self._stopping.is_set
            )
        except PlatzlotseError as error:
            failed = error
            if error.code != records.INTERRUPTED:  # the next one to have the turn does it
                self._write(lambda s: records.note_unverified(s, due, failed))
            return
        counted = {"row_count": of.row_count, "newest_event": of.newest_event}
        self._write(lambda s: records.note_verified(s, due, now=self._now(), **counted))

    def _rotate(self, folder: Path) -> None:
        now = self._now()
        verified = self._write(records.verified_names)
        gone = [file.name for file in _removed(folder, superfluous(self._ours(folder), verified=verified, now=now))]
        self._write(lambda s: records.forget(s, gone, now=now))

    def _copy(self, folder: Path, second: Path, told: Told) -> None:
        """Bring the second place up, its own lists, too. It is rotated alike."""
        held: set[str] = set()
        there, heads, own = self._ours(folder), heads_beside(folder), self._write(records.own_names)
        verified, now = self._write(records.verified_names), self._now()

        def bring_up(moved: Callable[[], None]) -> None:
            clear_leftovers(second)
            held.update(file.name for file in backups_in(second))
            for file in there:
                if file.name not in held:
                    moved()
                    copy_to(file.path, second, moved)
                    held.add(file.name)
            _keep(second, told)
            keep_heads_beside(second, heads)
            _removed(second, superfluous(self._among(second, own), verified=verified, now=now))

        def note(trouble: str) -> None:
            copied = frozenset(held)  # a place that is silent may still go on
            self._write(lambda s: records.note_copies(s, copied, trouble=trouble, now=self._now()))

        try:
            self._second.ask(second, bring_up)
            note("")
            self._second.ask(second, lambda _: self._refuse_shared(second, own))
        except PlatzlotseError as error:
            if error.code == records.INTERRUPTED:  # the next one sees what came
                return
            if error.code != _SHARED:
                note(error.code)
                error.code = records.at_second(error.code)
            raise

    def _ours(self, folder: Path) -> tuple[BackupFile, ...]:
        return self._among(folder, self._write(records.own_names))

    def _among(self, folder: Path, own: Collection[str]) -> tuple[BackupFile, ...]:
        """Those this office made or verified or that its keys open: another's in the same folder are left alone.

        The list alone proves nothing: older programs took up whatever lay there.
        """
        return tuple(f for f in backups_in(folder) if f.name in own or not self._is_anothers(f))

    def _is_anothers(self, file: BackupFile) -> bool:
        if file.name not in self._sealed_to:
            try:
                with file.path.open("rb") as content:
                    self._sealed_to[file.name] = sealed_to(content)
            except OSError:  # closed to this account
                return True
            except PlatzlotseError:  # half of one: that is told where it is verified
                return False
        return not self._sealed_to[file.name] & self._names

    def _refuse_shared(self, place: Path, own: Collection[str]) -> None:
        if len(self._among(place, own)) < len(backups_in(place)):
            raise Unavailable(_SHARED, path=str(place))

    def _told(self) -> Told:
        engine = _engine(self._reader_url)
        try:
            with translated_errors(), engine.begin() as connection:
                return erasures_in(connection), refusals_in(connection)
        finally:
            engine.dispose()

    def _write(self, work: Callable[[Session], T]) -> T:
        def once() -> T:
            with self._database.write() as session:
                return work(session)

        return again_if_in_the_way(once)


@contextmanager
def turn(reader_url: str) -> Iterator[bool]:
    """Whether this program has the turn to back up this database, for as long as the block lasts."""
    engine = _engine(reader_url)
    try:
        with translated_errors(), engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            yield bool(connection.scalar(text("SELECT pg_try_advisory_lock(:n)"), {"n": _TURN}))
    finally:
        engine.dispose()


def place_of(profile: Profile, form: BackupForm) -> Path:
    """Where backups lie; the folder beside the program's other files is made."""
    if form.folder:
        return Path(form.folder)
    folder = profile.home / FOLDER
    with folder_errors(folder):
        folder.mkdir(exist_ok=True, mode=0o700)
    return folder


def _key_names(profile: Profile, paper: bytes | None) -> frozenset[bytes]:
    with suppress(PlatzlotseError):  # a key that cannot be read is told where it is needed
        return frozenset(map(key_name, public_keys(profile, paper)))
    return frozenset()


def _settings(session: Session) -> tuple[BackupForm, bytes | None]:
    row = session.get_one(BackupSettings, 1)
    return BackupForm(row.enabled, row.folder, row.second_folder, row.limit_days), row.recovery_key


def _keep(folder: Path, told: Told) -> None:
    erased, refused = told
    keep_beside(folder, erased)
    keep_refusals_beside(folder, refused)


def _removed(folder: Path, files: tuple[BackupFile, ...]) -> tuple[BackupFile, ...]:
    with folder_errors(folder):
        for file in files:
            file.path.unlink(missing_ok=True)
    return files


def _engine(url: str) -> Engine:
    return create_engine(make_url(url), poolclass=NullPool, hide_parameters=True)
