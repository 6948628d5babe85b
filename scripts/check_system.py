"""Tells whether what must come from the system is there: libraries of the window, programs the tests start.

Asked by setup.sh where no package manager gives the answer. Exit code 1 after a line on standard error for
each thing that is missing.
"""

import ctypes
import importlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

TEST_PROGRAMS = ("Xvfb", "openbox", "dbus-run-session", "xdotool", "dovecot", "smtpd")
ADMIN_PATHS = "/usr/sbin:/usr/local/sbin:/sbin"
DRIVER = "import gi; gi.require_version('Atspi', '2.0'); import pyatspi"


def missing_libraries() -> Iterator[str]:
    """What the window and the map cannot load, in the loader's words."""
    for module in ("PySide6.QtWidgets", "PySide6.QtWebEngineWidgets"):
        try:
            importlib.import_module(module)
        except ImportError as error:
            yield str(error)
            return
    import PySide6

    # Qt loads its connection to the X server only when it starts, and then ends the whole program
    plugin = Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    if plugin.exists():
        try:
            ctypes.CDLL(str(plugin))
        except OSError as error:
            yield str(error)


def missing_test_programs() -> Iterator[str]:
    """Programs the tests start, and the driver of the window that belongs to the system's own Python."""
    for name in TEST_PROGRAMS:
        if not shutil.which(name) and not shutil.which(name, path=ADMIN_PATHS):
            yield name
    system_python = Path("/usr/bin/python3")
    asked = [str(system_python), "-c", DRIVER]
    if not system_python.exists() or subprocess.run(asked, capture_output=True, check=False).returncode:  # noqa: S603 - fixed words
        yield f"pyatspi ({system_python})"


def missing_servers() -> Iterator[str]:
    """The other PostgreSQL of the long runs."""
    if not any(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        yield "/usr/lib/postgresql/*/bin/initdb"


def main(purpose: str) -> int:
    """Look at what this purpose (run, lint, test, soak) needs."""
    missing = list(missing_libraries())
    if purpose in {"test", "soak"}:
        missing += missing_test_programs()
    if purpose == "soak":
        missing += missing_servers()
    for what in missing:
        sys.stderr.write(f"Es fehlt: {what}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
