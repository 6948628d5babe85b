"""The first run on a virtual screen, driven from outside through accessible names."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from app.embedded_postgres import EmbeddedPostgres
from app.paths import Profile
from app.seat import open_seat
from app.settings import Mode, load
from domain.access import me, office
from domain.database import Database

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
SYSTEM_PYTHON = "/usr/bin/python3"


@pytest.mark.e2e
def test_somebody_sets_up_a_seat_of_their_own() -> None:
    """Names typed in the window are those of the database; the second start asks nothing; nothing keeps running."""
    pictures = ROOT / "build" / "e2e"
    pictures.mkdir(parents=True, exist_ok=True)
    command = ["dbus-run-session", "--", "bash", str(HERE / "screen.sh"), SYSTEM_PYTHON]
    with tempfile.TemporaryDirectory(prefix="plfirst-") as folder:
        profile = Profile(Path(folder) / "Vermittlung")
        arguments = [str(pictures), sys.executable, str(ROOT / "main.py"), str(profile.home)]
        done = subprocess.run(
            [*command, str(HERE / "first_run_driver.py"), *arguments],
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "done" in done.stdout
        assert "Traceback" not in done.stderr
        assert not EmbeddedPostgres(profile.postgres).is_running()
        settings = load(profile.settings, {})
        assert (settings.mode, settings.mail.sender_name) == (Mode.SINGLE, "Vermittlung Aachen")
        with open_seat(profile, settings) as seat:
            database = Database(seat.person_url)
            with database.read() as session:
                assert (me(session).display_name, office(session).name) == ("Jörg Überall", "Vermittlung Aachen")
            database.close()
