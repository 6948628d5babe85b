"""The ways of a search's short list: shown at once as estimates, asked of a router where the office has one.

A patient's place leaves the office only where that is allowed, and rounded to about 100 m: the worker reads it by a
function of the database that asks again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain import events
from domain.errors import Unavailable
from domain.geocoding.map_settings import MapForm, read_maps
from domain.travel.ways import Routed, Spot, Way, forget_ways, keep_ways, known_ways, ways
from domain.values import TravelMode

SHORT_LIST = 200
SHORT_TRANSIT = 30  # each way by bus and train is a question of its own
LEASE = timedelta(minutes=10)
NOWHERE = timedelta(hours=1)  # far below what "no way" is kept: all ends are asked for before the first is again
LATER = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))

_ENDS = """
SELECT t.id AS therapist_id, st.id AS site_id, st.lat, st.lon, coalesce(st.geo_uncertainty_m, 2000) AS uncertainty_m
FROM therapist_service.therapist t JOIN therapist_service.practice_site st ON st.id = t.site_id
WHERE t.id = ANY (:ids) AND st.lat IS NOT NULL
"""
_START = """
SELECT p.id AS patient_id, p.lat, p.lon, coalesce(p.geo_uncertainty_m, 2000) AS uncertainty_m, w.travel_mode
FROM matching_service.place_search ps JOIN patient_service.patient p ON p.id = ps.patient_id
LEFT JOIN patient_service.wishes w ON w.patient_id = p.id
WHERE ps.id = :search AND p.restricted_at IS NULL
"""
_ASK = """
INSERT INTO geocoding_service.travel_request AS r (patient_id, mode, site_ids) VALUES (:patient, :mode, :sites)
ON CONFLICT (patient_id, mode) DO UPDATE
SET site_ids = excluded.site_ids, state = 'waiting', lease_until = NULL, done_at = NULL, tries = 0, cause = '',
    not_before = now(), asked_at = now()
