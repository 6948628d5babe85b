"""The system's own lock of the screen, where a program may ask for it.

Linux: logind is asked, and the desktop does what it is set to. Without a session of logind, and on a macOS that no
longer brings `CGSession`, nobody can be asked.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

CGSESSION = Path("/System/Library/CoreServices/Menu Extras/User.menu/Contents/Resources/CGSession")
PATIENCE_SECONDS = 10


def lock_command(platform: str = sys.platform, environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """What locks this computer; empty where nothing does."""
    if platform == "win32":
        return ("rundll32.exe", "user32.dll,LockWorkStation")
    if platform == "darwin":
        return (str(CGSESSION), "-suspend") if CGSESSION.exists() else ()
    found = shutil.which("loginctl", path=environment.get("PATH"))
    session = environment.get("XDG_SESSION_ID")
    return (found, "lock-session", session) if found and session else ()


def lock_computer(command: tuple[str, ...]) -> bool:
    """Ask for the lock; False where that was refused."""
    if not command:
        return False
    try:
        done = subprocess.run(command, timeout=PATIENCE_SECONDS, check=False)  # noqa: S603 - one of `lock_command`
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
