"""Upgrading while people work: the previous release's program goes on or is told to update, and back is possible."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from nacl.public import PrivateKey
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from app.backups.making import make_backup
from app.backups.restoring import restore
from app.backups.targets import server_target
from domain import migrations
from domain.backups.files import Kind
from domain.backups.set_aside import drop_set_aside
from domain.casework.patient_record import withdraw_patient
from domain.casework.record_erasure import erase_record
from domain.errors import Unavailable
from domain.migrations import check, migrate, revision
from tests.builders import add_patient
from tests.conftest import NOW
from tests.servers.postgres import TestCluster
from ui.errors import describe

# the migration the program was written for that the offices have; set anew with each release
PREVIOUS = "0059"
ROOT = Path(__file__).parents[2]
HOUR = timedelta(hours=1)
KEY = PrivateKey.generate()
# what the previous release reads: of every table and view the columns a role may read
READABLE = """
SELECT format('%I.%I', n.nspname, c.relname) AS name, g.role,
       string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
CROSS JOIN unnest(ARRAY['platzlotse_caseworker', 'platzlotse_supervisor', 'platzlotse_worker']) AS g (role)
WHERE c.relkind IN ('r', 'v') AND n.nspname ~ '_service$|^platform$|^audit$'
  AND has_column_privilege(g.role, c.oid, a.attnum, 'SELECT')
