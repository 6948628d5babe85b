"""Whose a mail is that came in, when a person says so: an inquiry's or a patient's, first or after a mistake.

One that stood elsewhere leaves no words there: they are another one's. A further entry of that history says that it
went, and the database takes the words out with it (0051). The mail itself and the right history have them.
"""

from datetime import datetime

from sqlalchemy import any_, func, select
from sqlalchemy.orm import Session, aliased

from domain import events
from domain.access import me
from domain.communication.incoming.filing import HISTORY_OF, entry_of, note_in_history
from domain.communication.incoming.models import IncomingEmail
from domain.communication.models import ContactEntry
from domain.editing import load_for_edit
from domain.errors import Conflict
from domain.matching.models import Inquiry
from domain.patients.lifecycle import refuse_closed
from domain.patients.models import Patient

KIND = "mail_moved"


def assign(session: Session, incoming_id: int, inquiry_id: int, *, now: datetime, version: int | None = None) -> None:
    """A person says which inquiry a mail answers, also one that stood at another.

    What a patient wrote answers none: in an inquiry's history the practice's and the others' would show it.
    """
    mail = _unread(session, incoming_id, version)
    if mail.patient_id is not None:
        raise Conflict("incoming_email.of_patient")
    if mail.inquiry_id == inquiry_id:
        return
    inquiry = session.get_one(Inquiry, inquiry_id)
    stood = _stood(session, mail) if mail.inquiry_id or mail.therapist_id != inquiry.therapist_id else None
    if mail.inquiry_id is not None:
        mail.email_id = None  # the thread misled: it is about the people of the inquiry it answers
    mail.inquiry_id, mail.therapist_id, mail.kind = inquiry.id, inquiry.therapist_id, "reply"
    _put(session, mail, stood, now=now)
    events.record(session, "incoming_email.assigned", incoming_id, inquiry_id=inquiry_id)


def assign_patient(
    session: Session, incoming_id: int, patient_id: int, *, now: datetime, version: int | None = None
) -> None:
    """A person says which patient a mail is of: of another address, of who cares for several, or put elsewhere before.

    It joins the patient's history, report and erasure. Raises Forbidden for a record that is closed; a record of
    another team is not found.
    """
    mail = _unread(session, incoming_id, version)
    if mail.patient_id == patient_id:
        return
    refuse_closed(load_for_edit(session, Patient, patient_id))
    stood = _stood(session, mail)
    mail.patient_id, mail.inquiry_id, mail.therapist_id, mail.kind = patient_id, None, None, "patient"
    _put(session, mail, stood, now=now)
    events.record(session, "incoming_email.assigned", incoming_id, patient_id=patient_id)


def _unread(session: Session, incoming_id: int, version: int | None) -> IncomingEmail:
    mail = load_for_edit(session, IncomingEmail, incoming_id, version)
    if mail.status != "unread":
        raise Conflict("incoming_email.settled")
    return mail


def _stood(session: Session, mail: IncomingEmail) -> ContactEntry | None:
    """What the history it stands in says of it: by its words, else by when it was written."""
    if mail.patient_id is None and mail.therapist_id is None and mail.inquiry_id is None:
        return None
    back, would_be = aliased(ContactEntry), entry_of(mail, now=mail.received_at)
    # a record brought together with another keeps what was noted of it; its mails went along
    of_practice = (
        ContactEntry.therapist_id.is_(None)
        if mail.therapist_id is None
        else ContactEntry.therapist_id == any_(func.therapist_service.merged_ids(mail.therapist_id))
    )
    entries = session.scalars(
        select(ContactEntry)
        .where(
            ContactEntry.patient_id.is_not_distinct_from(mail.patient_id),
            of_practice,
            ContactEntry.inquiry_id.is_not_distinct_from(mail.inquiry_id),
            ContactEntry.channel == "email",
            ContactEntry.direction == "in",
            ContactEntry.kind.in_(["reply", "bounce", *HISTORY_OF.values()]),
            ContactEntry.counterpart == would_be.counterpart,
            ~select(back.id).where(back.takes_back == ContactEntry.id).exists(),
        )
        .order_by((ContactEntry.at == would_be.at).desc(), ContactEntry.id.desc())
    ).all()
    same = (entry for entry in entries if entry.body == would_be.body)
    written = (
        entry for entry in entries if entry.at == would_be.at and entry.body.startswith(mail.subject.strip() or "\n")
    )
    return next(same, None) or next(written, None)


def _put(session: Session, mail: IncomingEmail, stood: ContactEntry | None, *, now: datetime) -> None:
    """Where it belongs its words stand, and where it stood that it went: once the mail is there."""
    mail.matched_by = "person"
    session.flush()
    if stood is not None:
        session.add(
            ContactEntry(
                at=max(now, stood.at), channel="email", direction="none", kind=KIND, patient_id=stood.patient_id,
                therapist_id=stood.therapist_id, inquiry_id=stood.inquiry_id, person_id=me(session).id,
                takes_back=stood.id,
            )
        )  # fmt: skip
        session.flush()
        session.expire(stood)
    note_in_history(session, mail, now=now)
