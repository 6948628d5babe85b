"""One entry of the intake form's file → PatientRecord. What is impossible is noted and left unknown."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from domain.acquisition.arztsuche import noted, values_of
from domain.acquisition.hours import spans_of, weekday_of
from domain.acquisition.offers import methods_of
from domain.acquisition.phone_numbers import phone
from domain.acquisition.records import ConsentRecord, PatientRecord, RowError
from domain.acquisition.text import clean, day, email, plz
from domain.languages import known, unknown
from domain.values import Method, Sex, SexWish, TravelMode, WeekSpan
from domain.weektime import merged

SEXES = {"weiblich": Sex.FEMALE, "männlich": Sex.MALE, "divers": Sex.DIVERSE}
WISHES = {"weiblich": SexWish.FEMALE, "männlich": SexWish.MALE}
TRAVEL = {
    "auto": TravelMode.CAR,
    "öpnv": TravelMode.PUBLIC_TRANSPORT,
    "fahrrad": TravelMode.BICYCLE,
    "rad": TravelMode.BICYCLE,
    "bus und bahn": TravelMode.PUBLIC_TRANSPORT,
    "zu fuß": TravelMode.FOOT,
}
ICD10 = re.compile(r"[A-Z][0-9]{2}(\.[0-9]{1,2})?")
SCOPES = {
    "speicherung": "storage",
    "anonyme_anfrage": "pseudonymous_inquiry",
    "identitaet_nach_zusage": "identity_to_practice",
    "unterlagen_kasse": "papers_to_insurer",
    "anrufbeantworter": "voicemail",
}
OLDEST = date(1900, 1, 2)


def record_of(row: int, entry: object, *, today: date) -> PatientRecord | RowError:
    """Read one entry; a RowError when it has no surname or is no object."""
    if not isinstance(entry, Mapping):
        return RowError(row, "import.row.not_an_object")
    last_name = clean(entry.get("nachname"))
    if not last_name:
        return RowError(row, "import.row.no_name")
    notes: list[str] = []
    insurer = clean(entry.get("krankenkasse"))
    return PatientRecord(
        row=row,
        last_name=last_name,
        first_name=clean(entry.get("vorname")),
        sex=SEXES.get(clean(entry.get("geschlecht")).lower(), Sex.NOT_STATED),
        birth_date=birth_date(entry.get("geburtsdatum"), today=today, notes=notes),
        street=clean(entry.get("strasse")),
        house_number=clean(entry.get("hausnummer")),
        plz=noted(plz, entry.get("plz"), "plz_unreadable", notes),
        city=clean(entry.get("ort")),
        email=noted(email, entry.get("email"), "email_unreadable", notes),
        phone=noted(phone, entry.get("telefon"), "phone_unreadable", notes),
        insurer="" if insurer.lower() in {"privat", "selbstzahler"} else insurer,
        insurance_kind=insurance_kind(insurer),
        complaints=values_of(entry.get("beschwerden")),
        diagnoses=diagnoses(entry.get("icd10"), notes),
        methods=methods(values_of(entry.get("bevorzugtes_verfahren")), notes),
        therapist_sex=WISHES.get(clean(entry.get("bevorzugtes_geschlecht")).lower(), SexWish.ANY),
        group_ok=entry.get("gruppe") is True,
        radius_km=radius(entry.get("max_km"), notes),
        travel_mode=travel_mode(clean(entry.get("verkehrsmittel"))),
        languages=needed_languages(values_of(entry.get("sprachen")), notes),
        availability=_availability(entry.get("verfuegbarkeit"), notes),
        previous_therapy_end=day(entry.get("vorherige_therapie_ende")),
        consultation_on=day(entry.get("sprechstunde_am")),
        timely_needed=entry.get("ptv11_zeitnah") is True,
        consent=_consent(entry.get("einwilligung"), today=today, notes=notes),
        notes=tuple(dict.fromkeys(notes)),
    )


def needed_languages(spoken: Sequence[str], notes: list[str]) -> frozenset[str]:
    """The languages of which a practice must have one; what is no language is noted and left out.

    Who signs needs sign language, whatever else they read or write. Who speaks German needs no other language;
    for everybody else each language they speak would do.
    """
    found = known(spoken)
    if unknown(spoken):
        notes.append("language_unknown")
    if signed := frozenset(name for name in found if "gebärden" in name.lower()):
        return signed
    return frozenset() if "Deutsch" in found else frozenset(found)


def travel_mode(text: str) -> TravelMode | None:
    """How somebody gets about; None for an unknown word."""
    return TRAVEL.get(text.lower())


def birth_date(value: object, *, today: date, notes: list[str]) -> date | None:
    """A possible birth date; an impossible one is noted and left unknown. "4.5.58" is a year of the last century."""
    found = day(value)
    if found is not None and found > today and re.search(r"\.[0-9]{2}$", clean(value)):
        found = found.replace(year=found.year - 100)
    return past_day(found, value, today=today, name="birth_date", notes=notes)


def past_day(found: date | None, value: object, *, today: date, name: str, notes: list[str]) -> date | None:
    """A day that lies behind us; what cannot be read or cannot be is noted as `name` and left unknown."""
    if found is None:
        if clean(value):
            notes.append(f"{name}_unreadable")
        return None
    if not OLDEST <= found <= today:
        notes.append(f"{name}_impossible")
        return None
    return found


def insurance_kind(insurer: str) -> str:
    """Statutory for a named Kasse, private, self_pay, or unknown for an empty text."""
    folded = insurer.lower()
    if folded.startswith("privat"):
        return "private"
    if folded.startswith("selbstzahl"):
        return "self_pay"
    return "statutory" if insurer else "unknown"


def diagnoses(value: object, notes: list[str]) -> tuple[str, ...]:
    """ICD-10 codes of a text or list; what is no code is noted."""
    texts = values_of(value) if isinstance(value, list) else tuple(re.split(r"[,;\s]+", clean(value)))
    codes = [text.upper().rstrip("GVAZ!*+-").rstrip(".") if text else "" for text in texts]
    good = tuple(dict.fromkeys(code for code in codes if ICD10.fullmatch(code)))
    if len(good) < len({code for code in codes if code}):
        notes.append("diagnosis_unreadable")
    return good


def methods(texts: tuple[str, ...], notes: list[str]) -> frozenset[Method]:
    """Wished methods; an unknown word is noted."""
    found = [methods_of(text) for text in texts]
    if not all(found):
        notes.append("method_unreadable")
    return frozenset[Method]().union(*found)


def radius(value: object, notes: list[str]) -> int | None:
    """Kilometres between 1 and 500, or None."""
    text = clean(value).lower().removesuffix("km").strip().removesuffix(".0")
    if not text:
        return None
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 500:
        return int(text)
    notes.append("radius_impossible")
    return None


def _availability(value: object, notes: list[str]) -> tuple[WeekSpan, ...] | None:
    if not isinstance(value, Mapping) or not value:
        return None
    spans: list[WeekSpan] = []
    for name, times in value.items():
        weekday = weekday_of(str(name))
        for pair in times if weekday is not None and isinstance(times, list) else ():
            if isinstance(pair, list) and len(pair) == 2:
                spans.extend(spans_of(weekday or 0, f"{clean(pair[0])}-{clean(pair[1])}", notes))
    return merged(spans) or None


def _consent(value: object, *, today: date, notes: list[str]) -> ConsentRecord | None:
    if not isinstance(value, Mapping):
        return None
    given: Mapping[str, Any] = value
    on = past_day(day(given.get("am")), given.get("am"), today=today, name="consent_date", notes=notes)
    if on is None:
        return None
    scopes = frozenset(scope for word, scope in SCOPES.items() if given.get(word) is True)
    refused = frozenset(scope for word, scope in SCOPES.items() if given.get(word) is False)
    return ConsentRecord(clean(given.get("version")) or "unbekannt", on, scopes, refused)
