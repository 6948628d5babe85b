"""`main.py backup`: a backup of this seat, brought back in a scratch cluster and compared; `--new-key` for paper."""

import argparse
from datetime import UTC, datetime

from app.backups.keys import machine_key, make_recovery_key, public_keys
from app.backups.making import make_backup, verify
from app.cli import DONE, say, tell
from app.embedded_postgres import EmbeddedPostgres
from app.paths import Profile
from app.seat import DATABASE, open_seat
from app.settings import Mode, load
from domain.backups.files import Kind, clear_leftovers
from domain.errors import Invalid
from ui import formats
from ui.translation import tr


def run(options: argparse.Namespace, profile: Profile | None) -> int:
    """Exit code 0 only for a backup that was verified."""
    profile = profile or Profile.default()
    settings = load(profile.settings)
    if settings.mode is Mode.SERVER:
        raise Invalid("backup.only_embedded")
    if not (profile.settings.exists() or profile.postgres.exists()):
        raise Invalid("seat.not_set_up", path=str(profile.home))
    if options.new_key:
        key = make_recovery_key(profile)
        if options.json:
            say({"key": key})
        else:
            tell(tr("Wiederherstellungsschlüssel, bitte auf Papier verwahren; er wird nicht noch einmal gezeigt:"))
            tell(key)
        return DONE
    folder = options.folder or profile.home / "backups"
    if options.folder is None:
        profile.make()
        folder.mkdir(exist_ok=True, mode=0o700)
    now = datetime.now(UTC)
    server = EmbeddedPostgres(profile.postgres)
    with open_seat(profile, settings), server:
        clear_leftovers(folder)
        keys = public_keys(profile)
        made = make_backup(server.url(database=DATABASE), folder, keys, kind=Kind.MANUAL, now=now)
    verify(made.path, [machine_key(profile)], profile.home / "backup-scratch", now=now)
    if options.json:
        say({"file": str(made.path), "size": made.size, "verified": True, "recovery_key": len(keys) > 1})
    else:
        tell(
            tr("Gesichert und durch Zurücklesen geprüft: {file} ({size}).").format(
                file=made.path, size=formats.size(made.size)
            )
        )
        if len(keys) == 1:
            tell(tr("Nur dieser Rechner kann sie öffnen. Drucken Sie mit --new-key einen Wiederherstellungsschlüssel."))
    return DONE
