"""Logins for backups of an office's server: a file of a service, holding one URL, that no other user reads.

systemd hands such files over as credentials; elsewhere the environment names them. A single seat needs none.
"""

import os
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.server_seat import LOOPBACK
from domain.errors import Invalid, Unavailable

BACKUP, OWNER = "PLATZLOTSE_BACKUP_LOGIN", "PLATZLOTSE_OWNER_LOGIN"
CREDENTIALS = "CREDENTIALS_DIRECTORY"


def login_url(name: str) -> str | None:
    """The URL in the file the environment names, or in the service's credential of that name; None without any."""
    folder = os.environ.get(CREDENTIALS)
    named = os.environ.get(name) or (folder and str(Path(folder) / name.lower()))
    if not named or not (os.environ.get(name) or Path(named).exists()):
        return None
    try:
        url = make_url(Path(named).read_text("utf-8").strip())
    except (OSError, UnicodeDecodeError, ArgumentError) as exc:
        raise Unavailable("backup.login_unreadable", path=named) from exc
    host = url.query.get("host") or url.host or ""
    near = not host or host in LOOPBACK or str(host).startswith("/")
    if not near and url.query.get("sslmode") != "verify-full":
        raise Unavailable("database.tls_required", host=host)
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def needed_login(name: str) -> str:
    """The same; raises Invalid (``backup.login_missing``) where nobody handed one over."""
    url = login_url(name)
    if url is None:
        raise Invalid("backup.login_missing", name=name)
    return url
