"""pg_dump and pg_restore of a server's own major version, as streams. They know neither seals nor what is dumped."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from sqlalchemy.engine import make_url

from app.office_pooler import SCHEMA as POOLER_SCHEMA
from app.postgres_binaries import NO_WINDOW, Binaries, wheel_binaries
from domain.errors import Unavailable

CHOICE = "PLATZLOTSE_POSTGRES_BIN"
DEBIAN = "/usr/lib/postgresql/{major}/bin"
BLOCK = 1 << 20
LOCK_SECONDS = 60
LOOK_SECONDS = 0.2  # how late it is noticed that the program ends

Halted = Callable[[], bool]


def never() -> bool:
    """Nobody ends it."""
    return False


def refuse_halted(halted: Halted) -> None:
    """Raise Unavailable (``backup.interrupted``) when the program ends."""
    if halted():
        raise Unavailable("backup.interrupted")


def binaries_of(major: int, *, tls: bool = False) -> Binaries:
    """The programs of a major version: the environment's, the built-in ones, the distribution's. Raises Unavailable.

    The built-in ones know no TLS, which another machine wants.
    """
    chosen = os.environ.get(CHOICE)
    built_in = None if tls else _built_in()
    for folder in (Path(chosen) if chosen else None, built_in, Path(DEBIAN.format(major=major))):
        with suppress(Unavailable):
            if folder is not None and (found := Binaries(folder)).major == major:
                return found
    raise Unavailable("backup.no_tools", major=major)


def own_binaries() -> Binaries:
    """Those for a server of the program's own version."""
    return binaries_of(Binaries(wheel_binaries()).major)


def wants_tls(url: str) -> bool:
    """Whether a connection is to be encrypted."""
    return "sslmode" in make_url(url).query


def _built_in() -> Path | None:
    with suppress(Unavailable):
        return wheel_binaries()
    return None


@contextmanager
def dumping(binaries: Binaries, url: str, *, snapshot: str, halted: Halted = never) -> Iterator[Iterator[bytes]]:
    """The dump of a snapshot, piece by piece. Raises Unavailable (``backup.not_dumped``) where it breaks off."""
    # -B: nothing of ours is a large object, and one that somebody made would end the dump
    command = [
        *(str(binaries.folder / "pg_dump"), "--format=custom", "--compress=1", "--no-owner", "-B"),
        # the pooler's way in is the server's, as its login is; and nobody's lock holds a backup up for ever
        *(f"--exclude-schema={POOLER_SCHEMA}", f"--lock-wait-timeout={LOCK_SECONDS}s"),
        *(f"--snapshot={snapshot}", f"--dbname={_conninfo(url)}"),
    ]
    with tempfile.TemporaryFile() as words:
        dump = _start(command, url, stdout=subprocess.PIPE, stderr=words)
        with dump:
            assert dump.stdout is not None
            try:
                yield _pieces(dump, dump.stdout, halted)
            finally:
                dump.kill()  # nothing where it has ended


def load(
    binaries: Binaries, url: str, pieces: Iterable[bytes], *, owner: str | None = None, halted: Halted = never
) -> None:
    """Put a dump into an empty database, as the login of `url` or as the `owner` it may act for.

    Raises Unavailable (``backup.not_restored``), and what the pieces raise.
    """
    command = [str(binaries.folder / "pg_restore"), "--no-owner", "--exit-on-error", f"--dbname={_conninfo(url)}"]
    if owner is not None:
        command.append(f"--role={owner}")
    with tempfile.TemporaryFile() as words, _start(command, url, stdin=subprocess.PIPE, stderr=words) as restore:
        assert restore.stdin is not None
        try:
            with suppress(BrokenPipeError):  # it says by its exit code why it reads no more
                for piece in pieces:
                    refuse_halted(halted)
                    restore.stdin.write(piece)
                restore.stdin.close()
            while restore.poll() is None:  # indexes and foreign keys are built
                refuse_halted(halted)
                with suppress(subprocess.TimeoutExpired):
                    restore.wait(LOOK_SECONDS)
            if restore.returncode != 0:
                raise Unavailable("backup.not_restored")
        finally:
            restore.kill()


def _pieces(dump: subprocess.Popen[bytes], output: IO[bytes], halted: Halted) -> Iterator[bytes]:
    while piece := output.read(BLOCK):
        refuse_halted(halted)
        yield piece
    if dump.wait() != 0:
        raise Unavailable("backup.not_dumped")


def _conninfo(url: str) -> str:
    # the password goes by the environment: arguments are everybody's to read
    return make_url(url).set(drivername="postgresql", password=None).render_as_string(hide_password=False)


def _start(
    command: list[str],
    url: str,
    *,
    stderr: IO[bytes],
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    password = make_url(url).password
    if password is not None:
        environment["PGPASSWORD"] = str(password)
    return subprocess.Popen(  # noqa: S603 - a program of the installation
        command, stdin=stdin, stdout=stdout, stderr=stderr, env=environment, creationflags=NO_WINDOW
    )
