"""Drafts of a seat about somebody whose words were erased since: they go from there, too, and are not handed over.

A draft is about whom it is written to, and about those it was said to name. Written on after the erasure it stays: that
is a new one.
"""

from datetime import datetime

from sqlalchemy import select

from domain.communication.drafts.records import Draft
from domain.communication.drafts.store import DraftStore
from domain.communication.evidence.models import PatientErasure
from domain.database import Session


def _about(draft: Draft) -> frozenset[int]:
    """The patients a draft is known to be about."""
    to = draft.addressee.patient_id
    return draft.confirmed | ({to} if to is not None else frozenset())


def people_in(store: DraftStore) -> frozenset[int]:
    """The patients the drafts of this seat are about."""
    return frozenset().union(*(_about(draft) for draft in store.drafts()))


def erasures_of(session: Session, patients: frozenset[int]) -> dict[int, datetime]:
    """When the words of these were last erased; who is missing here never had them erased."""
    found = session.scalars(select(PatientErasure).where(PatientErasure.patient_id.in_(patients)))
    return {row.patient_id: row.at for row in found}


def forget_erased(store: DraftStore, erased: dict[int, datetime]) -> int:
    """Throw away what was last changed before the words of one of its people were erased; returns how many."""
    gone = [
        draft.client_uuid
        for draft in store.drafts()
        if any(number in erased and draft.changed_at <= erased[number] for number in _about(draft))
    ]
    for client_uuid in gone:
        store.forget(client_uuid)
    return len(gone)
