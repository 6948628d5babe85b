"""Addresses suggested over the network while one types: a person's letters wait as one row, the worker asks.

Only a server made for it: a Photon, or a Nominatim of one's own (the public one forbids it). Letters of a patient's
address go out only where the office allows that for its server; the database asks again. What was typed is taken away
after minutes, answered or not. Seconds count here, so the clock is the database's: two machines agree on it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.access import me
from domain.geocoding.map_settings import MapForm, read_maps

SHORTEST, MOST_LETTERS = 3, 100  # letters; the database keeps both
WORTH_SECONDS = 10  # whoever has typed on, or gone, waits for nothing

_SHARED = "SELECT geocoding_service.is_shared(geocoder_url) FROM geocoding_service.map_settings"
_ASK = """
INSERT INTO geocoding_service.suggest_request (asked_by, of_patient, typed, plz, city)
VALUES (:person, :of_patient, :typed, :plz, :city)
ON CONFLICT (asked_by) DO UPDATE
SET of_patient = excluded.of_patient, typed = excluded.typed, plz = excluded.plz, city = excluded.city,
    asked_at = excluded.asked_at, state = 'waiting', lease_until = NULL, cause = '', found = '[]'
"""
_READ = "SELECT typed, plz, city, state, cause, found FROM geocoding_service.suggest_request WHERE asked_by = :person"
_TAKE = f"""
UPDATE geocoding_service.suggest_request SET state = 'asking', lease_until = clock_timestamp() + interval '30 seconds'
WHERE id = (SELECT id FROM geocoding_service.suggest_request
            WHERE asked_at > clock_timestamp() - interval '{WORTH_SECONDS} seconds' AND state = 'waiting'
            ORDER BY asked_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, typed, plz, city, asked_at
"""
# whoever typed on meanwhile has another question
_DONE = """
UPDATE geocoding_service.suggest_request
SET state = 'done', lease_until = NULL, cause = :cause, found = cast(:found AS jsonb)
WHERE id = :id AND state = 'asking' AND asked_at = :asked_at
"""
_FORGET = "DELETE FROM geocoding_service.suggest_request WHERE asked_at < clock_timestamp() - interval '2 minutes'"


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody has typed so far: the street's field, and what stands in PLZ and town."""

    street: str
    plz: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An address somebody may mean; parts a server does not know are empty."""

    street: str
    house_number: str
    plz: str
    city: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """The answer to what was typed; `cause` is the code of what hindered it."""

    typed: Typed
    done: bool
    cause: str
    found: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class AskedSuggestion:
    """A question as the worker takes it."""

    request_id: int
    typed: Typed
    asked_at: datetime


def suggesting_server(session: Session, *, of_patient: bool) -> str:
    """Whose suggestions one may get: `photon`, `nominatim`, or empty for nobody's."""
    form: MapForm = read_maps(session).form
    if form.geocoder == "none" or (of_patient and not form.patients_to_geocoder):
        return ""
    if form.geocoder == "nominatim" and session.scalar(text(_SHARED)):
        return ""
    return form.geocoder


def ask_suggestions(session: Session, typed: Typed, *, of_patient: bool) -> None:
    """Ask for what was typed; the question before is over. Raises Invalid where nobody may be asked (trigger)."""
    values = {
        "person": me(session).id, "of_patient": of_patient, "typed": typed.street, "plz": typed.plz, "city": typed.city,
    }  # fmt: skip
    session.execute(text(_ASK), values)


def read_suggestions(session: Session) -> Suggested | None:
    """What one's own question came to; None where there is none any more."""
    row = session.execute(text(_READ), {"person": me(session).id}).one_or_none()
    if row is None:
        return None
    found = tuple(Suggestion(*parts) for parts in row.found)
    return Suggested(Typed(row.typed, row.plz, row.city), row.state == "done", row.cause, found)


def take_suggestion(session: Session) -> AskedSuggestion | None:
    """Claim the oldest question that is worth an answer; None where there is none."""
    row = session.execute(text(_TAKE)).one_or_none()
    return None if row is None else AskedSuggestion(row.id, Typed(row.typed, row.plz, row.city), row.asked_at)


def note_suggestions(session: Session, asked: AskedSuggestion, found: Sequence[Suggestion], *, cause: str = "") -> None:
    """What the server suggests, or what hindered it; nobody tries again but who types on."""
    listed = json.dumps([[one.street, one.house_number, one.plz, one.city] for one in found])
    values = {"id": asked.request_id, "asked_at": asked.asked_at, "cause": cause, "found": listed}
    session.execute(text(_DONE), values)


def forget_typed(session: Session) -> None:
    """Take away what was typed some minutes ago."""
    session.execute(text(_FORGET))
