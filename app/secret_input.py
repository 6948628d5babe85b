"""Passwords for commands: from a variable of the environment for services, else typed unseen; never an option."""

import getpass
import os
import sys

from domain.errors import Invalid
from ui.translation import tr

SHORTEST = 12


def ask_secret(variable: str, words: str) -> str:
    """A password that is known already. Raises Invalid where there is nobody to ask."""
    given = os.environ.get(variable)
    if given:
        return given
    if not sys.stdin.isatty():
        raise Invalid("admin.password_missing", variable=variable)
    return getpass.getpass(words)


def ask_new_secret(variable: str, words: str) -> str:
    """A new password, typed twice until both are the same and long enough."""
    given = os.environ.get(variable)
    if given:
        if len(given) < SHORTEST:
            raise Invalid("admin.password_short", variable=variable, shortest=SHORTEST)
        return given
    while True:
        first = ask_secret(variable, words)
        if len(first) < SHORTEST:
            sys.stderr.write(tr("Mindestens {n} Zeichen, bitte.").format(n=SHORTEST) + "\n")
        elif getpass.getpass(tr("Noch einmal: ")) == first:
            return first
        else:
            sys.stderr.write(tr("Das war nicht zweimal dasselbe.") + "\n")
