"""The embedded server survives what happens to a desktop: real servers, real kills."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from app.embedded_postgres import EmbeddedPostgres, StopResult
from app.postgres_binaries import Binaries, wheel_binaries
from app.postgres_files import SOCKET_LIMIT
from app.private_files import LOG_BYTES
from domain.errors import Unavailable
from tests.servers.postgres import DEBIAN

REPOSITORY = Path(__file__).parents[2]
SECONDS = 90
ROOT = os.geteuid() == 0

Program = subprocess.Popen[str]
Run = Callable[..., Program]


@pytest.fixture
def home() -> Iterator[Path]:
    """Lend a short folder for one server; what still runs in it afterwards fails the test and is ended."""
    folder = Path(tempfile.mkdtemp(prefix="plseat-"))
    yield folder / "postgres"
    left = _processes_in(folder)
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, timeout=10)
    shutil.rmtree(folder)
    assert not left, "processes left behind"


@pytest.fixture
def run(home: Path) -> Iterator[Run]:
    """Start seat programs; those that still run are killed at the end."""
    started: list[Program] = []

    def start(*arguments: str, at: Path = home) -> Program:
        program = subprocess.Popen(
            [sys.executable, "-m", "tests.app.seat_program", str(at), *arguments],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(program)
        return program

    yield start
    for program in started:
        program.kill()
        program.communicate()


def _processes_in(folder: Path) -> list[psutil.Process]:
    """Everything that works below a folder: a server's processes all stand in its data folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()).is_relative_to(
                folder.resolve()
            ):
                found.append(process)
    return found


def _said(program: Program) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


def _ended(program: Program) -> str:
    """Close the program's input and return the rest of what it says."""
    return program.communicate(timeout=SECONDS)[0].strip()


def _postmaster(home: Path) -> int:
    return int((home / "data" / "postmaster.pid").read_text().split("\n", 1)[0])


