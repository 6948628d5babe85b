"""Whether Chromium's sandbox can work here. Where it cannot, Chromium ends the whole program with an abort.

Doing without is defensible for this page alone: it shows our own files and every other address is blocked.
"""

import os
from pathlib import Path

SWITCH = "QTWEBENGINE_DISABLE_SANDBOX"
# Each file names a kernel setting and the value under which ordinary users get no namespaces of their own.
FORBIDDING = (
    (Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"), "1"),  # Ubuntu from 23.10 on
    (Path("/proc/sys/kernel/unprivileged_userns_clone"), "0"),  # older Debian
    (Path("/proc/sys/user/max_user_namespaces"), "0"),
)


def sandbox_works() -> bool:
    """False for root (Chromium refuses) and where the kernel denies user namespaces."""
    if os.name == "nt":
        return True
    return os.geteuid() != 0 and not any(_reads(path, value) for path, value in FORBIDDING)


def allow_missing_sandbox() -> None:
    """Tell Chromium to go without where it would abort; before WebEngine starts. The user's own setting stands."""
    if not sandbox_works():
        os.environ.setdefault(SWITCH, "1")


def _reads(path: Path, value: str) -> bool:
    try:
        return path.read_text().strip() == value
    except OSError:
        return False
