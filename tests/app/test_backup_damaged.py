"""What is there is damaged: the reason to bring a backup back is not what refuses it; and nothing is lost by it."""

import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.backups.fresh_seat import data_aside, drop_data_aside
from app.backups.making import Made
from app.backups.restoring import Restored, restore
from app.backups.targets import server_target
from app.embedded_postgres import EmbeddedPostgres
from app.paths import Profile
from app.postgres_files import READY, finish_replacing
from app.seat import DATABASE
from domain.backups.refusals import keep_refusals_beside
from domain.casework.consent import withdraw
from domain.casework.patient_record import restrict_patient
from domain.database import Database
from domain.errors import Unavailable
from domain.patients.models import Patient
from tests.app.command_line import ROOT, answer, called
from tests.app.test_backup_erasures import KEY, backed_up, target
from tests.app.test_backup_faults import databases, named
from tests.app.test_backup_refusals import noted
from tests.app.test_backups import of_seat
from tests.builders import add_patient
from tests.conftest import NOW, Office
from ui.errors import describe

__all__ = ["target"]
LATER = NOW + timedelta(hours=1)
PATIENTS = "patient_service.patient"
# the program kills itself before one of the renames
KILLED = """
import os, pathlib, signal, sys
sys.path.insert(0, {root!r})
at, done, rename = {at}, 0, pathlib.Path.rename
def renamed(path, to):
    global done
    if not pathlib.Path(to).name.startswith("data") or path.name.startswith("data.new"):
        return rename(path, to)
    if done == at:
        os.kill(os.getpid(), signal.SIGKILL)
    done += 1
    return rename(path, to)
pathlib.Path.rename = renamed
{work}
"""


def killed_before(at: int, work: str) -> None:
    """Run a program that ends itself."""
    script = KILLED.format(root=str(ROOT), at=at, work=work)
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, timeout=300, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def overwrite(file: Path) -> None:
    """Spoil the first page of a table."""
    content = bytearray(file.read_bytes())
    content[100:4000] = b"\xff" * 3900
    file.write_bytes(content)