GROUP BY 1, 2 ORDER BY 1, 2
"""
# what it may do: to each column, and to rows
ROLES = {"roles": [f"platzlotse_{role}" for role in ("worker", "caseworker", "supervisor", "admin", "auditor")]}
RIGHTS = """
SELECT g.role, v.verb, format('%I.%I.%I', n.nspname, c.relname, a.attname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
CROSS JOIN unnest(cast(:roles AS text[])) AS g (role)
CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS v (verb)
WHERE c.relkind IN ('r', 'v') AND n.nspname ~ '_service$|^platform$|^audit$'
  AND has_column_privilege(g.role, c.oid, a.attnum, v.verb)
UNION ALL
SELECT g.role, v.verb, format('%I.%I', n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN unnest(cast(:roles AS text[])) AS g (role)
CROSS JOIN unnest(ARRAY['DELETE', 'TRUNCATE']) AS v (verb)
WHERE c.relkind IN ('r', 'v') AND n.nspname ~ '_service$|^platform$|^audit$'
  AND has_table_privilege(g.role, c.oid, v.verb)
"""
CALLABLE = """
SELECT p.oid::regprocedure::text AS name, g.role FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
CROSS JOIN unnest(ARRAY['platzlotse_caseworker', 'platzlotse_supervisor', 'platzlotse_worker']) AS g (role)
WHERE n.nspname ~ '_service$|^platform$|^audit$' AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype
  AND has_function_privilege(g.role, p.oid, 'EXECUTE')
ORDER BY 1, 2
"""
# what an insert of the previous release leaves out must still be left out
NEEDED = """
SELECT format('%I.%I.%I', n.nspname, c.relname, a.attname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND n.nspname ~ '_service$|^platform$|^audit$'
  AND a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' ORDER BY 1
"""
OF_THE_DATABASE = """
SELECT has_database_privilege('platzlotse_worker', d.oid, 'CONNECT') AS worker,
       EXISTS (SELECT FROM pg_db_role_setting s WHERE s.setdatabase = d.oid AND 'jit=off' = ANY(s.setconfig)) AS jit,
       EXISTS (SELECT FROM aclexplode(d.datacl) a WHERE a.grantee = 0) AS everybody
FROM pg_database d WHERE d.datname = :name
"""
TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname ~ '_service$|^platform$|^audit$'
"""


@pytest.fixture
def earlier(cluster: TestCluster) -> Iterator[Engine]:
    """A database as the previous release left it, as its owner."""
    name = cluster.clone("template0")
    engine = create_engine(cluster.admin_url(name), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA platform"))
        bring_to(connection, PREVIOUS)
    yield engine
    engine.dispose()
    cluster.drop(name)


def bring_to(connection: Connection, wanted: str) -> None:
    """What the previous release's own migration would do."""
    config = Config()
    config.set_main_option("script_location", "domain:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, wanted)


def test_what_the_previous_release_says_still_works(earlier: Engine) -> None:
    """A desktop stays open while the database is migrated: it reads and calls what it did, and adds as before."""
    with earlier.connect() as connection:
        readable = connection.execute(text(READABLE)).all()
        rights = {tuple(row) for row in connection.execute(text(RIGHTS), ROLES)}
        functions = connection.execute(text(CALLABLE)).all()
        needed, tables = set(connection.scalars(text(NEEDED))), set(connection.scalars(text(TABLES)))
    assert len(readable) > 100
    # an open desktop's connection, idle between two questions, with a plan the server keeps
    desktop = create_engine(earlier.url)
    with desktop.connect() as open_session:
        for _ in range(7):
            open_session.execute(text("SELECT * FROM platform.office"))
            open_session.commit()
        assert migrate(earlier)
        for row in readable:
            open_session.execute(text(f"SET LOCAL ROLE {row.role}"))
            open_session.execute(text(f"SELECT {row.columns} FROM {row.name} LIMIT 1"))
            open_session.rollback()
        gone = rights - {tuple(row) for row in open_session.execute(text(RIGHTS), ROLES)}
        assert not gone, sorted(gone)
        for row in functions:
            may = text("SELECT has_function_privilege(:role, cast(:name AS regprocedure), 'EXECUTE')")
            assert open_session.scalar(may, {"role": row.role, "name": row.name}), row.name
        news = set(open_session.scalars(text(NEEDED))) - needed
        assert not {column for column in news if column.rpartition(".")[0] in tables}
    desktop.dispose()


def test_the_previous_release_started_anew_is_told_to_be_updated(
    earlier: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looks before it works, and so does a new program in front of an old database."""
    with pytest.raises(Unavailable) as too_old:
        check(earlier)
    assert too_old.value.code == "schema.older"
    migrate(earlier)
    check(earlier)
    was_released(monkeypatch)
    with pytest.raises(Unavailable) as too_new:
        check(earlier)
    assert too_new.value.code == "schema.newer"
    sentence = describe(too_new.value)
    assert "aktualisier" in sentence.lower()
    with pytest.raises(Unavailable):
        migrate(earlier)  # and does not turn it back by itself


def test_back_is_the_backup_from_before(
    earlier: Engine, cluster: TestCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As docs/server.md says, in the previous release's tables: what came after is not there, nor what was erased."""
    named(earlier, "Vor dem Umzug")
    with Session(earlier) as session, session.begin():
        patient = add_patient(session, last_name="Vergessenwill")
    backup = backed_up(earlier, tmp_path, NOW)
    migrate(earlier)
    named(earlier, "Danach")
    with Session(earlier) as session, session.begin():
        withdraw_patient(session, patient, reason="möchte nicht mehr", now=NOW)
        erase_record(session, patient, reason="Antrag", now=NOW)
    name, url = str(earlier.url.database), earlier.url.render_as_string(hide_password=False)
    steps = re.search(r"(?s)\*\*Zurück\*\*.*?```\n(.*?)```", (ROOT / "docs" / "server.md").read_text("utf-8"))
    assert steps is not None
    order = [
        re.search(r" backup$| stop |RENAME TO platzlotse(\w+)|restore\.sh --at", step) for step in steps[1].splitlines()
    ]
    last, _, aside, back = (found for found in order if found is not None)
    assert (last[0], back[0]) == (" backup", "restore.sh --at")
    backed_up(earlier, tmp_path, NOW + HOUR)
    admin = create_engine(cluster.admin_url("postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" RENAME TO "{name}{aside[1]}"'))
    with monkeypatch.context() as previous:
        was_released(previous)
        there = server_target(url)
        done = restore(there, backup, [KEY], safety=[bytes(KEY.public_key)], folder=tmp_path, now=NOW + 2 * HOUR)
    with earlier.connect() as connection:
        assert revision(connection) == PREVIOUS
        assert connection.scalar(text("SELECT name FROM platform.office")) == "Vor dem Umzug"
        assert connection.scalars(text("SELECT last_name FROM patient_service.patient")).all() == ["gelöschte Akte"]
        # what belongs to the database itself came back, too: its settings, and who may enter it
        kept = connection.execute(text(OF_THE_DATABASE), {"name": name}).one()
        assert tuple(kept) == (True, True, False)
    # and the next attempt goes on from there
    assert migrate(earlier)
    check(earlier)
    with admin.connect() as connection:
        for left in (f"{name}{aside[1]}", done.before):
            drop_set_aside(connection, name, left)


def backed_up(engine: Engine, folder: Path, now: datetime) -> Path:
    """A backup by hand."""
    url = engine.url.render_as_string(hide_password=False)
    return make_backup(url, folder, [bytes(KEY.public_key)], kind=Kind.MANUAL, now=now).path


def named(engine: Engine, name: str) -> None:
    """Call the office so."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE platform.office SET name = :name"), {"name": name})


def was_released(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program is the previous release from now on, as far as it knows the schema."""
    monkeypatch.setattr(migrations, "HEAD", PREVIOUS)
    monkeypatch.setattr(migrations, "KNOWN", frozenset(known for known in migrations.KNOWN if known <= PREVIOUS))
