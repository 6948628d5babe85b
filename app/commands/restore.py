"""`main.py restore`: what backups there are, bringing an office back to one, and dropping what that set aside."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from getpass import getpass
from pathlib import Path

from nacl.public import PrivateKey
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from app.backups.in_place import create_like, engine_as, other_owner
from app.backups.keeping import place_of
from app.backups.keys import machine_key, public_keys
from app.backups.logins import OWNER, login_url, needed_login
from app.backups.making import read_manifest
from app.backups.restoring import Restored, Target, restore
from app.backups.tools import binaries_of, own_binaries, wants_tls
from app.cli import DONE, say, tell
from app.embedded_postgres import EmbeddedPostgres
from app.office_setup import OWNER as OFFICE_OWNER
from app.paths import Profile
from app.seat import DATABASE, open_seat
from app.settings import Mode, load
from domain.backups.files import backups_in
from domain.backups.office_backups import BackupForm, read_state, recovery_key
from domain.backups.recovery_key import read_recovery_key
from domain.backups.set_aside import drop_set_aside
from domain.database import Database, translated_errors
from domain.errors import Invalid, NotFound, Unavailable
from domain.migrations import migrate
from domain.weektime import BERLIN
from ui import formats
from ui.translation import ntr, tr

KEY = "PLATZLOTSE_RECOVERY_KEY"  # by the environment: arguments are everybody's to read


def run(options: argparse.Namespace, profile: Profile | None) -> int:
    """List, restore what `--at` names, or drop what `--drop` names."""
    profile = profile or Profile.default()
    if options.drop is not None:
        return _drop(options, profile)
    if options.at is None:
        return _list(options, options.folder or place_of(profile, BackupForm()))
    profile.make()
    with _target(profile) as target:
        now = datetime.now(UTC)
        form, paper = _settings(target, now)
        folder = options.folder or place_of(profile, form)
        path = _chosen(options.at, folder)
        keys = [machine_key(profile), *_off_paper(path, machine_key(profile))]
        done = restore(
            target,
            path,
            keys,
            safety=public_keys(profile, paper),
            folder=folder,
            second=Path(form.second_folder) if form.second_folder else None,
            now=now,
        )
    if load(profile.settings).mode is not Mode.SERVER and login_url(OWNER) is None:
        with open_seat(profile, load(profile.settings)):
            pass  # logins have their passwords
    _tell(options, path, done)
    return DONE


def _off_paper(path: Path, machine: PrivateKey) -> list[PrivateKey]:
    """The key from the environment, or typed by who sits there where this machine's does not open the backup."""
    typed = os.environ.get(KEY, "")
    if not typed and sys.stdin.isatty():
        try:
            read_manifest(path, [machine])
        except Invalid as error:
            if error.code == "backup.wrong_key":
                typed = getpass(tr("Wiederherstellungsschlüssel (wird nicht angezeigt): "))
    return [read_recovery_key(typed)] if typed else []


def _list(options: argparse.Namespace, folder: Path) -> int:
    found = backups_in(folder)
    if options.json:
        say({"backups": [{"file": str(f.path), "at": f.at, "kind": f.kind} for f in found]})
    else:
        for file in found:
            tell(f"{formats.moment(file.at)}  {formats.size(file.path.stat().st_size)}  {file.name}")
    return DONE


def _drop(options: argparse.Namespace, profile: Profile) -> int:
    if not options.yes:
        asked = tr("„{name}“ endgültig entfernen? Zum Bestätigen den Namen noch einmal: ").format(name=options.drop)
        if not sys.stdin.isatty() or input(asked).strip() != options.drop:
            raise Invalid("backup.not_confirmed")
    settings, given = load(profile.settings), login_url(OWNER)
    if given or settings.mode is Mode.SERVER:
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


