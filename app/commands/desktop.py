"""The desktop: finds the folder to work in and shows the window."""

import argparse
import os
import sys
from contextlib import suppress

from app.cli import DONE
from app.crash import keep_faults
from app.logs import log_to_profile
from app.paths import Profile
from app.sample_office import TRIAL
from app.settings import Mode, load, save
from domain.errors import Invalid


def run(options: argparse.Namespace, profile: Profile | None) -> int:
    """Open the window; ends when it is closed."""
    profile = sample_profile(profile) if options.sample else profile or Profile.default()
    profile.make()
    log_to_profile(profile, "desktop")
    keep_faults(profile.logs / "desktop-faults.log")
    if options.sample and not profile.settings.exists():
        save(profile.settings, TRIAL)
    if os.name != "nt" and os.geteuid() == 0:
        # Chromium's sandbox refuses root
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
    from app.start import run_program

    return run_program(profile, [sys.argv[0]]) or DONE


def sample_profile(named: Profile | None) -> Profile:
    """Where the samples lie: in the named folder, but never among somebody's work."""
    if named is None:
        return Profile.default().trial
    with suppress(Invalid):
        if not named.settings.exists() or load(named.settings).mode is Mode.TRIAL:
            return named
    return named.trial
