"""The columns of lists of therapists: known by their headers or named by a person, days among them. Pure.

Which list a table is (`family`) and whether it is one of therapists at all is told by its header, too.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from domain.acquisition import patient_columns
from domain.acquisition.hours import WEEKDAYS
from domain.acquisition.patient_columns import fold_header
from domain.acquisition.text import clean, day
from domain.errors import Invalid

# field → headers it goes by, folded (lower case, letters and digits only)
HEADERS: Mapping[str, tuple[str, ...]] = {
    "last_name": ("nachname", "familienname"),
    "first_name": ("vorname",),
    "name": (
        "name", "praxisname", "arztärztin", "therapeut", "therapeutin", "therapeutintherapeut", "namevorname",
        "nachnamevorname", "vornamename", "vornamenachname", "namevornametitel", "namenvornametitel", "titelname",
        "titelvornamename", "titelnamevorname",
    ),
    "title": ("titel",),
    "salutation": ("anrede",),
    "sex": ("geschlecht",),
    "area_code": ("vorwahl", "ortsvorwahl"),
    "phone": (
        "telefon", "telefonnummer", "tel", "telefonnr", "telnr", "festnetz", "telefonpraxis",
        "telefontelefax", "telefonfax", "telfax",
    ),
    "mobile": ("handy", "mobil", "mobilfunknummer", "mobilnummer", "mobiltelefon", "handynummer"),
    "fax": ("fax", "telefax", "faxnummer"),
    "email": ("email", "emailadresse", "mail", "mailadresse"),
    "web": ("webseite", "web", "website", "homepage", "internet", "internetseite", "internetadresse"),
    "street": (
        "strasse", "straße", "str", "straßenr", "strassenr", "straßehausnr", "strassehausnr", "straßehausnummer",
        "strassehausnummer", "straßeundhausnummer", "strasseundhausnummer",
    ),
    "house_number": ("hausnummer", "hausnr"),
    "plz": ("plz", "postleitzahl"),
    "city": ("ort", "stadt", "plzort", "praxisort"),
    "address": ("adresse", "anschrift", "praxisadresse", "praxisanschrift"),
    "licence": ("arztgruppe", "fachgruppe"),
    "methods": ("therapieverfahren", "verfahren", "richtlinienverfahren", "therapieform", "therapiemethode"),
    "accessible": ("barrierefreiheit",),
    "languages": ("sprachen",),
    "specialties": ("fachgebiete", "fachgebiet"),
    "phone_hours": (
        "telefonischesprechzeiten", "telefonzeiten", "telefonischeerreichbarkeit", "telefonischesprechzeit",
        "telefonsprechzeiten", "telefonsprechzeit", "telefonsprechstunde", "telefonzeit", "sprechzeitentel",
        "sprechzeitentelefon", "telsprechzeiten", "telerreichbarkeit",
    ),
    # not "Sprechstunde": in lists of patients that is the day of theirs
    "office_hours": ("sprechzeiten", "öffnungszeiten", "praxiszeiten"),
    "contact_status": ("status", "kontaktstatus"),
    "contact_note": ("notiz", "notizen", "bemerkung", "bemerkungen", "anmerkung", "anmerkungen"),
    "contact_on": ("kontaktdatum", "kontaktam", "letzterkontakt", "angerufenam", "kontaktiertam"),
}  # fmt: skip
FIELDS_OF_PATIENTS = frozenset(
    {"birth_date", "insurer", "insurance_number", "complaints", "diagnoses", "therapist_sex", "group_ok", "radius_km"}
    | {"travel_mode", "availability", "registered_on"}
)
ONLY_OF_PATIENTS = frozenset({"birth_date", "insurance_number", "complaints", "diagnoses"})
# lists of practices may have these: the funds they take, groups they lead, their times, how one registers there
MAYBE_OF_PATIENTS = frozenset({"insurer", "group_ok", "availability"})
MAYBE_REGISTERED = frozenset({"anmeldung", "aufnahme"})
# a list with two of these is rather of therapists, though patients wish for methods and are reached at hours, too
OF_THERAPISTS = frozenset(
    {"fachgebiete", "therapieverfahren", "distanzm", "distanzinmetervonplz", "sprechzeiten", "barrierefreiheit"}
    | {"telefonischesprechzeiten", "telefonzeiten", "arztgruppe"}
)
MAYBE_OF_PRACTICES = frozenset({"praxis", "lanr", "bsnr"})
SURELY_OF_PATIENTS = frozenset({"icd10", "icd", "diagnose"})  # one person's; of "Diagnosen" a practice treats some
OF_EITHER = frozenset({"therapieverfahren", "barrierefreiheit"})  # of these what patients may wish for
# no patient has one of these
OF_PRACTICES = frozenset({"fachgebiete", "fachgebiet", "distanzm", "distanzinmetervonplz", "arztgruppe", "fachgruppe"})
# a column so called holds no patients, where it is the one of names
NAMES_OF_PRACTICES = frozenset({"praxisname", "therapeut", "therapeutin", "therapeutintherapeut", "arztärztin"})
# what exporters of a search write beside each hit
OF_A_SEARCH = frozenset({"distanzm", "distanzinmetervonplz"})
DATED = re.compile(
    r"(?:(?:mo|di|mi|do|fr|sa|so)[a-z]*\.?,?\s*)?([0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})",
    re.IGNORECASE,
)
FULL_DAYS = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands, and which columns are days: index → (weekday, calendar day if the header names one)."""

    fields: Mapping[str, int]
    days: Mapping[int, tuple[int, date | None]]


