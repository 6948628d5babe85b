"""The seat: its folder, keyring, drafts, disk and way to the server. Asks the system and the server's port only."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from app.doctor import disk
from app.doctor.certificate import certificate
from app.paths import Profile
from app.secrets import has_keyring
from app.server_seat import LOOPBACK, hosts_of
from app.settings import SYSTEM_CERTIFICATES, Mode, Settings
from domain.health.models import Finding, fail, ok, warn

PLAIN_SQLITE = b"SQLite format 3\x00"


def seat_findings(profile: Profile, settings: Settings, *, now: datetime) -> tuple[Finding, ...]:
    """Everything of this machine; takes seconds where the server does not answer."""
    return tuple(_findings(profile, settings, now))


def _findings(profile: Profile, settings: Settings, now: datetime) -> Iterator[Finding]:
    yield disk.room(profile.home)
    yield disk.encryption(profile.home)
    if os.name != "nt":  # there a user's own data folder is closed by the system
        yield _private(profile)
    yield _keyring(settings)
    yield _drafts(profile.drafts)
    server = settings.server
    if settings.mode is Mode.SERVER:
        for host, port in hosts_of(server):  # whichever takes writes next, each with its own
            if host not in LOOPBACK or server.sslrootcert != SYSTEM_CERTIFICATES:
                yield certificate(replace(server, host=host, port=port), now=now)
    if settings.mode is Mode.TRIAL:
        yield ok("smtp", "smtp.trial")
    elif settings.mail.host:
        yield ok("smtp", "smtp", host=settings.mail.host)


def _private(profile: Profile) -> Finding:
    """Nobody else reads the folder or what is secret in it."""
    # the embedded server's own account may own what is below; its folder is closed like ours
    secret = (profile.home, profile.postgres, profile.settings, profile.worker_key, profile.drafts, profile.draft_key)
    open_to_others = [path.name for path in secret if path.exists() and path.stat().st_mode & 0o077]
    if open_to_others:
        return fail("folder", "folder.open", path=str(profile.home), what=", ".join(open_to_others))
    return ok("folder", "folder")


def _keyring(settings: Settings) -> Finding:
    if has_keyring():
        return ok("keyring", "keyring")
    # alone at the seat no password is kept: only the passphrase of the drafts is asked for
    return warn("keyring", "keyring.none") if settings.mode is Mode.SERVER else ok("keyring", "keyring.asked")


def _drafts(path: Path) -> Finding:
    if not path.exists():
        return ok("drafts", "drafts.none")
    try:
        with path.open("rb") as file:
            plain = file.read(len(PLAIN_SQLITE)) == PLAIN_SQLITE
    except OSError as error:
        return fail("drafts", "drafts.unreadable", why=error.strerror or type(error).__name__)
    return fail("drafts", "drafts.plain") if plain else ok("drafts", "drafts")
