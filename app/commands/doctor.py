"""`main.py doctor`: checks this seat and says in a sentence each what is well and what is not."""

import argparse
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import text

from app.cli import DONE, REFUSED, say, tell
from app.paths import Profile
from app.seat import open_seat
from app.secrets import has_keyring
from app.settings import Mode, load
from domain.backups.office_backups import read_state
from domain.database import Database
from domain.errors import PlatzlotseError
from domain.event_feed import CONSUMER, events_to_come
from domain.migrations import HEAD
from domain.worker_troubles import troubles
from ui.admin.backup_words import key_words, state_words
from ui.admin.worker_words import trouble_words
from ui.errors import describe
from ui.translation import tr

Check = tuple[str, bool, str]
LOW_DISK_BYTES = 1_000_000_000


def run(options: argparse.Namespace, profile: Profile | None) -> int:
    """Exit code 1 when something that must be well is not."""
    profile = profile or Profile.default()
    checks = list(_checks(profile))
    if options.json:
        say({"checks": [{"name": name, "ok": well, "text": words} for name, well, words in checks]})
    else:
        for _, well, words in checks:
            tell(("✓ " if well else "✗ ") + words)
    return DONE if all(well for _, well, _ in checks) else REFUSED


def _checks(profile: Profile) -> Iterator[Check]:
    settings = load(profile.settings)
    try:
        with open_seat(profile, settings) as seat:
            database = Database(seat.person_url)
            with database.read() as session:
                version = session.scalar(text("SHOW server_version"))
                therapists = session.scalar(text("SELECT count(*) FROM therapist_service.therapist"))
                waiting = session.scalar(
                    text("SELECT count(*) FROM communication_service.email WHERE status IN ('unclear', 'failed')")
                )
                hindered = troubles(session)
                to_come = events_to_come(session, CONSUMER)
                backups = read_state(session, now=datetime.now(UTC))
            database.close()
    except PlatzlotseError as error:
        yield "database", False, describe(error)
        return
    yield "database", True, tr("Datenbank PostgreSQL {version}, Stand {head}").format(version=version, head=HEAD)
    yield "directory", True, tr("{n} Therapeuten im Bestand").format(n=therapists)
    yield "mail", not waiting, tr("{n} E-Mails sind unklar oder nicht gesendet").format(n=waiting)
    well = tr("Hintergrunddienst ohne Störung")
    yield "worker", not hindered, " ".join(trouble_words(trouble) for trouble in hindered) or well
    if to_come is not None:
        yield "relay", True, tr("{n} Ereignisse warten auf das Weitergeben an Kafka").format(n=to_come)
    yield "backup", not backups.late, " ".join(state_words(backups))
    yield "recovery_key", backups.recovery_made_at is not None or backups.verified is None, key_words(backups)
    where = tr("Mails werden auf diesem Rechner aufgefangen, nichts wird gesendet")
    yield "smtp", True, tr("Mailserver {host}").format(host=settings.mail.host) if settings.mail.host else where
    free = shutil.disk_usage(profile.home).free
    yield "disk", free > LOW_DISK_BYTES, tr("{n} GB frei").format(n=f"{free / 1e9:.1f}".replace(".", ","))
    if settings.mode is Mode.SERVER:
        yield "keyring", has_keyring(), tr("Schlüsselbund des Systems für das Kennwort")
