"""Addresses as people write them, made fit for a geocoder; and whether what it found is what was asked for. Pure.

"Hauptstr. 17-19, 2. OG" finds nothing as it stands: number, additions and abbreviations are told apart first.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.geocoding.earth import great_circle_km
from domain.geocoding.folding import fold_place, fold_street
from domain.values import Coordinate

# what stands in an address and names no place a map knows
_ADDITIONS = re.compile(
    r"""(?ix)
    \b c/o \b [^,]* | \( [^)]* \) | \b z\.?\s?hd\.? [^,]*
    | \b \d+ \s* \. \s* (?: og | ug | obergescho(?:ss|ß) | untergescho(?:ss|ß)
                          | stock(?:werk)? | etage | hinterhof | hof ) \b
    | \b (?: eg | dg | hochparterre | erdgescho(?:ss|ß) | dachgescho(?:ss|ß) | souterrain
           | hinterhaus | hinterhof | vorderhaus | seitenflügel | gartenhaus ) \b
    | \b (?: im | in \s der | in \s dem ) \s (?: \w*haus | \w*zentrum | \w*klinik | \w*praxis | mvz ) \b .* $
    | \b (?: aufgang | eingang | haus | whg\.? | wohnung | app(?:artement)?\.? | raum | zimmer )
        \s* [a-z]? \d* \s* (?= , | $ )
    """
)
_NUMBER_AT_END = re.compile(
    r"""(?ix) ^ (?P<street> .*? [^\d\s,] ) [\s,]*
    \b (?P<number> \d{1,4} \s* [a-z]? (?: \s* [-–/+] \s* \d* \s* [a-z]? )* ) $"""
)
_FIRST_NUMBER = re.compile(r"(?i)(\d{1,4})\s*([a-z])?(?![a-z])")
_STREET = re.compile(r"(?i)(?<=[a-zäöüß])str(?:\.|\b)(?!a)")  # Hauptstr. → Hauptstraße
_STREET_ALONE = re.compile(r"(?i)\bstr(?:\.|\b)")  # Berliner Str. → Berliner Straße
_SPOKEN = ((re.compile(r"(?i)(?<=[a-zäöü])pl\.(?=\s|$)"), "platz"), (re.compile(r"(?i)\bpl\.(?=\s|$)"), "Platz"),
           (re.compile(r"(?i)\bst\.\s*"), "St. "), (re.compile(r"(?i)(?<=[a-zäöüß])strasse\b"), "straße"),
           (re.compile(r"(?i)\bstrasse\b"), "Straße"))  # fmt: skip
SIMILAR = 0.82  # of ratcliff and obershelp, for one wrong letter in a name of eight


class Difference(StrEnum):
    """In what the found address differs from the asked one; each has words."""

    NUMBER_UNKNOWN = "number_unknown"
    PLZ_DIFFERS = "plz_differs"
    PLZ_ELSEWHERE = "plz_elsewhere"
    ROAD_SIMILAR = "road_similar"
    CITY_DIFFERS = "city_differs"


@dataclass(frozen=True, slots=True)
class Address:
    """Street, number, PLZ and town, apart."""

    street: str
    house_number: str
    plz: str
    city: str


@dataclass(frozen=True, slots=True)
class Found:
    """One hit of a geocoder: its address as far as it says, degrees, and the half diagonal of its box in metres."""

    address: Address
    lat: float
    lon: float
    extent_m: int
    source: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A hit weighed: how far off it may be (m), and what differs.

    Its quality is ``house``, ``street``, or ``plz`` where the map knows the address elsewhere only.
    """

    quality: str
    lat: float
    lon: float
    uncertainty_m: int
    warnings: tuple[str, ...]
    road: str
    source: str


RANKS = ("house", "street", "plz")  # the better first
HOUSE_M, STREET_M, LONGEST_STREET_M = 30, 150, 5000
IN_GERMANY = (47.0, 55.2, 5.5, 15.5)


def clean(address: Address) -> Address:
    """Additions off, the number out of the street, the first of several numbers, abbreviations in full."""
    street, number = _squeeze(_ADDITIONS.sub(" ", address.street)), _ADDITIONS.sub(" ", address.house_number).strip()
    if (split := _NUMBER_AT_END.match(street)) is not None and not number:
        street, number = split["street"], split["number"]
    first = _FIRST_NUMBER.search(number)
    number = f"{first[1].lstrip('0') or first[1]}{(first[2] or '').lower()}" if first else ""
    street = _STREET_ALONE.sub("Straße", _STREET.sub("straße", street))
    for pattern, spoken in _SPOKEN:
        street = pattern.sub(spoken, street)
    plz = address.plz.strip()
    city = _squeeze(address.city.split("(", maxsplit=1)[0])
    return Address(_squeeze(street), number, plz if re.fullmatch(r"\d{5}", plz) else "", city)


