"""Words for codes of batches: states, lines, what hinders a line."""

from ui.translation import tr

_WORDS: dict[str, dict[str, str]] = {
    "state": {
        "draft": "Entwurf",
        "running": "läuft",
        "paused": "angehalten",
        "done": "fertig",
        "taken_back": "zurückgeholt",
    },
    "line": {
        "open": "bereit",
        "left_out": "herausgenommen",
        "refused": "nicht gesendet",
        "taken_back": "zurückgeholt",
    },
    "kind": {
        "inquiries": "Anfragen",
        "reminders": "Erinnerungen",
        "weekly_status": "Stand der Suche",
    },
    "hindrance": {
        "no_reminder_due": "Hat inzwischen geantwortet oder wurde erinnert",
        "restricted": "Verarbeitung eingeschränkt",
        "not_searching": "Keine laufende Suche mehr",
        "no_consent": "Einwilligung fehlt",
        "minor": "Minderjährig: mit den Sorgeberechtigten sprechen",
        "unwanted": "Möchte keine wöchentliche Nachricht",
        "no_address": "Keine E-Mail-Adresse",
        "nobody_asked": "Noch keine Praxis angefragt",
        "told_already": "Hat diese Woche schon eine bekommen",
    },
    # why Heute names a batch
    "attention": {
        "paused": "angehalten: nichts geht hinaus",
        "cut": "unterbrochen: der Rest ist noch nicht geschrieben",
        "taking_back": "wurde nicht zu Ende zurückgeholt",
        "trouble": "nicht alles wurde gesendet",
        "draft": "wartet aufs Durchsehen und Senden",
    },
}


def label(kind: str, code: str) -> str:
    """The word for a code; an unknown code shows as it is."""
    return tr(_WORDS[kind].get(code, code))
