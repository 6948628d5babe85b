"""`main.py backup`: a backup of this office, brought back in a scratch cluster and compared; `--new-key` for paper."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from app.backups.keeping import SCRATCH, place_of, turn
from app.backups.keys import machine_key, public_keys
from app.backups.logins import BACKUP, OWNER, login_url, needed_login
from app.backups.making import make_backup, verify
from app.cli import DONE, say, tell
from app.embedded_postgres import EmbeddedPostgres
from app.paths import Profile
from app.seat import DATABASE, open_seat
from app.settings import Mode, load
from domain.backups.files import BackupFile, Kind, clear_leftovers
from domain.backups.office_backups import keep_recovery_key, read_state, recovery_key
from domain.backups.records import note_verified_by_command
from domain.backups.recovery_key import new_recovery_key, written
from domain.database import Database
from domain.errors import Invalid, Unavailable
from ui import formats
from ui.translation import tr


def run(options: argparse.Namespace, profile: Profile | None) -> int:
    """Exit code 0 only for a backup that was verified."""
    profile = profile or Profile.default()
    with _login(profile, for_key=options.new_key) as url:
        return _new_key(options, url) if options.new_key else _backup(options, profile, url)


def _backup(options: argparse.Namespace, profile: Profile, url: str) -> int:
    now = datetime.now(UTC)
    database = Database(url, pool_size=1)
    try:
        with database.read() as session:
            form, paper = read_state(session, now=now).form, recovery_key(session)
    finally:
        database.close()
    folder = options.folder or place_of(profile, form)
    with turn(url) as mine:
        if not mine:
            raise Unavailable("backup.under_way")
        clear_leftovers(folder)
        made = make_backup(url, folder, public_keys(profile, paper), kind=Kind.MANUAL, now=now)
        of = verify(made.path, [machine_key(profile)], profile.home / SCRATCH, now=now)
    file = BackupFile(made.path, now.replace(microsecond=0), Kind.MANUAL)
    database = Database(url, pool_size=1)
    try:
        with database.write() as session:
            note_verified_by_command(
                session, file, size=made.size, row_count=of.row_count, newest_event=of.newest_event
            )
    finally:
        database.close()
    if options.json:
        say({"file": str(made.path), "size": made.size, "verified": True, "recovery_key": paper is not None})
    else:
        tell(
            tr("Gesichert und durch Zurücklesen geprüft: {file} ({size}).").format(
                file=made.path, size=formats.size(made.size)
            )
        )
        if paper is None:
            tell(tr("Nur dieser Rechner kann sie öffnen. Drucken Sie mit --new-key einen Wiederherstellungsschlüssel."))
    return DONE


def _new_key(options: argparse.Namespace, url: str) -> int:
    """Later backups open by it; the older ones still by the one before."""
    key, now = new_recovery_key(), datetime.now(UTC)
    database = Database(url, pool_size=1)
    try:
        with database.write() as session:
            seen = read_state(session, now=now).recovery_made_at
            keep_recovery_key(session, bytes(key.public_key), now=now, seen=seen)
    finally:
        database.close()
    if options.json:
        say({"key": written(key)})
    else:
        tell(tr("Wiederherstellungsschlüssel, bitte auf Papier verwahren; er wird nicht noch einmal gezeigt:"))
        tell(written(key))
    return DONE


@contextmanager
def _login(profile: Profile, *, for_key: bool) -> Iterator[str]:
    """Who may read everything, and for a new key who may change the settings: of a single seat its owner."""
    settings = load(profile.settings)
    given = login_url(OWNER if for_key else BACKUP)
    if given or settings.mode is Mode.SERVER:
        profile.make()
        yield given or needed_login(OWNER if for_key else BACKUP)
        return
    if not (profile.settings.exists() or profile.postgres.exists()):
        raise Invalid("seat.not_set_up", path=str(profile.home))
    server = EmbeddedPostgres(profile.postgres)
    with open_seat(profile, settings), server:
        yield server.url(database=DATABASE)
