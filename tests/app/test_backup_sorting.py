"""A database that takes another's place sorts and encodes as that one did, whatever is usual on the server."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import NotSupportedError, ProgrammingError

from app.backups.in_place import create_like
from tests.servers.postgres import TestCluster

ROW = "SELECT to_jsonb(d) - ARRAY['oid', 'datname', 'datfrozenxid', 'datminmxid'] FROM pg_database d WHERE datname = :n"
BEFORE, FRESH = "sorting_before", "sorting_fresh"


@pytest.fixture
def admin(cluster: TestCluster) -> Iterator[Connection]:
    """A connection that may make databases; the two of the test go with it."""
    engine = create_engine(cluster.admin_url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
        for name in (BEFORE, FRESH):
            connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
    engine.dispose()


@pytest.mark.parametrize(
    "how",
    [
        "LOCALE 'C'",
        "LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'",
        "LOCALE_PROVIDER libc LOCALE 'C.UTF-8'",
        "LOCALE_PROVIDER icu ICU_LOCALE 'de-DE' LOCALE 'C.UTF-8'",
        "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C.UTF-8'",
    ],
)
def test_it_sorts_as_the_one_before(admin: Connection, how: str) -> None:
    """By whichever library the office's server sorts its names."""
    try:
        admin.execute(text(f"CREATE DATABASE {BEFORE} TEMPLATE template0 ENCODING 'UTF8' {how}"))
    except (NotSupportedError, ProgrammingError):  # built without ICU, or older than what it names
        pytest.skip("this server does not know it")
    create_like(admin, FRESH, None, BEFORE)
    assert admin.scalar(text(ROW), {"n": FRESH}) == admin.scalar(text(ROW), {"n": BEFORE})


def test_where_there_was_none_it_holds_every_letter(admin: Connection) -> None:
    """A server that was set up without a language makes databases that know no umlauts."""
    create_like(admin, FRESH, None)
    assert (
        admin.scalar(text("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = :n"), {"n": FRESH})
        == "UTF8"
    )