def header_words(cells: Sequence[object]) -> tuple[str, ...]:
    """The header of a table as text: a workbook's date is the day a person sees, without a time."""
    return tuple(f"{cell:%d.%m.%Y}" if isinstance(cell, date) else clean(cell) for cell in cells)


def guess_columns(headers: Sequence[str]) -> dict[str, str]:
    """Field → header as written, for every header that is known; of several the plainer word wins."""
    folded = [fold_header(header) for header in headers]
    return {
        name: next(headers[folded.index(word)] for word in words if word in folded)
        for name, words in HEADERS.items()
        if any(word in folded for word in words)
    }


def heads(word: str) -> bool:
    """Whether a word heads any column of a list of therapists or patients."""
    return bool(guess_columns([word]) or patient_columns.guess_mapping([word]))


def heads_names(word: str) -> bool:
    """Whether a header is that of names, of therapists or patients: a list may have no other column."""
    return not {"name", "last_name"}.isdisjoint(guess_columns([word])) or patient_columns.heads_names(word)


def columns_of(headers: Sequence[str], mapping: Mapping[str, str] | None = None, *, file: str = "") -> Columns:
    """The columns of a list's header: as a person named them (field → header), else as guessed.

    Raises Invalid where a field or a header of `mapping` is not there.
    """
    chosen = guess_columns(headers) if mapping is None else dict(mapping)
    if unknown := sorted(set(chosen) - set(HEADERS)):
        raise Invalid("import.mapping", fields=unknown)
    if missing := [name for name in chosen.values() if name not in headers]:
        raise Invalid("import.column_missing", file=file, columns=missing)
    fields = {name: headers.index(header) for name, header in chosen.items()}
    folded = [fold_header(header) for header in headers]
    days: dict[int, tuple[int, date | None]] = {}
    for index, header in enumerate(headers):
        if (match := DATED.fullmatch(header)) and (found := day(match[1])) is not None:
            days[index] = (found.weekday(), found)
        elif folded[index] in FULL_DAYS:
            days[index] = (FULL_DAYS.index(folded[index]), None)
        elif folded[index] in WEEKDAYS:
            days[index] = (WEEKDAYS[folded[index]], None)
    return Columns(fields, days)


def is_of_therapists(headers: Sequence[str]) -> tuple[bool, bool]:
    """Whether a table's header is rather that of therapists than of patients, and whether that is certain.

    Certain is what has a field of practices (their office's hours are one) beside another of therapists, and none of
    patients; and of patients what has a field only they have, or two with one that no practice has, and none of
    practices. All else is a guess: patients wish for methods, are reached at hours and may have a fax, practices take
    funds and treat disorders.
    """
    columns = columns_of(headers)
    folded = [fold_header(header) for header in headers]
    named = "name" in columns.fields or "last_name" in columns.fields
    words = OF_THERAPISTS.intersection(folded)
    timed = len(columns.days) >= 2 or not {"phone_hours", "office_hours"}.isdisjoint(columns.fields)
    patient = any("patient" in word or "klient" in word for word in folded)
    heads_name = set(filter(heads_names, folded))
    is_practice = bool(heads_name) and heads_name <= NAMES_OF_PRACTICES and not patient
    of_practices = is_practice or not OF_PRACTICES.isdisjoint(folded)
    open_to_all = not {"fax", "web"}.isdisjoint(columns.fields)
    guess = patient_columns.guess_mapping(headers)
    if of_patients := FIELDS_OF_PATIENTS.intersection(guess):
        only = bool(ONLY_OF_PATIENTS & of_patients)
        clear = of_patients - MAYBE_OF_PATIENTS
        if fold_header(guess.get("registered_on", "")) in MAYBE_REGISTERED:
            clear -= {"registered_on"}
        plain = "krankenkasse" in folded or (clear and len(of_patients) > 1)
        rather = of_practices or len(words) > 1 or (open_to_all and bool(words or timed))
        sure = bool(SURELY_OF_PATIENTS.intersection(folded) or {"birth_date", "insurance_number"} & of_patients)
        denied = of_practices or open_to_all or not MAYBE_OF_PRACTICES.isdisjoint(folded)
        return named and rather and not only, not denied and (sure or (bool(only or plain) and not (words or timed)))
    told = is_practice + len(OF_PRACTICES.intersection(folded)) + ("office_hours" in columns.fields)
    beside = len(OF_EITHER.intersection(folded)) + (timed and "office_hours" not in columns.fields) + open_to_all
    is_certain = named and not patient and ((told > 0 and told + beside > 1) or _is_short(columns, heads_name))
    reached = not {"phone", "email", "address", "plz"}.isdisjoint(columns.fields)
    return bool(is_certain or words or (named and (of_practices or (reached and timed)))), is_certain


def _is_short(columns: Columns, heads_name: set[str]) -> bool:
    """Whether it is one of the short forms that directories are passed on in (directory-formats.md)."""
    whole_week, dated = len(columns.days) >= 5, sum(on is not None for _, on in columns.days.values()) >= 2
    timed = "office_hours" in columns.fields or ("email" in columns.fields and (whole_week or dated))
    return heads_name == {"name"} and {"name", "address", "phone"} <= columns.fields.keys() and timed


def family(headers: Sequence[str]) -> str:
    """The same for the lists of one exporter or office, whatever days they show: a digest of all other headers."""
    days = columns_of(headers).days
    lasting = sorted(fold_header(header) for at, header in enumerate(headers) if at not in days)
    return sha256("\n".join(lasting).encode()).hexdigest()[:16]


def is_of_arztsuche(headers: Sequence[str]) -> bool:
    """Whether a table was exported from the statutory physicians' search: only its hits have a distance in metres."""
    return not OF_A_SEARCH.isdisjoint(map(fold_header, headers))
