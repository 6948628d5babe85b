"""Bringt die Datenbank eines Büro-Servers auf den Stand dieses Programms; darf beliebig oft laufen.

Dieselben Schritte wie „main.py admin init“, ohne jemanden zu fragen, dazu die Anmeldung des PgBouncers. Kennwörter
stehen in Dateien und gelten danach so, wie sie dort stehen; gezeigt oder weitergegeben wird keines.
"""

import os
import sys
import time
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.office_setup import Plan, Secret, set_up
from app.setup_words import step_words
from domain.errors import PlatzlotseError
from domain.migrations import HEAD
from ui.errors import describe

SERVICE, BACKUP = "vermittlungsdienst", "sicherungsdienst"
FILES = {Secret.OWNER: "OWNER", Secret.SERVICE: "WORKER", Secret.BACKUP: "BACKUP", Secret.POOLER: "POOLER"}
PATIENCE_SECONDS = 60


def secret(name: str) -> str:
    """A password from the file the environment names."""
    path = os.environ.get(f"PLATZLOTSE_{name}_PASSWORD_FILE", "")
    try:
        found = Path(path).read_text("utf-8").rstrip("\r\n")
    except OSError as exc:
        raise SystemExit(f"PLATZLOTSE_{name}_PASSWORD_FILE: „{path}“ lässt sich nicht lesen ({exc.strerror}).") from exc
    if not found:
        raise SystemExit(f"PLATZLOTSE_{name}_PASSWORD_FILE: „{path}“ ist leer.")
    return found


def superuser_url() -> URL:
    """How to reach the server; with TLS and a checked certificate, on this machine, too."""
    return URL.create(
        "postgresql+psycopg",
        username=os.environ.get("PLATZLOTSE_SUPERUSER", "postgres"),
        password=secret("SUPERUSER"),
        host=os.environ.get("PLATZLOTSE_SERVER", "127.0.0.1"),
        port=int(os.environ.get("PLATZLOTSE_PORT", "5432")),
        database="postgres",
        query={"sslmode": "verify-full", "sslrootcert": os.environ.get("PLATZLOTSE_CA") or "system"},
    )


def wait_for(server: URL) -> None:
    """A server that is just starting gets its time."""
    line = server.set(drivername="postgresql").update_query_dict({"connect_timeout": "5"})
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            psycopg.connect(line.render_as_string(hide_password=False)).close()
        except psycopg.OperationalError as exc:
            if time.monotonic() > deadline:
                raise SystemExit(f"Der Server ist nicht zu erreichen: {exc}") from exc
            time.sleep(0.5)
        else:
            return


def main() -> int:
    """Each step looks first at what is there."""
    server = superuser_url()
    known = {what: secret(name) for what, name in FILES.items()}  # before anything is changed
    plan = Plan(
        superuser_url=server.render_as_string(hide_password=False),
        database=os.environ.get("PLATZLOTSE_DATABASE", "platzlotse"),
        service_login=SERVICE,
        backup_login=BACKUP,
        pooler=True,
        renew=True,
    )
    wait_for(server)
    try:
        for step in set_up(plan, lambda what, _: known[what]):
            sys.stdout.write(step_words(step) + "\n")
    except PlatzlotseError as error:
        sys.stderr.write(describe(error) + "\n")
        return 1
    sys.stdout.write(f"Die Datenbank ist auf dem Stand {HEAD}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
