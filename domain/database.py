"""The one way to the database: a session for reading, a session for writing.

Only `Database.read()` and `Database.write()` open and commit; services get a session and never open one.
It must not know any slice, and it refuses to work on the GUI thread (that thread never waits).
"""

import contextlib
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from sqlalchemy import BigInteger, DateTime, Identity, MetaData, Text, create_engine, event, inspect, text
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from domain.commit_fate import listen_for_number, number_of, was_committed
from domain.errors import Conflict, Forbidden, Invalid, PlatzlotseError, Unavailable
from domain.moments import read_every_moment

__all__ = ["Base", "Database", "Identified", "Session", "Versioned"]

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


T = TypeVar("T")
_HALVES = re.compile("[\ud800-\udfff]")
ONCE_MORE = frozenset({"record.changed_meanwhile", "database.lost", "database.read_only"})
AGAIN = 2  # how often a transaction that a deadlock ended is tried again
PAUSE = 0.05  # seconds before it comes again
LOCK_SECONDS = 15  # how long one waits for a row that another holds
STATEMENT_SECONDS = 600  # nothing a person waits for takes as long
LIMITS = {"lock_timeout": f"{LOCK_SECONDS}s", "statement_timeout": f"{STATEMENT_SECONDS}s"}
# corrupted data or index, a file that cannot be read or is gone
DAMAGED = frozenset({"XX001", "XX002", "58030", "58P01"})
DISK_FULL = "53100"
_SAID = {"57014": "database.too_long", DISK_FULL: "database.full", **dict.fromkeys(DAMAGED, "database.damaged")}
PREPARE_AFTER = 3  # executions of one statement before the server keeps its plan


