"""Leaving a practice out for a patient, for good or until a day, and letting it in again; both are in the timeline."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from domain.access import me
from domain.communication.models import ContactEntry
from domain.editing import load_for_edit
from domain.errors import Invalid, NotFound
from domain.matching.models import Exclusion, PlaceSearch
from domain.matching.searches import exclude, remove_exclusion


def exclude_from_search(
    session: Session, search_id: int, *, therapist_id: int, reason: str, now: datetime, ends_on: date | None = None
) -> int:
    """Do not offer the patient of a search to a therapist, in this search and later ones, until `ends_on` or for good.

    Returns the exclusion's id. Raises Invalid without a reason, or for an end that has passed.
    """
    if ends_on is not None and ends_on <= now.date():
        raise Invalid("exclusion.end_past", field="ends_on")
    patient_id = load_for_edit(session, PlaceSearch, search_id).patient_id
    exclusion_id = exclude(session, patient_id, therapist_id=therapist_id, reason=reason, ends_on=ends_on)
    _note(session, "excluded", patient_id, therapist_id, reason.strip(), now=now)
    return exclusion_id


def allow_again(session: Session, exclusion_id: int, *, now: datetime) -> None:
    """Offer the therapist or practice again; the audit keeps what stood there. Raises NotFound when it is gone."""
    row = session.get(Exclusion, exclusion_id)
    if row is None:
        raise NotFound("record.not_found", table="exclusion", id=exclusion_id)
    _note(session, "exclusion_ended", row.patient_id, row.therapist_id, row.reason, now=now)
    remove_exclusion(session, exclusion_id)


def _note(
    session: Session, kind: str, patient_id: int, therapist_id: int | None, reason: str, *, now: datetime
) -> None:
    session.add(
        ContactEntry(
            at=now, channel="note", kind=kind, patient_id=patient_id, therapist_id=therapist_id,
            person_id=me(session).id, body=reason,
        )
    )  # fmt: skip
