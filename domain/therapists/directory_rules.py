"""When a directory's value replaces what is known. Pure: columns as dictionaries, nothing of the database.

What a file does not know never erases what is known; an approval a directory names beats one concluded from the
licence; hours of an older week say nothing new; a coordinate gives way only to one at least as precise.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import Range

from domain.acquisition.records import TherapistRecord
from domain.values import Coordinate
from domain.weektime import from_multirange, to_multirange

# What a file says about itself changes with every file and is no change of the person.
PROVENANCE = ("source", "source_file_id", "source_as_of", "source_seen_at")
GEO = ("lat", "lon", "geo_quality", "geo_uncertainty_m", "geo_source")
_UNKNOWN = frozenset({"", "unknown", "not_stated", "none"})
_HOURS = frozenset({"phone_hours", "office_hours", "hours_as_of"})
_PRECISION = {"house": 0, "street": 1, "ort": 2, "plz": 3, "none": 4}
_AS_IT_IS = frozenset({str, bool, int, float, type(None)})
# columns a person reads as part of another field
FOLLOWS = {"offers_source": "offers", "hours_as_of": "phone_hours"} | dict.fromkeys(GEO, "address")


def therapist_columns(record: TherapistRecord) -> dict[str, Any]:
    """A record's person as columns."""
    return {
        "is_institution": record.is_institution,
        "salutation": record.salutation,
        "title": record.title,
        "first_name": record.first_name,
        "last_name": record.last_name,
        "sex": record.sex.value,
        "licence": record.licence.value,
        "offers": sorted(offer.code for offer in record.offers),
        "offers_source": record.offers_source,
        "languages": sorted(record.languages),
        "specialties": sorted(record.specialties),
        "qualifications": sorted(record.qualifications),
        "email": record.email,
        "phone": record.phone,
        "mobile": record.mobile,
        "fax": record.fax,
        "web": record.web,
        "phone_hours": to_multirange(record.phone_hours),
        "office_hours": to_multirange(record.office_hours),
        "hours_as_of": record.hours_as_of,
    }


def site_columns(record: TherapistRecord, place: Coordinate | None) -> dict[str, Any]:
    """A record's address as columns."""
    values: dict[str, Any] = {
        "street": record.street,
        "house_number": record.house_number,
        "addition": record.addition,
        "plz": record.plz,
        "city": record.city,
        "accessible": record.accessible,
    }
    if place is not None:
        values |= {
            "lat": place.lat,
            "lon": place.lon,
            "geo_quality": place.quality.value,
            "geo_uncertainty_m": place.uncertainty_m,
            "geo_source": place.source,
        }
    return values


def improvements(
    old: Mapping[str, Any], new: Mapping[str, Any], *, only_unknown: bool = False
) -> dict[str, tuple[Any, Any]]:
    """What a file's columns change of the stored ones: name → (old, new). Locks are the caller's.

    `only_unknown` fills what is empty and replaces nothing: the file speaks of another site than the main one.
    """
    stored = {name: old.get(name) for name in new} | dict(old)
    given = dict(new)
    if "hours_as_of" in given and given["hours_as_of"] == stored["hours_as_of"]:
        hours = {"phone_hours", "office_hours"}.intersection(given)
        given |= {name: _united(stored[name], given[name]) for name in hours}
    return {
        name: (stored[name], value)
        for name, value in given.items()
        if _better(name, stored, given) and not (only_unknown and not is_unknown(stored[name]))
    }


def completed(
    old: Mapping[str, Any], new: Mapping[str, Any], *, only_unknown: bool = False
) -> dict[str, tuple[Any, Any]]:
    """What a further row of one file about somebody adds: what is unknown, and hours. Else two rows would flip them."""
    changes = improvements(old, new, only_unknown=only_unknown)
    return {name: change for name, change in changes.items() if name in _HOURS or is_unknown(change[0])}


def is_unknown(value: object) -> bool:
    """Whether a column's value says nothing."""
    return value is None or value == [] or (isinstance(value, str) and value in _UNKNOWN) or value is False


def _better(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    value = new[name]
    if is_unknown(value) or value == old[name]:
        return False
    if name in {"offers", "offers_source"}:
        concluded = new["offers_source"] == "licence" and old["offers_source"] in {"directory", "manual"}
        return not (concluded and old["offers"])
    if name in _HOURS and old["hours_as_of"] is not None:
        # hours of the same week complete each other (improvements)
        return new["hours_as_of"] is not None and new["hours_as_of"] >= old["hours_as_of"]
    if name in GEO:
        return _PRECISION[new["geo_quality"]] <= _PRECISION[old.get("geo_quality") or "none"]
    return True


def _united(old: list[Range[int]] | None, new: list[Range[int]] | None) -> list[Range[int]] | None:
    return to_multirange([*(from_multirange(old) or ()), *(from_multirange(new) or ())]) or None


def plain(value: Any) -> Any:
    """Stored multiranges come as a list of their own kind; compare them as plain lists."""
    return list(value) if isinstance(value, list) else value


def as_json(value: Any) -> Any:
    """A column's value as PostgreSQL writes it in JSON, so that it can be compared and written back."""
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, list) and value and isinstance(value[0], Range):
        return "{" + ",".join(f"[{span.lower},{span.upper})" for span in value) + "}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value