def damage(office: Office, table: str = PATIENTS) -> bytes:
    """Put a copy of the office in its place one of whose tables nobody can read; returns how the file is now."""
    engine = create_engine(office.url("owner"))
    with engine.connect() as connection:
        folder, file = connection.execute(
            text("SELECT current_setting('data_directory'), pg_relation_filepath(:table)"), {"table": table}
        ).one()
    engine.dispose()
    admin = create_engine(office.cluster.admin_url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        # of files that are copied the server holds nothing in memory yet
        connection.execute(text(f'ALTER DATABASE "{office.name}" RENAME TO "{office.name}_sound"'))
        connection.execute(text(f'CREATE DATABASE "{office.name}" TEMPLATE "{office.name}_sound" STRATEGY FILE_COPY'))
        connection.execute(text(f'DROP DATABASE "{office.name}_sound"'))
        number = connection.scalar(text("SELECT oid FROM pg_database WHERE datname = :n"), {"n": office.name})
    admin.dispose()
    spoiled = Path(folder) / "base" / str(number) / Path(file).name
    overwrite(spoiled)
    return spoiled.read_bytes()


def brought_back(made: Made, office: Office, folder: Path, *, damaged: bool) -> Restored:
    """As the command does it."""
    there = server_target(office.url("owner"))
    safety = [bytes(KEY.public_key)]
    return restore(there, made.path, [KEY], safety=safety, folder=folder, damaged=damaged, now=LATER)


@pytest.mark.usefixtures("target")
def test_a_damaged_office_comes_back_without_a_copy_of_it(office: Office, database: Database, tmp_path: Path) -> None:
    """First it is said, then done: what can be read and what lies beside is asked, the rest is told, all stays."""
    with database.write() as session:
        restricted, withdrew = add_patient(session), add_patient(session)
    made = backed_up(office, tmp_path, NOW)
    with database.write() as session:
        restrict_patient(session, restricted, now=NOW)
    keep_refusals_beside(tmp_path, noted(office))
    with database.write() as session:
        withdraw(session, withdrew, "storage", now=NOW)
    database.close()
    damage(office)
    with pytest.raises(Unavailable, match=r"backup\.too_damaged") as why:
        brought_back(made, office, tmp_path, damaged=False)
    assert "--damaged" in describe(why.value)
    assert databases(office) == [office.name]
    done = brought_back(made, office, tmp_path, damaged=True)
    assert done.safety is None
    assert {"erased.record", "refused.restricted"} <= set(done.unasked)
    assert not {"refused.withdrawn", "own", "people"} & set(done.unasked)
    assert databases(office) == [office.name, done.before]
    again = Database(office.url("owner"))
    with again.read() as session:
        assert session.get_one(Patient, restricted).restricted_at is not None
        taken_back = text(
            "SELECT count(*) FROM patient_service.consent WHERE patient_id = :id AND withdrawn_on IS NOT NULL"
        )
        assert session.scalar(taken_back, {"id": withdrew}) == 1
    again.close()


@pytest.mark.usefixtures("target")
def test_a_sound_office_is_copied_whatever_was_allowed(office: Office, tmp_path: Path) -> None:
    """`--damaged` leaves nothing out that can be done; and no room is no damage."""
    made = backed_up(office, tmp_path, NOW)
    named(office, "Neu")
    done = brought_back(made, office, tmp_path, damaged=True)
    assert (done.safety is not None, done.unasked) == (True, ())
    with pytest.raises(Unavailable, match=r"backup\.no_safety_folder"):
        brought_back(made, office, tmp_path / "missing", damaged=True)


def test_data_of_a_seat_that_lie_beside_are_told(home: Path) -> None:
    """With their day and size, the oldest first; nothing else of the folder is."""
    profile = Profile(home.parent)
    for name in ("data.before-20261129_080000", "data.before-20261120_080000", "data.before-alt", "data"):
        (profile.postgres / name / "base").mkdir(parents=True)
        (profile.postgres / name / "base" / "1").write_bytes(bytes(100_000))
    told = data_aside(profile)
    assert [one.name for one in told] == ["data.before-20261120_080000", "data.before-20261129_080000"]
    assert all(one.size is not None and one.size >= 100_000 for one in told)
    assert told[0].at == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert drop_data_aside(profile, told[0].name)
    assert data_aside(profile) == told[1:]


def damaged_seat(home: Path) -> tuple[Path, str]:
    """A seat with a backup of the office "Alt", whose cluster has lost its heart since: folder and backup."""
    profile = home.parent
    answer("--profile", profile, "migrate")
    of_seat(profile, "UPDATE platform.office SET name = 'Alt'")
    made = answer("--profile", profile, "backup")["file"]
    (control,) = (profile / "postgres" / "data").rglob("pg_control")
    control.unlink()
    return profile, made


@pytest.mark.soak
def test_a_seat_whose_cluster_does_not_start_comes_back(home: Path) -> None:
    """It says what to do; then there is a new cluster, and the old one lies beside until somebody drops it."""
    profile, made = damaged_seat(home)
    before = sorted(path.name for path in (profile / "postgres" / "data").iterdir())
    refused = called("--profile", profile, "restore", "--at", made)
    assert (refused.returncode, "--damaged" in refused.stderr) == (1, True), refused.stderr
    done = answer("--profile", profile, "restore", "--at", made, "--damaged")
    assert (done["safety_copy"], "refused.opted_out" in done["unasked"]) == (None, True)
    assert sorted(path.name for path in (profile / "postgres" / done["kept"]).iterdir()) == before
    assert of_seat(profile, "SELECT name FROM platform.office") == "Alt"
    assert answer("--profile", profile, "restore", "--drop", done["kept"], "--yes") == {"dropped": done["kept"]}
    assert not (profile / "postgres" / done["kept"]).exists()
    assert not (profile / "postgres" / "restoring").exists()


@pytest.mark.soak
def test_a_seat_with_a_spoiled_page_comes_back(home: Path) -> None:
    """The server starts and one table cannot be read: the database is set aside."""
    profile = home.parent
    answer("--profile", profile, "migrate")
    of_seat(profile, "UPDATE platform.office SET name = 'Alt'")
    with EmbeddedPostgres(profile / "postgres") as server:
        engine = create_engine(server.url(database=DATABASE))
        with engine.begin() as connection:
            connection.execute(
                text("INSERT INTO platform.person (role_name, display_name) VALUES ('weitere', 'Weitere')")
            )
            file = connection.scalar(text("SELECT pg_relation_filepath('platform.person')"))
        engine.dispose()
    made = answer("--profile", profile, "backup")["file"]
    overwrite(Profile(profile).postgres / "data" / str(file))
    refused = called("--profile", profile, "restore", "--at", made)
    assert (refused.returncode, "--damaged" in refused.stderr, "Traceback" in refused.stderr) == (1, True, False)
    refused = called("--profile", profile, "backup")
    assert (refused.returncode, "beschädigt" in refused.stderr, "Traceback" in refused.stderr) == (1, True, False)
    done = called("--profile", profile, "restore", "--at", made, "--damaged")
    assert done.returncode == 0, done.stderr
    assert "wer seither dazukam" in done.stdout
    assert of_seat(profile, "SELECT count(*) FROM platform.person WHERE role_name = 'weitere'") == "1"


@pytest.mark.parametrize("at", [0, 1, 2])
def test_killed_at_a_rename_there_are_the_old_or_the_new_data(tmp_path: Path, at: int) -> None:
    """Before the first rename the old ones are still there; after it every start goes on to the new ones."""
    for folder, word in (("data", "alt"), ("restoring/data", "neu")):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "word").write_text(word)
    home, fresh = (f"pathlib.Path({str(path)!r})" for path in (tmp_path, tmp_path / "restoring" / "data"))
    killed_before(at, f"from app.postgres_files import set_ready; set_ready({home}, {fresh}, '20261129_120000')")
    finish_replacing(tmp_path)
    aside = [path.name for path in tmp_path.glob("data.before-*")]
    assert (tmp_path / "data" / "word").read_text() == ("alt" if at == 0 else "neu")
    assert aside == ([] if at == 0 else ["data.before-20261129_120000"])
    assert not list(tmp_path.glob(f"{READY}*"))


@pytest.mark.soak
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_seat_killed_at_a_rename_comes_back(home: Path, at: int) -> None:
    """The same of a whole restore: the next start has an office, or the next restore brings it."""
    profile, made = damaged_seat(home)
    arguments = ["--profile", str(profile), "restore", "--at", made, "--damaged"]
    killed_before(at, f"from app.cli import program; program({arguments!r})")
    folder = profile / "postgres"
    if at == 0:
        answer(*arguments)
    assert of_seat(profile, "SELECT name FROM platform.office") == "Alt"
    assert len(list(folder.glob("data.before-*"))) == 1
    assert not list(folder.glob(f"{READY}*"))
