"""The columns of the office's own lists of patients: known by their headers. Pure."""

from collections.abc import Mapping, Sequence

# field → headers it goes by, the plainest first, folded (lower case, letters and digits only)
HEADERS: Mapping[str, tuple[str, ...]] = {
    "last_name": ("nachname", "familienname", "zuname", "name", "namevorname", "nachnamevorname"),
    "first_name": ("vorname", "rufname"),
    "birth_date": ("geburtsdatum", "geburtstag", "gebdatum", "geboren", "geborenam", "geb"),
    "sex": ("geschlecht",),
    "street": ("straße", "strasse", "str", "anschrift"),
    # not "Nr": most often that is the row's running number
    "house_number": ("hausnummer", "hausnr", "hnr"),
    "plz": ("plz", "postleitzahl"),
    "city": ("ort", "wohnort", "stadt"),
    "email": ("email", "mail", "emailadresse"),
    "phone": ("telefon", "telefonnummer", "tel", "handy", "mobil"),
    "insurer": ("krankenkasse", "kasse", "versicherung"),
    "insurance_number": ("kvnr", "versichertennummer", "versicherungsnummer"),
    "complaints": ("beschwerden", "anliegen", "beschwerde", "problematik"),
    "diagnoses": ("icd10", "icd", "diagnose", "diagnosen"),
    "methods": ("verfahren", "wunschverfahren", "bevorzugtesverfahren"),
    "therapist_sex": ("wunschgeschlecht", "bevorzugtesgeschlecht"),
    "group_ok": ("gruppe", "gruppentherapie"),
    "radius_km": ("maxkm", "radius", "umkreis", "umkreiskm"),
    "travel_mode": ("verkehrsmittel", "unterwegsmit", "mobilität"),
    "languages": ("sprachen", "sprache", "muttersprache"),
    "availability": ("verfügbarkeit", "zeiten", "verfügbar"),
    "registered_on": ("angemeldetam", "anmeldung", "anmeldedatum", "wartetseit", "aufnahme"),
}


def fold_header(text: str) -> str:
    """A header for comparing."""
    return "".join(c for c in text.lower() if c.isalnum())


def guess_mapping(headers: Sequence[str]) -> dict[str, str]:
    """Field → header as written, for every header that is known; of several the plainer word wins."""
    written: dict[str, str] = {}
    for header in headers:
        written.setdefault(fold_header(header), header)
    mapping: dict[str, str] = {}
    for field, words in HEADERS.items():
        for word in words:
            if word in written:
                mapping.setdefault(field, written[word])
    return mapping


def heads_names(word: str) -> bool:
    """Whether a header is that of names: a list may have no other column."""
    return "last_name" in guess_mapping([word])
