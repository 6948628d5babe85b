"""The embedded server in awkward folders, under other accounts, with other versions' data and programs."""

import os
import pwd
import shutil
import signal
import time
from pathlib import Path

import psutil
import pytest

from app.embedded_postgres import EmbeddedPostgres
from app.postgres_binaries import Binaries, wheel_binaries
from app.postgres_files import SOCKET_LIMIT
from app.server_account import account_for
from tests.app.seats import Run, ended, postmaster_of, processes_in, query, refused, said, wait_until
from tests.servers.postgres import DEBIAN

ROOT = os.geteuid() == 0


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
        assert query(server, "SELECT 1") == [(1,)]
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
        with refused(code) as refusal:
            server.start()
        assert refusal.value.params == {"found": found, "wanted": wanted}
    assert not server.is_running()


def test_failed_start_brings_the_log_and_leaves_no_lease(home: Path) -> None:
    """A server that cannot start says why, soon, and the next try is free."""
    with EmbeddedPostgres(home) as server:
        pass
    own = home / "data" / "postgresql.auto.conf"
    own.write_text("no_such_setting = 1\n")
    started = time.monotonic()
    with refused("postgres.start_failed") as failed:
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
    with refused("postgres.secret_rejected"):
        server.start()
    os.kill(postmaster_of(home), signal.SIGINT)
    wait_until(lambda: not processes_in(home))
    (home / "owner.secret").unlink()
    with refused("postgres.secret_missing"):
        server.start()


def test_folder_that_cannot_be_made(home: Path) -> None:
    """A file in the way is a reason, not a traceback."""
    home.write_text("")
    with refused("postgres.folder_unusable"):
        EmbeddedPostgres(home).start()
    with refused("postgres.not_installed"):
        EmbeddedPostgres(home.parent / "other", binaries=home.parent).start()


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
    assert said(program) == "ready"
    assert (home / "data").stat().st_uid == (home / "owner.secret").stat().st_uid == uid
    assert psutil.Process(postmaster_of(home)).uids().effective == uid
    assert ended(program) == "stopped"


@pytest.mark.skipif(not ROOT, reason="only root needs another account")
def test_as_root_without_namespaces(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where namespaces are forbidden the server runs as nobody, also on data made with one."""
    with EmbeddedPostgres(home) as server:
        query(server, "CREATE TABLE kept AS SELECT 7 AS number")
    monkeypatch.setattr("app.server_account._namespaces_work", lambda: False)
    with refused("postgres.folder_closed"):
        EmbeddedPostgres(home).start()
    home.parent.chmod(0o755)
    with EmbeddedPostgres(home, binaries=_copy_of_the_wheel(home.parent)) as server:
        assert query(server, "SELECT number FROM kept") == [(7,)]
        assert psutil.Process(postmaster_of(home)).username() == "nobody"


@pytest.mark.skipif(not list(Path(DEBIAN).glob("15/bin")), reason="Debian's PostgreSQL 15 is not installed")
def test_another_installation(home: Path) -> None:
    """The same manager runs the programs of an older installation."""
    with EmbeddedPostgres(home, binaries=Path(DEBIAN) / "15" / "bin") as server:
        assert query(server, "SELECT current_setting('server_version_num')::int / 10000") == [(15,)]
        assert query(server, "SELECT datcollate FROM pg_database WHERE datname = 'postgres'") == [("C.UTF-8",)]


def test_warm_start_is_quick(home: Path) -> None:
    """A second start takes 0.15 s; on a busy machine one of several is quick, if there is no needless wait in each."""
    with EmbeddedPostgres(home):
        pass
    for _ in range(10):
        started = time.monotonic()
        with EmbeddedPostgres(home):
            took = time.monotonic() - started
        if took < 2:
            return
    pytest.fail(f"{took:.1f} s, and none before was quicker than 2 s")


@pytest.mark.skipif(not ROOT, reason="only root needs another account")
def test_as_root_the_server_runs_as_an_account_that_exists(home: Path) -> None:
    """The server runs under an account the system knows: initdb asks for its name, and a bare system has few."""
    home.mkdir(parents=True, exist_ok=True)
    account = account_for(home, binaries=wheel_binaries())
    mapped = [part.partition("=")[2] for part in account.prefix if part.startswith("--map-user=")]
    assert pwd.getpwuid(int(mapped[0]) if mapped else account.uid or 0).pw_name == "nobody"
