"""The weekly status: which patients hear this week how their search stands, and why others do not.

Reads across schemas: what a person wants and has consented to belongs to patients, the search to matching, what was
written already to communication. It never sends by itself: a batch is gathered, and a person releases it.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.access import office
from domain.casework.patient_letters import compose_to_patient, queue_to_patient
from domain.communication.send_times import monday_of
from domain.errors import Conflict
from domain.patients.lifecycle import lock_patient
from domain.patients.models import Patient
from domain.weektime import BERLIN

# The first that is true is the reason; the order is the one a person would look in.
REASONS = (
    "restricted", "not_searching", "no_consent", "minor", "unwanted", "no_address", "told_already", "nobody_asked",
)  # fmt: skip
# what the office can mend, so that it is told how many hear nothing because of it
MENDABLE = ("no_address", "nobody_asked")
_AGE = "extract(year FROM age(cast(:today AS date), p.birth_date))"
_CONSENT = """EXISTS (SELECT FROM patient_service.consent c WHERE c.patient_id = p.id AND c.scope = '{}'
    AND c.withdrawn_on IS NULL)"""
_STANDING = f"""
SELECT p.id AS patient_id,
       p.restricted_at IS NOT NULL OR p.erased_at IS NOT NULL AS restricted,
       coalesce(s.status, '') <> 'active' AS not_searching,
       NOT ({_CONSENT.format("storage")} AND {_CONSENT.format("pseudonymous_inquiry")}) AS no_consent,
       -- a minor's guardians are spoken to instead
       p.birth_date IS NULL OR {_AGE} < 18 AS minor,
       NOT p.wants_status AS unwanted,
       p.email = '' AS no_address,
       EXISTS (SELECT FROM communication_service.email e WHERE e.patient_id = p.id AND e.status <> 'cancelled'
               AND (e.status_week = :week
                    -- one of last week that still waits would come in the same morning
                    OR e.status_week < :week AND e.status IN ('queued', 'retry_wait', 'sending'))) AS told_already,
       -- that nothing was done yet is no news for the patient, but work for the office
       NOT EXISTS (SELECT FROM matching_service.inquiry_item i JOIN matching_service.inquiry q ON q.id = i.inquiry_id
                   WHERE i.search_id = s.id AND q.sent_at IS NOT NULL) AS nobody_asked
FROM patient_service.patient p
LEFT JOIN matching_service.place_search s ON s.patient_id = p.id AND s.closed_at IS NULL
"""
_HINDERED = " OR ".join(REASONS)
_DUE = f"SELECT patient_id FROM ({_STANDING}) AS k WHERE NOT ({_HINDERED}) ORDER BY patient_id"
_LEFT_OUT = f"SELECT {', '.join(MENDABLE)} FROM ({_STANDING}) AS k WHERE ({' OR '.join(MENDABLE)}) AND NOT (" + (
    " OR ".join(reason for reason in REASONS if reason not in MENDABLE) + ")"
)


def week_of(now: datetime) -> date:
    """The Monday of the office's week."""
    return monday_of(now)


def due_patients(session: Session, *, now: datetime) -> tuple[int, ...]:
    """Patients who want to be told, may be told, and were not told this week."""
    return tuple(session.scalars(text(_DUE), _when(now)))


def count_left_out(session: Session, *, now: datetime) -> dict[str, int]:
    """How many hear nothing for a reason the office can mend (MENDABLE, the first that is true), and for no other."""
    counts = dict.fromkeys(MENDABLE, 0)
    for row in session.execute(text(_LEFT_OUT), _when(now)).mappings():
        counts[next(reason for reason in MENDABLE if row[reason])] += 1
    return counts


def count_reasons(session: Session, *, now: datetime) -> dict[str, int]:
    """How many patients with a search under way are not told this week, by the reason (the first that is true)."""
    found: dict[str, int] = {}
    for row in session.execute(text(_STANDING), _when(now)).mappings():
        reason = next((r for r in REASONS if row[r]), "")
        if reason and reason not in {"restricted", "not_searching"}:
            found[reason] = found.get(reason, 0) + 1
    return found


def hindrances(session: Session, patient_ids: Iterable[int], *, now: datetime) -> dict[int, str]:
    """Why patients are not told this week (one of REASONS); who is told is missing in it."""
    query = f"{_STANDING} WHERE p.id = ANY (:ids)"
    rows = session.execute(text(query), {**_when(now), "ids": list(patient_ids)}).mappings()
    found = {int(row["patient_id"]): next((r for r in REASONS if row[r]), "") for row in rows}
    return {patient_id: reason for patient_id, reason in found.items() if reason}


def is_offered(session: Session, *, now: datetime) -> bool:
    """Whether the office's weekday has come in this week."""
    weekday = office(session).status_weekday
    return weekday is not None and now.astimezone(BERLIN).isoweekday() >= weekday


def send_status(session: Session, patient_id: int, *, now: datetime, delay: timedelta = timedelta(0)) -> int:
    """Queue the mail that tells a patient how the search stands; returns its id.

    Raises Conflict (``weekly.<reason>``) for whom it is not meant; that it was sent this week the database knows.
    """
    lock_patient(session, patient_id)
    reason = hindrances(session, [patient_id], now=now).get(patient_id)
    if reason is not None:
        raise Conflict(f"weekly.{reason}", patient_id=patient_id)
    letter = compose_to_patient(session, "weekly_status", patient_id, today=now.astimezone(BERLIN).date())
    patient = session.get_one(Patient, patient_id)
    return queue_to_patient(
        session, patient, letter, kind="weekly_status", now=now, delay=delay, status_week=week_of(now)
    )


def _when(now: datetime) -> dict[str, date]:
    return {"week": week_of(now), "today": now.astimezone(BERLIN).date()}
