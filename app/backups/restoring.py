"""Bringing a database back: into a new one, compared, erased anew what was erased, then in the other's place.

Both renames happen at once or not at all; the one before stays beside it under another name until a person removes it.
Nothing is done while anybody works there, and nobody can before what was erased is gone again.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nacl.public import PrivateKey
from sqlalchemy import text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError

from app.backups.asking import Answers, Asked
from app.backups.in_place import create_like, engine_as, is_sealed, other_owner, set_up_inside, set_up_like
from app.backups.known_heads import known_heads
from app.backups.making import UNPACKED, Made, make_backup, read_manifest, refuse_full, restore_into
from app.office_setup import OWNER
from app.postgres_binaries import Binaries
from domain.access import group_role
from domain.backups.chain_heads import KeptHead, heads_in
from domain.backups.content import Manifest
from domain.backups.erasures import Erasure, erasures_beside, keep_beside, read, replay
from domain.backups.files import Kind, backups_in, folder_errors
from domain.backups.left_behind import TOLD_NOTHING, Compared, compare, note_restore
from domain.backups.own_rows import write_own_rows
from domain.backups.people import follow, make_missing_logins
from domain.backups.refusals import Refusal, keep_refusals_beside, refusals_beside, say_again
from domain.backups.refusals import read as read_refusals
from domain.backups.set_aside import UNFINISHED, name_of
from domain.backups.waiting_mails import hold_waiting_mails, pause_batches
from domain.database import DISK_FULL, sqlstate, translated_errors
from domain.errors import Forbidden, PlatzlotseError, Unavailable
from domain.migrations import HEAD, KNOWN, migrate

_LAST_WORK = "SELECT (SELECT max(id) FROM audit.entry), (SELECT max(id) FROM platform.event)"
_MAY_MAKE = "SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user"


@dataclass(frozen=True, slots=True)
class Target:
    """The database to be replaced: `admin_url` logs in as its owner, into another database of the server.

    `refuse_while_used` raises Unavailable (``backup.in_use``, ``backup.server_in_use``) while anybody works there.
    `bring_up` gives it the schema of this program: only once nothing is known that the restore would be refused for.
    """

    admin_url: str
    name: str
    binaries: Binaries
    refuse_while_used: Callable[[], None]
    bring_up: Callable[[], None]
    data: Path | None = None  # where the server keeps its files, if that is this machine
    left: "Left | None" = None

    def url(self, name: str) -> str:
        """The owner's way into a database of this server."""
        return make_url(self.admin_url).set(database=name).render_as_string(hide_password=False)


@dataclass(frozen=True, slots=True)
class Left:
    """Where the server itself takes another's place: what that one still told, and under which name it lies beside."""

    answers: Answers
    aside: str


