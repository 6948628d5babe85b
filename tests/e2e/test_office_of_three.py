"""An office of several roles on a real server, set up and worked with in the windows of each, from outside."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

from domain.audit_check import verify_audit
from domain.database import Database
from tests.servers.office_server import OTHER_MACHINE, OfficeServer

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
SYSTEM_PYTHON = "/usr/bin/python3"
CHIEF = "chief-of-the-tests"
SECRETS = {
    "PLATZLOTSE_SUPERUSER_PASSWORD": CHIEF,
    "PLATZLOTSE_OWNER_PASSWORD": "owner-of-the-tests",
    "PLATZLOTSE_ADMIN_PASSWORD": "verena-of-the-tests",
    "PLATZLOTSE_WORKER_PASSWORD": "service-of-the-tests",
    "PLATZLOTSE_BACKUP_PASSWORD": "backups-of-the-tests",
}
PROGRAM = [sys.executable, str(ROOT / "main.py")]


def found(server: OfficeServer, query: str, database: str = "platzlotse") -> list[Any]:
    """The rows a superuser sees."""
    engine = create_engine(server.admin_url(database), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            result = connection.execute(text(query))
            return [tuple(row) for row in result] if result.returns_rows else []
    finally:
        engine.dispose()


def set_up(server: OfficeServer) -> None:
    """As an office does it: a superuser, then `main.py admin init`."""
    found(server, f"CREATE ROLE chief SUPERUSER LOGIN PASSWORD '{CHIEF}'", "postgres")
    url = f"postgresql://chief@{OTHER_MACHINE}:{server.port}"
    init = ["admin", "init", "--server", url, "--ca-file", str(server.certificate)]
    done = subprocess.run(
        [*PROGRAM, *init, "--login", "verena", "--name", "Verena Admin"],
        env=os.environ | SECRETS, capture_output=True, text=True, timeout=180, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@contextmanager
def working(server: OfficeServer, profile: Path) -> Iterator[None]:
    """The office's worker as a process of its own."""
    profile.mkdir()
    (profile / "settings.toml").write_text('mode = "server"\n', "utf-8")
    login = URL.create(
        "postgresql+psycopg", "vermittlungsdienst", SECRETS["PLATZLOTSE_WORKER_PASSWORD"],
        OTHER_MACHINE, server.port, "platzlotse", {"sslmode": "verify-full", "sslrootcert": str(server.certificate)},
    )  # fmt: skip
    known = os.environ | {"PLATZLOTSE_WORKER_URL": login.render_as_string(hide_password=False)}
    worker = subprocess.Popen([*PROGRAM, "--profile", str(profile), "worker"], env=known)
    try:
        yield
        assert worker.poll() is None, "the worker ended by itself"
    finally:
        worker.terminate()
        worker.wait(60)


@pytest.mark.e2e
@pytest.mark.soak
def test_an_office_is_set_up_and_worked_with_in_its_windows(tmp_path: Path) -> None:
    """Admin, supervisor, two caseworkers and who audits: what each does and sees is in the windows and the database."""
    pictures = ROOT / "build" / "e2e"
    pictures.mkdir(parents=True, exist_ok=True)
    seats = tmp_path / "seats"
    seats.mkdir()
    with OfficeServer() as server:
        set_up(server)
        with working(server, tmp_path / "worker"):
            done = subprocess.run(
                [
                    "dbus-run-session", "--", "bash", str(HERE / "screen.sh"),
                    SYSTEM_PYTHON, str(HERE / "office_driver.py"), str(pictures), *PROGRAM, str(seats),
                    OTHER_MACHINE, str(server.port), str(server.certificate), SECRETS["PLATZLOTSE_ADMIN_PASSWORD"],
                ],
                env=os.environ | {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
                capture_output=True, text=True, timeout=900, check=False,
            )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert "done" in done.stdout
        assert "Traceback" not in done.stderr
        people = found(
            server,
            "SELECT p.role_name, p.roles, t.name, p.password_given_at IS NULL FROM platform.person p"
            " LEFT JOIN platform.team t ON t.id = p.team_id ORDER BY 1",
        )
        assert people == [
            ("jana", ["caseworker"], "Nord", True),
            ("omar", ["caseworker"], "Ost", True),
            ("paula", ["auditor"], None, True),
            ("silke", ["supervisor"], None, True),
            ("verena", ["admin"], None, True),
        ]
        patients = "SELECT p.last_name, t.name FROM patient_service.patient p JOIN platform.team t ON t.id = p.team_id"
        assert found(server, patients) == [("Überall", "Nord")]
        assert found(server, "SELECT body FROM communication_service.contact_entry") == [("Ruft am Montag zurück",)]
        wrote = dict(
            found(
                server,
                "SELECT split_part(table_name, '.', 2), min(actor) FROM audit.entry WHERE operation = 'insert'"
                " AND table_name ~ '[.](patient|therapist|contact_entry)$' GROUP BY 1",
            )
        )
        assert wrote == {"patient": "silke", "therapist": "jana", "contact_entry": "jana"}
        others = "SELECT DISTINCT operation, table_name FROM audit.entry WHERE actor IN ('omar', 'paula')"
        assert found(server, others) == [("update", "platform.person")]  # their passwords
        database = Database(server.admin_url("platzlotse"))
        with database.read() as session:
            assert verify_audit(session, now=datetime.now(UTC)).sound
        database.close()
