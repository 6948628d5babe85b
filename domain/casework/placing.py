"""Finding addresses outside: what waits, what the worker takes, what comes of it; of practices and of patients.

Rows come by triggers whenever an address is new or changed. A request is taken with a lease, one worker's at a time; a
patient's address is read by a function of the database that asks again whether the office allows it. An outage puts a
request back ("unbekannt, später"); only an answer makes it "nicht gefunden".
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from domain import events
from domain.errors import Invalid, Unavailable
from domain.geocoding.addresses import Address, Judged
from domain.geocoding.answers import KEPT

AGAIN_AT_ONCE = 10  # of the not found, each time old things are cleared away
LEASE = timedelta(minutes=5)  # four questions, each with its turn and its time
WITHHELD, WITHHELD_FOR = "place.withheld", timedelta(days=1)  # of a patient whose data are restricted
LATER = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))

_TAKE = """
UPDATE geocoding_service.place_request SET state = 'asking', lease_until = :until, tries = tries + 1
WHERE id = (SELECT id FROM geocoding_service.place_request
            WHERE done_at IS NULL AND not_before <= :now AND (state = 'waiting' OR lease_until < :now)
            -- what somebody has just typed before what an import brought
            ORDER BY tries, id DESC LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, site_id, patient_id, tries, lease_until
"""
# a lease of another moment is another worker's
_HELD = "id = :request AND state = 'asking' AND lease_until = :claim"
_RENEW = f"UPDATE geocoding_service.place_request SET lease_until = :until WHERE {_HELD} RETURNING lease_until"
_LOCK = f"SELECT id FROM geocoding_service.place_request WHERE {_HELD} FOR UPDATE"
_KEY = "geocoding_service.address_key(street, house_number, plz, city)"
_SITE = f"SELECT street, house_number, plz, city, {_KEY} AS key FROM therapist_service.practice_site WHERE id = :site"
_PATIENT = f"SELECT street, house_number, plz, city, {_KEY} AS key FROM patient_service.address_to_place(:request)"
_PLACE_SITE = f"""
UPDATE therapist_service.practice_site
SET lat = :lat, lon = :lon, geo_quality = :quality, geo_uncertainty_m = :uncertainty_m, geo_source = :source
WHERE id = :site AND NOT geo_locked AND geo_quality <> 'house' AND {_KEY} = :key
    AND (:quality <> 'plz' OR geo_quality <> 'street')
"""
_WORKING_AT = "SELECT id FROM therapist_service.therapist WHERE site_id = :site ORDER BY id"
_PLACE_PATIENT = "SELECT patient_service.place_patient(:request, :key, :lat, :lon, :quality, :uncertainty_m, :source)"
_DONE = f"""
UPDATE geocoding_service.place_request
SET state = :state, done_at = :now, lease_until = NULL, cause = '', warnings = :warnings
WHERE {_HELD}
"""
_BACK = f"""
UPDATE geocoding_service.place_request
SET state = 'waiting', lease_until = NULL, cause = :cause, not_before = :not_before
WHERE {_HELD} RETURNING id
"""
# the map has grown since: a few at a time, those first that wait longest
_AGAIN = """
UPDATE geocoding_service.place_request
SET state = 'waiting', done_at = NULL, tries = 0, cause = '', not_before = :now
WHERE id IN (SELECT id FROM geocoding_service.place_request
             WHERE state = 'not_found' AND done_at < :before AND site_id IS NOT NULL
             ORDER BY done_at LIMIT :most FOR UPDATE SKIP LOCKED)
  AND EXISTS (SELECT FROM geocoding_service.map_settings WHERE geocoder <> 'none')
"""
_ASK_ALL = """
INSERT INTO geocoding_service.place_request AS r ({subject})
SELECT s.id FROM {table} s WHERE s.street <> '' AND (s.plz <> '' OR s.city <> '') AND s.geo_quality <> 'house'
    AND NOT s.geo_locked {more} AND EXISTS (SELECT FROM geocoding_service.map_settings WHERE {allowed})
ON CONFLICT ({subject}) DO UPDATE
SET state = 'waiting', done_at = NULL, lease_until = NULL, tries = 0, cause = '', warnings = '{{}}', not_before = now()
WHERE r.done_at IS NOT NULL OR r.not_before > now()
"""
_PROGRESS = """
SELECT count(*) FILTER (WHERE done_at IS NULL) AS waiting,
       count(*) FILTER (WHERE state = 'placed') AS placed,
       count(*) FILTER (WHERE state = 'not_found') AS not_found,
       (array_agg(cause ORDER BY not_before DESC) FILTER (
           WHERE done_at IS NULL AND cause NOT IN ('', 'place.withheld')))[1] AS cause,
       count(*) FILTER (WHERE done_at IS NULL AND patient_id IS NOT NULL) AS patients
FROM geocoding_service.place_request
"""


@dataclass(frozen=True, slots=True)
class AskedPlace:
    """A request as the worker takes it; `key` says later whether the address is still the same, `claim` the lease."""

    request_id: int
    site_id: int | None
    address: Address
    key: str
    tries: int
    claim: datetime

    @property
    def of_patient(self) -> bool:
        """Whether it is a patient's: then nothing of it is kept in the cache."""
        return self.site_id is None


@dataclass(frozen=True, slots=True)
class PlacingProgress:
    """How far the office is: addresses that wait, are found, are not; the last cause of a delay ('' for none)."""

    waiting: int
    placed: int
    not_found: int
    cause: str
    patients: int


@dataclass(frozen=True, slots=True)
class PlaceState:
    """What became of one address: waiting, asking, placed or not_found; why it waits; in what it differs."""

    state: str
    cause: str
    warnings: tuple[str, ...]


def take_place(session: Session, *, now: datetime) -> AskedPlace | None:
    """Claim the next address; None where none is due. That of restricted data stays home and waits."""
    while (row := session.execute(text(_TAKE), {"now": now, "until": now + LEASE}).one_or_none()) is not None:
        found = _read(session, row.id, row.site_id)
        if found is not None:
            address = Address(found.street, found.house_number, found.plz, found.city)
            return AskedPlace(row.id, row.site_id, address, found.key, row.tries, row.lease_until)
        # nobody was asked: nothing is known of it, and nothing concluded
        values = {"request": row.id, "claim": row.lease_until, "cause": WITHHELD, "not_before": now + WITHHELD_FOR}
        session.execute(text(_BACK), values)
    return None


def hold_place(session: Session, asked: AskedPlace, *, now: datetime) -> AskedPlace:
    """Right before a question about it leaves: may it, still? Returns it with a new lease.

    Raises Unavailable (place.withdrawn) where another worker has it, the address changed, or the office or a
    restriction keeps it home.
    """
    values = {"request": asked.request_id, "claim": asked.claim, "until": now + LEASE}
    until = session.scalar(text(_RENEW), values)
    found = _read(session, asked.request_id, asked.site_id) if until is not None else None
    if found is None or found.key != asked.key:
        raise Unavailable("place.withdrawn")
    return replace(asked, claim=until)


def note_place(session: Session, asked: AskedPlace, judged: Judged | None, *, now: datetime) -> None:
    """What was found, or that nothing was. An address changed or set by hand meanwhile keeps what it has.

    Nothing where another worker has taken the request over.
    """
    if session.scalar(text(_LOCK), {"request": asked.request_id, "claim": asked.claim}) is None:
        return
    if judged is not None:
        values = {
            "lat": judged.lat, "lon": judged.lon, "quality": judged.quality, "uncertainty_m": judged.uncertainty_m,
            "source": judged.source, "key": asked.key,
        }  # fmt: skip
        if asked.site_id is not None:
            session.execute(text(_PLACE_SITE), values | {"site": asked.site_id})
            for therapist in session.scalars(text(_WORKING_AT), {"site": asked.site_id}):
                events.record(session, "therapist.placed", therapist)
        else:
            session.execute(text(_PLACE_PATIENT), values | {"request": asked.request_id})
    warnings = judged.warnings if judged else ()
    _done(session, asked.request_id, asked.claim, "placed" if judged else "not_found", warnings, now)
    events.record(session, "place.found" if judged else "place.not_found", asked.request_id)


def put_back(session: Session, asked: AskedPlace, cause: str, *, now: datetime, until: datetime | None = None) -> None:
    """Nobody answered: it waits, longer each time, at least `until` the server is asked again. Nothing is concluded."""
    later = now + LATER[min(asked.tries, len(LATER)) - 1]
    values = {
        "request": asked.request_id,
        "claim": asked.claim,
        "cause": cause,
        "not_before": max(later, until or later),
    }
    if session.scalar(text(_BACK), values) is not None:
        events.record(session, "place.put_off", asked.request_id)


def ask_again(session: Session, *, now: datetime) -> None:
    """Ask once more for practices' addresses that were not found long ago, as long as the cache holds that: a few."""
    session.execute(text(_AGAIN), {"now": now, "before": now - KEPT["none"], "most": AGAIN_AT_ONCE})


def ask_for_all(session: Session) -> int:
    """Ask for every address that is not known to the house, also those once not found; returns how many wait now.

    Patients' only where the office allows it. Raises Invalid where the server belongs to everybody: those forbid it.
    """
    if session.scalar(text("SELECT geocoding_service.is_shared(geocoder_url) FROM geocoding_service.map_settings")):
        raise Invalid("map_settings.shared")
    kinds = (
        ("site_id", "therapist_service.practice_site", "", "geocoder <> 'none'"),
        (
            "patient_id", "patient_service.patient",
            "AND s.restricted_at IS NULL AND s.erased_at IS NULL AND s.closed_at IS NULL",
            "geocoder <> 'none' AND patients_to_geocoder",
        ),
    )  # fmt: skip
    for subject, table, more, allowed in kinds:
        session.execute(text(_ASK_ALL.format(subject=subject, table=table, more=more, allowed=allowed)))
    events.record(session, "place.asked", None)
    return placing_progress(session).waiting


def placing_progress(session: Session) -> PlacingProgress:
    """How far the office is."""
    row = session.execute(text(_PROGRESS)).one()
    return PlacingProgress(row.waiting, row.placed, row.not_found, row.cause or "", row.patients)


def site_places(session: Session, site_ids: Collection[int]) -> Mapping[int, PlaceState]:
    """What became of the addresses of sites; those never asked for are missing."""
    rows = session.execute(
        text("SELECT site_id, state, cause, warnings FROM geocoding_service.place_request WHERE site_id = ANY (:ids)"),
        {"ids": list(site_ids)},
    )
    return {row.site_id: PlaceState(row.state, row.cause, tuple(row.warnings)) for row in rows}


def patient_place(session: Session, patient_id: int) -> PlaceState | None:
    """What became of a patient's address; None where it was never asked for."""
    row = session.execute(
        text("SELECT state, cause, warnings FROM geocoding_service.place_request WHERE patient_id = :id"),
        {"id": patient_id},
    ).one_or_none()
    return None if row is None else PlaceState(row.state, row.cause, tuple(row.warnings))


def _read(session: Session, request_id: int, site_id: int | None) -> Row[Any] | None:
    """The address as it is now; None where it is gone or no longer allowed."""
    query, value = (_SITE, {"site": site_id}) if site_id is not None else (_PATIENT, {"request": request_id})
    return session.execute(text(query), value).one_or_none()


def _done(
    session: Session, request_id: int, claim: datetime, state: str, warnings: Collection[str], now: datetime
) -> None:
    values = {"request": request_id, "claim": claim, "state": state, "warnings": list(warnings), "now": now}
    session.execute(text(_DONE), values)
