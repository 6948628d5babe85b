"""The desktop: opens the seat, starts the worker beside it, and shows the window."""

import argparse
import os
import sys
from dataclasses import replace

from app.cli import DONE
from app.desktop import run_desktop
from app.logs import log_to_profile
from app.paths import Profile
from app.sample import fill_with_samples
from app.seat import open_seat
from app.settings import Mode, load, save


def run(options: argparse.Namespace, profile: Profile | None) -> int:
    """Open the window; ends when it is closed."""
    profile = profile or Profile.default()
    profile.make()
    log_to_profile(profile, "desktop")
    settings = load(profile.settings)
    if options.sample and not profile.settings.exists():
        settings = replace(settings, mode=Mode.TRIAL)
        save(profile.settings, settings)
    if os.name != "nt" and os.geteuid() == 0:
        # Chromium's sandbox refuses root
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
    with open_seat(profile, settings) as seat:
        if settings.mode is Mode.TRIAL:
            fill_with_samples(seat)
        code = run_desktop(profile, seat, [sys.argv[0]])
    return code or DONE
