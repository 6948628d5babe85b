"""What belongs to a database and stands in no dump of it: its owner, who may connect, its settings, its pooler.

A restore by a superuser makes everything as the owner of before: functions act with their owner's rights.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

from psycopg import sql
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from app.office_pooler import LOOKUP, POOLER
from app.office_sealing import seal
from domain.access import ROLES, group_role
from domain.health.leaks import LEAKING

_OWNER = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = :name AND datdba <> current_user::regrole"
_KNOWN = "SELECT to_jsonb(d) FROM pg_database d WHERE datname = :name"
_GIVEN = """SELECT a.grantee::regrole::text, a.privilege_type FROM pg_database d, aclexplode(d.datacl) a
    WHERE d.datname = :name AND a.grantee NOT IN (0, d.datdba)"""


def other_owner(connection: Connection, name: str) -> str | None:
    """Whose database it is, where that is not who is logged in; None also where there is none of that name."""
    found = connection.scalar(text(_OWNER), {"name": name})
    return None if found is None else str(found)


@contextmanager
def engine_as(url: str, owner: str | None = None) -> Iterator[Engine]:
    """Connections as the login of `url`, or acting as `owner`."""
    target = make_url(url)
    if owner is not None:
        target = target.update_query_dict({"options": f"-c role={owner}"})
    engine = create_engine(target, poolclass=NullPool, hide_parameters=True)
    try:
        yield engine
    finally:
        engine.dispose()


def create_like(connection: Connection, fresh: str, owner: str | None, before: str = "") -> None:
    """An empty database, the owner's, in UTF-8; it sorts as the one of `before`, whatever is usual on this server."""
    whose = sql.SQL("") if owner is None else sql.SQL("OWNER {}").format(sql.Identifier(owner))
    known = connection.scalar(text(_KNOWN), {"name": before})
    form: LiteralString = "CREATE DATABASE {} {} TEMPLATE template0 ENCODING 'UTF8' {}"
    _do(connection, form, sql.Identifier(fresh), whose, _sorting(known) if known else sql.SQL(""))


def _sorting(known: dict[str, Any]) -> sql.Composable:
    """Collation as its row of the catalogue has it; the columns' names change with the server's version."""
    parts: list[tuple[LiteralString, str]] = [("LC_COLLATE", known["datcollate"]), ("LC_CTYPE", known["datctype"])]
    locale = known.get("datlocale") or known.get("daticulocale")
    if known.get("datlocprovider") == "c":  # said from PostgreSQL 15 on: the template's may be another one
        parts.append(("LOCALE_PROVIDER", "libc"))
    elif locale is not None and known["datlocprovider"] == "i":
        parts += [("LOCALE_PROVIDER", "icu"), ("ICU_LOCALE", locale)]
    elif locale is not None:
        parts += [("LOCALE_PROVIDER", "builtin"), ("BUILTIN_LOCALE", locale)]
    if known.get("daticurules"):
        parts.append(("ICU_RULES", known["daticurules"]))
    return sql.Composed([sql.Composed([sql.SQL(f" {name} "), sql.Literal(value)]) for name, value in parts])


def set_up_like(connection: Connection, fresh: str, before: str) -> None:
    """Who may connect, as revision 0001 says and as the database of before has it besides; no jit."""
    name = sql.Identifier(fresh)
    _do(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", name)
    groups = {(group_role(role), "CONNECT") for role in ROLES}
    given = {(str(who), str(what)) for who, what in connection.execute(text(_GIVEN), {"name": before})}
    for who, what in sorted(groups | given):
        _do(connection, "GRANT {} ON DATABASE {} TO {}", sql.SQL(what), name, sql.Identifier(who.strip('"')))
    _do(connection, "ALTER DATABASE {} SET jit = off", name)


def _do(connection: Connection, form: LiteralString, *parts: sql.Composable) -> None:
    """By SQLAlchemy, so that an error is translated as any other."""
    connection.exec_driver_sql(sql.SQL(form).format(*parts).as_string())


def is_sealed(connection: Connection) -> bool:
    """Whether comparisons tell nothing of hidden rows there."""
    return not connection.scalars(text(LEAKING)).all()


def set_up_inside(connection: Connection, *, sealed: bool) -> None:
    """What only a superuser sets up within a database: comparisons sealed as in the one before, the pooler's way in.

    Where it cannot be said here, the doctor tells.
    """
    if not connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")):
        return
    if sealed:
        with Session(connection, join_transaction_mode="create_savepoint") as session, session.begin():
            seal(session)
    if connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": POOLER}):
        connection.connection.cursor().execute(LOOKUP)