class Base(DeclarativeBase):
    """Declarative base; names of constraints are fixed because errors are told apart by them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        datetime: DateTime(timezone=True),
    }


class Identified:
    """A row with a database-given number."""

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)


class Versioned:
    """A row people edit: `version` counts its changes, the database notes when and by whom."""

    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    updated_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    updated_by: Mapped[int | None] = mapped_column(BigInteger)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class Database:
    """Sessions on one PostgreSQL database, as one person.

    `url` is a SQLAlchemy URL of the psycopg driver; `pooled` says that a transaction pooler stands between. `admit` is
    asked before the first session of a server nobody could look at when the program started; what it raises is raised.
    Raises Unavailable while the server cannot be reached, with `again` where nothing was kept and the same may be done
    once more, ``database.unclear`` where nobody knows whether it was kept;
    Conflict when another person was first, Forbidden when the role may not, Invalid when a rule kept by the
    database is broken; each with the name of the constraint in its code.
    """

    def __init__(
        self,
        url: str,
        *,
        application_name: str = "platzlotse",
        pool_size: int = 5,
        pooled: bool = False,
        admit: Callable[[Engine], None] | None = None,
    ) -> None:
        self.engine: Engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=5,
            pool_pre_ping=True,
            # an error's words reach a log: they tell nothing of anybody
            hide_parameters=True,
            use_native_hstore=False,  # nothing here has that type, and each engine would look for it
            connect_args={
                # PgBouncer in transaction mode knows no prepared statements of another session
                "prepare_threshold": None if pooled else PREPARE_AFTER,
                "application_name": application_name,
                # a pooler passes no options on; there they are set anew in each transaction
                **({} if pooled else {"options": _options(url)}),
                "connect_timeout": 5,
                "keepalives_idle": 30,
                "keepalives_interval": 10,
                "keepalives_count": 3,
            },
        )
        if pooled:
            event.listen(self.engine, "begin", _limit)
        event.listen(self.engine, "connect", lambda connection, _: read_every_moment(connection))
        self._forbidden_thread: int | None = None
        self._admit = admit

    def forbid_this_thread(self) -> None:
        """Refuse every later call from the calling thread: it is the one that paints the window."""
        self._forbidden_thread = threading.get_ident()

    def close(self) -> None:
        """Close all idle connections."""
        self.engine.dispose()

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """Read in one snapshot; whatever the block changes is dropped."""
        with self._session() as session:
            try:
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
                yield session
            finally:
                session.rollback()

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """Write in one transaction: commit at the end of the block, roll back if it raises.

        Where the answer to the commit is lost the server is asked what became of it.
        """
        with self._session() as session:
            listen_for_number(session)
            yield session
            session.flush()
            number = number_of(session)
            try:
                session.commit()
            except DBAPIError as exc:
                if not exc.connection_invalidated or number is None or not self._was_kept(number):
                    raise

    def _was_kept(self, number: str) -> bool:
        kept = was_committed(self.engine, number)
        if kept is None:
            raise Unavailable("database.unclear")
        return kept

    @contextlib.contextmanager
    def _session(self) -> Iterator[Session]:
        if threading.get_ident() == self._forbidden_thread:
            raise RuntimeError("the database was called on the GUI thread")
        if self._admit is not None:
            self._admit(self.engine)
            self._admit = None
        try:
            with translated_errors(), Session(self.engine, expire_on_commit=False) as session:
                event.listen(session, "before_flush", _refuse_unkept)
                yield session
        except Unavailable as error:
            if error.code == "database.read_only":
                self.engine.dispose()  # another server writes now: the next connection finds it
            raise


@contextlib.contextmanager
def translated_errors() -> Iterator[None]:
    """Turn the driver's errors into the domain's."""
    try:
        yield
    except PlatzlotseError:
        raise
    except StaleDataError as exc:
        raise Conflict("record.changed_meanwhile") from exc
    except IntegrityError as exc:
        raise _integrity(exc) from exc
    except (OperationalError, InterfaceError) as exc:
        raise _operational(exc) from exc
    except ProgrammingError as exc:
        if sqlstate(exc) == "42501":
            raise Forbidden("database.forbidden") from exc
        raise
    except DBAPIError as exc:
        found = _other(exc)
        if found is None:
            raise
        raise found from exc
    except UnicodeEncodeError as exc:
        raise Invalid("text.control_character") from exc


def is_kept(words: str) -> bool:
    """Whether the database has a place for every character: NUL and halves of a surrogate pair are none."""
    return "\0" not in words and not _HALVES.search(words)


def _refuse_unkept(session: Session, _context: object, _instances: object) -> None:
    """Name the field whose words the database could not keep, before it refuses them without a name."""
    for row in (*session.new, *session.dirty):
        for attribute in inspect(row).attrs:
            if any(isinstance(value, str) and not is_kept(value) for value in attribute.history.added or ()):
                raise Invalid("text.control_character", field=attribute.key)


def again_if_in_the_way(work: Callable[[], T]) -> T:
    """Do a whole transaction, and once more when nothing of it was kept and it may go well the next time.

    Everybody locks in one order, so that a deadlock is rare; where it happens all the same nothing was written, and
    the other is through when this comes again. A line that broke before the commit kept nothing either: an idle one
    that somebody on the way forgot, a server that restarted. A person need not hear of it.
    """
    for _ in range(AGAIN):
        try:
            return work()
        except (Conflict, Unavailable) as error:
            if not (error.params.get("again") and error.code in ONCE_MORE):
                raise
        time.sleep(PAUSE)  # else this one may hold the row again before the other has woken
    return work()


def sqlstate(exc: DBAPIError) -> str | None:
    """The five characters by which PostgreSQL names an error, or None."""
    return getattr(exc.orig, "sqlstate", None)


def _integrity(exc: IntegrityError) -> PlatzlotseError:
    name = getattr(getattr(exc.orig, "diag", None), "constraint_name", None) or "unknown"
    if sqlstate(exc) in {"23505", "23P01"}:
        return Conflict(f"db.{name}")
    return Invalid(f"db.{name}")


def _other(exc: DBAPIError) -> PlatzlotseError | None:
    if exc.connection_invalidated:
        return Unavailable("database.lost", again=True)
    if sqlstate(exc) == "25006":
        return Unavailable("database.read_only", again=True)
    if sqlstate(exc) in DAMAGED:
        return Unavailable("database.damaged")
    # the driver itself refuses NUL, without a state
    if sqlstate(exc) in {"22021", "22P05"} or "NUL (0x00)" in str(exc.orig):
        return Invalid("text.control_character")
    return None


def _operational(exc: DBAPIError) -> PlatzlotseError:
    state = sqlstate(exc)
    if state in {"40001", "40P01"}:
        return Conflict("record.changed_meanwhile", again=True)
    if state == "55P03":
        return Conflict("record.locked", seconds=LOCK_SECONDS)
    if state in _SAID:
        return Unavailable(_SAID[state])
    if exc.connection_invalidated:
        return Unavailable("database.lost", again=True)
    return Unavailable("database.unreachable")


def _options(url: str) -> str:
    """The limits after the URL's own options, in whose place they would stand else: set-up works as a role by them."""
    own = make_url(url).query.get("options", "")
    return " ".join(
        (own if isinstance(own, str) else " ".join(own), *(f"-c {n}={v}" for n, v in LIMITS.items()))
    ).strip()


def _limit(connection: Connection) -> None:
    for name, value in LIMITS.items():
        connection.exec_driver_sql(f"SET LOCAL {name} = '{value}'")
