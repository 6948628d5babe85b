"""What a backup knows of the chains misses a cut end, and a restore is on record and explains what it left behind."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from nacl.public import PrivateKey
from sqlalchemy import create_engine, text

from app.backups.known_heads import known_heads, of_log
from app.backups.making import Made, make_backup
from app.backups.restoring import Target, restore
from app.backups.targets import server_target
from domain.audit import chain_entries
from domain.audit_check import AuditChecked, verify_audit
from domain.backups.chain_heads import AUDIT, CONTACTS, FILE, heads_beside, keep_heads_beside
from domain.backups.files import Kind
from domain.database import Database
from domain.errors import Unavailable
from tests.builders import add_patient
from tests.conftest import NOW, Office
from ui.errors import describe_code

KEY = PrivateKey.generate()
HOUR = timedelta(hours=1)


@pytest.fixture
def target(office: Office) -> Iterator[Target]:
    """The office's server; databases that were set aside are dropped afterwards."""
    yield server_target(office.url("owner"))
    engine = create_engine(office.cluster.admin_url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        query = text("SELECT datname FROM pg_database WHERE starts_with(datname, :n)")
        for name in connection.scalars(query, {"n": f"{office.name}_"}).all():
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    engine.dispose()


def work(database: Database, office: Office) -> None:
    """A patient more, linked."""
    with database.write() as session:
        add_patient(session)
    worker = office.database("worker")
    with worker.write() as session:
        chain_entries(session)
    worker.close()


def backed_up(office: Office, folder: Path, now: datetime) -> Made:
    """A backup by hand."""
    return make_backup(office.url("owner"), folder, [bytes(KEY.public_key)], kind=Kind.MANUAL, now=now)


def checked(database: Database, folder: Path) -> AuditChecked:
    """The audit against what lies beside the backups and in them."""
    with database.read() as session:
        known = of_log(known_heads([folder], [KEY]), AUDIT)
        assert known
        return verify_audit(session, now=NOW, allowed=timedelta(days=10_000), known=known)


def test_a_backup_knows_where_the_chain_ended(office: Office, database: Database, tmp_path: Path) -> None:
    """In its manifest and beside it; the contact log, which is empty here, has no end yet."""
    work(database, office)
    made = backed_up(office, tmp_path, NOW)
    (head,) = heads_beside(tmp_path)
    assert (head.log, head.moment) == (AUDIT, NOW)
    assert made.manifest.heads == [{"log": AUDIT, "links": head.links, "link_hash": head.link_hash, "at": head.at}]
    assert checked(database, tmp_path).sound
    (tmp_path / FILE).unlink()
    assert known_heads([tmp_path, tmp_path / "weg"], [KEY]) == (head,)  # out of the backup itself
    assert known_heads([tmp_path], []) == ()
    assert of_log((head,), CONTACTS) == ()


def test_a_cut_end_is_missed(office: Office, database: Database, tmp_path: Path) -> None:
    """Whoever owns the database takes the last links away; what is left fits, and the backup knows better."""
    work(database, office)
    backed_up(office, tmp_path, NOW)
    owner = office.database("owner")
    with owner.write() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(
            text("""WITH cut AS (DELETE FROM audit.entry_link
                WHERE number = (SELECT max(number) FROM audit.entry_link) RETURNING entry_id),
            bare AS (DELETE FROM audit.content WHERE entry_id IN (SELECT entry_id FROM cut))
            DELETE FROM audit.entry WHERE id IN (SELECT entry_id FROM cut)""")
        )
    owner.close()
    assert [finding.fault.value for finding in checked(database, tmp_path).findings] == ["kept_head_gone"]


def test_a_restore_is_on_record_and_explains_what_it_left_behind(
    office: Office, database: Database, target: Target, tmp_path: Path
) -> None:
    """Event and audit tell of it; ends from after the backup are not missed, a cut afterwards is."""
    work(database, office)
    first = backed_up(office, tmp_path, NOW)
    work(database, office)
    backed_up(office, tmp_path, NOW + HOUR)
    database.close()
    restore(target, first.path, [KEY], safety=[bytes(KEY.public_key)], folder=tmp_path, now=NOW + 2 * HOUR)
    with database.read() as session:
        told = session.execute(text("SELECT event_type FROM platform.event ORDER BY id DESC LIMIT 1")).scalar_one()
        entry = session.execute(text("SELECT operation, columns FROM audit.entry ORDER BY id DESC LIMIT 1")).one()
        _, before, after = entry.columns[0].split(":")
    assert (told, entry.operation) == ("backup.restored", "restore")
    assert int(before) > int(after) > 0
    assert checked(database, tmp_path).sound
    work(database, office)
    found = checked(database, tmp_path)
    assert (found.sound, found.restored) == (True, 1)
    backed_up(office, tmp_path, datetime.now(NOW.tzinfo) + HOUR)
    owner = office.database("owner")
    with owner.write() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("UPDATE audit.entry_link SET link_hash = sha256(link_hash)"))
    owner.close()
    assert "kept_head_gone" in {finding.fault.value for finding in checked(database, tmp_path).findings}


def test_a_torn_list_of_ends_is_told(tmp_path: Path) -> None:
    """It is neither read as empty nor written over."""
    head = '{"log": "audit", "links": 1, "link_hash": "xy", "at": "2026-01-01T00:00:00+00:00"}'
    for content in ("{", "[]", '{"heads": 7}', '{"heads": [{"log": "audit"}]}', f'{{"heads": [{head}]}}'):
        (tmp_path / FILE).write_text(content, "ascii")
        with pytest.raises(Unavailable) as refused:
            keep_heads_beside(tmp_path, ())
        assert FILE in describe_code(refused.value.code, **refused.value.params)
        assert (tmp_path / FILE).read_text("ascii") == content
