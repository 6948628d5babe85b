"""`main.py restore`: what backups there are, and bringing a single seat back to one, with a safety copy before."""

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path

from app.backups.keys import machine_key, public_keys
from app.backups.restoring import refuse_while_used, restore_seat
from app.cli import DONE, say, tell
from app.embedded_postgres import EmbeddedPostgres
from app.paths import Profile
from app.seat import open_seat
from app.settings import Mode, load
from domain.backups.files import backups_in
from domain.backups.recovery_key import read_recovery_key
from domain.errors import Invalid, NotFound
from domain.weektime import BERLIN
from ui import formats
from ui.translation import tr

KEY = "PLATZLOTSE_RECOVERY_KEY"  # by the environment: arguments are everybody's to read


def run(options: argparse.Namespace, profile: Profile | None) -> int:
    """List, or restore what `--at` names."""
    profile = profile or Profile.default()
    settings = load(profile.settings)
    if settings.mode is Mode.SERVER:
        raise Invalid("backup.only_embedded")
    folder = options.folder or profile.home / "backups"
    if options.at is None:
        found = backups_in(folder)
        if options.json:
            say({"backups": [{"file": str(f.path), "at": f.at, "kind": f.kind} for f in found]})
        else:
            for file in found:
                tell(f"{formats.moment(file.at)}  {formats.size(file.path.stat().st_size)}  {file.name}")
        return DONE
    path = _chosen(options.at, folder)
    typed = os.environ.get(KEY)
    profile.make()
    keys = [machine_key(profile), *([read_recovery_key(typed)] if typed else [])]
    server = EmbeddedPostgres(profile.postgres)
    refuse_while_used(server)
    with open_seat(profile, settings):
        pass  # a new profile gets its empty office; an earlier schema is brought up
    with server:
        copy, before = restore_seat(server, path, keys, safety=public_keys(profile), now=datetime.now(UTC))
    with open_seat(profile, settings):
        pass  # what was of an earlier schema is brought up, logins have their passwords
    if options.json:
        say({"restored": str(path), "safety_copy": str(copy.path), "kept": before})
    else:
        tell(tr("Wiederhergestellt: {file}.").format(file=path.name))
        tell(tr("Der Stand von eben liegt als Sicherung in {file}.").format(file=copy.path))
    return DONE


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
