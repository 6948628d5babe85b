"""What an access report holds: each table with rows about a patient, column by column, and how people read it.

Queries are built from this declaration, so that a column named here is in the report. Columns that are not are named
with a reason in `left_out.py`; a test compares both with the database's catalogue.
"""

from domain.casework.access_report import ownership as own
from domain.casework.access_report.fields import Only, Section, fields

_THERAPIST = (
    " LEFT JOIN therapist_service.therapist t ON t.id = {0}"
    " LEFT JOIN therapist_service.practice r ON r.id = t.practice_id"
)
_PRACTICE = (
    ("practice", "Praxis", "r.name"),
    ("therapist", "Therapeut", "nullif(trim(t.title || ' ' || t.first_name || ' ' || t.last_name), '')"),
)
_ASKED = " JOIN matching_service.inquiry q ON q.id = {0}" + _THERAPIST.format("q.therapist_id")

RECORD = (
    Section(
        "person", "Stammdaten", "patient_service.patient", "x.id = :patient",
        fields(
            "id|Nummer der Akte", "first_name|Vorname", "last_name|Nachname", "birth_date|Geburtsdatum", "sex|Geschlecht|sex",
            "street|Straße", "house_number|Hausnummer", "plz|PLZ", "city|Ort", "email|E-Mail", "phone|Telefon",
            "insurer|Krankenkasse", "insurance_kind|Versicherung|insurance", "insurance_number|Versichertennummer",
            "registered_on|Angemeldet am", "ready_at|Bereit für die Suche seit", "resubmission_on|Wiedervorlage am",
            "resubmission_note|Grund der Wiedervorlage", "note|Notiz", "wants_status|Möchte den Stand der Suche erfahren",
            "source|Herkunft der Akte|report_source", "closed_at|Geschlossen am", "closed_outcome|Geschlossen als|patient_state",
            "restricted_at|Verarbeitung eingeschränkt seit", "erased_at|Gelöscht am",
            "lat|Breitengrad der Adresse", "lon|Längengrad der Adresse", "geo_quality|Genauigkeit des Ortes|geo_quality",
            "geo_uncertainty_m|Genauigkeit in Metern", "geo_source|Ort bestimmt durch", "geo_locked|Ort von Hand gesetzt",
            "created_at|Angelegt am", "updated_at|Zuletzt geändert am",
        ),
    ),
    Section(
        "medical", "Gesundheitsangaben", "patient_service.medical_information", own.OWN,
        fields(
            "complaints|Anliegen", "diagnoses|Diagnosen (ICD-10)", "complaint_note|Anliegen in Worten",
            "previous_therapy_end|Ende der letzten Therapie", "consultation_on|Sprechstunde am", "ptv11_on|PTV 11 vom",
            "timely_needed|Zeitnahe Behandlung empfohlen", "ptv11_code|Vermittlungscode",
        ),
    ),
    Section(
        "wishes", "Wünsche", "patient_service.wishes", own.OWN,
        fields(
            "methods|Verfahren|method", "group_ok|Gruppentherapie möglich", "therapist_sex|Geschlecht der Therapeutin oder des Therapeuten|sex_wish",
            "radius_km|Umkreis in km", "travel_mode|Verkehrsmittel|travel_mode", "languages|Sprachen",
            "accessibility_needed|Barrierefreiheit nötig", "reimbursement_ok|Kostenerstattung möglich",
            "availability|Zeiten",
        ),
    ),
    Section(
        "guardians", "Sorgeberechtigte", "patient_service.guardian", own.OWN,
        fields("name|Name", "relation|Verhältnis", "phone|Telefon", "email|E-Mail"), "x.id",
    ),
    Section(
        "consents", "Einwilligungen", "patient_service.consent", own.OWN,
        fields(
            "scope|Wofür|scope", "text_version|Fassung des Textes", "given_on|Erteilt am", "given_by|Erteilt durch|given_by",
            "withdrawn_on|Widerrufen am",
        ),
        "x.given_on, x.id",
    ),
    Section(
        "files", "Unterlagen", "patient_service.patient_file", own.OWN,
        fields(
            "id|Nummer", "kind|Art|file_kind", "name|Name der Datei", "media_type|Dateityp", "size|Größe in Byte",
            "note|Notiz", "added_at|Hinzugefügt am", "kind_confirmed|Art von einem Menschen bestätigt",
            "erased_at|Gelöscht am", "erased_reason|Grund der Löschung",
        ),
        "x.added_at, x.id",
    ),
    Section(
        "file_contents", "Inhalt der Unterlagen", "patient_service.patient_file_content", own.OWN,
        (*fields("file_id|Nummer der Unterlage"), *fields("content|Inhalt (Base64)", "sha256|Prüfsumme (SHA-256)", on_paper=False)),
        "x.file_id",
    ),
)  # fmt: skip

