"""What hinders the background worker, in sentences: for Verwaltung and ``doctor``."""

from domain.worker_troubles import Trouble
from ui import formats
from ui.translation import tr

_ROUNDS = {
    "begin": "Das Beginnen",
    "resume_due": "Das Beenden von Pausen",
    "return_to_office": "Das Beenden von Abwesenheiten",
    "expire_silent": "Das Ablaufen unbeantworteter Anfragen",
    "expire_leases": "Das Finden steckengebliebener E-Mails",
    "release_due": "Das Freigeben wartender E-Mails",
    "release_soon": "Das Freigeben wartender E-Mails",
    "miss_overdue": "Das Finden versäumter Anrufe",
    "learn_from_answers": "Das Lernen aus Antworten",
    "publish_key": "Das Veröffentlichen des Schlüssels für Kennwörter",
    "follow": "Das Beobachten der Postfächer",
    "answer_test": "Das Prüfen von Postkonten",
    "chain": "Das Verketten der Kontakte",
    "place": "Das Suchen von Adressen",
    "travel": "Das Suchen von Wegen",
    "suggest": "Das Vorschlagen von Adressen",
    "forget_typed": "Das Vergessen getippter Adressen",
    "forget": "Das Vergessen alter Auskünfte",
    "sources": "Das Lesen von Verzeichnissen",
    "websites": "Das Lesen von Webseiten der Praxen",
    "relay": "Das Weitergeben von Ereignissen an Kafka",
    "backups": "Das Sichern",
}


def trouble_words(trouble: Trouble) -> str:
    """Which work is hindered, since when, and by what; it is tried again without anybody's doing."""
    # its code or its error's name: a sentence would speak to who typed something, and nobody did
    return tr(
        "Der Hintergrunddienst ist gestört, seit {when}: {work} gelingt nicht (Ursache: {why}). Er versucht es weiter."
    ).format(when=formats.moment(trouble.since), work=round_words(trouble.round), why=trouble.trouble)


def round_words(name: str) -> str:
    """What a round does; one without words by its name."""
    return tr(_ROUNDS.get(name, name))
