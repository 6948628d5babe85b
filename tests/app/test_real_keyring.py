"""The password lies in the system's own keyring (GNOME's, over D-Bus) and nowhere else; without one it is asked for."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.conftest import PASSWORD
from tests.servers.office_server import OTHER_MACHINE
from ui.first_run.ports import ServerAddress

REPOSITORY = Path(__file__).parents[2]
SECONDS = 240
# one session bus for both programs; the keyring is unlocked as the login does it, and ends with its bus
WITH_KEYRING = """
printf 'login-password' | gnome-keyring-daemon --unlock --components=secrets >"$RUN/keyring" 2>&1 || exit 3
"$@" join "$ADDRESS" || exit 4
"$@" open </dev/null
"""
WITHOUT = """
"$@" join "$ADDRESS" || exit 4
"$@" open </dev/null
"""


def in_session(home: Path, script: str, address: ServerAddress) -> list[dict[str, object]]:
    """Run the program twice in a session of its own, as a person at a desktop has it; returns what it said."""
    run = home / "run"
    run.mkdir(mode=0o700)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(run),
        "XDG_DATA_HOME": str(home / "share"),
        "RUN": str(run),
        "ADDRESS": json.dumps(asdict(address)),
        "PYTHONPATH": str(REPOSITORY),
        "LANG": "C.UTF-8",
    }
    program = [sys.executable, "-m", "tests.app.keyring_program", str(home / "profile")]
    done = subprocess.run(
        [shutil.which("dbus-run-session") or "dbus-run-session", "--", "sh", "-c", script, "sh", *program],
        env=environment,
        cwd=REPOSITORY,
        input=f"{PASSWORD}\n",
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{done.returncode}: {done.stdout}\n{done.stderr}"
    return [json.loads(line) for line in done.stdout.splitlines()]


def files_with(folder: Path, words: str) -> list[Path]:
    """Files below a folder that hold these words, in any of the usual encodings."""
    wanted = (words.encode(), words.encode("utf-16-le"), words.encode().hex().encode())
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if any(form in path.read_bytes() for form in wanted)]


def test_the_password_lies_in_the_keyring_of_the_system(tmp_path: Path, address: ServerAddress) -> None:
    """The second start needs none; no file of the person's home has it in the clear, the keyring's is sealed."""
    said = in_session(tmp_path, WITH_KEYRING, address)
    assert said == [{"keyring": True, "said": "open"}] * 2
    assert files_with(tmp_path, PASSWORD) == []
    kept = list((tmp_path / "share" / "keyrings").glob("*.keyring"))
    assert kept
    assert OTHER_MACHINE in (tmp_path / "profile" / "settings.toml").read_text()


@pytest.mark.parametrize("with_bus", [pytest.param(True, marks=pytest.mark.soak), False], ids=["bus", "no bus"])
def test_without_a_keyring_every_start_asks(tmp_path: Path, address: ServerAddress, *, with_bus: bool) -> None:
    """It is held for the session only: the second start refuses without it, and no file has it."""
    script = WITHOUT if with_bus else f"export DBUS_SESSION_BUS_ADDRESS=disabled:\n{WITHOUT}"
    said = in_session(tmp_path, script, address)
    assert [answer["said"] for answer in said] == ["open", "server.password_missing"]
    assert files_with(tmp_path, PASSWORD) == []
    assert list(tmp_path.rglob("*.keyring")) == []