SEARCH = (
    Section(
        "searches", "Platzsuchen", "matching_service.place_search", own.OWN,
        fields(
            "id|Nummer", "status|Stand|search_status", "urgency|Dringlichkeit", "waiting_since|Wartet seit",
            "paused_until|Pause bis", "pause_reason|Grund der Pause", "closed_at|Beendet am", "close_reason|Grund des Endes",
            "reopen_reason|Grund des Wiederöffnens",
        ),
        "x.id",
    ),
    Section(
        "inquiries", "Anfragen bei Praxen", "matching_service.inquiry", own.INQUIRY,
        fields(
            "channel|Weg|channel", "sent_at|Gesendet am", "approved_at|Freigegeben am", "stage|Stand",
            "reminders|Erinnerungen", "last_reminded_at|Zuletzt erinnert am", "closed_at|Beendet am",
        ),
        "x.id", joins=_THERAPIST.format("x.therapist_id"), named=_PRACTICE,
    ),
    Section(
        "positions", "Ihre Position in den Anfragen", "matching_service.inquiry_item", own.OF_SEARCHES,
        fields(
            "reference_code|Kennung", "status|Stand|item_status", "answered_at|Beantwortet am", "waitlisted_until|Warteliste bis",
            "place_from|Platz frei ab", "ended_at|Beendet am",
        ),
        "x.id", joins=_ASKED.format("x.inquiry_id"), named=_PRACTICE,
    ),
    Section(
        "answers", "Antworten der Praxen", "matching_service.answer", own.OF_ITEMS,
        (
            *fields(
                "at|Am", "status|Antwort|item_status", "channel|Weg|channel", "waitlisted_until|Warteliste bis",
                "place_from|Platz frei ab",
            ),
            *fields("note|Notiz", only=Only.ALONE),
        ),
        "x.at, x.id", own.ANSWER_ALONE,
    ),
    Section(
        "placements", "Vermittlungen", "matching_service.placement", own.OF_SEARCHES,
        fields("started_on|Begonnen am", "ended_on|Beendet am", "outcome|Ergebnis"),
        "x.id", joins=_THERAPIST.format("x.therapist_id"), named=_PRACTICE,
    ),
    Section(
        "exclusions", "Ausgeschlossene Praxen", "matching_service.exclusion", own.EXCLUSION,
        fields("reason|Grund", "ends_on|Bis"), "x.id",
        joins=" LEFT JOIN therapist_service.therapist t ON t.id = x.therapist_id"
              " LEFT JOIN therapist_service.practice r ON r.id = coalesce(x.practice_id, t.practice_id)",
        named=_PRACTICE,
    ),
    Section(
        "reimbursement", "Kostenerstattung", "matching_service.reimbursement_case", own.OWN,
        fields(
            "ptv11_on|PTV 11 vom", "code_present|Vermittlungscode liegt vor", "urgency|Dringlichkeit",
            "tss_asked_on|Terminservicestelle gefragt am", "tss_result|Ergebnis der Terminservicestelle",
            "tss_result_on|Ergebnis vom", "tss_appointment_on|Vermittelter Termin am", "applied_on|Beantragt am",
            "opinion_asked|Gutachten verlangt", "opinion_told_on|Gutachten mitgeteilt am", "delay_told_on|Verzögerung mitgeteilt am",
            "delay_until|Verzögerung bis", "decision|Entscheidung", "decided_on|Entschieden am", "tss_proof_on|Nachweis der Terminservicestelle vom",
            "necessity_on|Notwendigkeitsbescheinigung vom", "medical_report_on|Konsiliarbericht vom",
            "cost_estimate_on|Kostenvoranschlag vom", "licence_on|Nachweis der Approbation vom", "note|Notiz",
        ),
        "x.id", joins=" LEFT JOIN matching_service.insurer_profile k ON k.id = x.profile_id",
        named=(("insurer_profile", "Krankenkasse", "k.name"),),
    ),
    Section(
        "plan_lines", "Planung der Woche", "matching_service.plan_line", own.NAMED_BY_ARRAY,
        fields("channel|Weg|channel", "slot_at|Geplant für", "status|Stand"),
        "x.id", joins=_THERAPIST.format("x.therapist_id"), named=_PRACTICE,
    ),
)  # fmt: skip

