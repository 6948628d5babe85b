"""The embedded server survives what happens to a desktop: real servers, real kills."""

import os
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from app.embedded_postgres import EmbeddedPostgres, StopResult
from app.private_files import LOG_BYTES
from domain.errors import Unavailable
from tests.app.seats import SECONDS, Run, ended, postmaster_of, processes_in, query, refused, said, wait_until


def test_first_start_makes_a_closed_cluster_that_takes_connections(home: Path) -> None:
    """The folder and the secret are closed to others, the owner needs the password, no address is open."""
    with EmbeddedPostgres(home) as server:
        assert server.is_running()
        assert home.stat().st_mode & 0o777 == 0o700
        assert (home / "owner.secret").stat().st_mode & 0o777 == 0o600
        assert len(server.superuser_password) >= 24
        settings = {row[0]: row[1] for row in query(server, "SELECT name, setting FROM pg_settings")}
        assert settings["listen_addresses"] == ""
        assert settings["jit"] == "off"
        assert settings["data_checksums"] == "on"
        assert query(server, "SELECT pg_encoding_to_char(encoding) FROM pg_database") == [("UTF8",)] * 3
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(server.url(password="wrong").replace("+psycopg", ""))
    assert not server.is_running()


def test_start_and_stop_may_be_repeated(home: Path) -> None:
    """A second start changes nothing, a second stop tells how things are, data outlive both."""
    server = EmbeddedPostgres(home)
    assert server.stop() is StopResult.STOPPED
    server.start()
    server.start()
    query(server, "CREATE TABLE kept AS SELECT 7 AS number")
    assert server.stop() is StopResult.STOPPED
    assert server.stop() is StopResult.STOPPED
    with EmbeddedPostgres(home) as again:
        assert server.stop() is StopResult.OTHERS_REMAIN
        assert query(again, "SELECT number FROM kept") == [(7,)]


def test_three_programs_start_at_once(home: Path, run: Run) -> None:
    """Three first starts share one server; the last lease given back stops it."""
    programs = [run("hold") for _ in range(3)]
    assert [said(program) for program in programs] == ["ready"] * 3
    server = EmbeddedPostgres(home)
    postmaster = postmaster_of(home)
    assert ended(programs[0]) == "others_remain"
    assert ended(programs[1]) == "others_remain"
    assert server.is_running()
    assert postmaster_of(home) == postmaster
    assert ended(programs[2]) == "stopped"
    assert not server.is_running()
    assert processes_in(home) == []
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
    assert said(killed) == said(other) == "ready"
    killed.kill()
    killed.wait(SECONDS)
    assert EmbeddedPostgres(home).is_running()
    assert ended(other) == "stopped"
    assert list((home / "leases").iterdir()) == []


def test_last_program_killed(home: Path, run: Run) -> None:
    """Kill -9 of the only program: the next one finds the server running, and stops it in the end."""
    killed = run("hold")
    assert said(killed) == "ready"
    postmaster = postmaster_of(home)
    killed.kill()
    killed.wait(SECONDS)
    server = EmbeddedPostgres(home)
    server.start()
    assert postmaster_of(home) == postmaster
    assert server.stop() is StopResult.STOPPED
    assert list((home / "leases").iterdir()) == []


@pytest.mark.parametrize("program_too", [False, True], ids=["server", "server-and-program"])
def test_killed_while_writing_keeps_every_acknowledged_row(home: Path, run: Run, *, program_too: bool) -> None:
    """Kill -9 of the server (and of the program) amid writing loses nothing that was acknowledged."""
    writer = run("write")
    while said(writer) != "200":
        pass
    if program_too:
        writer.kill()
    os.kill(postmaster_of(home), signal.SIGKILL)
    words = ended(writer).split()
    acknowledged = int(words[-1]) if words else 200
    with EmbeddedPostgres(home) as server:
        rows = [number for (number,) in query(server, "SELECT number FROM kept ORDER BY number")]
    assert rows[:acknowledged] == list(range(1, acknowledged + 1))
    assert rows == list(range(1, len(rows) + 1))
    if not program_too:  # a killed program takes what it had yet to print along
        assert len(rows) <= acknowledged + 1  # the last one may be written and not yet acknowledged


def test_killed_server_is_brought_back_by_the_next_start(home: Path) -> None:
    """A program that lost its server calls start again; its lease stays one."""
    server = EmbeddedPostgres(home)
    server.start()
    os.kill(postmaster_of(home), signal.SIGKILL)
    wait_until(lambda: not server.is_running())
    server.start()
    assert server.is_running()
    assert server.stop() is StopResult.STOPPED


def test_server_killed_before_stop(home: Path) -> None:
    """Giving the last lease back is no error if somebody killed the server before."""
    server = EmbeddedPostgres(home)
    server.start()
    os.kill(postmaster_of(home), signal.SIGKILL)
    assert server.stop() is StopResult.STOPPED


def _kill_initdb(home: Path) -> None:
    """Kill the initdb of a folder as soon as it has begun to write."""
    wait_until(lambda: any(home.glob("data.new-*/base")))
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
    wait_until(lambda: any(home.glob("data.new-*/base")))
    killed.kill()
    killed.wait(SECONDS)
    with EmbeddedPostgres(home) as server:
        assert server.is_running()
    wait_until(lambda: not processes_in(home))


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
    unreachable = postmaster_of(home)
    shutil.rmtree(home / "run")
    server.start()
    assert server.is_running()
    assert postmaster_of(home) != unreachable
    assert server.stop() is StopResult.STOPPED


def test_log_keeps_no_personal_data(home: Path) -> None:
    """Neither a failing statement nor a killed one leaves names in the server's log."""
    with EmbeddedPostgres(home) as server:
        query(server, "CREATE TABLE patient (name text PRIMARY KEY, birth date)")
        query(server, "INSERT INTO patient VALUES ('Mustermann', NULL)")
        for statement in (
            "INSERT INTO patient VALUES ('Mustermann', NULL)",
            "INSERT INTO patient VALUES ('x', 'Mustermann')",
            "SELECT 'Mustermann'::date",
            "SELECT 'Mustermann', pg_terminate_backend(pg_backend_pid())",
        ):
            with pytest.raises(psycopg.Error):
                query(server, statement)
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
    assert psutil.Process(own[0]).ppid() == postmaster_of(server.home)
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
    wait_until(lambda: any(home.glob("data.new-*")))
    holder.send_signal(signal.SIGSTOP)
    with refused("postgres.busy"):
        EmbeddedPostgres(home).start()
    holder.send_signal(signal.SIGCONT)
    assert said(holder) == "ready"
    assert ended(holder) == "stopped"
