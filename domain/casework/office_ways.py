"""The ways from the office to a practice, for its record: where patients live differs, the office stands."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from domain.access import office
from domain.casework.travelling import ways_to_therapist
from domain.geocoding.lookup import locate
from domain.travel.ways import Spot, Way
from domain.values import TravelMode


def ways_from_office(
    session: Session, therapist_id: int, *, now: datetime
) -> tuple[str, Mapping[TravelMode, Way]] | None:
    """The office's town, and the way by each mode; None where either has no place."""
    settings = office(session)
    here = locate(session, settings.plz, settings.city) if settings.plz else None
    if here is None:
        return None
    found = ways_to_therapist(session, Spot(here.lat, here.lon, here.uncertainty_m), therapist_id, now=now)
    return None if found is None else (settings.city or settings.plz, found)
