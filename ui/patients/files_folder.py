"""Where papers lie while somebody reads them: in memory where the system has such a place, gone with lock and end.

Another program shows them, so they have to be files; in a folder of this process for its owner alone, under names that
say nothing of whom they are about. What a process left behind that died is taken away by the next.
"""

import atexit
import os
import re
import shutil
import stat
import tempfile
import threading
from itertools import count
from pathlib import Path

import psutil

_PREFIX = "platzlotse-unterlagen-"
_LEFT = re.compile(rf"{_PREFIX}(\d+)-\w+")
_ENDING = re.compile(r"\.[a-z0-9]{1,8}")
_numbers = count(1)
_making = threading.Lock()
_folders: list[Path] = []  # of this process, at most one in each place


def put_to_read(name: str, content: bytes) -> Path:
    """Write a paper for reading (0400) and return its place; of its name only the ending is kept."""
    ending = Path(name).suffix.lower()
    file = f"Unterlage-{next(_numbers)}{ending if _ENDING.fullmatch(ending) else ''}"
    *better, last = places()
    for place in better:
        try:
            return _put(place, file, content)
        except OSError:  # memory is small
            continue
    return _put(last, file, content)


def places() -> tuple[Path, ...]:
    """Where they may lie, the best first: what the system keeps in memory for this person, then its temporary files."""
    other = Path(tempfile.gettempdir())
    memory = os.environ.get("XDG_RUNTIME_DIR", "")
    return (Path(memory), other) if memory and _is_own(Path(memory)) else (other,)


def sweep(place: Path) -> None:
    """Take away the folders of processes that are no more."""
    for left in place.glob(f"{_PREFIX}*"):
        found = _LEFT.fullmatch(left.name)
        if found and not left.is_symlink() and not _lives(int(found[1]), left):
            shutil.rmtree(left, ignore_errors=True)


def sweep_all() -> None:
    """At the start: whatever a killed program left, wherever it may lie."""
    for place in places():
        sweep(place)


def clear() -> None:
    """When the window is locked and at the end: nothing stays that the program itself laid there."""
    with _making:
        gone, _folders[:] = list(_folders), []
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)


atexit.register(clear)


def _put(place: Path, name: str, content: bytes) -> Path:
    path = Path(tempfile.mkdtemp(dir=_folder(place))) / name
    # Windows cannot take away what may only be read
    mode = 0o600 if os.name == "nt" else 0o400
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path


def _folder(place: Path) -> Path:
    with _making:
        found = next((folder for folder in _folders if folder.parent == place and folder.is_dir()), None)
        if found is None:
            sweep(place)
            found = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=place))  # 0700
            _folders.append(found)
        return found


def _is_own(place: Path) -> bool:
    """A folder for this person alone, as the system promises of it."""
    try:
        found = place.lstat()
    except OSError:
        return False
    return (
        place.is_absolute()
        and stat.S_ISDIR(found.st_mode)
        and (os.name == "nt" or (found.st_uid == os.getuid() and not found.st_mode & 0o077))
    )


def _lives(process: int, folder: Path) -> bool:
    """Whether the process that made it is there still, and no other that was given its number since."""
    try:
        return psutil.Process(process).create_time() <= folder.stat().st_mtime + 1
    except psutil.NoSuchProcess:
        return False
    except (psutil.Error, OSError):
        return True
