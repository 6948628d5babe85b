"""What would keep a restore from its end is asked before it begins; what need not keep it does not."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from nacl.public import PrivateKey
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from app.backups.asking import Asked
from app.backups.making import read_manifest
from app.backups.restoring import Target, restore
from app.backups.targets import server_target
from domain.backups.chain_heads import FILE as HEADS
from domain.backups.erasures import FILE as ERASURES
from domain.backups.erasures import erasures_in, keep_beside
from domain.backups.files import backups_in
from domain.backups.office_backups import BackupForm
from domain.backups.refusals import FILE as REFUSALS
from domain.casework.word_erasure import erase_words
from domain.database import Database
from domain.errors import Forbidden, Invalid, Unavailable
from tests.app.test_backup_erasures import KEY, backed_up, brought_back, target, with_words
from tests.app.test_backup_faults import databases, named
from tests.conftest import NOW, PASSWORD, Office
from tests.domain.earlier_office import office_at
from tests.servers.postgres import TestCluster
from ui.errors import describe

__all__ = ["target"]
LATER = NOW + timedelta(hours=1)
SAFETY = [bytes(KEY.public_key)]


def away(second: Path) -> None:
    """It is not there."""


def a_file(second: Path) -> None:
    """Something else lies where it was."""
    second.write_text("")


def torn(second: Path) -> None:
    """One of its lists cannot be read."""
    second.mkdir()
    (second / REFUSALS).write_text("{")


@pytest.mark.parametrize("ill", [away, pytest.param(a_file, marks=pytest.mark.soak)])
def test_a_second_place_that_is_ill_keeps_no_restore_from_beginning(
    office: Office, target: Target, tmp_path: Path, ill: Callable[[Path], None]
) -> None:
    """It is said at the end; the office is as it was then."""
    made = backed_up(office, tmp_path, NOW)
    named(office, "Neu")
    second = tmp_path / "zweiter"
    ill(second)
    done = restore(target, made.path, [KEY], safety=SAFETY, folder=tmp_path, second=second, now=LATER)
    assert (done.silent, done.unasked) == (second, ())
    assert named(office) != "Neu"


def test_what_a_torn_second_place_still_tells_holds(
    office: Office, database: Database, target: Target, tmp_path: Path
) -> None:
    """It keeps no restore from beginning either; its list of erasures is read, whatever became of the one beside it."""
    with database.write() as session:
        patient, _, _ = with_words(session)
    second = tmp_path / "zweiter"
    torn(second)
    made = backed_up(office, tmp_path, NOW)
    with database.write() as session:
        erase_words(session, patient, reason="Antrag", now=NOW)
    owner = create_engine(office.url("owner"))
    with owner.begin() as connection:
        keep_beside(second, erasures_in(connection))
        # an office of before stands there, that knows nothing of it
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in ("contact_erasure", "patient_erasure"):
            connection.execute(text(f"DELETE FROM audit.{table}"))
        assert erasures_in(connection) == ()
    owner.dispose()
    database.close()
    named(office, "Neu")
    done = restore(target, made.path, [KEY], safety=SAFETY, folder=tmp_path, second=second, now=LATER)
    assert (done.silent, done.unasked) == (second, ())
    assert done.done.erased_again >= 1
    assert named(office) != "Neu"


@pytest.mark.usefixtures("target")
def test_the_places_themselves_must_be_whole(office: Office, tmp_path: Path) -> None:
    """A torn list beside the backup, one of ends that cannot be added to, a folder that is gone: no file is written."""
    made = backed_up(office, tmp_path, NOW)
    kept = {HEADS: (tmp_path / HEADS).read_text("ascii")} if (tmp_path / HEADS).exists() else {}
    there = server_target(office.url("owner"))
    for name, code in ((ERASURES, "erasures_unreadable"), (HEADS, "heads_unreadable")):
        (tmp_path / name).write_text("{", "ascii")
        with pytest.raises(Unavailable, match=code):
            brought_back(there, made, tmp_path, LATER)
        (tmp_path / name).unlink()
    for name, content in kept.items():
        (tmp_path / name).write_text(content, "ascii")
    with pytest.raises(Unavailable, match="no_safety_folder") as why:
        restore(there, made.path, [KEY], safety=SAFETY, folder=tmp_path / "weg", now=LATER)
    assert "--folder" in describe(why.value)
    assert [file.path for file in backups_in(tmp_path)] == [made.path]
    assert databases(office) == [office.name]


def test_a_vacuum_of_the_server_s_own_is_nobody(
    office: Office, cluster: TestCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no login and gives way by itself; who has one is named."""
    monkeypatch.setattr("app.backups.targets._LEAVING_SECONDS", 0)
    admin = create_engine(cluster.admin_url("postgres"), isolation_level="AUTOCOMMIT")
    url = make_url(office.url("owner")).update_query_dict({"options": "-csearch_path=shown,pg_catalog"})
    with admin.connect() as connection:
        connection.execute(text("CREATE SCHEMA shown"))
        try:
            connection.execute(
                text(f"""CREATE VIEW shown.pg_stat_activity AS
                SELECT '{office.name}'::name AS datname, NULL::name AS usename, NULL::inet AS client_addr, 0 AS pid""")
            )
            server_target(url.render_as_string(hide_password=False)).refuse_while_used()
        finally:
            connection.execute(text("DROP SCHEMA shown CASCADE"))
    admin.dispose()
    owner = create_engine(office.url("owner"))
    with owner.connect(), pytest.raises(Unavailable, match="server_in_use") as refused:
        server_target(office.url("owner"))
    assert refused.value.params["who"]
    owner.dispose()


