"""The real window on a virtual screen, driven from outside through its accessible names."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
SYSTEM_PYTHON = "/usr/bin/python3"


@pytest.mark.e2e
def test_a_caseworker_enters_a_patient_and_asks_a_practice(tmp_path: Path) -> None:
    """Patient, consent, search, inquiry: all by pressing what has a name; the mail is caught on this machine."""
    pictures = ROOT / "build" / "e2e"
    pictures.mkdir(parents=True, exist_ok=True)
    profile = tmp_path / "profil"
    command = ["dbus-run-session", "--", "bash", str(HERE / "screen.sh"), SYSTEM_PYTHON, str(HERE / "driver.py")]
    done = subprocess.run(
        [*command, str(pictures), sys.executable, str(ROOT / "main.py"), str(profile)],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "done" in done.stdout
    assert "Traceback" not in done.stderr
    caught = list((profile / "caught-mail").glob("*.eml"))
    assert len(caught) >= 9  # the sample's eight inquiries and this one
