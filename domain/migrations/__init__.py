"""The schema's history (Alembic) and the check that program and schema belong together.

`HEAD` is the revision this program was written for; a test keeps it equal to the newest migration, so that
start-up need not import Alembic.
"""

from sqlalchemy import text
from sqlalchemy.engine import Connection, Engine

from domain.database import translated_errors
from domain.errors import Unavailable

HEAD = "0061"
UNDO_SECONDS = 60  # how long a new office can take a mail back; one that is there keeps what it has
KNOWN = frozenset(f"{number:04}" for number in range(1, int(HEAD) + 1))


def revision(connection: Connection) -> str | None:
    """The schema's revision, or None for an empty database."""
    if connection.scalar(text("SELECT to_regclass('platform.alembic_version')")) is None:
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM platform.alembic_version"))
    return found


def check(engine: Engine) -> None:
    """Raise Unavailable when the schema is missing, older, or newer than this program."""
    with translated_errors(), engine.connect() as connection:
        found = revision(connection)
    if found == HEAD:
        return
    if found is None:
        raise Unavailable("schema.missing")
    if found in KNOWN:
        raise Unavailable("schema.older", found=found, wanted=HEAD)
    raise Unavailable("schema.newer", found=found, wanted=HEAD)


def migrate(engine: Engine) -> bool:
    """Bring the schema to HEAD as the database's owner; True if anything changed.

    One transaction: a killed migration leaves the old schema. Raises Unavailable for a newer schema.
    """
    from alembic import command
    from alembic.config import Config

    with translated_errors(), engine.begin() as connection:
        # a migration takes its time, and waits for whoever works
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        # two programs started at once: the second waits and finds the work done
        connection.execute(text("SELECT pg_advisory_xact_lock(7235001)"))
        found = revision(connection)
        if found == HEAD:
            return False
        if found is not None and found not in KNOWN:
            raise Unavailable("schema.newer", found=found, wanted=HEAD)
        connection.execute(text("CREATE SCHEMA IF NOT EXISTS platform"))
        config = Config()
        config.set_main_option("script_location", "domain:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)
        if found is None:
            connection.execute(text("UPDATE platform.office SET undo_seconds = :n"), {"n": UNDO_SECONDS})
    return True
