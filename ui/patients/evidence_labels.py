"""German words of the tab Nachweis and of insurers' profiles; those that stand on the paper, too, are the paper's."""

from domain.communication.evidence.vocabulary import COUNT_BY, DECISIONS, PAPERS, TSS_RESULTS, URGENCY
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
    "opinion_told_on": "Gutachten mitgeteilt am",
    "delay_told_on": "Kasse nannte Gründe am",
    "delay_until": "Neuer Tag, den sie nannte",
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
    "urgency": URGENCY,
    "tss_result": {"": "noch keins", **TSS_RESULTS},
    "decision": {"": "noch keine", **DECISIONS},
    "count_by": COUNT_BY,
}


def field_word(name: str) -> str:
    """The label of a field of the case."""
    return tr(FIELDS[name])


def choices(name: str) -> dict[str, str]:
    """The codes of a choice with their words."""
    return {code: tr(word) for code, word in CHOICES[name].items()}


def paper_word(kind: str) -> str:
    """The name of a paper."""
    return tr(PAPERS[kind])