WHERE r.done_at IS NOT NULL OR NOT (r.site_ids @> excluded.site_ids)
RETURNING id
"""
_TAKE = """
UPDATE geocoding_service.travel_request SET state = 'asking', lease_until = :until, tries = tries + 1
WHERE id = (SELECT id FROM geocoding_service.travel_request
            WHERE done_at IS NULL AND not_before <= :now AND (state = 'waiting' OR lease_until < :now)
            ORDER BY tries, id DESC LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, mode, site_ids, tries, lease_until
"""
# a lease of another moment is another worker's
_HELD = "id = :id AND state = 'asking' AND lease_until = :claim"
_RENEW = f"UPDATE geocoding_service.travel_request SET lease_until = :until WHERE {_HELD} RETURNING lease_until"
_SITES = """
SELECT lat, lon FROM therapist_service.practice_site WHERE id = ANY (:ids) AND lat IS NOT NULL
ORDER BY array_position(cast(:ids AS bigint[]), id)
"""
_LOCK = f"SELECT id FROM geocoding_service.travel_request WHERE {_HELD} FOR UPDATE"
_DONE = f"""
UPDATE geocoding_service.travel_request SET state = 'done', done_at = :now, lease_until = NULL, cause = :cause
WHERE {_HELD} RETURNING id
"""
_BACK = f"""
UPDATE geocoding_service.travel_request SET state = 'waiting', lease_until = NULL, cause = :cause, not_before = :later
WHERE {_HELD} RETURNING id
"""


@dataclass(frozen=True, slots=True)
class SearchWays:
    """Ways by therapist: by the patient's mode (a car where none is known), and by all. `waiting` are not asked yet.

    `trouble` is the code of what hinders the router, empty where nothing does.
    """

    mode: TravelMode
    by_therapist: Mapping[int, Mapping[TravelMode, Way]]
    waiting: tuple[int, ...]
    trouble: str


@dataclass(frozen=True, slots=True)
class AskedWays:
    """A question as the worker takes it: from a rounded place to sites, by one mode; `claim` is the lease."""

    request_id: int
    mode: TravelMode
    start: Spot
    ends: tuple[Spot, ...]
    tries: int
    claim: datetime


def routed_modes(form: MapForm) -> tuple[TravelMode, ...]:
    """What the configured router can say. An OSRM has one profile, and that is a car's."""
    if form.router == "none":
        return ()
    if form.router == "osrm":
        return (TravelMode.CAR,)
    wheels = (TravelMode.CAR, TravelMode.BICYCLE, TravelMode.FOOT)
    return (*wheels, TravelMode.PUBLIC_TRANSPORT) if form.router_transit else wheels


def ways_of_search(
    session: Session, search_id: int, therapist_ids: Sequence[int], *, now: datetime
) -> SearchWays | None:
    """The ways to the short list, best first; None where the patient's place is not known."""
    start = session.execute(text(_START), {"search": search_id}).one_or_none()
    if start is None or start.lat is None:
        return None
    mode = TravelMode(start.travel_mode) if start.travel_mode else TravelMode.CAR
    rows = {row.therapist_id: row for row in session.execute(text(_ENDS), {"ids": list(therapist_ids)})}
    listed = [rows[number] for number in therapist_ids if number in rows][:SHORT_LIST]
    ends = [Spot(row.lat, row.lon, row.uncertainty_m) for row in listed]
    found = ways(session, Spot(start.lat, start.lon, start.uncertainty_m), ends, now=now)
    by_therapist = {row.therapist_id: way for row, way in zip(listed, found, strict=True)}
    form = read_maps(session).form
    waiting: tuple[int, ...] = ()
    if form.patients_to_router and mode in routed_modes(form):
        most = SHORT_TRANSIT if mode is TravelMode.PUBLIC_TRANSPORT else SHORT_LIST
        asked = [row for row in listed[:most] if by_therapist[row.therapist_id][mode].estimated]
        waiting = tuple(dict.fromkeys(row.site_id for row in asked))
    return SearchWays(mode, by_therapist, waiting, _trouble(session, start.patient_id, mode))


def ways_to_therapist(
    session: Session, start: Spot, therapist_id: int, *, now: datetime
) -> Mapping[TravelMode, Way] | None:
    """The ways from a place to one practice; None where it has none."""
    row = session.execute(text(_ENDS), {"ids": [therapist_id]}).one_or_none()
    if row is None:
        return None
    return ways(session, start, [Spot(row.lat, row.lon, row.uncertainty_m)], now=now)[0]


def ask_ways(session: Session, search_id: int, mode: TravelMode, site_ids: Sequence[int]) -> None:
    """Ask the router for the ways of a search to sites. Raises Invalid where patients stay home (a trigger's rule)."""
    patient = session.scalar(
        text("SELECT patient_id FROM matching_service.place_search WHERE id = :id"), {"id": search_id}
    )
    session.execute(text(_ASK), {"patient": patient, "mode": str(mode), "sites": list(site_ids)})


def take_ways(session: Session, *, now: datetime) -> AskedWays | None:
    """Claim the next question; None where none is due. One that is no longer allowed is passed over.

    Of its ends those are asked for that no router spoke of yet.
    """
    while (row := session.execute(text(_TAKE), {"now": now, "until": now + LEASE}).one_or_none()) is not None:
        start = _start(session, row.id)
        if start is not None:
            ends = _unknown(session, start, row.site_ids, TravelMode(row.mode), now)
            if ends:
                return AskedWays(row.id, TravelMode(row.mode), start, ends, row.tries, row.lease_until)
        session.execute(text(_DONE), {"id": row.id, "claim": row.lease_until, "now": now, "cause": ""})
        events.record(session, "travel.known", row.id)
    return None


def hold_ways(session: Session, asked: AskedWays, *, now: datetime) -> AskedWays:
    """Right before a question about them leaves: may it, still? Returns them with a new lease.

    Raises Unavailable (place.withdrawn) where another worker has them, the list or the patient's place changed, or the
    office or a restriction keeps it home.
    """
    values = {"id": asked.request_id, "claim": asked.claim, "until": now + LEASE}
    until = session.scalar(text(_RENEW), values)
    if until is None or _start(session, asked.request_id) != asked.start:
        raise Unavailable("place.withdrawn")
    return replace(asked, claim=until)


def note_ways(
    session: Session, asked: AskedWays, said: Sequence[Routed], *, source: str, now: datetime, more: bool = False
) -> None:
    """What the router said; with `more` the question stays open, since further ends come.

    Nothing where another worker has taken the question over.
    """
    values = {"id": asked.request_id, "claim": asked.claim, "now": now, "cause": ""}
    if session.scalar(text(_LOCK if more else _DONE), values) is None:
        return
    keep_ways(session, asked.start, asked.ends, said, mode=asked.mode, source=source, now=now)
    if not more:
        events.record(session, "travel.known", asked.request_id)


def put_ways_back(
    session: Session, asked: AskedWays, cause: str, *, now: datetime, until: datetime | None = None
) -> None:
    """Nobody answered: later again, longer each time; meanwhile the estimate stands."""
    later = now + LATER[min(asked.tries, len(LATER)) - 1]
    values = {"id": asked.request_id, "claim": asked.claim, "cause": cause, "later": max(later, until or later)}
    if session.scalar(text(_BACK), values) is not None:
        events.record(session, "travel.put_off", asked.request_id)


def leave_rest(session: Session, asked: AskedWays, *, now: datetime) -> None:
    """To none of the first ends leads a way: the others are asked for later, few at a time, so that it has an end."""
    put_ways_back(session, asked, "travel.nowhere", now=now, until=now + NOWHERE)


def _unknown(
    session: Session, start: Spot, site_ids: Sequence[int], mode: TravelMode, now: datetime
) -> tuple[Spot, ...]:
    sites = session.execute(text(_SITES), {"ids": list(site_ids)})
    ends = [Spot(site.lat, site.lon) for site in sites]
    known = known_ways(session, start, ends, now=now, modes=(mode,))
    return tuple(end for end in ends if (mode, end.cell()) not in known)


def forget_old_ways(session: Session, *, now: datetime) -> None:
    """Ways that no longer hold, and questions long answered."""
    forget_ways(session, now=now)
    session.execute(
        text("DELETE FROM geocoding_service.travel_request WHERE done_at < :limit"), {"limit": now - timedelta(days=30)}
    )


def _start(session: Session, request_id: int) -> Spot | None:
    """The rounded place a question starts from; None where it is not allowed any more."""
    row = session.execute(
        text("SELECT lat, lon FROM patient_service.travel_origin(:id)"), {"id": request_id}
    ).one_or_none()
    return None if row is None else Spot(row.lat, row.lon)


def _trouble(session: Session, patient_id: int, mode: TravelMode) -> str:
    cause: str | None = session.scalar(
        text("SELECT cause FROM geocoding_service.travel_request WHERE patient_id = :patient AND mode = :mode"),
        {"patient": patient_id, "mode": str(mode)},
    )
    return cause or ""
