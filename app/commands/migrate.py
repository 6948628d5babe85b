"""`main.py migrate`: bring the schema to this program's version, as the database's owner."""

import argparse
import os

from app.cli import DONE, say, tell
from app.paths import Profile
from app.seat import open_seat
from app.server_seat import server_url
from app.settings import Mode, load
from domain.database import Database
from domain.migrations import HEAD, migrate
from ui.translation import tr


def run(options: argparse.Namespace, profile: Profile | None) -> int:
    """On a single seat opening it migrates; on a server the owner's URL comes from PLATZLOTSE_OWNER_PASSWORD."""
    profile = profile or Profile.default()
    settings = load(profile.settings)
    changed = False
    if settings.mode is Mode.SERVER:
        owner = Database(server_url(settings.server, password=os.environ.get("PLATZLOTSE_OWNER_PASSWORD")), pool_size=1)
        changed = migrate(owner.engine)
        owner.close()
    else:
        with open_seat(profile, settings):
            pass
    if options.json:
        say({"revision": HEAD, "changed": changed})
    else:
        tell(tr("Die Datenbank ist auf dem Stand {revision}.").format(revision=HEAD))
    return DONE
