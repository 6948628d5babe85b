"""The command line: what can be asked of main.py, and the three exit codes every command keeps.

0 done · 1 refused, with the reason · 2 wrong usage. With `--json` the answer is one JSON object on standard
output; a refusal then carries `error` with code and sentence.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from app.admin_options import admin_options
from app.crash import watch
from app.german_usage import speak_german
from app.paths import Profile
from domain.errors import PlatzlotseError
from ui.errors import describe
from ui.translation import tr

DONE, REFUSED, USAGE = 0, 1, 2
# named here, not asked of the simulation: the command line starts without numpy
POLICIES = ("first_come", "nearest", "planned")


def parser() -> argparse.ArgumentParser:
    """All commands and their options, in German."""
    speak_german()
    top = argparse.ArgumentParser(
        prog="main.py", description=tr("Platzlotse findet Psychotherapieplätze. Ohne BEFEHL öffnet sich das Fenster.")
    )
    top.add_argument("--profile", type=Path, metavar="ORDNER", help=tr("Ordner dieses Platzes"))
    top.add_argument("--sample", action="store_true", help=tr("mit Beispieldaten öffnen"))
    commands = top.add_subparsers(dest="command", metavar="BEFEHL", title=tr("Befehle"))

    def command(name: str, words: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=words, description=words)
        sub.add_argument("--json", action="store_true", help=tr("Antwort als JSON"))
        return sub

    importing = command("import", tr("Verzeichnisse und Aufnahmebögen einlesen"))
    importing.add_argument("files", nargs="*", type=Path, metavar="DATEI")
    instead = importing.add_mutually_exclusive_group()
    instead.add_argument("--list", action="store_true", help=tr("frühere Importe zeigen"))
    instead.add_argument("--undo", type=_positive, metavar="NUMMER", help=tr("einen ganzen Import zurücknehmen"))
    importing.add_argument("--dry-run", action="store_true", help=tr("nur prüfen und zeigen, was sich änderte"))
    importing.add_argument(
        "--about",
        choices=("therapists", "patients", "contacts"),
        help=tr("was die Tabelle nennt, statt es zu erkennen"),
    )
    importing.add_argument(
        "--map", action="append", default=[], metavar="FELD=SPALTE", help=tr("Spalte einer Tabelle zuordnen (mehrmals)")
    )
    importing.add_argument(
        "--only", action="append", choices=("new", "changed", "moved", "none"),
        help=tr("nur diese Änderungen übernehmen (mehrmals; none: keine)"),
    )  # fmt: skip
    importing.add_argument(
        "--without", action="append", default=[], type=_row, metavar="[BLATT/]ZEILE[:FELD]",
        help=tr("diese Zeile der Datei, oder ein Feld von ihr, auslassen (mehrmals)"),
    )  # fmt: skip
    importing.add_argument(
        "--gone", action="append", default=[], type=_positive, metavar="NUMMER",
        help=tr("diesen Therapeuten, den die Datei nicht mehr nennt, als nicht mehr tätig führen (mehrmals)"),
    )  # fmt: skip
    candidates = command("candidates", tr("passende Praxen für einen Patienten, mit Gründen"))
    candidates.add_argument("--patient", type=_positive, required=True, metavar="NUMMER")
    demo = command("demo", tr("die ganze Arbeit einmal vorführen"))
    demo.add_argument("--directory", nargs="+", type=Path, metavar="DATEI", help=tr("Verzeichnisse"))
    demo.add_argument("--patients", type=Path, metavar="DATEI", help=tr("Aufnahmebögen oder Patientenliste"))
    demo.add_argument("--smtp", metavar="RECHNER:PORT", help=tr("Mailserver auf diesem Rechner"))
    demo.add_argument("--seed", type=_whole, default=1, metavar="ZAHL", help=tr("Würfel für die Antworten"))
    demo.add_argument("--screens", type=Path, metavar="ORDNER", help=tr("Bilder aller Seiten ablegen"))
    worker = command("worker", tr("im Hintergrund senden und Fristen verwalten"))
    worker.add_argument("--once", action="store_true", help=tr("nur abarbeiten, was wartet"))
    simulate = command("simulate", tr("Vorgehensweisen in einer erdachten Welt vergleichen"))
    simulate.add_argument("--seeds", type=_positive, default=10, metavar="ZAHL", help=tr("wie viele Welten"))
    simulate.add_argument("--weeks", type=_positive, default=78, metavar="ZAHL", help=tr("wie viele Wochen"))
    simulate.add_argument(
        "--policy",
        action="append",
        choices=POLICIES,
        help=tr("Vorgehensweise (mehrmals; verglichen wird mit der ersten)"),
    )
    command("migrate", tr("die Datenbank auf den Stand dieses Programms bringen"))
    _verify_options(command)
    admin_options(command)
    backup = command("backup", tr("das Büro sichern und die Sicherung durch Zurücklesen prüfen"))
    backup.add_argument("--folder", type=Path, metavar="ORDNER", help=tr("wohin, statt in den Ordner der Sicherungen"))
    backup.add_argument("--new-key", action="store_true", help=tr("nur einen neuen Wiederherstellungsschlüssel zeigen"))
    _restoring(command("restore", tr("Sicherungen zeigen oder das Büro auf eine zurückbringen")))
    command("doctor", tr("prüfen, ob an diesem Platz alles stimmt"))
    return top


def _restoring(restore: argparse.ArgumentParser) -> None:
    restore.add_argument("--folder", type=Path, metavar="ORDNER", help=tr("wo die Sicherungen liegen"))
    which = restore.add_mutually_exclusive_group(required=True)
    which.add_argument("--list", action="store_true", help=tr("zeigen, welche es gibt"))
    which.add_argument(
        "--at", metavar="ZEIT|DATEI", help=tr("die letzte bis zu dieser Zeit (29.11.2026 14:30), oder eine Datei")
    )
    which.add_argument(
        "--drop",
        metavar="NAME",
        help=tr("eine Datenbank, die ein Wiederherstellen beiseite legte, endgültig entfernen"),
    )
    restore.add_argument(
        "--damaged",
        action="store_true",
        help=tr("bei --at: auch wenn von dem, was da ist, keine Sicherheitskopie mehr möglich ist; es bleibt beiseite"),
    )
    restore.add_argument("--yes", action="store_true", help=tr("bei --drop nicht nachfragen"))


def _whole(given: str) -> int:
    try:
        return int(given)
    except ValueError:
        raise argparse.ArgumentTypeError(tr("eine ganze Zahl wird gebraucht")) from None


def _positive(given: str) -> int:
    if not given.isdecimal() or int(given) < 1:
        raise argparse.ArgumentTypeError(tr("eine ganze Zahl ab 1 wird gebraucht"))
    return int(given)


def _row(given: str) -> tuple[int, int, str]:
    """7 is a row of a file, 7:phone one field of it, 2/7 a row of its page "Table 2"."""
    number, _, field = given.partition(":")
    *page, row = number.split("/", 1)
    return _positive(page[0]) if page else 0, _positive(row), field


def program(arguments: Sequence[str]) -> int:
    """Run one command as a process of its own: what nobody foresees in it is noted without anybody's words."""
    watch()
    return main(arguments)


