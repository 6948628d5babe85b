"""The office's server without containers: certificate, PostgreSQL with TLS, PgBouncer and worker as real processes."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

import psycopg
import pytest

from domain.access import me
from domain.database import Database
from domain.errors import PlatzlotseError
from domain.health.checks import database_findings
from domain.health.models import State
from domain.persons import ensure_person
from tests.conftest import PASSWORD
from tests.servers.office_server import OTHER_MACHINE
from tests.servers.ports import free_port

ROOT = Path(__file__).parents[2]
OWNERS = """SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname ~ '(_service$|^platform$|^audit$)' UNION SELECT pg_get_userbyid(proowner) FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname ~ '(_service$|^platform$|^audit$)'
    UNION SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'platzlotse'"""
PATIENCE = 240  # of a slow, busy machine
POOLER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@dataclass
class Running:
    """What was started: its folder, its ports, its process."""

    home: Path
    port: int
    pooler_port: int
    process: "subprocess.Popen[str]"

    def secret(self, name: str) -> str:
        """A password it made."""
        return (self.home / "secrets" / name).read_text("utf-8")

    def url(self, user: str, password: str, *, port: int = 0, mode: str = "verify-full") -> str:
        """URL of a login."""
        ca = self.home / "tls" / "ca.crt"
        return (
            f"postgresql+psycopg://{user}:{password}@{OTHER_MACHINE}:{port or self.port}/platzlotse"
            f"?sslmode={mode}" + ("" if mode == "disable" else f"&sslrootcert={ca}")
        )


def started(home: Path, port: int, pooler_port: int, *more: str) -> Running:
    """Start it and wait until it says that it runs; the first of its names is known to nobody here."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "deploy" / "native.py"), str(home), "--name", "server.buero.example",
         "--name", OTHER_MACHINE, "--name", "localhost", "--port", str(port), "--pooler-port", str(pooler_port), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if "läuft." in line or "läuft allein." in line:
            return Running(home, port, pooler_port, process)
    process.stdout.close()
    process.wait()
    raise AssertionError("".join(said))


def stopped(running: Running) -> str:
    """End it as a system does; what it said last."""
    running.process.send_signal(signal.SIGTERM)
    said, _ = running.process.communicate(timeout=PATIENCE)
    return said


def eventually(there: Callable[[], bool]) -> None:
    """Wait for a state."""
    deadline = monotonic() + PATIENCE
    while not there():
        assert monotonic() < deadline
        sleep(0.2)


def enter_jana(running: Running) -> None:
    """Somebody who works there."""
    owner = Database(running.url("platzlotse_owner", running.secret("owner")), pool_size=1)
    with owner.write() as session:
        ensure_person(
            session, role_name="test_native", display_name="Jana Brand", password=PASSWORD, roles={"supervisor"}
        )
    owner.close()


def named(running: Running, name: str = "") -> str:
    """The office's name, or a new one."""
    url = running.url("platzlotse_owner", running.secret("owner")).replace("+psycopg", "")
    with psycopg.connect(url) as owner:
        if name:
            owner.execute("UPDATE platform.office SET name = %s", (name,))
        row = owner.execute("SELECT name FROM platform.office").fetchone()
        assert row is not None
        return str(row[0])


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The whole of it, with one caseworker."""
    made = started(tmp_path_factory.mktemp("native") / "server", free_port(), free_port())
    try:
        enter_jana(made)
        yield made
    finally:
        if made.process.poll() is None:
            stopped(made)


def test_somebody_works_there_over_tls_and_the_doctor_is_content(running: Running) -> None:
    """The worker is connected and lives; rights are the matrix's; only an account is still to be entered."""
    database = Database(running.url("test_native", PASSWORD))

    def worker_is_there() -> bool:
        with database.read() as session:
            return "worker" in {one.code for one in database_findings(session, now=datetime.now(UTC))}

    eventually(worker_is_there)
    with database.read() as session:
        assert me(session).display_name == "Jana Brand"
        found = {one.code: one for one in database_findings(session, now=datetime.now(UTC))}
    database.close()
    unsound = {code for code, one in found.items() if one.state is not State.OK and one.check != "backup"}
    assert unsound == {"accounts.none"}
    assert found["tls"].params["host"] == OTHER_MACHINE


