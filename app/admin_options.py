"""The options of `main.py admin`: setting an office's server up, and its persons. Passwords are no options."""

import argparse
from typing import Protocol

from ui.translation import tr

GIVEN = ("caseworker", "supervisor", "auditor", "admin")  # named here: the command line starts without the database


class MakeCommand(Protocol):
    """Makes a command of the command line."""

    def __call__(self, name: str, words: str) -> argparse.ArgumentParser:
        """A parser for its options."""


def admin_options(command: MakeCommand) -> None:
    """Add `admin` and what it can do."""
    top = command("admin", tr("den Büro-Server einrichten; Personen anlegen und sperren"))
    acts = top.add_subparsers(dest="act", metavar="WAS", required=True, title=tr("Befehle"))

    def act(name: str, words: str) -> argparse.ArgumentParser:
        sub = acts.add_parser(name, help=words, description=words)
        # also after the act; said before it, it holds, too
        sub.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=tr("Antwort als JSON"))
        return sub

    init = act("init", tr("Datenbank, Rollen und erste Verwaltung anlegen; was schon da ist, bleibt"))
    init.add_argument(
        "--server", metavar="URL",
        help=tr("Anmeldung als Superuser ohne Kennwort: postgresql://postgres@RECHNER:PORT, "
                "auf dem Server selbst postgresql://postgres@/?host=/var/run/postgresql"),
    )  # fmt: skip
    init.add_argument("--ca-file", default="", metavar="DATEI", help=tr("Zertifikat (CA) des Servers"))
    init.add_argument("--database", default="platzlotse", metavar="NAME", help=tr("Name der Datenbank"))
    init.add_argument("--login", metavar="NAME", help=tr("Anmeldename der ersten Verwaltung"))
    init.add_argument("--name", metavar="NAME", help=tr("ihr Name, wie andere ihn lesen"))
    init.add_argument(
        "--service", default="vermittlungsdienst", metavar="NAME", help=tr("Anmeldename des Hintergrunddienstes")
    )
    init.add_argument("--backup", default="sicherungsdienst", metavar="NAME", help=tr("Anmeldename für Sicherungen"))
    act("password", tr("das eigene Kennwort ändern; ein vorläufiges gilt dann nicht mehr"))
    act("list", tr("zeigen, wer hier arbeitet"))
    create = act("create", tr("eine Person anlegen; ihr erstes Kennwort wird einmal gezeigt"))
    create.add_argument("login", metavar="ANMELDENAME")
    create.add_argument("--name", required=True, metavar="NAME", help=tr("Name, wie andere ihn lesen"))
    create.add_argument("--role", action="append", required=True, choices=GIVEN, help=tr("Rolle (mehrmals)"))
    create.add_argument("--email", default="", metavar="ADRESSE")
    create.add_argument("--phone", default="", metavar="NUMMER")
    reset = act("reset", tr("einer Person ein neues Kennwort geben; es wird einmal gezeigt"))
    reset.add_argument("login", metavar="ANMELDENAME")
    for name, words in (("lock", tr("eine Person sperren")), ("unlock", tr("eine Person wieder zulassen"))):
        act(name, words).add_argument("login", metavar="ANMELDENAME")
