"""Logging to a rotating file of the profile. Messages carry codes and ids, never names or contents."""

import logging
from logging.handlers import RotatingFileHandler

from app.paths import Profile

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def log_to_profile(profile: Profile, name: str) -> None:
    """Write warnings and our own information to logs/<name>.log, 1 MB each, five kept."""
    handler = RotatingFileHandler(
        profile.logs / f"{name}.log", maxBytes=1_000_000, backupCount=5, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter(FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for ours in ("app", "domain", "sync", "ui"):
        logging.getLogger(ours).setLevel(logging.INFO)
