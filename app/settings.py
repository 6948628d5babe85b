"""The seat's settings: which database, which mail server. Office settings live in the database.

Read from TOML, then overridden by environment variables (PLATZLOTSE_…) for services. Passwords are never here.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import tomli_w

from app.private_files import write_private
from domain.errors import Invalid, Unavailable

SYSTEM_CERTIFICATES = "system"


class Mode(StrEnum):
    """How the seat works: trying out with sample data, alone, or in an office."""

    TRIAL = "trial"
    SINGLE = "single"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The office's PostgreSQL. `sslmode` other than verify-full is accepted on loopback only.

    `host` may name several, with commas between them, of which one takes writes; `pooler` is where a PgBouncer in
    transaction mode stands before it (host or host:port; empty: none). Listening goes past it.
    """

    host: str = ""
    port: int = 5432
    database: str = "platzlotse"
    user: str = ""
    sslmode: str = "verify-full"
    sslrootcert: str = SYSTEM_CERTIFICATES
    pooler: str = ""


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The seat's SMTP server for mails without an account; with an empty host they wait to be sent by hand."""

    host: str = ""
    port: int = 587
    security: str = "starttls"
    username: str = ""
    sender: str = "vermittlung@localhost.invalid"
    sender_name: str = "Vermittlungsstelle"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a seat must know before it can ask the database."""

    mode: Mode = Mode.SINGLE
    server: ServerSettings = field(default_factory=ServerSettings)
    mail: MailSettings = field(default_factory=MailSettings)


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the seat's settings; a missing file gives the defaults. Raises Invalid with the reason."""
    try:
        raw = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
        settings = Settings(
            mode=Mode(raw.get("mode", Mode.SINGLE)),
            server=ServerSettings(**raw.get("server", {})),
            mail=MailSettings(**raw.get("mail", {})),
        )
    except (OSError, ValueError, TypeError, AttributeError) as exc:
        raise Invalid("settings.unreadable", path=str(path), reason=str(exc)) from exc
    return _overridden(settings, environment)


def save(path: Path, settings: Settings) -> None:
    """Write the settings in one step, for this user only: a crash leaves the old file. Raises Unavailable."""
    try:
        write_private(path, tomli_w.dumps(asdict(settings) | {"mode": settings.mode.value}))
    except OSError as exc:
        raise Unavailable("settings.unwritable", path=str(path)) from exc


def _overridden(settings: Settings, environment: Mapping[str, str]) -> Settings:
    if settings.mode is Mode.TRIAL:
        # whoever tries the program out must not write to real practices
        return replace(settings, mail=replace(settings.mail, host=""))
    mail = settings.mail
    mail = replace(
        mail,
        host=environment.get("PLATZLOTSE_SMTP_HOST", mail.host),
        port=int(environment.get("PLATZLOTSE_SMTP_PORT", mail.port)),
        security=environment.get("PLATZLOTSE_SMTP_SECURITY", mail.security),
        username=environment.get("PLATZLOTSE_SMTP_USERNAME", mail.username),
        sender=environment.get("PLATZLOTSE_SMTP_SENDER", mail.sender),
    )
    return replace(settings, mail=mail)
