"""German words of templates: what a kind is for, and what stands behind each name a template may use."""

from ui.translation import tr

_KINDS = {
    "inquiry": "Anfrage an eine Praxis",
    "reminder": "Erinnerung",
    "withdrawal": "Rücknahme einer Anfrage",
    "surplus": "Dank für weitere Zusage",
    "alternative": "Andere Person für einen Platz",
    "place_declined": "Platz wird nicht gebraucht",
    "call_first": "Leitfaden: erster Anruf",
    "call_again": "Leitfaden: Nachfrage am Telefon",
    "first_letter": "Erster Brief an Patienten",
    "weekly_status": "Stand der Suche an Patienten",
    "acceptance_patient": "Platz gefunden: E-Mail an Patienten",
    "acceptance_call": "Platz gefunden: Anruf bei Patienten",
    "own_practice": "Eigene Vorlage an Praxen",
    "own_patient": "Eigene Vorlage an Patienten",
    "profile": "Baustein: Angaben zu einer Person",
    "signature": "Baustein: Unterschrift",
}
_NAMES = {
    "anrede": "Anrede, etwa „Sehr geehrte Frau Dr. Sommer“",
    "empfaenger": "Name des Empfängers",
    "heute": "heutiges Datum",
    "signatur": "Baustein Unterschrift mit Pflichtangaben",
    "profile": "Baustein mit den Angaben zu jeder Person",
    "anzahl": "Zahl der Personen",
    "personen_in_worten": "„eine Person“ oder „3 Personen“",
    "kennungen": "alle Kennungen mit Komma",
    "kennzeichen": "Kennzeichen der Anfrage (gehört in den Betreff)",
    "angefragt_am": "Tag der Anfrage",
    "herkunft": "Verzeichnis, aus dem die Adresse stammt (Art. 14 DSGVO)",
    "praxis": "Name der Praxis mit dem Platz",
    "praxis_telefon": "Telefon dieser Praxis",
    "praxis_anschrift": "Anschrift dieser Praxis",
    "frei_ab": "Tag, ab dem der Platz frei ist (leer: sofort)",
    "gesucht_seit": "„seit 8 Wochen“",
    "angefragt": "Zahl der angefragten Praxen",
    "angefragt_in_worten": "„14 Praxen“",
    "angefragt_diese_woche": "davon in den letzten sieben Tagen",
    "antworten_diese_woche": "Antworten in den letzten sieben Tagen",
    "ohne_antwort": "Praxen, die noch nicht geantwortet haben",
    "abwesend": "Praxen, die zurzeit abwesend sind",
    "ohne_ergebnis": "Praxen ohne Ergebnis (keine Antwort, nicht zustellbar, nur ein Gespräch)",
    "absagen": "Zahl der Absagen",
    "wartelisten": "Zahl der Wartelisten",
    "anrufe": "Telefonate mit Praxen",
    "notruf": "112",
    "bereitschaftsdienst": "116 117",
}
# What is inserted where it is more than the name.
_WHOLE = {
    "mehrzahl": ('{{ mehrzahl("einen Platz", "Plätze") }}', "ein Wort für eine, ein anderes für mehrere Personen"),
    "noch_offen": (
        '{{ "teilweise erledigt" if noch_offen else "erledigt" }}',
        "ob die Praxis aus derselben Anfrage noch nach jemandem gefragt ist",
    ),
    "anderer_platz": (
        "{% if anderer_platz %}Eine andere Praxis war schneller.{% endif %}",
        "nur, wenn eine andere Praxis der Person einen Platz gibt",
    ),
    "dort_begonnen": (
        '{{ "hat dort begonnen" if dort_begonnen else "klärt zuerst dort, ob es passt" }}',
        "ob die Person in der anderen Praxis schon begonnen hat",
    ),
    "brief": ('{{ "diesen Brief" if brief else "diese E-Mail" }}', "ein Wort auf Papier, ein anderes in der E-Mail"),
    "krisennummern": ('{{ krisennummern|join(", ") }}', "Telefonseelsorge"),
    "fehlt": ("{% for angabe in fehlt %}\n- {{ angabe }}\n{% endfor %}", "Liste dessen, was noch fehlt"),
    "personen": ("{% for person in personen %}\n> {{ person.kennung }}\n{% endfor %}", "jede Person für sich"),
    "absender": ("{{ absender.person }}, {{ absender.name }}", "Person und Büro, die schreiben"),
}  # fmt: skip


def kind_words(kind: str) -> str:
    """What a kind is for."""
    return tr(_KINDS.get(kind, kind))


def placeholder(name: str) -> tuple[str, str]:
    """What is inserted into the text for a name, and what it stands for."""
    if name in _WHOLE:
        text, words = _WHOLE[name]
        return text, tr(words)
    return f"{{{{ {name} }}}}", tr(_NAMES[name])
