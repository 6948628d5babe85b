"""What hinders the background worker, in sentences: for Verwaltung and ``doctor``."""

from domain.backups.records import at_first
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

_COPYING, _APART = "Das Kopieren der Sicherungen an den zweiten Ort", "Das Trennen von fremden Sicherungen"
# what an office may put right itself; anything else stands there by its name, for whoever looks into the log
_CAUSES = {
    "database.unreachable": "die Datenbank antwortet nicht",
    "database.lost": "die Verbindung zur Datenbank brach ab",
    "database.full": "der Rechner der Datenbank hat keinen Platz mehr",
    "backup.folder_missing": "den Ordner gibt es gerade nicht; ist der Datenträger angeschlossen?",
    "backup.folder_unusable": "der Ordner lässt sich nicht benutzen; prüfen Sie die Rechte",
    "backup.disk_full": "dort ist kein Platz mehr",
    "backup.no_room": "dort ist zu wenig Platz",
    "backup.silent": "er antwortet nicht; prüfen Sie die Verbindung dorthin",
    "backup.copy_differs": "die Kopie war nicht dasselbe; prüfen Sie den Datenträger",
    "backup.shared_folder": "in einem Ordner liegen auch solche, die dieses Büro nicht öffnen kann; gesichert wird",
    "backup.login_unreadable": "die Anmeldung zum Sichern lässt sich nicht lesen",
    "backup.no_tools": "die Programme von PostgreSQL fehlen auf dem Rechner des Dienstes",
}


def trouble_words(trouble: Trouble) -> str:
    """Which work is hindered, since when, and by what; it is tried again without anybody's doing."""
    # a sentence of `ui.errors` would speak to who typed something, and nobody did
    work, why = hindered(trouble.round, trouble.trouble)
    return tr(
        "Der Hintergrunddienst ist gestört, seit {when}: {work} gelingt nicht (Ursache: {why}). Er versucht es weiter."
    ).format(when=formats.moment(trouble.since), work=work, why=why)


def hindered(name: str, trouble: str) -> tuple[str, str]:
    """What a round does, and what hinders it; either without words by its name."""
    first = at_first(trouble)
    # the backups themselves are made
    besides = _APART if first == "backup.shared_folder" else _COPYING if first != trouble else ""
    work = besides or _ROUNDS.get(name, name)
    return tr(work), tr(_CAUSES.get(first, trouble))
