"""Giving up a wish with the patient's word for it: the wish changes, and the word stays in the history."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import events
from domain.access import me, office
from domain.communication.models import ContactEntry
from domain.editing import load_for_edit
from domain.errors import Invalid, NotFound
from domain.matching.models import PlaceSearch
from domain.matching.relaxing import FURTHER_KM, Relaxation
from domain.patients.lifecycle import lock_patient
from domain.patients.models import Wishes

LARGEST_RADIUS_KM = 500


def relax(session: Session, search_id: int, relaxation: Relaxation, *, word: str, now: datetime) -> None:
    """Change the wish of a search's patient. `word` is what the patient said to it; raises Invalid without.

    The change counts for the patient, not for this search alone: it is theirs.
    """
    if not word.strip():
        raise Invalid("relaxation.word_missing", field="word")
    patient_id = session.scalar(select(PlaceSearch.patient_id).where(PlaceSearch.id == search_id))
    if patient_id is None:
        raise NotFound("place_search.not_found", id=search_id)
    patient = lock_patient(session, patient_id)
    wishes = load_for_edit(session, Wishes, patient_id)
    _apply(session, wishes, relaxation)
    patient.updated_at = now  # the wishes are part of the record somebody may have open
    session.add(
        ContactEntry(
            at=now, channel="note", kind=f"relaxed_{relaxation}", patient_id=patient_id, person_id=me(session).id,
            body=word.strip(),
        )
    )  # fmt: skip
    events.record(session, "patient.wishes_relaxed", patient_id, relaxation=relaxation.value)


def _apply(session: Session, wishes: Wishes, relaxation: Relaxation) -> None:
    if relaxation in FURTHER_KM:
        radius = (wishes.radius_km or office(session).radius_km) + FURTHER_KM[relaxation]
        wishes.radius_km = min(radius, LARGEST_RADIUS_KM)
    elif relaxation is Relaxation.GROUP:
        wishes.group_ok = True
    elif relaxation is Relaxation.ANY_SEX:
        wishes.therapist_sex = "any"
    elif relaxation is Relaxation.ANY_METHOD:
        wishes.methods = []
    elif relaxation is Relaxation.ANY_LANGUAGE:
        wishes.languages = []
    elif relaxation is Relaxation.ANY_TIME:
        wishes.availability = None
    else:
        wishes.reimbursement_ok = True
