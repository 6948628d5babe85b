"""The cache of what geocoders said of practices' addresses, and the streets it taught us. No patient's is in it."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.geocoding.addresses import Address, Judged

# how long an answer holds: a house stays where it is, a new house appears on the map one day
KEPT = {"house": timedelta(days=365), "street": timedelta(days=90), "none": timedelta(days=14)}

_KEY = "geocoding_service.address_key(:street, :house_number, :plz, :city)"
_READ = f"SELECT * FROM geocoding_service.geocode_answer WHERE address_key = {_KEY}"
_KEEP = f"""
INSERT INTO geocoding_service.geocode_answer AS a
    (address_key, street, house_number, plz, city, lat, lon, quality, uncertainty_m, warnings, source, answered_at)
VALUES ({_KEY}, :road, :house_number, :plz, :city, :lat, :lon, :quality, :uncertainty_m, :warnings, :source, :now)
ON CONFLICT (address_key) DO UPDATE SET street = excluded.street, lat = excluded.lat, lon = excluded.lon,
    quality = excluded.quality, uncertainty_m = excluded.uncertainty_m, warnings = excluded.warnings,
    source = excluded.source, answered_at = excluded.answered_at
"""


class Unasked:
    """There is no answer that still holds: somebody has to ask."""


UNASKED = Unasked()


def known_answer(session: Session, address: Address, *, now: datetime) -> Judged | Unasked | None:
    """What is known of a cleaned address: where it lies, None where the geocoder knew none, else UNASKED."""
    row = session.execute(text(_READ), _params(address)).one_or_none()
    if row is None or row.answered_at < now - KEPT[row.quality]:
        return UNASKED
    if row.quality == "none":
        return None
    return Judged(row.quality, row.lat, row.lon, row.uncertainty_m, tuple(row.warnings), row.street, row.source)


def keep_answer(session: Session, address: Address, judged: Judged | None, *, source: str, now: datetime) -> None:
    """Keep what was said of a practice's cleaned address, also that nothing was found.

    Not that the map knows it elsewhere only: a person has yet to say which PLZ is right.
    """
    if judged is not None and judged.quality == "plz":
        return
    values = {
        "road": judged.road if judged else address.street, "lat": judged.lat if judged else None,
        "lon": judged.lon if judged else None, "quality": judged.quality if judged else "none",
        "uncertainty_m": judged.uncertainty_m if judged else None,
        "warnings": list(judged.warnings) if judged else [], "source": judged.source if judged else source,
    }  # fmt: skip
    session.execute(text(_KEEP), _params(address) | values | {"now": now})


def forget_old_answers(session: Session, *, now: datetime) -> int:
    """Drop what no longer holds; returns how many."""
    old = " OR ".join(f"(quality = '{quality}' AND answered_at < :{quality})" for quality in KEPT)
    limits = {quality: now - kept for quality, kept in KEPT.items()}
    result = session.execute(text(f"DELETE FROM geocoding_service.geocode_answer WHERE {old}"), limits)
    return int(getattr(result, "rowcount", 0))


def known_streets(session: Session, plz: str) -> tuple[str, ...]:
    """Streets of a PLZ as the map spells them."""
    rows = session.scalars(
        text(
            "SELECT DISTINCT street FROM geocoding_service.geocode_answer"
            " WHERE plz = :plz AND quality <> 'none' ORDER BY street LIMIT 2000"
        ),
        {"plz": plz},
    )
    return tuple(rows)


def _params(address: Address) -> dict[str, object]:
    return {name: getattr(address, name) for name in Address.__slots__}
