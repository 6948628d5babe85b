"""What the database that is replaced still tells: what was erased and refused, its list of backups, who works here.

It is asked part by part: of a damaged one some parts may be read and others not. Which were not is told.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from app.backups.in_place import engine_as
from domain.backups.erasures import Erasure, What, erasures_of
from domain.backups.office_backups import BackupForm
from domain.backups.own_rows import OwnRows, read_own_rows
from domain.backups.people import People, read_people
from domain.backups.refusals import No, Refusal, refusals_of
from domain.database import sqlstate, translated_errors
from domain.errors import PlatzlotseError, Unavailable
from domain.migrations import HEAD, KNOWN, revision

T = TypeVar("T")
DAMAGE = frozenset({"database.damaged", "backup.not_dumped"})
AWAY = frozenset({"database.lost", "database.unreachable"})
# errors of the server itself, of its files, and what is not there any more
_STATES = ("XX", "58", "3F000", "42P01", "42703", "42883", "42704")
OWN, PEOPLE = "own", "people"
PARTS = (*(f"erased.{what}" for what in What), *(f"refused.{no}" for no in No), OWN, PEOPLE)


@dataclass(frozen=True, slots=True)
class Answers:
    """What was told; `unasked` are those of `PARTS` that could not be read."""

    erased: tuple[Erasure, ...] = ()
    refused: tuple[Refusal, ...] = ()
    own: OwnRows | None = None
    people: People | None = None
    unasked: tuple[str, ...] = ()

    @property
    def form(self) -> BackupForm:
        """The office's settings for backups; the usual ones where nobody set any or they cannot be read."""
        settings = self.own.settings if self.own is not None else None
        if settings is None:
            return BackupForm()
        return BackupForm(*(settings[name] for name in ("enabled", "folder", "second_folder", "limit_days")))

    @property
    def paper(self) -> bytes | None:
        """The public half of the recovery key."""
        settings = self.own.settings if self.own is not None else None
        return None if settings is None or settings["recovery_key"] is None else bytes(settings["recovery_key"])


NOTHING = Answers(unasked=PARTS)


@dataclass(slots=True)
class Asked:
    """A database that may be damaged. Unless that is `accepted`, Unavailable (``backup.too_damaged``) says so."""

    url: str
    admin_url: str
    accepted: bool
    unasked: list[str] = field(default_factory=list)

    def answers(self) -> Answers:
        """Everything that can be read."""
        erased = [self._part(f"erased.{what}", partial(erasures_of, what=what)) or () for what in What]
        refused = [self._part(f"refused.{no}", partial(refusals_of, what=no)) or () for no in No]
        return Answers(
            erased=tuple(erasure for one in erased for erasure in one),
            refused=tuple(refusal for one in refused for refusal in one),
            own=self._part(OWN, read_own_rows),
            people=self._part(PEOPLE, read_people),
            unasked=tuple(self.unasked),
        )

    def settings(self) -> Answers:
        """Only what the office set for its backups, of an earlier schema as it stands."""
        return Answers(own=self._part(OWN, _own_rows_before))

    def unless_damaged(self, work: Callable[[], T]) -> T | None:
        """What `work` returns; None where the database is damaged and that is accepted."""
        try:
            return work()
        except (PlatzlotseError, DBAPIError) as exc:
            if not self._is_why(exc):
                raise
            if not self.accepted:
                raise Unavailable("backup.too_damaged") from exc
            return None

    def _part(self, name: str, read: Callable[[Connection], T]) -> T | None:
        def within() -> T:
            with translated_errors(), engine_as(self.url) as engine, engine.begin() as connection:
                return read(connection)

        found = self.unless_damaged(within)
        if found is None:
            self.unasked.append(name)
        return found

    def _is_why(self, exc: Exception) -> bool:
        """Whether damage is the reason; that a server answers otherwise tells a damaged database from a lost line."""
        if is_damage(exc):
            return True
        return isinstance(exc, PlatzlotseError) and exc.code in AWAY and _answers(self.admin_url)


def _own_rows_before(connection: Connection) -> OwnRows:
    """Before 0038 nobody could set any. Raises Unavailable (``schema.newer``)."""
    found = revision(connection)
    if found is not None and found not in KNOWN:
        raise Unavailable("schema.newer", found=found, wanted=HEAD)
    return read_own_rows(connection) if found is not None and found >= "0038" else OwnRows(None, ())


def is_damage(exc: Exception) -> bool:
    """Whether the database itself is what cannot be read."""
    if isinstance(exc, PlatzlotseError):
        return exc.code in DAMAGE
    return isinstance(exc, DBAPIError) and (sqlstate(exc) or "").startswith(_STATES)


def _answers(admin_url: str) -> bool:
    try:
        with engine_as(admin_url) as admin, admin.connect() as connection:
            return bool(connection.scalar(text("SELECT true")))
    except DBAPIError:
        return False
