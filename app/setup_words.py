"""What became of each step of setting an office's server up, in German: `main.py admin init` and deploy/office.py."""

from app.office_setup import Outcome, Step
from ui.translation import tr

WORDS = {
    ("owner", Outcome.MADE): "Eigentümer „{name}“ angelegt",
    ("owner", Outcome.THERE): "Eigentümer „{name}“ ist da",
    ("database", Outcome.MADE): "Datenbank „{name}“ angelegt",
    ("database", Outcome.THERE): "Datenbank „{name}“ ist da",
    ("sealing", Outcome.MADE): "Vergleiche und große Objekte gegen Umgehen der Zugriffsregeln gesichert",
    ("sealing", Outcome.THERE): "Vergleiche und große Objekte sind gesichert",
    ("schema", Outcome.MADE): "Tabellen und Rollen auf den Stand dieses Programms gebracht",
    ("schema", Outcome.THERE): "Tabellen und Rollen sind auf dem Stand dieses Programms",
    ("jit", Outcome.MADE): "Übersetzung von Abfragen (jit) abgeschaltet",
    ("jit", Outcome.THERE): "Übersetzung von Abfragen (jit) ist aus",
    ("admin", Outcome.MADE): "Erste Verwaltung „{name}“ angelegt",
    ("admin", Outcome.THERE): "Eine Verwaltung ist da",
    ("service", Outcome.MADE): "Anmeldung „{name}“ für den Hintergrunddienst angelegt",
    ("service", Outcome.THERE): "Anmeldung „{name}“ für den Hintergrunddienst ist da",
    ("backup", Outcome.MADE): "Anmeldung „{name}“ für Sicherungen angelegt",
    ("backup", Outcome.THERE): "Anmeldung „{name}“ für Sicherungen ist da",
    ("pooler", Outcome.MADE): "Anmeldung „{name}“ für PgBouncer angelegt",
    ("pooler", Outcome.THERE): "Anmeldung „{name}“ für PgBouncer ist da",
}


def step_words(step: Step) -> str:
    """One line."""
    return "✓ " + tr(WORDS[step.what, step.outcome]).format(name=step.name)
