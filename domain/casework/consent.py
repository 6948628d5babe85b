"""Withdrawing consent: noted, and at once nothing more goes out for this person."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from domain.casework.release import release_patient
from domain.patients.lifecycle import lock_patient
from domain.patients.service import withdraw_consent

# without these nobody may be asked for the patient
STOPS = frozenset({"storage", "pseudonymous_inquiry"})


def withdraw(session: Session, patient_id: int, scope: str, *, now: datetime) -> None:
    """Withdraw one scope; without consent to store or to ask, queued mail and open inquiries stop at once."""
    lock_patient(session, patient_id)
    withdraw_consent(session, patient_id, scope, on=now.date())
    stop_if_withdrawn(session, patient_id, {scope}, now=now)


def stop_if_withdrawn(session: Session, patient_id: int, scopes: Collection[str], *, now: datetime) -> None:
    """After consents were withdrawn: stop queued mail and open inquiries if they rested on one of them."""
    if STOPS.intersection(scopes):
        session.flush()
        release_patient(session, patient_id, reason="consent_withdrawn", now=now)