CONTACTS = (
    Section(
        "contacts", "Kontaktprotokoll", "communication_service.contact_entry", own.CONTACT,
        (
            *fields("at|Am", "channel|Weg|channel", "direction|Richtung|report_direction", "kind|Was|contact_kind"),
            *fields("counterpart|Mit", "body|Worte", only=Only.ALONE),
        ),
        "x.at, x.id", own.CONTACT_ALONE,
        " LEFT JOIN matching_service.inquiry q ON q.id = x.inquiry_id"
        + _THERAPIST.format("coalesce(x.therapist_id, q.therapist_id)"),
        _PRACTICE,
    ),
    Section(
        "mails", "Gesendete E-Mails", "communication_service.email", own.MAIL,
        (
            *fields(
                "kind|Art|email_kind", "status|Stand|email_status", "to_address|An", "to_name|Name", "sent_at|Gesendet am",
                "not_before|Wartet bis", "status_week|Woche des Standes", "failure_cause|Grund, falls nicht gesendet",
                "deferred_at|Zurückgestellt am",
            ),
            *fields("subject|Betreff", only=Only.ALONE),
            *fields("body_text|Text", only=Only.PART),
        ),
        "x.id", own.MAIL_ALONE,
    ),
    Section(
        "mail_confirmed", "E-Mails, die Sie nennen", "communication_service.email_patient", own.OWN,
        fields("confirmed_at|Bestätigt am"), "x.email_id",
    ),
    Section(
        "mail_files", "Anhänge gesendeter E-Mails", "communication_service.email_attachment", own.MAIL_PART,
        (
            *fields("name|Name der Datei", "media_type|Dateityp", only=Only.ALONE),
            *fields("content|Inhalt (Base64)", only=Only.ALONE, on_paper=False),
        ),
        "x.id", own.MAIL_PART_ALONE,
    ),
    Section(
        "mail_attempts", "Zustellung der E-Mails", "communication_service.email_attempt", own.MAIL_PART,
        (*fields("at|Am", "outcome|Ergebnis", "cause|Ursache"), *fields("reply|Antwort des Servers", only=Only.ALONE)),
        "x.at, x.id", own.MAIL_PART_ALONE,
    ),
    Section(
        "received", "Eingegangene E-Mails", "communication_service.incoming_email", own.INCOMING,
        (
            *fields(
                "from_address|Von", "from_name|Name", "to_address|An", "sent_at|Gesendet am", "received_at|Eingegangen am",
                "automatic|Von einer Maschine", "kind|Art|incoming_kind", "status|Stand", "done_at|Erledigt am",
            ),
            *fields("subject|Betreff", "body_text|Text", "remark|Bemerkung des Programms", only=Only.ALONE),
        ),
        "x.received_at, x.id", own.INCOMING_ALONE,
    ),
    Section(
        "received_files", "Anhänge eingegangener E-Mails", "communication_service.incoming_attachment", own.INCOMING_PART,
        (
            *fields("name|Name der Datei", "media_type|Dateityp", only=Only.ALONE),
            *fields("content|Inhalt (Base64)", only=Only.ALONE, on_paper=False),
        ),
        "x.id", own.INCOMING_PART_ALONE,
    ),
    Section(
        "readings", "Gelesene Antworten", "communication_service.incoming_reading", own.OF_ITEMS,
        fields("suggested|Vorschlag des Programms", "confidence|Sicherheit des Vorschlags", "decided|Von einem Menschen entschieden"),
        "x.id",
    ),
    Section(
        "calls", "Telefonate", "communication_service.phone_call", own.CALL,
        (
            *fields(
                "status|Stand|call_status", "planned_at|Geplant für", "started_at|Begonnen", "ended_at|Beendet",
                "attempt|Versuch", "callback_on|Rückruf am", "cancel_reason|Grund der Absage", "dialled|Gewählte Nummer",
            ),
            *fields("outcome|Ergebnis", "note|Notiz", only=Only.ALONE),
        ),
        "x.id", own.CALL_ALONE, _THERAPIST.format("x.therapist_id"), _PRACTICE,
    ),
    Section(
        "letters", "Briefe", "communication_service.printed_letter", own.LETTER,
        (
            *fields("kind|Art|email_kind", "address|Anschrift", "sender|Absender", "written_on|Vom", "printed_at|Gedruckt am"),
            *fields("subject|Betreff", only=Only.ALONE),
            *fields("body|Text", only=Only.PART),
        ),
        "x.id", own.LETTER_ALONE,
    ),
    Section(
        "batch_lines", "Sammelsendungen", "communication_service.batch_line", own.BATCH_LINE,
        fields(
            "channel|Weg|channel", "status|Stand", "made_at|Geschrieben am", "refusal|Grund, falls nicht geschrieben",
        ),
        "x.id", joins=_THERAPIST.format("x.therapist_id"), named=_PRACTICE,
    ),
    Section(
        "evidence", "Nachweise für die Krankenkasse", "communication_service.evidence_made", own.OWN,
        (*fields("made_at|Erstellt am", "attempts|Anfragen darin"), *fields("pdf_sha256|Prüfsumme (SHA-256)", on_paper=False)),
        "x.id",
    ),
    Section(
        "reports", "Frühere Auskünfte", "patient_service.access_report", own.OWN,
        (*fields("made_at|Erstellt am"), *fields("json_sha256|Prüfsumme der Daten", on_paper=False)), "x.id",
    ),
)  # fmt: skip

MAPS = (
    Section(
        "place_requests", "Suche nach dem Ort der Adresse", "geocoding_service.place_request", own.OWN,
        fields("state|Stand", "asked_at|Gefragt am", "done_at|Beantwortet am", "cause|Ursache, falls nicht gefunden"), "x.id",
    ),
    Section(
        "travel_requests", "Berechnung von Wegen", "geocoding_service.travel_request", own.OWN,
        fields("mode|Verkehrsmittel|travel_mode", "state|Stand", "asked_at|Gefragt am", "done_at|Beantwortet am"), "x.id",
    ),
    Section(
        "reach_requests", "Berechnung des erreichbaren Gebiets", "geocoding_service.reach_request", own.OWN,
        fields(
            "mode|Verkehrsmittel|travel_mode", "minutes|Minuten", "lat|Breitengrad (gerundet)", "lon|Längengrad (gerundet)",
            "state|Stand", "asked_at|Gefragt am", "done_at|Beantwortet am",
        ),
        "x.id",
    ),
)  # fmt: skip

SECTIONS = (*RECORD, *SEARCH, *CONTACTS, *MAPS)