@dataclass(frozen=True, slots=True)
class Done:
    """How much was erased and refused again, mails held, batches paused, rows of persons and deputies brought up."""

    erased_again: int
    refused_again: int
    held_mails: int
    paused_batches: int
    people_followed: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it: the safety copy, the database before, who is new, what was done; what could not be asked.

    There is no safety copy of what was damaged; it lies beside. `silent` is a second place that could not be asked.
    """

    safety: Made | None
    before: str
    newcomers: tuple[str, ...]
    done: Done
    unasked: tuple[str, ...] = ()
    silent: Path | None = None


@dataclass(frozen=True, slots=True)
class OfBefore:
    """Of the database that is replaced: whether its comparisons were sealed, and the ends of chains that are known."""

    sealed: bool
    kept: tuple[KeptHead, ...]


@dataclass(frozen=True, slots=True)
class Since:
    """What a backup may not undo: what was erased, and who said no."""

    erased: tuple[Erasure, ...]
    refused: tuple[Refusal, ...]


def restore(
    target: Target,
    path: Path,
    keys: Sequence[PrivateKey],
    *,
    safety: Sequence[bytes],
    folder: Path,
    second: Path | None = None,
    damaged: bool = False,
    now: datetime,
) -> Restored:
    """Bring a backup back, after a safety copy into `folder`; `damaged`: without one where what is there is damaged.

    What was erased, and who said no, is asked of the database that is replaced, of `folder`, where the backup lies, and
    of `second`, which may be away.
    Raises what is wrong with the file, Unavailable (``backup.in_use``; ``backup.worked_meanwhile``), or
    (``backup.too_damaged``) where no safety copy can be made; then all is as it was.
    """
    promised, owner = _refuse_early(target, path, keys, folder)
    asked = Asked(target.url(target.name), target.admin_url, damaged)
    asked.unless_damaged(target.bring_up)
    with translated_errors(), engine_as(target.admin_url) as admin, admin.connect() as connection:
        known = set(_roles(connection))
    answers = asked.answers() if target.left is None else target.left.answers
    places = {path.parent, folder}
    elsewhere, silent = _listed_elsewhere(second if second not in places else None, keys)
    since = _joined(Since(answers.erased, answers.refused), elsewhere, *(_listed(place, keys) for place in places))
    last = asked.unless_damaged(lambda: _last_work(target))
    copy = None
    if target.left is None:
        copy = asked.unless_damaged(
            lambda: make_backup(target.url(target.name), folder, safety, kind=Kind.SAFETY, now=now)
        )
    everywhere = places if second is None else {*places, second}
    of_before = _of_before(target, asked, _kept(everywhere, keys), now=now)
    fresh = f"{target.name}{UNFINISHED}{secrets.token_hex(4)}"
    before = name_of(target.name, now)
    with translated_errors(), _said_full(), engine_as(target.admin_url) as admin, admin.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        _drop_unfinished(connection, target.name)
        create_like(connection, fresh, owner, target.name)
        try:
            restore_into(path, keys, target.url(fresh), binaries=target.binaries, now=now, owner=owner)
            done, made = _make_ready(target, fresh, owner, asked, answers, since, of_before, now=now)
            set_up_like(connection, fresh, target.name)
            # both lists only grow: a folder that is full hinders the restore, not what is said of it
            keep_beside(folder, since.erased)
            keep_refusals_beside(folder, since.refused)
            target.refuse_while_used()
            _refuse_more_work(target, last)
            _swap(connection, target.name, fresh, before)
        except BaseException:
            with suppress(DBAPIError):  # the server may be what failed; the next restore drops it
                connection.execute(text(f'DROP DATABASE IF EXISTS "{fresh}" WITH (FORCE)'))
            raise
        if target.left is not None:  # an empty office that was made to be replaced
            connection.execute(text(f'DROP DATABASE "{before}"'))
            before = target.left.aside
    newcomers = tuple(sorted({*promised.roles, *made} - known))
    return Restored(copy, before, newcomers, done, answers.unasked, silent)


def _refuse_early(target: Target, path: Path, keys: Sequence[PrivateKey], folder: Path) -> tuple[Manifest, str | None]:
    """What needs nothing of this program's schema, so that a refusal changes nothing: what is promised, and to whom."""
    target.refuse_while_used()
    with folder_errors(folder):
        if not folder.is_dir():
            raise Unavailable("backup.no_safety_folder", path=str(folder))
    promised = read_manifest(path, keys)
    if promised.revision != HEAD and promised.revision not in KNOWN:
        raise Unavailable("schema.newer", found=promised.revision, wanted=HEAD)
    with translated_errors(), engine_as(target.admin_url) as admin, admin.connect() as connection:
        known = set(_roles(connection))
        _refuse_unmade(connection, {who: groups for who, groups in promised.roles.items() if who not in known})
        size = connection.scalar(text("SELECT pg_database_size(:name)"), {"name": target.name}) or 0
        owner = other_owner(connection, target.name)
    if target.data is not None:
        refuse_full(target.data, max(size, UNPACKED * path.stat().st_size))
    return promised, owner


def _of_before(target: Target, asked: Asked, kept: tuple[KeptHead, ...], *, now: datetime) -> OfBefore:
    """Of the database that is replaced, as far as it can still be read."""

    def read_it() -> OfBefore:
        with translated_errors(), engine_as(target.url(target.name)) as old, old.begin() as connection:
            return OfBefore(is_sealed(connection), (*kept, *heads_in(connection, now=now)))

    found = asked.unless_damaged(read_it)
    return OfBefore(target.data is None, kept) if found is None else found


def _kept(places: Iterable[Path], keys: Sequence[PrivateKey]) -> tuple[KeptHead, ...]:
    """The ends of chains as the places know them.

    One that is away tells none; a torn list, which verify-log tells of, keeps no office away.
    """
    found: tuple[KeptHead, ...] = ()
    for place in places:
        with suppress(PlatzlotseError), folder_errors(place):
            found += known_heads([place], keys)
    return found


def _compared(target: Target, asked: Asked, restored: Connection, *, now: datetime) -> Compared:
    """The chains of the database that is replaced with the restored ones."""

    def read_it() -> Compared:
        with translated_errors(), engine_as(target.url(target.name)) as old, old.begin() as replaced:
            return compare(replaced, restored, now=now)

    return asked.unless_damaged(read_it) or TOLD_NOTHING


