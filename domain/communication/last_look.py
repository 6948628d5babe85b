"""A last look at a mail before it is sent: whether it may still be, and to which address.

A mail may wait for days (undo window, sending hours, a paused batch, a failure to be mended). What changed meanwhile is
followed at once where it changes; this look is for what was forgotten there. Reads across schemas: consents and
addresses belong to patients and therapists, who still waits to matching.
"""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.communication.models import Email
from domain.communication.send_times import monday_of
from domain.weektime import BERLIN

# Letters that ask a practice for somebody; the others tell it something, which stays true.
ASKING = frozenset({"inquiry", "reminder"})
_NOBODY_ASKED_FOR = text("""
SELECT NOT EXISTS (
    SELECT FROM matching_service.inquiry q
    JOIN therapist_service.therapist t ON t.id = q.therapist_id
    WHERE q.id = :inquiry AND q.closed_at IS NULL
      AND (t.status = 'active' OR (t.status = 'blocked' AND coalesce(t.blocked_until <= :today, false)))
      AND EXISTS (SELECT FROM matching_service.inquiry_item i
                  WHERE i.inquiry_id = q.id AND i.status IN ('pending', 'needs_info')))""")
_WITHDRAWN = """(EXISTS (SELECT FROM patient_service.consent c
       WHERE c.patient_id = p.id AND c.scope = '{0}' AND c.withdrawn_on IS NOT NULL)
   AND NOT EXISTS (SELECT FROM patient_service.consent c
       WHERE c.patient_id = p.id AND c.scope = '{0}' AND c.withdrawn_on IS NULL))"""
_NOT_WRITTEN_TO = text(f"""
SELECT p.restricted_at IS NOT NULL OR p.erased_at IS NOT NULL
    OR (:kind IN ('first_letter', 'weekly_status') AND {_WITHDRAWN.format("storage")})
    OR (:kind = 'weekly_status' AND (NOT p.wants_status OR {_WITHDRAWN.format("pseudonymous_inquiry")}))
FROM patient_service.patient p WHERE p.id = :patient""")
_ADDRESS = text("""
SELECT t.email FROM matching_service.inquiry q JOIN therapist_service.therapist t ON t.id = q.therapist_id
WHERE q.id = :inquiry""")


def is_moot(session: Session, email: Email, *, now: datetime) -> bool:
    """Whether a waiting mail asks a practice for nobody any more, or tells of a week that is over."""
    session.flush()
    if email.kind in ASKING and email.inquiry_id is not None:
        today = now.astimezone(BERLIN).date()
        return bool(session.scalar(_NOBODY_ASKED_FOR, {"inquiry": email.inquiry_id, "today": today}))
    return email.status_week is not None and email.status_week != monday_of(now)


def is_unwanted(session: Session, email: Email) -> bool:
    """Whether a mail goes to a patient who is not written to any more. Only who may read patients may ask."""
    if email.patient_id is None:
        return False
    session.flush()
    return bool(session.scalar(_NOT_WRITTEN_TO, {"patient": email.patient_id, "kind": email.kind}))


def follow_address(session: Session, email: Email) -> None:
    """Send a waiting letter where its practice is reached now; a mail somebody addressed stays as it is."""
    if email.kind == "own" or email.patient_id is not None or email.inquiry_id is None:
        return
    known = session.scalar(_ADDRESS, {"inquiry": email.inquiry_id})
    if known and known != email.to_address:
        email.to_address = known
