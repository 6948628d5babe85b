"""Where papers lie while somebody reads them: a folder of this process for its owner alone, gone when it ends.

Another program shows them, so they have to be files; what a process left behind that died is taken away by the next.
"""

import atexit
import os
import re
import shutil
import tempfile
from functools import cache
from pathlib import Path

import psutil

from ui.translation import tr

_PREFIX = "platzlotse-unterlagen-"
_LEFT = re.compile(rf"{_PREFIX}(\d+)-\w+")


def put_to_read(name: str, content: bytes) -> Path:
    """Write a paper for reading (0400) and return its place.

    Of its name only the ending is kept: what the other program shows, and remembers as opened last, tells of nobody.
    """
    path = Path(tempfile.mkdtemp(dir=_folder())) / f"{tr('Unterlage')}{Path(name).suffix.lower()}"
    # Windows cannot take away what may only be read
    mode = 0o600 if os.name == "nt" else 0o400
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return path


@cache
def _folder() -> Path:
    place = Path(tempfile.gettempdir())
    sweep(place)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=place))  # 0700
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def sweep(place: Path) -> None:
    """Take away the folders of processes that are no more."""
    for left in place.glob(f"{_PREFIX}*"):
        found = _LEFT.fullmatch(left.name)
        if found and not left.is_symlink() and not psutil.pid_exists(int(found[1])):
            shutil.rmtree(left, ignore_errors=True)
