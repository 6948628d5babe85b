"""German words for the codes of the domain. Free of Qt; the command line uses them too."""

from collections.abc import Mapping

from ui.translation import tr

# Values are source texts; `label` translates when asked, so the language may change while running.
_WORDS: Mapping[str, Mapping[str, str]] = {
    "sex": {"female": "weiblich", "male": "männlich", "diverse": "divers", "not_stated": "keine Angabe"},
    "sex_wish": {"any": "egal", "female": "Frau", "male": "Mann"},
    "method": {
        "cbt": "Verhaltenstherapie",
        "psychodynamic": "Tiefenpsychologisch",
        "analytic": "Analytisch",
        "systemic": "Systemisch",
    },
    "method_short": {"cbt": "VT", "psychodynamic": "TP", "analytic": "AP", "systemic": "ST"},
    "age_group": {"adult": "Erwachsene", "child_youth": "Kinder und Jugendliche", "unknown": "Alter unbekannt"},
    "setting": {"individual": "Einzel", "group": "Gruppe", "unknown": "Setting unbekannt"},
    "licence": {
        "psychological": "Psychologische Psychotherapie",
        "medical": "Ärztliche Psychotherapie",
        "child_youth": "Kinder- und Jugendlichenpsychotherapie",
        "unknown": "unbekannt",
    },
    "seat": {"statutory": "Kassensitz", "private": "Privatpraxis", "unknown": "unbekannt"},
    "insurance": {"statutory": "gesetzlich", "private": "privat", "self_pay": "selbst zahlend", "unknown": "unbekannt"},
    "travel_mode": {"car": "Auto", "public_transport": "Bus und Bahn", "bicycle": "Fahrrad", "foot": "zu Fuß"},
    "channel": {"email": "E-Mail", "phone": "Telefon", "letter": "Brief", "visit": "Besuch", "note": "Notiz"},
    "scope": {
        "storage": "Speicherung der Daten",
        "pseudonymous_inquiry": "Anonyme Anfrage bei Praxen",
        "identity_to_practice": "Name an die zusagende Praxis",
        "papers_to_insurer": "Unterlagen an die Krankenkasse",
        "voicemail": "Nachricht auf dem Anrufbeantworter",
    },
    "given_by": {"patient": "selbst", "guardian": "Sorgeberechtigte", "": "nicht vermerkt"},
    "patient_state": {
        "intake": "Aufnahme",
        "ready": "bereit",
        "searching": "in Suche",
        "paused": "Pause",
        "offered": "Platz angeboten",
        "in_trial_sessions": "Probesitzungen",
        "in_therapy": "in Therapie",
        "closed_success": "abgeschlossen",
        "closed_dropout": "abgebrochen",
        "withdrawn": "zurückgezogen",
        "restricted": "eingeschränkt",
        "erased": "gelöscht",
    },
    "therapist_status": {
        "active": "anfragbar",
        "inactive": "nicht mehr tätig",
        "blocked": "gesperrt",
        "opted_out": "möchte keine Anfragen",
    },
    "search_status": {
        "draft": "Entwurf",
        "active": "aktiv",
        "paused": "Pause",
        "tentative": "Zusage",
        "successful": "erfolgreich",
        "cancelled": "beendet",
        "expired": "abgelaufen",
        "reimbursement_route": "Kostenerstattung",
    },
    "inquiry_state": {
        "draft": "Entwurf",
        "approved": "freigegeben",
        "outbox": "im Postausgang",
        "send_failed": "nicht gesendet",
        "sent": "gesendet",
        "out_of_office": "Praxis abwesend",
        "reminded": "erinnert",
        "partly_answered": "teils beantwortet",
        "answered": "beantwortet",
        "bounced": "unzustellbar",
        "expired": "ohne Antwort",
        "withdrawn": "zurückgezogen",
        "cancelled": "abgebrochen",
    },
    "item_status": {
        "pending": "offen",
        "accepted": "Zusage",
        "accepted_surplus": "weitere Zusage",
        "rejection_capacity": "kein Platz",
        "rejection_unsuitable": "passt nicht",
        "rejection_other": "Absage",
        "waitlisted": "Warteliste",
        "consultation_only": "nur Sprechstunde",
        "needs_info": "Rückfrage",
        "no_response": "keine Antwort",
        "withdrawn": "zurückgezogen",
        "matched_elsewhere": "anderweitig vermittelt",
        "in_trial_sessions": "Probesitzungen",
        "in_therapy": "in Therapie",
        "no_show": "nicht erschienen",
        "not_continued": "nicht fortgesetzt",
    },
    "email_status": {
        "draft": "Entwurf",
        "queued": "wartet",
        "sending": "wird gesendet",
        "retry_wait": "neuer Versuch folgt",
        "sent": "gesendet",
        "failed": "nicht gesendet",
        "cancelled": "zurückgenommen",
        "unclear": "unklar",
        "bounced_hard": "unzustellbar",
        "bounced_soft": "vorläufig unzustellbar",
        "replied": "beantwortet",
    },
    "email_kind": {
        "inquiry": "Anfrage",
        "reminder": "Erinnerung",
        "withdrawal": "Rücknahme",
        "surplus": "Dank für weitere Zusage",
        "place_declined": "Platz wird nicht gebraucht",
        "patient": "Brief an Patient",
        "own": "Eigene Nachricht",
    },
    "call_status": {
        "planned": "geplant",
        "in_progress": "läuft",
        "reached": "erreicht",
        "no_answer": "keine Antwort",
        "busy": "besetzt",
        "voicemail_left": "auf AB gesprochen",
        "wrong_number": "falsche Nummer",
        "replanned": "neu geplant",
        "callback_due": "Rückruf vereinbart",
        "cancelled": "abgesagt",
        "missed": "versäumt",
    },
    "rule": {
        "search_active": "Suche nicht aktiv",
        "consent": "Einwilligung fehlt",
        "therapist_active": "Therapeut nicht anfragbar",
        "age": "Alter passt nicht",
        "method": "Verfahren passt nicht",
        "setting": "nur Gruppentherapie",
        "sex": "Geschlechtswunsch passt nicht",
        "distance": "zu weit entfernt",
        "exclusion": "ausgeschlossen",
        "diagnosis": "Diagnose passt nicht",
        "insurance": "Kassenzulassung passt nicht",
        "contact_point": "Kontaktsperre oder offene Anfrage",
        "needs": "Sprache oder Barrierefreiheit fehlt",
        "availability": "keine gemeinsame Zeit",
        "answered_unsuitable": "hat schon „passt nicht“ geantwortet",
    },
    "rule_unknown": {
        "consent": "Wer eingewilligt hat, ist nicht vermerkt",
        "age": "Geburtsdatum oder Altersgruppe fehlt",
        "method": "Verfahren der Praxis unbekannt",
        "setting": "Einzel oder Gruppe unbekannt",
        "distance": "Ort unbekannt",
        "diagnosis": "Diagnose fehlt",
        "insurance": "Kassenzulassung unbekannt",
        "needs": "Sprachen oder Barrierefreiheit der Praxis unbekannt",
    },
    "checklist": {
        "name": "Vor- und Nachname",
        "birth_date": "Geburtsdatum",
        "place": "Ort (gültige PLZ)",
        "insurance": "Krankenversicherung",
        "complaint": "Anliegen oder Diagnose",
        "consent_storage": "Einwilligung: Speicherung",
        "consent_pseudonymous_inquiry": "Einwilligung: anonyme Anfrage",
        "guardian": "Sorgeberechtigte",
        "guardian_consent": "Einwilligung der Sorgeberechtigten",
    },
    "task": {
        "mail_trouble": "E-Mail klären",
        "send_failed": "Anfrage nicht gesendet",
        "accepted": "Zusage: Erstgespräch klären",
        "call_planned": "Anrufen",
        "follow_up": "Nachfassen",
        "waitlist_due": "Warteliste nachfragen",
        "needs_info": "Rückfrage beantworten",
        "resubmission": "Wiedervorlage",
        "draft_inquiry": "Entwurf senden",
        "ready_patient": "Suche beginnen",
        "stale_search": "Neue Praxen anfragen",
    },
    "reason": {
        "matched_elsewhere": "hat anderswo einen Platz gefunden",
        "consent_withdrawn": "Einwilligung widerrufen",
        "restricted": "Verarbeitung eingeschränkt",
        "undone": "zurückgeholt",
        "bounced": "E-Mail kam zurück",
        "late_reply": "späte Antwort der Praxis",
    },
    "step": {
        "database": "Datenbank bereit",
        "import": "Dateien einlesen",
        "searches": "Suchen beginnen",
        "matching": "Praxen beurteilen",
        "inquiries": "Anfragen erstellen",
        "sending": "Anfragen senden",
        "answers": "Antworten eintragen",
        "placements": "Plätze begleiten",
        "withdrawals": "Rücknahmen senden",
        "screens": "Bilder aller Seiten",
    },
    "geo_quality": {"house": "Hausnummer", "street": "Straße", "plz": "PLZ", "ort": "Ort", "none": "unbekannt"},
    "table_field": {
        "last_name": "Nachname",
        "first_name": "Vorname",
        "birth_date": "Geburtsdatum",
        "sex": "Geschlecht",
        "street": "Straße",
        "house_number": "Hausnummer",
        "plz": "PLZ",
        "city": "Ort",
        "email": "E-Mail",
        "phone": "Telefon",
        "insurer": "Krankenkasse",
        "insurance_number": "Versichertennummer",
        "complaints": "Anliegen",
        "diagnoses": "Diagnosen (ICD-10)",
        "methods": "Gewünschte Verfahren",
        "therapist_sex": "Geschlecht der Praxis",
        "group_ok": "Offen für Gruppe",
        "radius_km": "Umkreis in km",
        "travel_mode": "Verkehrsmittel",
        "languages": "Sprachen",
        "availability": "Verfügbare Zeiten",
        "registered_on": "Angemeldet am",
    },
    "file_kind": {
        "arztsuche": "Verzeichnis der Arztsuche",
        "plz_directory": "Verzeichnis nach PLZ",
        "intake": "Aufnahmebögen",
        "office_table": "Patientenliste",
    },
    "contact_kind": {
        "inquiry": "Anfrage",
        "note": "Notiz",
        "reminder": "Erinnerung",
        "withdrawal": "Rücknahme",
        "patient": "Brief an Patient",
        "surplus": "Dank für weitere Zusage",
        "place_declined": "Platz wird nicht gebraucht",
    },
}


def label(kind: str, code: str | None) -> str:
    """The word for a code of a kind; an unknown code shows as it is, so that nothing is hidden."""
    return tr(_WORDS[kind].get(code or "", code or ""))


def labels(kind: str) -> dict[str, str]:
    """All codes of a kind with their words, in the order people read them."""
    return {code: tr(word) for code, word in _WORDS[kind].items()}


def contact_label(code: str) -> str:
    """The word for a kind of contact: a letter, an answer or the end of a call."""
    for kind in ("contact_kind", "item_status", "call_status"):
        if code in _WORDS[kind]:
            return tr(_WORDS[kind][code])
    return code


def rule_reason(code: str, *, unknown: bool = False) -> str:
    """Why a rule sorts somebody out, or what it lacks to decide."""
    if unknown and code in _WORDS["rule_unknown"]:
        return tr(_WORDS["rule_unknown"][code])
    return label("rule", code)