def test_whoever_is_just_leaving_is_waited_for(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed window is still named by the server for a moment."""
    leaving, looked = create_engine(office.url("owner"), poolclass=NullPool).connect(), []

    def end(seconds: float) -> None:
        looked.append(seconds)
        leaving.close()

    monkeypatch.setattr("app.backups.targets.time.sleep", end)
    server_target(office.url("owner"))
    assert looked


def test_who_works_while_a_backup_is_read_in_loses_nothing(
    office: Office, target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened, worked, closed again: nobody is connected any more, and the restore is refused all the same."""
    made = backed_up(office, tmp_path, NOW)
    monkeypatch.setattr("app.backups.restoring.set_up_like", lambda *_: named(office, "Eben"))
    with pytest.raises(Unavailable, match="worked_meanwhile"):
        brought_back(target, made, tmp_path, LATER)
    assert (named(office), databases(office)) == ("Eben", [office.name])


def test_a_restore_that_is_refused_leaves_an_earlier_schema(
    cluster: TestCluster, office: Office, tmp_path: Path
) -> None:
    """By the wrong key, or for a folder that is away: whoever goes back to the program of before still can."""
    made = backed_up(office, tmp_path, NOW)
    found = text("SELECT version_num FROM platform.alembic_version")
    with office_at(cluster, "0049") as earlier:
        url = earlier.url.render_as_string(hide_password=False)
        earlier.dispose()
        assert Asked(url, url, accepted=False).settings().form == BackupForm()
        there, other = server_target(url), PrivateKey.generate()
        with pytest.raises(Invalid, match="wrong_key"):
            restore(there, made.path, [other], safety=SAFETY, folder=tmp_path, now=LATER)
        with pytest.raises(Unavailable, match="no_safety_folder"):
            restore(there, made.path, [KEY], safety=SAFETY, folder=tmp_path / "weg", now=LATER)
        with earlier.connect() as connection:
            assert connection.scalar(found) == "0049"


@pytest.fixture
def boss(office: Office) -> Iterator[str]:
    """The way in of an owner who is no superuser, as an office's is; it may make logins and no databases."""
    url = make_url(office.url("owner")).set(username="test_eigner", password=PASSWORD)
    admin = create_engine(office.cluster.admin_url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE ROLE test_eigner LOGIN CREATEROLE PASSWORD '{PASSWORD}'"))
        connection.execute(text(f'ALTER DATABASE "{office.name}" OWNER TO test_eigner'))
        connection.execute(text("GRANT platzlotse_caseworker TO test_eigner WITH ADMIN OPTION"))
    yield url.render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{office.name}" OWNER TO CURRENT_USER'))
        connection.execute(text("DROP ROLE test_eigner"))
    admin.dispose()


def test_an_owner_who_may_make_no_databases_is_told_before_anything_is_done(
    office: Office, boss: str, tmp_path: Path
) -> None:
    """And is counted among nobody who works there: an office's backup makes it no login anywhere."""
    made = backed_up(office, tmp_path, NOW)
    assert "test_eigner" not in read_manifest(made.path, [KEY]).roles
    with pytest.raises(Forbidden, match="may_not_replace") as why:
        server_target(boss)
    assert "CREATEDB" in describe(why.value)
    assert [file.path for file in backups_in(tmp_path)] == [made.path]