def test_the_worker_s_health_check_sees_it_alive(running: Running) -> None:
    """As the container's does: by the heartbeat in the queue, with the worker's own login."""
    surroundings = {
        **os.environ,
        "PLATZLOTSE_SERVER": "127.0.0.1",
        "PLATZLOTSE_PORT": str(running.port),
        "PLATZLOTSE_CA": str(running.home / "tls" / "ca.crt"),
        "PLATZLOTSE_PASSFILE": str(running.home / "worker" / "pgpass"),
    }
    command = [sys.executable, str(ROOT / "deploy" / "healthcheck.py")]
    eventually(lambda: subprocess.run(command, env=surroundings, check=False).returncode == 0)
    surroundings["PLATZLOTSE_PASSFILE"] = os.devnull
    assert subprocess.run(command, env=surroundings, check=False, capture_output=True).returncode == 1


def test_a_second_one_in_the_same_folder_is_refused(running: Running) -> None:
    """Ending, it would end the database of the first."""
    with pytest.raises(AssertionError, match="läuft der Büro-Server schon"):
        started(running.home, running.port, running.pooler_port)
    assert named(running)


def test_nobody_gets_in_without_tls_or_with_a_wrong_password(running: Running) -> None:
    """Neither past the certificate nor by guessing, which is slowed."""
    for url in (running.url("test_native", PASSWORD, mode="disable"), running.url("test_native", "geraten")):
        database = Database(url)
        with pytest.raises(PlatzlotseError), database.read() as session:
            me(session)
        database.close()
    with psycopg.connect(running.url("postgres", running.secret("superuser")).replace("+psycopg", "")) as admin:
        row = admin.execute("SELECT current_setting('auth_delay.milliseconds'), current_setting('password_encryption')")
        assert row.fetchone() == ("1s", "scram-sha-256")


@pytest.mark.skipif(POOLER is None, reason="PgBouncer is not installed")
def test_people_pass_the_pooler_and_nobody_else(running: Running) -> None:
    """With their own password, checked by what PostgreSQL keeps; owner and superuser are not looked up."""
    database = Database(running.url("test_native", PASSWORD, port=running.pooler_port), pooled=True)
    for _ in range(5):
        with database.read() as session:
            assert me(session).display_name == "Jana Brand"
    database.close()
    for user, password in (
        ("postgres", running.secret("superuser")),
        ("platzlotse_owner", running.secret("owner")),
        ("test_native", "geraten"),
    ):
        refused = Database(running.url(user, password, port=running.pooler_port), pooled=True)
        with pytest.raises(PlatzlotseError), refused.read() as session:
            me(session)
        refused.close()
    plain = Database(running.url("test_native", PASSWORD, port=running.pooler_port, mode="disable"), pooled=True)
    with pytest.raises(PlatzlotseError), plain.read() as session:
        me(session)
    plain.close()


