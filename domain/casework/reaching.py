"""Areas somebody can reach, around a patient or a town: shown at once as an estimate, asked of a router that can.

A patient's place leaves the office only where that is allowed, rounded to about 100 m, as with ways (`travelling`).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from domain import events
from domain.casework.travelling import LATER, LEASE, routed_modes
from domain.errors import Unavailable
from domain.geocoding.map_settings import MapForm, read_maps
from domain.travel.reach import Reach, Ring, estimated_reach, keep_reach, known_reach
from domain.travel.ways import KEPT, Spot
from domain.values import TravelMode

Whence = int | Spot  # a search's id, or a place

_START = """
SELECT p.id AS patient_id, p.lat, p.lon, coalesce(p.geo_uncertainty_m, 2000) AS uncertainty_m
FROM matching_service.place_search ps JOIN patient_service.patient p ON p.id = ps.patient_id
WHERE ps.id = :search AND p.restricted_at IS NULL
"""
_USUAL = """
SELECT w.travel_mode FROM matching_service.place_search ps
JOIN patient_service.wishes w ON w.patient_id = ps.patient_id WHERE ps.id = :search
"""
_ASK = """
INSERT INTO geocoding_service.reach_request AS r (patient_id, lat, lon, mode, minutes)
SELECT s.patient_id, s.lat, s.lon, :mode, :minutes FROM ({start}) AS s
ON CONFLICT ({key}, mode, minutes) DO UPDATE
SET state = 'waiting', lease_until = NULL, done_at = NULL, tries = 0, cause = '', not_before = now(), asked_at = now()
WHERE r.done_at IS NOT NULL
"""
_OF_SEARCH = (
    "SELECT patient_id, cast(NULL AS int) AS lat, cast(NULL AS int) AS lon"
    " FROM matching_service.place_search WHERE id = :search"
)
_OF_PLACE = "SELECT cast(NULL AS bigint) AS patient_id, cast(:lat AS int) AS lat, cast(:lon AS int) AS lon"
_REQUEST = """
SELECT state, cause FROM geocoding_service.reach_request
WHERE mode = :mode AND minutes = :minutes AND (patient_id = :patient OR (lat = :lat AND lon = :lon))
"""
_TAKE = """
UPDATE geocoding_service.reach_request SET state = 'asking', lease_until = :until, tries = tries + 1
WHERE id = (SELECT id FROM geocoding_service.reach_request
            WHERE done_at IS NULL AND not_before <= :now AND (state = 'waiting' OR lease_until < :now)
            ORDER BY tries, id DESC LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, patient_id, lat, lon, mode, minutes, tries, lease_until
"""
# a lease of another moment is another worker's
_HELD = "id = :id AND state = 'asking' AND lease_until = :claim"
_RENEW = f"""
UPDATE geocoding_service.reach_request SET lease_until = :until WHERE {_HELD}
RETURNING patient_id, lat, lon, lease_until
"""
_DONE = f"""
UPDATE geocoding_service.reach_request SET state = 'done', done_at = :now, lease_until = NULL, cause = :cause
WHERE {_HELD} RETURNING id
"""
_BACK = f"""
UPDATE geocoding_service.reach_request SET state = 'waiting', lease_until = NULL, cause = :cause, not_before = :later
WHERE {_HELD} RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Reached:
    """An area around `at`, as far as it is known now.

    `askable` says that a router could be asked and was not yet, `waiting` that it is being asked, `home` that it is
    not, since patients stay home; `trouble` is the code of what hinders it.
    """

    reach: Reach
    at: Spot
    askable: bool = False
    waiting: bool = False
    home: bool = False
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class AskedReach:
    """A question as the worker takes it; its start is on the raster, `claim` until when it is this worker's."""

    request_id: int
    start: Spot
    mode: TravelMode
    minutes: int
    tries: int
    claim: datetime


def reach_modes(form: MapForm) -> tuple[TravelMode, ...]:
    """By what the configured router can say areas; an OSRM knows none."""
    return () if form.router == "osrm" else routed_modes(form)


def usual_mode(session: Session, search_id: int) -> TravelMode | None:
    """By what a patient goes; None where they did not say."""
    mode = session.scalar(text(_USUAL), {"search": search_id})
    return TravelMode(mode) if mode else None


def reached(session: Session, whence: Whence, mode: TravelMode, minutes: int, *, now: datetime) -> Reached | None:
    """The area around a search's patient or a place; None where the patient's place is not known."""
    patient = None
    if isinstance(whence, Spot):
        at = whence.rounded()
    else:
        start = session.execute(text(_START), {"search": whence}).one_or_none()
        if start is None or start.lat is None:
            return None
        patient, at = start.patient_id, Spot(start.lat, start.lon, start.uncertainty_m)
    known = known_reach(session, at, mode, minutes, now=now)
    if known is not None:
        return Reached(known, at)
    guessed = estimated_reach(mode, at, minutes)
    form = read_maps(session).form
    if mode not in reach_modes(form):
        return Reached(guessed, at)
    if patient is not None and not form.patients_to_router:
        return Reached(guessed, at, home=True)
    lat, lon = (None, None) if patient is not None else at.cell()
    values = {"patient": patient, "lat": lat, "lon": lon, "mode": str(mode), "minutes": minutes}
    asked = session.execute(text(_REQUEST), values).one_or_none()
    if asked is None:
        return Reached(guessed, at, askable=True)
    waiting = asked.state != "done"
    return Reached(guessed, at, askable=not waiting and not asked.cause, waiting=waiting, trouble=asked.cause)


def ask_reach(session: Session, whence: Whence, mode: TravelMode, minutes: int) -> None:
    """Ask the router for an area. Raises Invalid where patients stay home (a trigger's rule)."""
    values: dict[str, object] = {"mode": str(mode), "minutes": minutes}
    if isinstance(whence, Spot):
        lat, lon = whence.rounded().cell()
        query, values = _ASK.format(start=_OF_PLACE, key="lat, lon"), values | {"lat": lat, "lon": lon}
    else:
        query, values = _ASK.format(start=_OF_SEARCH, key="patient_id"), values | {"search": whence}
    session.execute(text(query), values)


def take_reach(session: Session, *, now: datetime) -> AskedReach | None:
    """Claim the next question; None where none is due. One that is no longer allowed is passed over."""
    while (row := session.execute(text(_TAKE), {"now": now, "until": now + LEASE}).one_or_none()) is not None:
        start = _start(session, row.id, row)
        if start is not None:
            return AskedReach(row.id, start, TravelMode(row.mode), row.minutes, row.tries, row.lease_until)
        session.execute(text(_DONE), {"id": row.id, "claim": row.lease_until, "cause": "", "now": now})
    return None


def hold_reach(session: Session, asked: AskedReach, *, now: datetime) -> AskedReach:
    """Right before the question leaves: may it, still? Returns it with a new lease.

    Raises Unavailable (place.withdrawn) where another worker has it, the patient's place changed, or the office or a
    restriction keeps it home.
    """
    values = {"id": asked.request_id, "claim": asked.claim, "until": now + LEASE}
    row = session.execute(text(_RENEW), values).one_or_none()
    if row is None or _start(session, asked.request_id, row) != asked.start:
        raise Unavailable("place.withdrawn")
    return replace(asked, claim=row.lease_until)


def note_reach(session: Session, asked: AskedReach, rings: tuple[Ring, ...], *, source: str, now: datetime) -> None:
    """What the router said. Nothing where another worker has taken the question over."""
    if _done(session, asked, "", now):
        keep_reach(session, asked.start, rings, mode=asked.mode, minutes=asked.minutes, source=source, now=now)
        events.record(session, "travel.reached", asked.request_id)


def note_refusal(session: Session, asked: AskedReach, cause: str, *, now: datetime) -> None:
    """The router answers, but not this question: it is not asked again until somebody does."""
    if _done(session, asked, cause, now):
        events.record(session, "travel.put_off", asked.request_id)


def put_reach_back(
    session: Session, asked: AskedReach, cause: str, *, now: datetime, until: datetime | None = None
) -> None:
    """Nobody answered: later again, longer each time; meanwhile the estimate stands."""
    later = now + LATER[min(asked.tries, len(LATER)) - 1]
    values = {"id": asked.request_id, "claim": asked.claim, "cause": cause, "later": max(later, until or later)}
    if session.scalar(text(_BACK), values) is not None:
        events.record(session, "travel.put_off", asked.request_id)


def forget_old_reach(session: Session, *, now: datetime) -> None:
    """Areas that no longer hold, and questions long answered or long in vain."""
    session.execute(text("DELETE FROM geocoding_service.reach_area WHERE known_at < :limit"), {"limit": now - KEPT})
    session.execute(
        text("DELETE FROM geocoding_service.reach_request WHERE asked_at < :limit"), {"limit": now - timedelta(days=30)}
    )


def _start(session: Session, request_id: int, row: Row[Any]) -> Spot | None:
    """Where a question starts on the raster; None where the patient's place is not to leave."""
    if row.patient_id is None:
        return Spot(row.lat / 10_000, row.lon / 10_000)
    at = session.execute(
        text("SELECT lat, lon FROM patient_service.reach_origin(:id)"), {"id": request_id}
    ).one_or_none()
    return None if at is None else Spot(at.lat, at.lon)


def _done(session: Session, asked: AskedReach, cause: str, now: datetime) -> bool:
    values = {"id": asked.request_id, "claim": asked.claim, "cause": cause, "now": now}
    return session.scalar(text(_DONE), values) is not None
