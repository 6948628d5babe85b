"""The words for the codes of an evidence: the same on paper, in the tab and in an insurer's profile."""

CHANNELS = {"email": "E-Mail", "phone": "Telefon", "letter": "Brief", "visit": "Besuch", "note": "Notiz"}
PAPERS = {
    "ptv11": "PTV 11 (individuelle Patienteninformation)",
    "tss_proof": "Nachweis der Anfrage bei der Terminservicestelle",
    "necessity": "Bescheinigung der Notwendigkeit und Dringlichkeit",
    "medical_report": "Konsiliarbericht",
    "cost_estimate": "Kostenvoranschlag der Praxis",
    "licence": "Approbation und Fachkunde der Praxis",
}
URGENCY = {"": "Dringlichkeit nicht vermerkt", "timely": "zeitnah erforderlich", "acute": "Akutbehandlung"}
TSS_RESULTS = {
    "no_appointment": "kein Termin vermittelt",
    "appointment": "Termin angeboten",
    "appointment_without_place": "Termin wahrgenommen, kein Therapieplatz",
}
DECISIONS = {"approved": "bewilligt", "partly": "teilweise bewilligt", "refused": "abgelehnt"}
COUNT_BY = {"practice": "jede Praxis einmal", "attempt": "jede Anfrage"}
