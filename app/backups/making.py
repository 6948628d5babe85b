"""Making a backup: one snapshot is measured and dumped, sealed as it comes, and lies there whole or not at all.

And reading it back: into a new database, then compared with what it promises.
"""

import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from nacl.public import PrivateKey
from psycopg import sql
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import NullPool

from app.backups.tools import Halted, binaries_of, dumping, load, never, own_binaries, refuse_halted, wants_tls
from app.embedded_postgres import EmbeddedPostgres
from app.office_setup import OWNER
from app.postgres_binaries import Binaries
from domain.access import ROLES, group_role
from domain.backups import chain_heads, refusals
from domain.backups.content import Manifest, compare, measure
from domain.backups.erasures import erasures_in, written
from domain.backups.files import Kind, file_name, folder_errors, whole_file
from domain.backups.sealed_file import SealedFile, seal_into
from domain.database import translated_errors
from domain.errors import Invalid, Unavailable
from domain.persons import CONNECTIONS

RESERVE_BYTES = 64_000_000  # stays free whatever is written
UNPACKED = 8  # so many times as large, with its indexes, a backup may become
SCRATCH = "scratch"
_MAY_MAKE = text("""SELECT rolcreaterole AND (
    SELECT coalesce(bool_and(pg_has_role(r.oid, g.oid, 'MEMBER WITH ADMIN OPTION')), true) FROM pg_roles g
    WHERE g.rolname = ANY (cast(:groups AS text[])))
    FROM pg_roles r WHERE r.rolname = :owner""")


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that lies there."""

    path: Path
    size: int
    manifest: Manifest


def make_backup(
    url: str, folder: Path, keys: Sequence[bytes], *, kind: Kind, now: datetime, halted: Halted = never
) -> Made:
    """Dump a database into the folder, readable by the private half of each key.

    `url` logs in as who may read everything. Raises Unavailable with what is in the way; then nothing stays.
    """
    chain_heads.heads_beside(folder)  # where it cannot be added to, no file is written for nothing
    engine = _engine(url)
    try:
        with translated_errors(), engine.connect() as connection:
            connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                # its snapshot is kept while pg_dump works, which may take longer than a server waits for anybody
                connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
                need = connection.scalar(text("SELECT pg_database_size(current_database())")) or 0
                refuse_full(folder, need // 2)  # compressed it is less
                snapshot = str(connection.scalar(text("SELECT pg_export_snapshot()")))
                manifest = measure(connection, kind=kind, now=now)
                manifest = replace(
                    manifest,
                    erasures=written(erasures_in(connection)),
                    refusals=refusals.written(refusals.refusals_in(connection)),
                )
                binaries = binaries_of(manifest.server, tls=wants_tls(url))
                name = file_name(kind, now)
                with (
                    whole_file(folder, name) as file,
                    dumping(binaries, url, snapshot=snapshot, halted=halted) as pieces,
                ):
                    seal_into(file, keys, manifest.written(), pieces)
    finally:
        engine.dispose()
    path = folder / name
    chain_heads.keep_heads_beside(folder, chain_heads.read(manifest.heads, str(path)))
    return Made(path, path.stat().st_size, manifest)


def refuse_full(folder: Path, need: int, *, code: str = "backup.no_room") -> None:
    """Raise Unavailable (``backup.no_room``, or the `code`) where a folder has no room for so many bytes."""
    with folder_errors(folder):
        free = shutil.disk_usage(folder).free
    if free < need + RESERVE_BYTES:
        raise Unavailable(code, path=str(folder), free=free, need=need + RESERVE_BYTES)


def read_manifest(path: Path, keys: Sequence[PrivateKey]) -> Manifest:
    """What a backup says of itself. Raises Invalid for what is none, is damaged, or opens by another key."""
    with folder_errors(path.parent), path.open("rb") as file:
        return Manifest.read(SealedFile(file, keys).manifest)


def restore_into(
    path: Path,
    keys: Sequence[PrivateKey],
    owner_url: str,
    *,
    binaries: Binaries,
    now: datetime,
    owner: str | None = None,
    halted: Halted = never,
) -> Manifest:
    """Put a backup into the empty database of `owner_url` and compare; raises what is wrong with it.

    Everything in it becomes that login's, or the `owner`'s where a superuser acts for it.
    """
    engine = _engine(owner_url)
    try:
        with folder_errors(path.parent), path.open("rb") as file:
            sealed = SealedFile(file, keys)
            promised = Manifest.read(sealed.manifest)
            if promised.server > binaries.major:
                raise Invalid("backup.newer_server", found=promised.server, wanted=binaries.major)
            make_roles(engine, promised, owner)
            load(binaries, owner_url, sealed.dump(), owner=owner, halted=halted)
        refuse_halted(halted)
        with translated_errors(), engine.begin() as connection:
            compare(promised, measure(connection, kind=promised.kind, now=now))
    finally:
        engine.dispose()
    return promised


def make_roles(engine: Engine, promised: Manifest, owner: str | None = None) -> tuple[str, ...]:
    """Groups and persons a backup names; who is new cannot log in until somebody gives a password. Returns the new.

    Where a superuser acts for an `owner` who may make logins, that one makes them: whoever gave a role takes it back.
    """
    made = []
    with translated_errors(), engine.begin() as connection:
        cursor = connection.connection.cursor()
        known = set(connection.scalars(text("SELECT rolname FROM pg_roles")).all())
        for group in map(group_role, ROLES):
            if group not in known:
                cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(group)))
        given = sorted({group for groups in promised.roles.values() for group in groups} - {group_role("backup")})
        by_owner = bool(connection.scalar(_MAY_MAKE, {"owner": owner, "groups": given}))
        for person, groups in promised.roles.items():
            if person in known or person == OWNER:  # once counted among those who work there
                continue
            passes = group_role("backup") in groups  # only a superuser gives that
            if by_owner and not passes:
                cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(str(owner))))
            served = passes or group_role("worker") in groups
            more = sql.SQL(f"{'BYPASSRLS' if passes else ''} {'' if served else f'CONNECTION LIMIT {CONNECTIONS}'}")
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN {}").format(sql.Identifier(person), more))
            made.append(person)
            for group in groups:
                cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), sql.Identifier(person)))
            cursor.execute("SET LOCAL ROLE NONE")
    return tuple(made)


def verify(path: Path, keys: Sequence[PrivateKey], home: Path, *, now: datetime, halted: Halted = never) -> Manifest:
    """Bring a backup back in a cluster of its own below `home` and compare; nothing of it stays.

    Raises what is wrong with it; Unavailable (``backup.no_room_to_verify``) before the disk is full: others need it.
    """
    with folder_errors(path.parent):
        need = UNPACKED * path.stat().st_size
    refuse_full(home.parent, need, code="backup.no_room_to_verify")
    with scratch_cluster(home) as server:
        admin = _engine(server.url())
        try:
            with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text(f"CREATE DATABASE {SCRATCH} TEMPLATE template0"))
        finally:
            admin.dispose()
        refuse_halted(halted)
        url = server.url(database=SCRATCH)
        return restore_into(path, keys, url, binaries=own_binaries(), now=now, halted=halted)


@contextmanager
def scratch_cluster(home: Path) -> Iterator[EmbeddedPostgres]:
    """A cluster that is thrown away; those a killed program left are stopped and cleared first."""
    with folder_errors(home):
        home.mkdir(exist_ok=True, mode=0o700)
        for left in home.iterdir():
            throw_away(left)
    folder = home / secrets.token_hex(4)
    server = EmbeddedPostgres(folder, lasting=False)
    try:
        with server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def throw_away(folder: Path) -> None:
    """Stop and remove a cluster nobody uses any more."""
    if not folder.exists():
        return
    server = EmbeddedPostgres(folder, lasting=False)
    if server.in_use_elsewhere():
        return
    with suppress(Unavailable):
        if (folder / "data" / "postmaster.pid").exists():
            server.start()
            server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def _engine(url: str) -> Engine:
    return create_engine(make_url(url), poolclass=NullPool, hide_parameters=True)
