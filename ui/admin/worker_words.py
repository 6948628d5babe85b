"""What hinders the background worker, in sentences: for Verwaltung and ``doctor``."""

from domain.worker_troubles import Trouble
from ui import formats
from ui.errors import describe_code
from ui.translation import tr

_ROUNDS = {
    "resume_due": "Pausen von Suchen beenden",
    "return_to_office": "Abwesenheiten von Praxen beenden",
    "expire_silent": "Anfragen ohne Antwort ablaufen lassen",
    "expire_leases": "Steckengebliebene E-Mails finden",
    "release_due": "Wartende E-Mails freigeben",
    "release_soon": "Wartende E-Mails freigeben",
    "miss_overdue": "Versäumte Anrufe finden",
    "learn_from_answers": "Aus Antworten lernen",
    "publish_key": "Schlüssel für Kennwörter veröffentlichen",
    "follow": "Postfächer lesen",
    "answer_test": "Postkonten prüfen",
    "chain": "Kontakte verketten",
    "place": "Adressen suchen",
    "travel": "Wege suchen",
    "forget": "Alte Auskünfte vergessen",
}


def trouble_words(trouble: Trouble) -> str:
    """Which work is hindered, since when, and by what; it is tried again without anybody's doing."""
    # a code has its sentence; the name of an error nobody foresaw helps whoever is asked for help
    why = describe_code(trouble.trouble) if "." in trouble.trouble else trouble.trouble
    return tr("Hintergrunddienst gestört seit {when}: {work} ({why}). Er versucht es weiter.").format(
        when=formats.moment(trouble.since), work=tr(_ROUNDS.get(trouble.round, trouble.round)), why=why
    )