def _tell(options: argparse.Namespace, path: Path, done: Restored) -> None:
    if options.json:
        say(
            {
                "restored": str(path),
                "safety_copy": str(done.safety.path),
                "kept": done.before,
                "newcomers": done.newcomers,
                "erased_again": done.erased_again,
                "refused_again": done.refused_again,
                "held_mails": done.held_mails,
            }
        )
        return
    tell(tr("Wiederhergestellt: {file}.").format(file=path.name))
    tell(tr("Der Stand von eben liegt als Sicherung in {file}.").format(file=done.safety.path))
    tell(
        tr("Die Datenbank von eben liegt beiseite; ist alles gut, entfernen Sie sie: {command}").format(
            command=f"main.py restore --drop {done.before}"
        )
    )
    if done.erased_again:
        tell(
            ntr(
                done.erased_again,
                "Was seither gelöscht wurde, ist wieder gelöscht: {n} Eintrag.",
                "Was seither gelöscht wurde, ist wieder gelöscht: {n} Einträge.",
            )
        )
    if done.refused_again:
        tell(
            ntr(
                done.refused_again,
                "Widerspruch, Widerruf oder Einschränkung von seither gilt wieder: {n} Angabe.",
                "Widerspruch, Widerruf oder Einschränkung von seither gilt wieder: {n} Angaben.",
            )
        )
    if done.held_mails:
        tell(
            ntr(
                done.held_mails,
                "{n} E-Mail wartete damals; ob sie seither ging, entscheiden Sie auf der Seite „Post“.",
                "{n} E-Mails warteten damals; ob sie seither gingen, entscheiden Sie auf der Seite „Post“.",
            )
        )
    if done.newcomers:
        tell(tr("Neu angelegt, noch ohne Kennwort: {names}.").format(names=", ".join(done.newcomers)))


@contextmanager
def _target(profile: Profile) -> Iterator[Target]:
    """The database of a single seat, or of the server whose owner's login was handed over."""
    settings = load(profile.settings)
    given = login_url(OWNER)
    if given or settings.mode is Mode.SERVER:
        yield server_target(given or needed_login(OWNER))
        return
    server = EmbeddedPostgres(profile.postgres)

    def refuse_while_used() -> None:
        if server.in_use_elsewhere():
            raise Unavailable("backup.in_use")

    refuse_while_used()
    with open_seat(profile, settings):
        pass  # a new profile gets its empty office; an earlier schema is brought up
    with server:
        yield Target(server.url(), DATABASE, own_binaries(), refuse_while_used, profile.postgres)


def server_target(owner_url: str) -> Target:
    """A server's database, which is brought up (or made an empty office) first. Raises Unavailable while it is used.

    `owner_url` logs in as its owner, or as a superuser, who acts for the owner.
    """
    url = make_url(owner_url)
    name = url.database or DATABASE
    admin_url = url.set(database="postgres").render_as_string(hide_password=False)
    admin = create_engine(admin_url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True)
    others = text("SELECT count(*) FROM pg_stat_activity WHERE datname = :name AND pid <> pg_backend_pid()")

    def refuse_while_used() -> None:
        with translated_errors(), admin.connect() as connection:
            if connection.scalar(others, {"name": name}):
                raise Unavailable("backup.in_use")

    with translated_errors(), admin.connect() as connection:
        major = int(str(connection.scalar(text("SHOW server_version_num")))) // 10_000
        if not connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}):
            there = connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": OFFICE_OWNER})
            create_like(connection, name, OFFICE_OWNER if there else None)
        acts_for = other_owner(connection, name)
    refuse_while_used()
    with engine_as(owner_url, acts_for) as owner:
        migrate(owner)
    return Target(admin_url, name, binaries_of(major, tls=wants_tls(owner_url)), refuse_while_used)


def _settings(target: Target, now: datetime) -> tuple[BackupForm, bytes | None]:
    database = Database(target.url(target.name), pool_size=1)
    try:
        with database.read() as session:
            return read_state(session, now=now).form, recovery_key(session)
    finally:
        database.close()


def _chosen(given: str, folder: Path) -> Path:
    """A file, or the newest backup that is not after a time."""
    for path in (Path(given), folder / given):
        if path.is_file():
            return path.resolve()
    try:
        at = datetime.strptime(given, "%d.%m.%Y %H:%M").replace(tzinfo=BERLIN)
    except ValueError:
        raise Invalid("backup.moment", given=given) from None
    found = next((file.path for file in backups_in(folder) if file.at <= at), None)
    if found is None:
        raise NotFound("backup.no_such", path=str(folder))
    return found