def test_the_office_is_backed_up_and_brought_back(tmp_path: Path) -> None:
    """By the worker's own login for backups, back by a superuser: as it was set up, and the pooler admits people."""
    home = tmp_path / "server"
    first = started(home, free_port(), free_port())
    enter_jana(first)
    named(first, "Alt")
    command = [sys.executable, str(ROOT / "main.py"), "--profile", str(home / "worker")]
    surroundings = {**os.environ, "PLATZLOTSE_BACKUP_LOGIN": str(home / "worker" / "backup-login")}
    made = subprocess.run([*command, "backup", "--json"], env=surroundings, check=False, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["verified"] is True
    named(first, "Neu")
    stopped(first)
    login = tmp_path / "superuser-login"
    login.write_text(first.url("postgres", first.secret("superuser")))
    login.chmod(0o600)
    alone = started(home, first.port, first.pooler_port, "--only-database")
    try:
        back = subprocess.run(
            [*command, "restore", "--at", json.loads(made.stdout)["file"]],
            env={**os.environ, "PLATZLOTSE_OWNER_LOGIN": str(login)}, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert back.returncode == 0, back.stderr
    finally:
        stopped(alone)
    again = started(home, first.port, first.pooler_port)
    try:
        assert named(again) == "Alt"
        with psycopg.connect(again.url("postgres", again.secret("superuser")).replace("+psycopg", "")) as admin:
            assert admin.execute(OWNERS).fetchall() == [("platzlotse_owner",)]
        ways = [again.port] if POOLER is None else [again.port, again.pooler_port]
        for port in ways:
            database = Database(again.url("test_native", PASSWORD, port=port), pooled=port != again.port)
            with database.read() as session:
                assert me(session).display_name == "Jana Brand"
            database.close()
    finally:
        stopped(again)


@pytest.mark.soak
def test_it_ends_where_its_database_died(tmp_path: Path) -> None:
    """So that whoever watches it starts it anew; the next start brings the data back."""
    home = tmp_path / "server"
    first = started(home, free_port(), free_port(), "--only-database")
    os.kill(int((home / "data" / "postmaster.pid").read_text("utf-8").split("\n")[0]), signal.SIGKILL)
    said, _ = first.process.communicate(timeout=PATIENCE)
    assert (first.process.returncode, "PostgreSQL endete" in said) == (1, True)
    assert "Beendet." in stopped(started(home, first.port, first.pooler_port, "--only-database"))


@pytest.mark.soak
def test_it_ends_as_a_whole_and_goes_on_with_the_same(tmp_path: Path) -> None:
    """Nothing is left running; started again, the same people, passwords and certificate are there."""
    first = started(tmp_path / "server", free_port(), free_port())
    enter_jana(first)
    certificate = (first.home / "tls" / "server.crt").read_bytes()
    assert "Beendet." in stopped(first)
    assert not (first.home / "data" / "postmaster.pid").exists()
    for port in (first.port, first.pooler_port):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(host=OTHER_MACHINE, port=port, user="test_native", password=PASSWORD, dbname="platzlotse")
    again = started(first.home, first.port, first.pooler_port)
    try:
        database = Database(again.url("test_native", PASSWORD))
        with database.read() as session:
            assert me(session).display_name == "Jana Brand"
        database.close()
        assert (first.home / "tls" / "server.crt").read_bytes() == certificate
    finally:
        assert "Beendet." in stopped(again)


def test_what_ended_it_is_not_hidden_by_what_does_not_end(tmp_path: Path) -> None:
    """pg_ctl refuses a folder that is none of its own: that is said, and the first reason stays the reason."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    ended = subprocess.run(
        [sys.executable, str(ROOT / "deploy" / "native.py"), str(tmp_path), "--name", "zwei worte"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ended.returncode, "weder ein Rechnername noch" in ended.stderr) == (2, True)
    assert ("pg_ctl gelang nicht" in ended.stdout, "Beendet." in ended.stdout) == (True, False)


def certificate_script(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Call it as a person does."""
    return subprocess.run(
        [str(ROOT / "deploy" / "certificate.sh"), *arguments], capture_output=True, text=True, check=False
    )


def test_a_new_certificate_keeps_the_authority(tmp_path: Path) -> None:
    """So that nothing changes at the seats; keys are for their owner only."""
    folder = tmp_path / "tls"
    assert certificate_script(str(folder), "server.buero.example", "192.168.1.20").returncode == 0
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(before) == {"ca.crt", "ca.key", "server.crt", "server.key"}
    assert certificate_script(str(folder), "server.buero.example").returncode == 0
    assert (folder / "ca.crt").read_bytes() == before["ca.crt"]
    assert (folder / "server.crt").read_bytes() != before["server.crt"]
    assert {(folder / name).stat().st_mode & 0o077 for name in ("ca.key", "server.key")} == {0}
    checked = subprocess.run(
        ["openssl", "verify", "-CAfile", str(folder / "ca.crt"), "-verify_hostname", "server.buero.example",
         "-purpose", "sslserver", str(folder / "server.crt")],
        check=False, capture_output=True,
    )  # fmt: skip
    assert checked.returncode == 0


def test_the_certificate_script_explains_itself_in_german(tmp_path: Path) -> None:
    """Its use, a name that is none, half an authority; nothing is overwritten."""
    assert "Aufruf: deploy/certificate.sh ORDNER NAME" in certificate_script("--help").stdout
    assert certificate_script(str(tmp_path)).returncode == 2
    assert "weder ein Rechnername noch" in certificate_script(str(tmp_path / "x"), "zwei worte").stderr
    assert not (tmp_path / "x").exists()
    (tmp_path / "ca.crt").write_text("eine")
    halved = certificate_script(str(tmp_path), "server")
    assert halved.returncode == 1
    assert "nur eine Hälfte" in halved.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["ca.crt"]
