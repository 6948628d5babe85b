"""German words of the tab Nachweis and of insurers' profiles."""

from ui.translation import tr

FIELDS = {
    "profile_id": "Was die &Kasse verlangt",
    "ptv11_on": "PTV 11 vom",
    "urgency": "Dringlichkeit laut PTV 11",
    "tss_asked_on": "TSS angefragt am",
    "tss_result": "Ergebnis der TSS",
    "tss_result_on": "Ergebnis am",
    "tss_appointment_on": "Angebotener Termin",
    "applied_on": "Antrag eingegangen am",
    "delay_told_on": "Kasse nannte Gründe am",
    "decision": "Entscheidung der Kasse",
    "decided_on": "Entschieden am",
    "tss_proof_on": "Nachweis der TSS vom",
    "necessity_on": "Notwendigkeit vom",
    "medical_report_on": "Konsiliarbericht vom",
    "cost_estimate_on": "Kostenvoranschlag vom",
    "licence_on": "Approbation, Fachkunde vom",
    "note": "Notiz (nicht im Nachweis)",
}
CHOICES = {
    "urgency": {"": "keine Angabe", "timely": "zeitnah (35 Tage)", "acute": "Akutbehandlung (14 Tage)"},
    "tss_result": {
        "": "noch keins",
        "no_appointment": "kein Termin",
        "appointment": "Termin angeboten",
        "appointment_without_place": "Termin, aber kein Platz",
    },
    "decision": {"": "noch keine", "approved": "bewilligt", "partly": "teilweise bewilligt", "refused": "abgelehnt"},
    "count_by": {"practice": "jede Praxis einmal", "attempt": "jede Anfrage"},
}
PAPERS = {
    "ptv11": "PTV 11",
    "tss_proof": "Nachweis der TSS",
    "necessity": "Bescheinigung der Notwendigkeit",
    "medical_report": "Konsiliarbericht",
    "cost_estimate": "Kostenvoranschlag",
    "licence": "Approbation und Fachkunde",
}


def field_word(name: str) -> str:
    """The label of a field of the case."""
    return tr(FIELDS[name])


def choices(name: str) -> dict[str, str]:
    """The codes of a choice with their words."""
    return {code: tr(word) for code, word in CHOICES[name].items()}


def paper_word(kind: str) -> str:
    """A paper in short."""
    return tr(PAPERS[kind])
