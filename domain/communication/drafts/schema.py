"""Opening the store: an SQLCipher file that only its key reads, written through to the disk at each commit."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from domain.errors import Invalid, Unavailable

KEY_BYTES = 32
SCHEMA = 3
BUSY_MS = 5000  # two windows of one profile take turns
_TABLES = """
CREATE TABLE draft (
    client_uuid TEXT PRIMARY KEY, state TEXT NOT NULL CHECK (state IN ('draft', 'queued', 'uploading')),
    address TEXT NOT NULL, name TEXT NOT NULL, therapist_id INTEGER, patient_id INTEGER, subject TEXT NOT NULL,
    body TEXT NOT NULL, inquiry_id INTEGER, in_reply_to TEXT NOT NULL, template_version_id INTEGER,
    revision INTEGER NOT NULL, changed_at TEXT NOT NULL, refused TEXT NOT NULL DEFAULT '',
    refused_params TEXT NOT NULL DEFAULT '{}', confirmed TEXT NOT NULL DEFAULT '[]',
    confirmed_by INTEGER NOT NULL DEFAULT 0);
CREATE TABLE draft_file (
    id INTEGER PRIMARY KEY, client_uuid TEXT NOT NULL REFERENCES draft ON DELETE CASCADE, name TEXT NOT NULL,
    media_type TEXT NOT NULL, size INTEGER NOT NULL, sha256 BLOB NOT NULL, content BLOB NOT NULL,
    UNIQUE (client_uuid, sha256));
CREATE TABLE contact (
    kind TEXT NOT NULL CHECK (kind IN ('therapist', 'patient')), id INTEGER NOT NULL, name TEXT NOT NULL,
    search TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (kind, id));
CREATE TABLE contact_edit (
    kind TEXT NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
    theirs TEXT, refused TEXT NOT NULL DEFAULT '', PRIMARY KEY (kind, id));
CREATE TABLE kept (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
# what an older store needs to be this one, by the schema it leads to
_STEPS = {
    2: "ALTER TABLE draft ADD COLUMN confirmed TEXT NOT NULL DEFAULT '[]'",
    3: "ALTER TABLE draft ADD COLUMN confirmed_by INTEGER NOT NULL DEFAULT 0",
}

_PRIMARY = 0xFF  # of a result code; the rest tells more of the same
_DAMAGED = frozenset({sqlcipher.SQLITE_NOTADB, sqlcipher.SQLITE_CORRUPT})
_OUTSIDE = {
    sqlcipher.SQLITE_FULL: "drafts.full",
    sqlcipher.SQLITE_BUSY: "drafts.busy",
    sqlcipher.SQLITE_LOCKED: "drafts.busy",
    sqlcipher.SQLITE_PROTOCOL: "drafts.busy",
    **dict.fromkeys(
        (
            sqlcipher.SQLITE_CANTOPEN, sqlcipher.SQLITE_IOERR, sqlcipher.SQLITE_PERM, sqlcipher.SQLITE_READONLY,
        ),
        "drafts.unwritable",
    ),
}  # fmt: skip

Connection = Any  # sqlcipher3 brings no types; it is the sqlite3.Connection of SQLCipher


def open_store(path: Path, key: bytes) -> Connection:
    """A connection to the store, made where there is none.

    Raises Invalid (``drafts.key_wrong``) when the key does not fit or the file is damaged: told apart they cannot be;
    Unavailable as `told` does, and when the store belongs to a newer program.
    """
    if len(key) != KEY_BYTES:
        raise Invalid("drafts.key_wrong", path=str(path))
    with told(path):
        connection = sqlcipher.connect(str(path), isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection, key)
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def told(path: Path) -> Iterator[None]:
    """What the disk, another window or a damaged file keeps from being read or written, told as an expected error.

    Raises Unavailable ``drafts.full``, ``drafts.busy`` (another window holds the store) or ``drafts.unwritable``, and
    Invalid ``drafts.key_wrong``.
    """
    try:
        yield
    except sqlcipher.DatabaseError as exc:
        kind = getattr(exc, "sqlite_errorcode", 0) & _PRIMARY
        if kind in _DAMAGED:
            raise Invalid("drafts.key_wrong", path=str(path)) from exc
        if kind in _OUTSIDE:
            raise Unavailable(_OUTSIDE[kind], path=str(path)) from exc
        raise


def _prepare(connection: Connection, key: bytes) -> None:
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")  # a raw key: the library need not stretch it
    for setting in (
        f"busy_timeout = {BUSY_MS}", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON",
        "secure_delete = ON", "temp_store = MEMORY",
    ):  # fmt: skip
        connection.execute(f"PRAGMA {setting}")
    connection.execute("BEGIN IMMEDIATE")  # only now a wrong key is noticed; and two that begin at once take turns
    try:
        _bring_up(connection)
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise


def roll_back(connection: Connection) -> None:
    """Let go of a transaction that failed; what failed is what is told, not that a full disk let go of it already."""
    with suppress(sqlcipher.DatabaseError):
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _bring_up(connection: Connection) -> None:
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > SCHEMA:
        raise Unavailable("drafts.newer", found=found, wanted=SCHEMA)
    if found < SCHEMA:
        steps = _TABLES.split(";\n") if found == 0 else [_STEPS[number] for number in range(found + 1, SCHEMA + 1)]
        for statement in steps:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
