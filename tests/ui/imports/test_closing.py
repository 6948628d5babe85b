"""The window that reads files in, closed together with its page."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import Office

SAMPLE = Path(__file__).parents[3] / "resources" / "samples" / "arztsuche-v2.json"
TIMES = 6


def test_window_and_page_closed_in_one_tick_do_not_end_the_program(office: Office) -> None:
    """While a trial tells how far it is, from a thread of its own; in a process of its own, which would end."""
    command = [sys.executable, "-X", "faulthandler", "-m", "tests.ui.imports.closing_program"]
    ended = subprocess.run(
        [*command, office.url("jana"), str(SAMPLE), str(TIMES)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    said = [line for line in ended.stderr.splitlines() if "propagateSizeHints" not in line]  # of the offscreen platform
    assert (ended.returncode, ended.stdout.strip(), said) == (0, str(TIMES), [])
