"""Ends of the chains a restore went back behind are explained, whatever it came from; a cut end is not."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.backups.making import Made
from app.backups.restoring import Restored, restore
from app.backups.targets import server_target
from domain.backups.chain_heads import AUDIT, CONTACTS, FILE, KeptHead
from domain.backups.left_behind import Compared, note_restore
from domain.chain_walk import restores_of
from domain.database import Database
from tests.app.test_backup_damaged import damage
from tests.app.test_backup_heads import HOUR, KEY, backed_up, checked, target, work
from tests.conftest import NOW, TEMPLATE, Office

__all__ = ["target"]
pytestmark = pytest.mark.usefixtures("target")


def brought_back(office: Office, made: Made, folder: Path, hours: int, *, damaged: bool = False) -> Restored:
    """As the command does it."""
    there = server_target(office.url("owner"))
    public = [bytes(KEY.public_key)]
    now = NOW + hours * HOUR
    return restore(there, made.path, [KEY], safety=public, folder=folder, damaged=damaged, now=now)


def worked(office: Office, folder: Path, hours: int) -> Made:
    """Something more is linked, and backed up."""
    database = office.database("jana")
    work(database, office)
    database.close()
    return backed_up(office, folder, NOW + hours * HOUR)


def missed(office: Office, folder: Path) -> list[int | None]:
    """The ends that are gone without an explanation."""
    database = office.database("owner")
    found = checked(database, folder)
    database.close()
    assert {finding.fault.value for finding in found.findings} <= {"kept_head_gone"}
    return [finding.number for finding in found.findings]


def cut(office: Office) -> None:
    """Whoever owns the database takes away the newest link and its entry."""
    owner = office.database("owner")
    with owner.write() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(
            text("""WITH gone AS (DELETE FROM audit.entry_link
                WHERE number = (SELECT max(number) FROM audit.entry_link) RETURNING entry_id),
            bare AS (DELETE FROM audit.content WHERE entry_id IN (SELECT entry_id FROM gone))
            DELETE FROM audit.entry WHERE id IN (SELECT entry_id FROM gone)""")
        )
    owner.close()


def test_a_restore_that_is_taken_back(office: Office, tmp_path: Path) -> None:
    """Back, on, forth again and back once more: each end of each of these lives is explained, and none that is cut."""
    first = worked(office, tmp_path, 0)
    worked(office, tmp_path, 1)
    there = brought_back(office, first, tmp_path, 2)
    for hours in (3, 4):
        worked(office, tmp_path, hours)
    assert missed(office, tmp_path) == []
    assert there.safety is not None
    brought_back(office, there.safety, tmp_path, 6)
    assert missed(office, tmp_path) == []
    brought_back(office, first, tmp_path, 7)
    assert missed(office, tmp_path) == []
    database = office.database("owner")
    assert checked(database, tmp_path).restored == 3
    with database.read() as session:
        by_time = [one.at for one in restores_of(session, AUDIT)]
    database.close()
    assert by_time == sorted(by_time)
    last = worked(office, tmp_path, 24 * 365 * 100)
    cut(office)
    assert missed(office, tmp_path) == [last.manifest.heads[0]["links"]]


def test_what_cannot_be_read_is_asked_of_the_kept_ends(office: Office, tmp_path: Path) -> None:
    """The chain itself is damaged; what lies beside the backups, and in them, says what is left behind."""
    first = worked(office, tmp_path, 0)
    worked(office, tmp_path, 1)
    (tmp_path / FILE).unlink()
    damage(office, "audit.entry_link")
    done = brought_back(office, first, tmp_path, 2, damaged=True)
    assert done.safety is None
    assert missed(office, tmp_path) == []


def test_a_new_server_never_had_the_chain(office: Office, tmp_path: Path) -> None:
    """It has made a backup of its own already; the office comes there without the last one's end."""
    worked(office, tmp_path, 0)
    first = worked(office, tmp_path, 1)
    worked(office, tmp_path, 2)
    name = office.cluster.clone(TEMPLATE)
    new = Office(office.cluster, name)
    owner = new.database("owner")
    with owner.write() as session:  # of another day: offices of these tests are copies of one
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("UPDATE audit.entry SET at = at + interval '1 day'"))
    try:
        worked(new, tmp_path, 3)
        owner.close()  # nobody may be there
        done = brought_back(new, first, tmp_path, 4)
        assert missed(new, tmp_path) == []
        with owner.write() as session:  # a link from before is another now: no restore explains that
            session.execute(text("SET LOCAL session_replication_role = replica"))
            session.execute(
                text("UPDATE audit.entry_link SET link_hash = sha256(link_hash) WHERE number = :n"),
                {"n": first.manifest.heads[0]["links"]},
            )
        found = checked(owner, tmp_path)
        assert "kept_head_gone" in {finding.fault.value for finding in found.findings}
        new.cluster.drop(done.before)
    finally:
        owner.close()
        new.cluster.drop(name)


def test_a_list_that_is_torn_hinders_no_restore(office: Office, tmp_path: Path) -> None:
    """verify-log tells of it; an office in need is brought back."""
    first = worked(office, tmp_path, 0)
    (tmp_path / FILE).unlink()
    public = [bytes(KEY.public_key)]
    safe = tmp_path / "safe"
    safe.mkdir()
    (tmp_path / FILE).write_text("{", "ascii")
    there = server_target(office.url("owner"))
    restore(there, first.path, [KEY], safety=public, folder=safe, now=NOW + HOUR)
    assert missed(office, safe) == []


def test_runs_of_gone_ends_hold_no_number_that_is_there(office: Office, database: Database, tmp_path: Path) -> None:
    """An end that came through stays one that must not change."""
    work(database, office)
    head = backed_up(office, tmp_path, NOW).manifest.heads[0]
    there = KeptHead(AUDIT, int(str(head["links"])), str(head["link_hash"]), NOW.isoformat())
    gone = [KeptHead(AUDIT, links, "00" * 32, NOW.isoformat()) for links in (2, 3, there.links + 4, there.links + 9)]
    owner = office.database("owner")
    with owner.write() as session:
        note_restore(session.connection(), Compared(None, ()), [*gone, there], now=NOW + timedelta(days=36500))
    with owner.read() as session:
        noted = [(one.before, one.after) for one in restores_of(session, AUDIT)]
        assert [(one.before, one.after) for one in restores_of(session, CONTACTS)] == [(0, 0)]
        assert all(one.at == NOW + timedelta(days=36500) for one in restores_of(session, AUDIT))
    owner.close()
    assert noted == [(3, 1), (there.links + 9, there.links + 3)]
