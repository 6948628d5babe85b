"""The files an embedded cluster needs beside its data: its configuration and the socket's folder.

Knows where things lie and who may read them; starts nothing.
"""

import os
import re
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from app.private_files import write_private
from app.server_account import Account

WINDOWS = os.name == "nt"
SOCKET_LIMIT = 107 - len("/.s.PGSQL.5432")  # bytes of sun_path on Linux, less the socket's own name
# A comma or colon parts hosts in a connection string, a blank becomes a plus in a URL, which libpq does not
# turn back, quotes and backslashes need care in the configuration.
SOCKET_CHARACTERS = re.compile(r"[\w./=~-]+")

CONFIGURATION = """\
# Written anew at every start; own settings belong into postgresql.auto.conf (ALTER SYSTEM).
listen_addresses = '{addresses}'
port = {port}
unix_socket_directories = '{socket}'
cluster_name = 'platzlotse'
shared_buffers = '64MB'
max_connections = 40
jit = off
# No personal data in the log: an error's text, detail or statement may quote them; its caller gets it anyway.
log_statement = 'none'
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length_on_error = 0
"""


READY, BEFORE = "data.ready-", "data.before-"  # data that take the place of others, and those
QUICK = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n"  # for what nobody keeps


def configure(data: Path, *, account: Account, socket: Path, port: int, lasting: bool = True) -> None:
    """Write our part of the cluster's configuration and include it."""
    ours = data / "platzlotse.conf"
    content = CONFIGURATION.format(
        addresses="127.0.0.1" if WINDOWS else "", port=port, socket="" if WINDOWS else str(socket)
    )
    write_private(ours, content if lasting else content + QUICK)
    main = data / "postgresql.conf"
    include = "include_if_exists = 'platzlotse.conf'\n"
    if include not in (present := main.read_text("utf-8")):
        write_private(main, f"{present}\n{include}")
    account.hand_over(ours, main)


def socket_folder(home: Path, *, account: Account) -> Path:
    """`run` inside the home, or a private folder elsewhere where that path cannot serve as a socket's.

    The other folder is remembered in the home: programs of one profile may run with different environments.
    """
    own = home / "run"
    if WINDOWS or _serves(own):
        own.mkdir(exist_ok=True, mode=0o700)
        account.hand_over(own)
        return own
    note = home / "socket-folder"
    if (remembered := remembered_socket_folder(home)) is not None and _is_private(remembered, account):
        return remembered
    made = Path(tempfile.mkdtemp(prefix="platzlotse-", dir=_base(account)))
    account.hand_over(made)
    write_private(note, str(made))
    return made


def remembered_socket_folder(home: Path) -> Path | None:
    """Tell the folder an earlier start chose outside the home, if it chose one."""
    with suppress(FileNotFoundError):
        return Path((home / "socket-folder").read_text("utf-8"))
    return None


def remove_leftovers(home: Path) -> None:
    """Clear the unfinished folders of killed initdbs; what one still writes goes the next time."""
    for leftover in home.glob("data.new*"):
        shutil.rmtree(leftover, ignore_errors=True)


def set_ready(home: Path, fresh: Path, moment: str) -> str:
    """Name a stopped cluster's data the next ones of this home: from now on every start goes on from there.

    Returns the name under which the data of before lie beside, unchanged.
    """
    fresh.rename(home / f"{READY}{moment}")
    _keep_entries(home)
    finish_replacing(home)
    return f"{BEFORE}{moment}"


def finish_replacing(home: Path) -> None:
    """Go on with what a killed program began: the data of before are set aside, the next ones take their place."""
    for ready in sorted(home.glob(f"{READY}*")):
        with suppress(FileNotFoundError):
            (home / "data").rename(home / f"{BEFORE}{ready.name.removeprefix(READY)}")
        ready.rename(home / "data")
        _keep_entries(home)


def _keep_entries(folder: Path) -> None:
    """The new names are on disk, too; on Windows a folder cannot be asked for it."""
    if WINDOWS:
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _serves(folder: Path) -> bool:
    return len(os.fsencode(folder)) <= SOCKET_LIMIT and SOCKET_CHARACTERS.fullmatch(str(folder)) is not None


def _base(account: Account) -> str:
    """Choose a folder for short-lived files with a short path; TMPDIR itself may be deep."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    candidates = [tempfile.gettempdir(), "/tmp"]  # noqa: S108 - mkdtemp makes a private folder in it
    if runtime and not account.is_other:
        candidates.insert(0, runtime)
    for candidate in candidates:
        if os.access(candidate, os.W_OK | os.X_OK) and _serves(Path(candidate) / ("platzlotse-" + 8 * "x")):
            return candidate
    return candidates[-1]


def _is_private(folder: Path, account: Account) -> bool:
    """Whether it is a folder of ours that nobody else can enter, not a link somebody laid there."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    owner = os.geteuid() if account.uid is None else account.uid
    return stat.S_ISDIR(found.st_mode) and found.st_uid == owner and stat.S_IMODE(found.st_mode) == 0o700
