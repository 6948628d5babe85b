"""A place set by hand on the map: kept whoever writes (trigger `keep_pin`), undone or let go of by a person only."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from domain import events
from domain.database import Base
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid
from domain.geocoding.lookup import locate
from domain.geocoding.models import Located
from domain.patients.models import Patient
from domain.therapists.models import PracticeSite
from domain.therapists.sites import working_at

HAND_M = 20  # metres somebody may be off with a mouse
SOUTH, NORTH, WEST, EAST = 47.0, 55.2, 5.5, 15.5
COLUMNS = ("lat", "lon", "geo_quality", "geo_uncertainty_m", "geo_source", "geo_locked")


@dataclass(frozen=True, slots=True)
class Pin:
    """Where something stood, and whether by hand: what undoing needs. `version` is the row's once it was pinned."""

    lat: float | None
    lon: float | None
    geo_quality: str
    geo_uncertainty_m: int | None
    geo_source: str | None
    geo_locked: bool
    version: int = 0


def pin_site(session: Session, site_id: int, *, lat: float, lon: float) -> Pin:
    """Set a practice's site by hand; returns how it stood before. Raises Invalid outside Germany, NotFound."""
    site = load_for_edit(session, PracticeSite, site_id)
    before = _set(site, lat, lon)
    _tell_site(session, site)
    return replace(before, version=site.version)


def pin_patient(session: Session, patient_id: int, *, lat: float, lon: float) -> Pin:
    """Set a patient's place by hand; returns how it stood before. Raises Invalid, NotFound."""
    patient = _open_patient(session, patient_id)
    before = _set(patient, lat, lon)
    session.flush()
    events.record(session, "patient.placed", patient_id)
    return replace(before, version=patient.version)


def unpin_site(session: Session, site_id: int, *, back_to: Pin | None = None) -> None:
    """Undo (`back_to` how it stood), or let go: the address is looked up again, and asked for where that is set up.

    Raises Conflict where address or place were changed since: how it stood was the old address's place.
    """
    site = load_for_edit(session, PracticeSite, site_id)
    _back(session, site, back_to)
    _tell_site(session, site)


def unpin_patient(session: Session, patient_id: int, *, back_to: Pin | None = None) -> None:
    """Likewise for a patient."""
    patient = _open_patient(session, patient_id)
    _back(session, patient, back_to)
    events.record(session, "patient.placed", patient_id)


def _open_patient(session: Session, patient_id: int) -> Patient:
    patient = load_for_edit(session, Patient, patient_id)
    if patient.restricted_at is not None or patient.erased_at is not None:
        raise Invalid("patient.restricted")
    return patient


def _set(row: PracticeSite | Patient, lat: float, lon: float) -> Pin:
    if not (SOUTH <= lat <= NORTH and WEST <= lon <= EAST):
        raise Invalid("place.outside_germany")
    before = Pin(**{name: getattr(row, name) for name in COLUMNS})
    _fill(row, Pin(lat, lon, "house", HAND_M, "hand", geo_locked=True))
    return before


def _back(session: Session, row: PracticeSite | Patient, back_to: Pin | None) -> None:
    if back_to is not None and row.version != back_to.version:
        raise Conflict("place.changed_since")
    if back_to is None:
        found = locate(session, row.plz, row.city) if row.plz else None
        back_to = (
            Pin(found.lat, found.lon, found.quality.value, found.uncertainty_m, found.source, geo_locked=False)
            if found
            else Pin(None, None, "none", None, None, geo_locked=False)
        )
    _fill(row, back_to)


def _fill(row: Base, pin: Pin) -> None:
    assert isinstance(row, Located)
    for name in COLUMNS:
        setattr(row, name, getattr(pin, name))


def _tell_site(session: Session, site: PracticeSite) -> None:
    session.flush()
    for therapist in working_at(session, site.id):
        events.record(session, "therapist.placed", therapist.id)
