"""Bringing a single seat's database back: into a new one, compared, then in the other's place by two renames at once.

The one before stays beside it under another name until a person removes it. Nothing is done while anybody works there.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from nacl.public import PrivateKey
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from app.backups.making import Made, make_backup, read_manifest, restore_into
from app.embedded_postgres import EmbeddedPostgres
from app.postgres_binaries import Binaries, wheel_binaries
from app.seat import DATABASE
from domain.access import ROLES, group_role
from domain.backups.files import Kind
from domain.errors import Unavailable
from domain.migrations import HEAD, KNOWN

UNFINISHED, BEFORE = "platzlotse_restoring_", "platzlotse_before_"


def restore_seat(
    server: EmbeddedPostgres, path: Path, keys: Sequence[PrivateKey], *, safety: Sequence[bytes], now: datetime
) -> tuple[Made, str]:
    """Bring a backup back; returns the safety copy, and under which name the database of before is kept.

    `server` runs. Raises what is wrong with the file, or Unavailable (``backup.in_use``); then all is as it was.
    """
    refuse_while_used(server)
    promised = read_manifest(path, keys)
    if promised.revision != HEAD and promised.revision not in KNOWN:
        raise Unavailable("schema.newer", found=promised.revision, wanted=HEAD)
    admin = create_engine(server.url(), isolation_level="AUTOCOMMIT")
    fresh = f"{UNFINISHED}{secrets.token_hex(4)}"
    before = f"{BEFORE}{now:%Y%m%d_%H%M%S}"
    try:
        copy = make_backup(server.url(database=DATABASE), path.parent, safety, kind=Kind.SAFETY, now=now)
        with admin.connect() as connection:
            _drop_unfinished(connection)
            connection.execute(text(f"CREATE DATABASE {fresh} TEMPLATE template0"))
            try:
                restore_into(path, keys, server.url(database=fresh), binaries=Binaries(wheel_binaries()), now=now)
                _as_it_was_set_up(connection, fresh)
                refuse_while_used(server)
                _swap(connection, fresh, before)
            except BaseException:
                connection.execute(text(f"DROP DATABASE IF EXISTS {fresh} WITH (FORCE)"))
                raise
    finally:
        admin.dispose()
    return copy, before


def refuse_while_used(server: EmbeddedPostgres) -> None:
    """Raise Unavailable while a window or a worker of the profile runs."""
    if server.in_use_elsewhere():
        raise Unavailable("backup.in_use")


def _drop_unfinished(connection: Connection) -> None:
    """What a killed restore left."""
    query = text("SELECT datname FROM pg_database WHERE starts_with(datname, :name)")
    for name in connection.scalars(query, {"name": UNFINISHED}).all():
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _as_it_was_set_up(connection: Connection, name: str) -> None:
    """What belongs to a database and stands in no dump of it (revision 0001 set it)."""
    connection.execute(text(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC"))
    connection.execute(text(f"GRANT CONNECT ON DATABASE {name} TO {', '.join(map(group_role, ROLES))}"))
    connection.execute(text(f"ALTER DATABASE {name} SET jit = off"))


def _swap(connection: Connection, fresh: str, before: str) -> None:
    """Both renames or none; the server refuses while anybody is connected."""
    connection.execute(text("BEGIN"))
    try:
        connection.execute(text(f"ALTER DATABASE {DATABASE} RENAME TO {before}"))
        connection.execute(text(f"ALTER DATABASE {fresh} RENAME TO {DATABASE}"))
        connection.execute(text("COMMIT"))
    except DBAPIError as exc:
        connection.execute(text("ROLLBACK"))
        raise Unavailable("backup.in_use") from exc