def _make_ready(
    target: Target,
    fresh: str,
    owner: str | None,
    asked: Asked,
    answers: Answers,
    since: Since,
    of_before: OfBefore,
    *,
    now: datetime,
) -> tuple[Done, tuple[str, ...]]:
    """The schema of now, the machine's own rows, who works here; what must not come back is gone again.

    Returns what was done, and for whom a login was made.
    """
    with translated_errors(), engine_as(target.url(fresh)) as mighty, mighty.begin() as connection:
        set_up_inside(connection, sealed=of_before.sealed)
    with engine_as(target.url(fresh), owner) as new:
        migrate(new)
        with translated_errors(), new.begin() as connection:
            if answers.own is not None:
                write_own_rows(connection, answers.own)
            held, paused = hold_waiting_mails(connection), pause_batches(connection)
            followed = follow(connection, answers.people)
            made = make_missing_logins(connection)
            # before words are erased: what is erased is asked nothing more
            refused = say_again(connection, since.refused)
            again = replay(connection, since.erased)
            note_restore(connection, _compared(target, asked, connection, now=now), of_before.kept, now=now)
            return Done(again, refused, held, paused, followed), made


def _joined(*told: Since) -> Since:
    return Since(tuple(e for one in told for e in one.erased), tuple(r for one in told for r in one.refused))


def _last_work(target: Target) -> tuple[int | None, ...]:
    """How far the database is: whoever opens a window meanwhile, works and closes it, is not overlooked."""
    with translated_errors(), engine_as(target.url(target.name)) as there, there.connect() as connection:
        return tuple(connection.execute(text(_LAST_WORK)).one())


def _refuse_more_work(target: Target, before: tuple[int | None, ...] | None) -> None:
    if before is not None and _last_work(target) != before:
        raise Unavailable("backup.worked_meanwhile")


def _refuse_unmade(connection: Connection, newcomers: dict[str, list[str]]) -> None:
    """Raise Forbidden (``backup.may_not_make``) where this login cannot make those a backup brings."""
    newcomers.pop(OWNER, None)
    superuser, makes = connection.execute(text(_MAY_MAKE)).one()
    out_of_reach = [who for who, groups in newcomers.items() if not makes or group_role("backup") in groups]
    if out_of_reach and not superuser:
        raise Forbidden("backup.may_not_make", names=", ".join(out_of_reach))


def _listed_elsewhere(second: Path | None, keys: Sequence[PrivateKey]) -> tuple[Since, Path | None]:
    """What a second place can tell, and that place where it cannot tell all."""
    told: list[Since] = []
    if second is None:
        return _joined(), None
    silent = None
    for part in _PARTS:
        try:
            with folder_errors(second):
                if not second.is_dir():
                    raise Unavailable("backup.folder_missing", path=str(second))
            told.append(part(second, keys))
        except PlatzlotseError:
            silent = second
    return _joined(*told), silent


def _listed(place: Path, keys: Sequence[PrivateKey]) -> Since:
    """What the files beside the backups list, and each backup that opens."""
    return _joined(*(part(place, keys) for part in _PARTS))


def _in_backups(place: Path, keys: Sequence[PrivateKey]) -> Since:
    told: list[Since] = []
    for file in backups_in(place):
        try:
            manifest = read_manifest(file.path, keys)
        except PlatzlotseError:
            continue  # another one's, or damaged: it tells nothing
        told.append(Since(read(manifest.erasures, str(file.path)), read_refusals(manifest.refusals, str(file.path))))
    return _joined(*told)


_PARTS: tuple[Callable[[Path, Sequence[PrivateKey]], Since], ...] = (
    lambda place, _: Since(erasures_beside(place), ()), lambda place, _: Since((), refusals_beside(place)), _in_backups,
)  # fmt: skip


def _roles(connection: Connection) -> Sequence[str]:
    return connection.scalars(text("SELECT rolname FROM pg_roles")).all()


def _drop_unfinished(connection: Connection, name: str) -> None:
    """What a killed restore left."""
    query = text("SELECT datname FROM pg_database WHERE starts_with(datname, :name)")
    for left in connection.scalars(query, {"name": f"{name}{UNFINISHED}"}).all():
        connection.execute(text(f'DROP DATABASE "{left}" WITH (FORCE)'))


def _swap(connection: Connection, name: str, fresh: str, before: str) -> None:
    """Both renames or none; the server refuses while anybody is connected."""
    connection.execute(text("BEGIN"))
    try:
        connection.execute(text(f'ALTER DATABASE "{name}" RENAME TO "{before}"'))
        connection.execute(text(f'ALTER DATABASE "{fresh}" RENAME TO "{name}"'))
        connection.execute(text("COMMIT"))
    except DBAPIError as exc:
        connection.execute(text("ROLLBACK"))
        raise Unavailable("backup.in_use") from exc


@contextmanager
def _said_full() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, Unavailable) as exc:
        full = sqlstate(exc) == DISK_FULL if isinstance(exc, DBAPIError) else exc.code == "database.full"
        if full:
            raise Unavailable("backup.server_full") from exc
        raise