def _query(server: EmbeddedPostgres, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(server.url().replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@contextmanager
def _refused(code: str) -> Iterator[pytest.ExceptionInfo[Unavailable]]:
    with pytest.raises(Unavailable, match=re.escape(code)) as refused:
        yield refused


def test_first_start_makes_a_closed_cluster_that_takes_connections(home: Path) -> None:
    """The folder and the secret are closed to others, the owner needs the password, no address is open."""
    with EmbeddedPostgres(home) as server:
        assert server.is_running()
        assert home.stat().st_mode & 0o777 == 0o700
        assert (home / "owner.secret").stat().st_mode & 0o777 == 0o600
        assert len(server.superuser_password) >= 24
        settings = {row[0]: row[1] for row in _query(server, "SELECT name, setting FROM pg_settings")}
        assert settings["listen_addresses"] == ""
        assert settings["jit"] == "off"
        assert settings["data_checksums"] == "on"
        assert _query(server, "SELECT pg_encoding_to_char(encoding) FROM pg_database") == [("UTF8",)] * 3
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(server.url(password="wrong").replace("+psycopg", ""))
    assert not server.is_running()


def test_start_and_stop_may_be_repeated(home: Path) -> None:
    """A second start changes nothing, a second stop tells how things are, data outlive both."""
    server = EmbeddedPostgres(home)
    assert server.stop() is StopResult.STOPPED
    server.start()
    server.start()
    _query(server, "CREATE TABLE kept AS SELECT 7 AS number")
    assert server.stop() is StopResult.STOPPED
    assert server.stop() is StopResult.STOPPED
    with EmbeddedPostgres(home) as again:
        assert server.stop() is StopResult.OTHERS_REMAIN
        assert _query(again, "SELECT number FROM kept") == [(7,)]


def test_three_programs_start_at_once(home: Path, run: Run) -> None:
    """Three first starts share one server; the last lease given back stops it."""
    programs = [run("hold") for _ in range(3)]
    assert [_said(program) for program in programs] == ["ready"] * 3
    server = EmbeddedPostgres(home)
    postmaster = _postmaster(home)
    assert _ended(programs[0]) == "others_remain"
    assert _ended(programs[1]) == "others_remain"
    assert server.is_running()
    assert _postmaster(home) == postmaster
    assert _ended(programs[2]) == "stopped"
    assert not server.is_running()
    assert _processes_in(home) == []
    assert list((home / "leases").iterdir()) == []


def test_two_users_in_one_process_share_its_lease(home: Path) -> None:
    """Threads of one program may start and stop on their own: only the last one stops the server."""
    servers = [EmbeddedPostgres(home) for _ in range(3)]
    threads = [threading.Thread(target=server.start) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert len(list((home / "leases").iterdir())) == 1
    assert [server.stop() for server in servers] == [
        StopResult.OTHERS_REMAIN,
        StopResult.OTHERS_REMAIN,
        StopResult.STOPPED,
    ]


def test_killed_program_leaves_the_others_their_server(home: Path, run: Run) -> None:
    """Kill -9 of one program: the other works on, and its lease is the last one."""
    killed, other = run("hold"), run("hold")
    assert _said(killed) == _said(other) == "ready"
    killed.kill()
    killed.wait(SECONDS)
    assert EmbeddedPostgres(home).is_running()
    assert _ended(other) == "stopped"
    assert list((home / "leases").iterdir()) == []


def test_last_program_killed(home: Path, run: Run) -> None:
    """Kill -9 of the only program: the next one finds the server running, and stops it in the end."""
    killed = run("hold")
    assert _said(killed) == "ready"
    postmaster = _postmaster(home)
    killed.kill()
    killed.wait(SECONDS)
    server = EmbeddedPostgres(home)
    server.start()
    assert _postmaster(home) == postmaster
    assert server.stop() is StopResult.STOPPED
    assert list((home / "leases").iterdir()) == []


@pytest.mark.parametrize("program_too", [False, True], ids=["server", "server-and-program"])
def test_killed_while_writing_keeps_every_acknowledged_row(
    home: Path, run: Run, *, program_too: bool
) -> None:
    """Kill -9 of the server (and of the program) amid writing loses nothing that was acknowledged."""
    writer = run("write")
    while _said(writer) != "200":
        pass
    if program_too:
        writer.kill()
    os.kill(_postmaster(home), signal.SIGKILL)
    said = _ended(writer).split()
    acknowledged = int(said[-1]) if said else 200
    with EmbeddedPostgres(home) as server:
        rows = [number for (number,) in _query(server, "SELECT number FROM kept ORDER BY number")]
    assert rows[:acknowledged] == list(range(1, acknowledged + 1))
    assert len(rows) <= acknowledged + 1  # the last one may be written and not yet acknowledged


def test_killed_server_is_brought_back_by_the_next_start(home: Path) -> None:
    """A program that lost its server calls start again; its lease stays one."""
    server = EmbeddedPostgres(home)
    server.start()
    os.kill(_postmaster(home), signal.SIGKILL)
    _wait(lambda: not server.is_running())
    server.start()
    assert server.is_running()
    assert server.stop() is StopResult.STOPPED


def test_server_killed_before_stop(home: Path) -> None:
    """Giving the last lease back is no error if somebody killed the server before."""
    server = EmbeddedPostgres(home)
    server.start()
    os.kill(_postmaster(home), signal.SIGKILL)
    assert server.stop() is StopResult.STOPPED


def _kill_initdb(home: Path) -> None:
    """Kill the initdb of a folder as soon as it has begun to write."""
    _wait(lambda: any(home.glob("data.new-*/base")))
    killed = 0
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if str(home / "owner.secret") in command:
            process.kill()
            killed += 1
    assert killed


def test_killed_initdb_leaves_no_half_cluster(home: Path) -> None:
    """Kill -9 of initdb: this start says so, the next one makes a whole cluster and clears the remains."""
    server = EmbeddedPostgres(home)
    failures: list[Unavailable] = []

    def first_start() -> None:
        try:
            server.start()
        except Unavailable as exc:
            failures.append(exc)

    thread = threading.Thread(target=first_start)
    thread.start()
    _kill_initdb(home)
    thread.join(SECONDS)
    assert [failure.code for failure in failures] == ["postgres.initdb_failed"]
    assert not (home / "data").exists()
    with server:
        assert server.is_running()
        assert list(home.glob("data.new*")) == []


def test_program_killed_during_initdb(home: Path, run: Run) -> None:
    """Kill -9 of the program while its initdb goes on alone: the next start is not disturbed by it."""
    killed = run("hold")
    _wait(lambda: any(home.glob("data.new-*/base")))
    killed.kill()
    killed.wait(SECONDS)
    with EmbeddedPostgres(home) as server:
        assert server.is_running()
    _wait(lambda: not _processes_in(home))


def test_killed_before_the_secret_was_whole(home: Path) -> None:
    """An empty secret beside no cluster is not taken over."""
    home.mkdir()
    (home / "owner.secret").write_text("")
    with EmbeddedPostgres(home) as server:
        assert server.superuser_password


def test_note_of_a_dead_server(home: Path) -> None:
    """A postmaster.pid left behind by a power cut does not stop the next start."""
    with EmbeddedPostgres(home) as server:
        note = (home / "data" / "postmaster.pid").read_text()
    dead = subprocess.Popen(["true"])
    dead.wait()
    (home / "data" / "postmaster.pid").write_text(f"{dead.pid}\n{note.split(chr(10), 1)[1]}")
    with server:
        assert server.is_running()


def test_note_whose_number_belongs_to_another_program(home: Path) -> None:
    """After a reboot the noted number may be anybody's; PostgreSQL alone would never start again."""
    with EmbeddedPostgres(home) as server:
        note = (home / "data" / "postmaster.pid").read_text()
    (home / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{note.split(chr(10), 1)[1]}")
    started = time.monotonic()
    with server:
        assert server.is_running()
    assert time.monotonic() - started < 20


def test_socket_cleaned_away(home: Path) -> None:
    """A running server nobody can reach any more is replaced."""
    server = EmbeddedPostgres(home)
    server.start()
    unreachable = _postmaster(home)
    shutil.rmtree(home / "run")
    server.start()
    assert server.is_running()
    assert _postmaster(home) != unreachable
    assert server.stop() is StopResult.STOPPED


@pytest.mark.parametrize(
    "folder",
    ["/".join(["tief"] * 40), "Büro Köln", "a $HOME `b`", 'it\'s, 50%: "x"'],
    ids=["deep", "umlaut", "shell", "marks"],
)
def test_awkward_folders(home: Path, folder: str) -> None:
    """Deep paths and paths with characters a shell or a connection string would read work all the same."""
    deep = home / folder
    server = EmbeddedPostgres(deep)
    with server:
        assert _query(server, "SELECT 1") == [(1,)]
        elsewhere = deep / "socket-folder"
        if len(os.fsencode(deep / "run")) > SOCKET_LIMIT:
            socket = Path(elsewhere.read_text())
            assert socket.stat().st_mode & 0o777 == 0o700
    with EmbeddedPostgres(deep) as again:
        assert again.url() == server.url()
    if elsewhere.exists():
        shutil.rmtree(elsewhere.read_text())


def test_deep_folder_whose_short_one_was_cleaned_away(home: Path) -> None:
    """The remembered folder may be gone after a reboot: a new one is made, never a foreign one used."""
    deep = home / "/".join(["tief"] * 40)
    with EmbeddedPostgres(deep):
        first = Path((deep / "socket-folder").read_text())
    shutil.rmtree(first)
    first.symlink_to(home)
    with EmbeddedPostgres(deep) as server:
        second = Path((deep / "socket-folder").read_text())
        assert second != first
        assert server.is_running()
    first.unlink()
    shutil.rmtree(second)


def test_data_of_another_major_version(home: Path) -> None:
    """Newer and older data are refused with a code of their own, and nothing is started."""
    wanted = Binaries(wheel_binaries()).major
    with EmbeddedPostgres(home) as server:
        pass
    for found, code in ((wanted + 1, "postgres.data_newer"), (wanted - 1, "postgres.data_older")):
        (home / "data" / "PG_VERSION").write_text(f"{found}\n")
        with _refused(code) as refused:
            server.start()
        assert refused.value.params == {"found": found, "wanted": wanted}
    assert not server.is_running()


def test_failed_start_brings_the_log_and_leaves_no_lease(home: Path) -> None:
    """A server that cannot start says why, soon, and the next try is free."""
    with EmbeddedPostgres(home) as server:
        pass
    own = home / "data" / "postgresql.auto.conf"
    own.write_text("no_such_setting = 1\n")
    started = time.monotonic()
    with _refused("postgres.start_failed") as failed:
        server.start()
    assert time.monotonic() - started < 20
    assert "no_such_setting" in str(failed.value.params["log"])
    own.write_text("")
    with server:
        assert server.is_running()


def test_lost_secret(home: Path) -> None:
    """A missing or wrong secret is named as such."""
    with EmbeddedPostgres(home) as server:
        pass
    (home / "owner.secret").write_text("wrong")
    with _refused("postgres.secret_rejected"):
        server.start()
    os.kill(_postmaster(home), signal.SIGINT)
    _wait(lambda: not _processes_in(home))
    (home / "owner.secret").unlink()
    with _refused("postgres.secret_missing"):
        server.start()


def test_folder_that_cannot_be_made(home: Path) -> None:
    """A file in the way is a reason, not a traceback."""
    home.write_text("")
    with _refused("postgres.folder_unusable"):
        EmbeddedPostgres(home).start()
    with _refused("postgres.not_installed"):
        EmbeddedPostgres(home.parent / "other", binaries=home.parent).start()


def test_log_keeps_no_personal_data(home: Path) -> None:
    """Neither a failing statement nor a killed one leaves names in the server's log."""
    with EmbeddedPostgres(home) as server:
        _query(server, "CREATE TABLE patient (name text PRIMARY KEY, birth date)")
        _query(server, "INSERT INTO patient VALUES ('Mustermann', NULL)")
        for statement in (
            "INSERT INTO patient VALUES ('Mustermann', NULL)",
            "INSERT INTO patient VALUES ('x', 'Mustermann')",
            "SELECT 'Mustermann'::date",
            "SELECT 'Mustermann', pg_terminate_backend(pg_backend_pid())",
        ):
            with pytest.raises(psycopg.Error):
                _query(server, statement)
        with pytest.raises(psycopg.Error):
            _crash_while_querying(server)
        server.start()
        logs = "".join(log.read_text() for log in home.glob("*.log"))
    assert "terminated by signal 9" in logs
    assert "Mustermann" not in logs


def _crash_while_querying(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url().replace("+psycopg", ""), autocommit=True) as connection:
        threading.Timer(0.5, os.kill, (_backend(server, connection), signal.SIGKILL)).start()
        connection.execute("SELECT 'Mustermann', pg_sleep(60)")


def _backend(server: EmbeddedPostgres, connection: psycopg.Connection) -> int:
    """Tell the number of the server process behind a connection."""
    own = connection.execute("SELECT pg_backend_pid()").fetchone()
    assert own is not None
    assert psutil.Process(own[0]).ppid() == _postmaster(server.home)
    return int(own[0])


def test_long_log_is_set_aside(home: Path) -> None:
    """The log cannot grow without end."""
    home.mkdir()
    (home / "server.log").write_text("x" * (LOG_BYTES + 1))
    with EmbeddedPostgres(home):
        assert (home / "server.log").stat().st_size < LOG_BYTES
        assert (home / "server.log.1").stat().st_size == LOG_BYTES + 1


def test_busy_guard(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that hangs while starting does not hang the others for ever."""
    monkeypatch.setattr("app.server_leases.GUARD_SECONDS", 0.3)
    holder = run("hold")
    _wait(lambda: any(home.glob("data.new-*")))
    holder.send_signal(signal.SIGSTOP)
    with _refused("postgres.busy"):
        EmbeddedPostgres(home).start()
    holder.send_signal(signal.SIGCONT)
    assert _said(holder) == "ready"
    assert _ended(holder) == "stopped"


def _copy_of_the_wheel(target: Path) -> Path:
    """Copy the programs to where other users may go: the environment of these tests may be closed to them."""
    package = wheel_binaries().parents[1]
    shutil.copytree(package, target / package.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    return target / package.name / "pginstall" / "bin"


@pytest.mark.skipif(not ROOT, reason="only root can become somebody else; others run every test as a user")
def test_as_an_ordinary_user(home: Path, run: Run) -> None:
    """A user without rights starts and stops the server in a folder of his own."""
    uid = pwd.getpwnam("nobody").pw_uid
    home.parent.chmod(0o755)
    binaries = _copy_of_the_wheel(home.parent)
    home.mkdir(mode=0o700)
    os.chown(home, uid, uid)
    program = run("as-user", str(uid), str(binaries))
    assert _said(program) == "ready"
    assert (home / "data").stat().st_uid == (home / "owner.secret").stat().st_uid == uid
    assert psutil.Process(_postmaster(home)).uids().effective == uid
    assert _ended(program) == "stopped"


@pytest.mark.skipif(not ROOT, reason="only root needs another account")
def test_as_root_without_namespaces(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where namespaces are forbidden the server runs as nobody, also on data made with one."""
    with EmbeddedPostgres(home) as server:
        _query(server, "CREATE TABLE kept AS SELECT 7 AS number")
    monkeypatch.setattr("app.server_account._namespaces_work", lambda: False)
    with _refused("postgres.folder_closed"):
        EmbeddedPostgres(home).start()
    home.parent.chmod(0o755)
    with EmbeddedPostgres(home, binaries=_copy_of_the_wheel(home.parent)) as server:
        assert _query(server, "SELECT number FROM kept") == [(7,)]
        assert psutil.Process(_postmaster(home)).username() == "nobody"


@pytest.mark.skipif(not list(Path(DEBIAN).glob("15/bin")), reason="Debian's PostgreSQL 15 is not installed")
def test_another_installation(home: Path) -> None:
    """The same manager runs the programs of an older installation."""
    with EmbeddedPostgres(home, binaries=Path(DEBIAN) / "15" / "bin") as server:
        assert _query(server, "SELECT current_setting('server_version_num')::int / 10000") == [(15,)]
        assert _query(server, "SELECT datcollate FROM pg_database WHERE datname = 'postgres'") == [
            ("C.UTF-8",)
        ]


def test_warm_start_is_quick(home: Path) -> None:
    """A second start takes 0.15 s; the limit leaves room for busy machines, not for a needless wait."""
    with EmbeddedPostgres(home):
        pass
    started = time.monotonic()
    with EmbeddedPostgres(home):
        assert time.monotonic() - started < 2
