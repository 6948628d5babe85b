"""Withdrawing consent: noted, and at once nothing more goes out for this person."""

from datetime import datetime

from sqlalchemy.orm import Session

from domain.casework.searches import stop_after_withdrawn_consent
from domain.patients.service import withdraw_consent

STOPS = frozenset({"storage", "pseudonymous_inquiry"})


def withdraw(session: Session, patient_id: int, scope: str, *, now: datetime) -> None:
    """Withdraw one scope; without consent to store or to ask, queued mail and open inquiries stop at once."""
    withdraw_consent(session, patient_id, scope, on=now.date())
    if scope in STOPS:
        session.flush()
        stop_after_withdrawn_consent(session, patient_id, now=now)
