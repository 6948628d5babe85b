"""A last look at a mail before it is sent: whether it may still be, and to which address.

A mail may wait for days (undo window, sending hours, a paused batch, a failure to mend). What changed meanwhile is
followed at once where it changes; this look is for what was forgotten there. Of a patient's mail only a function of the
database knows (`patient_service.last_look`), so that the worker reads no patient; of a mail of one's own another says
whether it names somebody its practice was never asked about (`communication_service.names_unasked`). Reads across
schemas: addresses belong to patients and therapists, who still waits to matching.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.communication.models import Email
from domain.communication.send_times import monday_of
from domain.therapists.asking import asked_where
from domain.weektime import BERLIN

# Letters that ask a practice for somebody; the others tell it something, which stays true.
ASKING = frozenset({"inquiry", "reminder"})
OF_PEOPLE = ASKING | {"alternative"}  # they rest on the consent of whom they tell of
NOBODY_WAITS, PRACTICE_CLOSED = "stopped.nobody_waits", "stopped.practice_closed"
NAMES_UNASKED, CONSENT_GONE, RESTRICTED = "stopped.names_unasked", "stopped.consent", "stopped.restricted"
WEEK_OVER, NO_ADDRESS, OPTED_OUT = "stopped.week_over", "stopped.no_address", "stopped.opted_out"
_PATIENT = text("SELECT address, hindrance FROM patient_service.last_look(:mail)")
_NAMES_UNASKED = text("SELECT communication_service.names_unasked(:mail)")
_WHY_NOT_ASKED = text("SELECT patient_service.why_not_asked(:mail)")
_STILL_ASKED = text(f"""
SELECT q.closed_at IS NULL AND EXISTS (
           SELECT FROM matching_service.inquiry_item i
           WHERE i.inquiry_id = q.id AND i.status IN ('pending', 'needs_info')) AS waits,
       {asked_where("t")} AND NOT EXISTS (
           SELECT FROM therapist_service.mailbox_opt_out o
           WHERE o.contact_point_id = t.contact_point_id AND o.lifted_at IS NULL) AS open
FROM matching_service.inquiry q JOIN therapist_service.therapist t ON t.id = q.therapist_id
WHERE q.id = :inquiry""")
_PRACTICE = text("""
SELECT t.email, t.status FROM therapist_service.therapist t
WHERE t.id = coalesce(:therapist, (SELECT q.therapist_id FROM matching_service.inquiry q WHERE q.id = :inquiry))""")

# whoever typed it: the mailbox opted out, or everybody known there, also under a record that was merged into theirs
_NOT_WRITTEN_TO = text("""
WITH RECURSIVE there (status, kept) AS (
    SELECT t.status, t.merged_into_id FROM therapist_service.therapist t
    JOIN therapist_service.contact_point c ON c.id = t.contact_point_id WHERE c.mailbox = lower(:address)
    UNION SELECT t.status, t.merged_into_id FROM there JOIN therapist_service.therapist t ON t.id = there.kept)
SELECT EXISTS (SELECT FROM therapist_service.mailbox_opt_out o
               JOIN therapist_service.contact_point c ON c.id = o.contact_point_id
               WHERE o.lifted_at IS NULL AND c.mailbox = lower(:address))
    OR coalesce((SELECT bool_and(status = 'opted_out') FROM there WHERE kept IS NULL), false)""")


@dataclass(frozen=True, slots=True)
class Look:
    """Where a mail goes now; `stopped` (``stopped.…``) says why it may not go, and is empty where it may."""

    address: str
    stopped: str


def look(session: Session, email: Email, *, now: datetime) -> Look:
    """What is true of a waiting mail at this moment. An answer goes to whom it answers, wherever they wrote from."""
    session.flush()
    if email.patient_id is not None:
        row = session.execute(_PATIENT, {"mail": email.id}).one_or_none()
        if row is None:  # it left already
            return Look(email.to_address, "")
        if row.hindrance:
            return Look("", f"stopped.{row.hindrance}")
        # in a patient's thread it may go to a practice
        if row.address == email.to_address and session.scalar(_NAMES_UNASKED, {"mail": email.id}):
            return Look("", NAMES_UNASKED)
        over = email.status_week is not None and email.status_week != monday_of(now)
        return Look(row.address, WEEK_OVER if over else "")
    why = _why_not_asked(session, email, now=now)
    return Look("", why) if why else _practice(session, email)


def _why_not_asked(session: Session, email: Email, *, now: datetime) -> str:
    """Why a letter that asks a practice for somebody, or offers them, asks for nothing any more."""
    if email.kind in OF_PEOPLE and (why := session.scalar(_WHY_NOT_ASKED, {"mail": email.id})):
        return f"stopped.{why}"
    if email.kind not in ASKING or email.inquiry_id is None:
        return ""
    today = now.astimezone(BERLIN).date()
    asked = session.execute(_STILL_ASKED, {"inquiry": email.inquiry_id, "today": today}).one()
    if asked.waits and asked.open:
        return ""
    return NOBODY_WAITS if asked.open else PRACTICE_CLOSED


def _practice(session: Session, email: Email) -> Look:
    """A letter goes where its practice is reached now; a mail to an address of no record stays as it is."""
    own = email.kind == "own"
    if own and not email.in_reply_to and session.scalar(_NOT_WRITTEN_TO, {"address": email.to_address}):
        return Look("", OPTED_OUT)
    if own and session.scalar(_NAMES_UNASKED, {"mail": email.id}):
        return Look("", NAMES_UNASKED)
    if own and (email.therapist_id is None or email.in_reply_to):
        return Look(email.to_address, "")
    known = session.execute(
        _PRACTICE, {"therapist": email.therapist_id if own else None, "inquiry": email.inquiry_id}
    ).one_or_none()
    if known is None:
        return Look(email.to_address, "")
    if own and known.status == "opted_out":
        return Look("", OPTED_OUT)
    return Look(known.email, "" if known.email else NO_ADDRESS)