def _squeeze(text: str) -> str:
    return " ".join(text.split()).strip(" ,;-–")


def spelled_like(street: str, known: Iterable[str]) -> str | None:
    """The known street that is meant by a misspelt one; None where none is near, or two are equally near."""
    by_fold = {fold_street(name): name for name in known}
    asked = fold_street(street)
    if asked in by_fold:
        return by_fold[asked] if by_fold[asked] != street else None
    near = difflib.get_close_matches(asked, by_fold, 2, SIMILAR)
    if not near:
        return None
    ratios = [difflib.SequenceMatcher(None, name, asked).ratio() for name in near]
    return by_fold[near[0]] if len(near) == 1 or ratios[0] > ratios[1] else None


def judge(asked: Address, hits: Iterable[Found], *, within: Coordinate | None = None) -> Judged | None:
    """The best of the hits that are what was asked for; None where none is.

    A geocoder that ignores a wrong PLZ or falls back to the street says so only by what it returns. The road must be
    the asked one, or nearly; of a house the number must be the same; a PLZ or a town, one of which must agree.

    `within` is where the asked PLZ lies, if it exists: a hit of another PLZ beyond its radius is another street of that
    name. Then the address is known to its PLZ only, and that is told.
    """
    south, north, west, east = IN_GERMANY
    judged = [
        found
        for hit in hits
        if south <= hit.lat <= north and west <= hit.lon <= east and (found := _judge(asked, hit, within)) is not None
    ]
    return min(judged, key=lambda j: (RANKS.index(j.quality), len(j.warnings), j.uncertainty_m), default=None)


def _judge(asked: Address, hit: Found, within: Coordinate | None) -> Judged | None:
    got = hit.address
    warnings = _differences(asked, got)
    if warnings is None:
        return None
    if Difference.PLZ_DIFFERS in warnings and within is not None and is_beyond(hit.lat, hit.lon, within):
        # with the PLZ the map has it under, for a person to look at
        told = f"{Difference.PLZ_ELSEWHERE}:{got.plz}"
        at = within
        return Judged("plz", at.lat, at.lon, at.uncertainty_m, (told,), got.street, at.source)
    if asked.house_number and _number(got.house_number) == _number(asked.house_number):
        return Judged("house", hit.lat, hit.lon, HOUSE_M, tuple(warnings), got.street, hit.source)
    if asked.house_number:
        warnings.append(Difference.NUMBER_UNKNOWN)
    extent = min(max(STREET_M, hit.extent_m), LONGEST_STREET_M)
    return Judged("street", hit.lat, hit.lon, extent, tuple(warnings), got.street, hit.source)


def _differences(asked: Address, got: Address) -> list[str] | None:
    """In what road, PLZ and town differ; None where it is not the street that was asked for."""
    road, wanted = fold_street(got.street), fold_street(asked.street)
    if not road:
        return None
    warnings: list[str] = []
    if road != wanted:
        if difflib.SequenceMatcher(None, road, wanted).ratio() < SIMILAR:
            return None
        warnings.append(Difference.ROAD_SIMILAR)
    same_plz = got.plz == asked.plz if got.plz and asked.plz else None
    same_city = _same_city(asked.city, got.city) if got.city and asked.city else None
    if not same_plz and not same_city:
        return None
    if same_plz is False:
        warnings.append(Difference.PLZ_DIFFERS)
    if same_city is False:
        warnings.append(Difference.CITY_DIFFERS)
    return warnings


def is_beyond(lat: float, lon: float, within: Coordinate) -> bool:
    """Whether a place lies farther from a PLZ's centre than its addresses do."""
    return great_circle_km(within.lat, within.lon, lat, lon) * 1000 > within.uncertainty_m


def _number(text: str) -> str:
    return re.sub(r"\s", "", text).lower()


def _same_city(asked: str, got: str) -> bool:
    one, other = fold_place(asked), fold_place(got)
    return (
        one == other
        or one in other.split()
        or other in one.split()
        or one.startswith(other + " ")
        or other.startswith(one + " ")
    )


def without_number(address: Address) -> Address:
    """Its street alone."""
    return replace(address, house_number="")
