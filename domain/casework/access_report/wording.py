"""The fixed words of an access report: purposes, legal bases, origin, how long, and the rights (Art. 15 (1) GDPR)."""

from domain.access import OfficeSettings

PURPOSES = (
    (
        "Wir suchen für Sie einen ambulanten Psychotherapieplatz: Aufnahme, Abgleich mit Praxen, Anfragen, Antworten und"
        " Vermittlung. Rechtsgrundlage: Ihre Einwilligung (Art. 6 Abs. 1 Buchst. a und Art. 9 Abs. 2 Buchst. a DSGVO)."
    ),
    "Wir weisen Ihre Suche gegenüber Ihrer Krankenkasse nach, wenn Sie das wünschen (Kostenerstattung).",
    (
        "Wir protokollieren, wann Ihre Daten geöffnet und geändert wurden, damit sich das prüfen lässt"
        " (Art. 5 Abs. 2 und Art. 32 DSGVO)."
    ),
)
ORIGIN = (
    "Von Ihnen selbst oder von Ihren Sorgeberechtigten; Antworten und Termine von den Praxen, bei denen wir angefragt haben.",
    (
        "Wo eine Adresse liegt, wird aus einem mitgelieferten Verzeichnis der Postleitzahlen bestimmt, genauer nur durch einen"
        " Kartendienst, wenn die Stelle das erlaubt hat; ob und wann, steht unter „Suche nach dem Ort der Adresse“."
    ),
    (
        "Entfernungen und die Reihenfolge von Praxen berechnet das Programm. Über Sie wird nichts allein durch eine Maschine"
        " entschieden (Art. 22 DSGVO): Jede Anfrage gibt ein Mensch frei."
    ),
)
RIGHTS = (
    "Berichtigung falscher Angaben (Art. 16 DSGVO)",
    "Löschung (Art. 17 DSGVO)",
    "Einschränkung der Verarbeitung (Art. 18 DSGVO)",
    "Übertragung Ihrer Daten in einem maschinenlesbaren Format (Art. 20 DSGVO); die beiliegende Datei ist dafür gemacht",
    "Widerruf jeder Einwilligung mit Wirkung für die Zukunft (Art. 7 Abs. 3 DSGVO)",
    "Beschwerde bei einer Datenschutzaufsicht, etwa an Ihrem Wohnort (Art. 77 DSGVO)",
)
SHARED = "Betrifft auch andere Menschen: Deren Angaben stehen hier nicht, nur Ihr Teil."
DIRECTIONS = {"out": "ausgehend", "in": "eingehend", "none": "intern"}
SOURCES = {"manual": "von Hand angelegt", "intake": "aus einem Aufnahmebogen eingelesen"}
NOTHING = "keine Angaben"
ACCESSES = "Zugriffe"


def retention(settings: OfficeSettings) -> tuple[str, ...]:
    """How long the office keeps a record."""
    years, months = settings.retention_placed_years, settings.retention_other_months
    return (
        f"Nach einer Vermittlung: {years} {'Jahr' if years == 1 else 'Jahre'}, gerechnet vom Ende des Jahres, in dem sie endete.",
        f"Nach einer Suche ohne Vermittlung: {months} {'Monat' if months == 1 else 'Monate'} nach ihrem Ende.",
        "Solange ein Verfahren zur Kostenerstattung offen ist, bleiben die Daten dafür erhalten.",
        "Protokolle ohne Inhalte bleiben, damit sich Änderungen nachweisen lassen.",
    )
