"""`main.py restore`: what backups there are, bringing an office back to one, and dropping what that set aside."""

import argparse
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from getpass import getpass
from pathlib import Path

from nacl.public import PrivateKey
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from app.backups.asking import Answers, Asked
from app.backups.fresh_seat import drop_data_aside
from app.backups.keeping import place_of
from app.backups.keys import machine_key, public_keys
from app.backups.logins import OWNER, login_url, needed_login
from app.backups.making import read_manifest
from app.backups.restoring import restore
from app.backups.targets import restore_target
from app.cli import DONE, say, tell
from app.commands.restore_words import tell_restored
from app.embedded_postgres import EmbeddedPostgres
from app.paths import Profile
from app.seat import DATABASE, open_seat
from app.settings import Mode, load
from domain.backups.files import backups_in
from domain.backups.office_backups import BackupForm
from domain.backups.recovery_key import read_recovery_key
from domain.backups.set_aside import drop_set_aside
from domain.database import translated_errors
from domain.errors import Invalid, NotFound, PlatzlotseError
from domain.weektime import BERLIN
from ui import formats
from ui.translation import tr

KEY = "PLATZLOTSE_RECOVERY_KEY"  # by the environment: arguments are everybody's to read


def run(options: argparse.Namespace, profile: Profile | None) -> int:
    """List, restore what `--at` names, or drop what `--drop` names."""
    profile = profile or Profile.default()
    if options.drop is not None:
        return _drop(options, profile)
    if options.at is None:
        return _list(options, options.folder or place_of(profile, BackupForm()))
    profile.make()
    now = datetime.now(UTC)
    with restore_target(profile, damaged=options.damaged, now=now) as target:
        answers = Answers()
        if target.left is None:
            answers = Asked(target.url(target.name), target.admin_url, options.damaged).settings()
        folder = options.folder or place_of(profile, answers.form)
        known = [machine_key(profile), *_given()]
        path = chosen(options.at, folder, opens=lambda file: _opens(file, known))
        keys = [*known, *_off_paper(path, known)]
        done = restore(
            target,
            path,
            keys,
            safety=public_keys(profile, answers.paper),
            folder=folder,
            second=Path(answers.form.second_folder) if answers.form.second_folder else None,
            damaged=options.damaged,
            now=now,
        )
    if load(profile.settings).mode is not Mode.SERVER and login_url(OWNER) is None:
        with open_seat(profile, load(profile.settings)):
            pass  # logins have their passwords
    tell_restored(options, path, done)
    return DONE


def _given() -> list[PrivateKey]:
    """The key off paper, by the environment."""
    given = os.environ.get(KEY, "")
    return [read_recovery_key(given)] if given else []


def _off_paper(path: Path, known: list[PrivateKey]) -> list[PrivateKey]:
    """The same, typed by who sits there where no other opens the backup. Raises Invalid (``backup.key_needed``)."""
    if os.environ.get(KEY) or _opens(path, known):
        return []
    ask = tr("Wiederherstellungsschlüssel (wird nicht angezeigt): ")
    typed = getpass(ask) if sys.stdin.isatty() else ""
    if not typed:
        raise Invalid("backup.key_needed", name=KEY)
    return [read_recovery_key(typed)]


def _opens(path: Path, keys: list[PrivateKey]) -> bool:
    """Whether a key fits; of what is damaged another will say so."""
    try:
        read_manifest(path, keys)
    except PlatzlotseError as error:
        return error.code != "backup.wrong_key"
    return True


def _list(options: argparse.Namespace, folder: Path) -> int:
    found = backups_in(folder)
    if options.json:
        say({"backups": [{"file": str(f.path), "at": f.at, "kind": f.kind} for f in found]})
    else:
        tell(tr("Sicherungen in „{folder}“:").format(folder=folder) if found else _nothing_in(folder))
        for file in found:
            tell(f"{formats.moment(file.at)}  {formats.size(file.path.stat().st_size)}  {file.name}")
    return DONE


def _nothing_in(folder: Path) -> str:
    return tr("In „{folder}“ liegt keine Sicherung. Liegen sie woanders, nennen Sie den Ordner mit --folder.").format(
        folder=folder
    )


def _drop(options: argparse.Namespace, profile: Profile) -> int:
    if not options.yes:
        asked = tr("„{name}“ endgültig entfernen? Zum Bestätigen den Namen noch einmal: ").format(name=options.drop)
        if not sys.stdin.isatty() or input(asked).strip() != options.drop:
            raise Invalid("backup.not_confirmed")
    settings, given = load(profile.settings), login_url(OWNER)
    if drop_data_aside(profile, options.drop):
        pass
    elif given or settings.mode is Mode.SERVER:
        url = make_url(given or needed_login(OWNER))
        _drop_there(url.set(database="postgres").render_as_string(hide_password=False), url.database, options.drop)
    else:
        # who works there meanwhile is not disturbed
        with EmbeddedPostgres(profile.postgres) as server:
            _drop_there(server.url(), DATABASE, options.drop)
    if options.json:
        say({"dropped": options.drop})
    else:
        tell(tr("Entfernt: {name}.").format(name=options.drop))
    return DONE


def _drop_there(admin_url: str, database: str | None, name: str) -> None:
    admin = create_engine(admin_url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True)
    with translated_errors(), admin.connect() as connection:
        drop_set_aside(connection, database or DATABASE, name)


def chosen(given: str, folder: Path, opens: Callable[[Path], bool] = lambda _: True) -> Path:
    """A file, or the newest backup that is not after a time, of those that open: another office's may lie beside.

    Where none does it is the newest, for whose key one is asked.
    """
    for path in (Path(given), folder / given):
        if path.is_file():
            return path.resolve()
    try:
        # the list shows minutes: what was made within the named one is meant; of an hour that comes twice the second
        named = datetime.strptime(given.replace(",", " "), "%d.%m.%Y %H:%M").replace(tzinfo=BERLIN, fold=1)
        at = named.astimezone(UTC) + timedelta(seconds=59)
    except ValueError:
        raise Invalid("backup.moment", given=given) from None
    found = [file.path for file in backups_in(folder) if file.at <= at]
    if not found:
        raise NotFound("backup.no_such", path=str(folder))
    return next((path for path in found if opens(path)), found[0])