def main(arguments: Sequence[str]) -> int:
    """Run one command; expected errors become a sentence and exit code 1."""
    options = parser().parse_args(arguments)
    profile = Profile(options.profile.resolve()) if options.profile else None
    name = options.command or "desktop"
    module = import_module(f"app.commands.{'import_files' if name == 'import' else name.replace('-', '_')}")
    try:
        code: int = module.run(options, profile)
    except PlatzlotseError as error:
        return refuse(error, as_json=getattr(options, "json", False))
    except KeyboardInterrupt:
        return REFUSED
    return code


def refuse(error: PlatzlotseError, *, as_json: bool) -> int:
    """Say why nothing was done."""
    if as_json:
        say({"error": {"code": error.code, "text": describe(error)}})
    else:
        sys.stderr.write(describe(error) + "\n")
    return REFUSED


def say(answer: object) -> None:
    """One JSON object on standard output."""
    _put(json.dumps(answer, ensure_ascii=False, default=str) + "\n")


def tell(line: str = "") -> None:
    """One line for a person on standard output."""
    _put(line + "\n")


def _put(text: str) -> None:
    """Whoever reads along (head, less) may have seen enough: the rest is for nobody, and no error."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _verify_options(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    verify = command("verify-log", tr("das Kontaktprotokoll prüfen: jedes Glied der Kette und jeden Eintrag"))
    verify.add_argument(
        "--head", metavar="PRÜFSUMME", help=tr("mit der Prüfsumme eines gedruckten Nachweises vergleichen")
    )
    verify.add_argument(
        "--heads", type=Path, metavar="ORDNER", help=tr("mit den Prüfsummen vergleichen, die bei Sicherungen liegen")
    )
    verify.add_argument(
        "--allowed-hours",
        type=_positive,
        default=24,
        metavar="STUNDEN",
        help=tr("wie lange ein Eintrag auf sein Glied warten darf"),
    )
