"""Whose a mail is that came in, when a person says so: an inquiry's or a patient's, first or after a mistake.

One that stood elsewhere leaves no words there: they are another one's. A further entry of that history says that it
went, and the database takes the words out with it (0051). The mail itself and the right history have them.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from domain import events
from domain.access import me
from domain.communication.incoming.filing import HISTORY_OF, entry_of, note_in_history
from domain.communication.incoming.models import IncomingEmail, IncomingReading
from domain.communication.models import ContactEntry
from domain.editing import load_for_edit
from domain.errors import Conflict
from domain.matching.models import Inquiry
from domain.patients.lifecycle import refuse_closed
from domain.patients.models import Patient

KIND = "mail_moved"


def assign(session: Session, incoming_id: int, inquiry_id: int, *, now: datetime, version: int | None = None) -> None:
    """A person says which inquiry a mail answers, also one that stood at another.

    What a patient wrote answers none: in an inquiry's history the practice's and the others' would show it. Raises
    Conflict for it, also where the patient's data are restricted and nobody is told whose it is.
    """
    mail = _unread(session, incoming_id, version)
    restricted = func.patient_service.is_restricted_address(mail.from_address)
    if mail.patient_id is not None or (mail.therapist_id is None and session.scalar(select(restricted))):
        raise Conflict("incoming_email.of_patient")
    if mail.inquiry_id == inquiry_id:
        return
    inquiry = session.get_one(Inquiry, inquiry_id)
    stood = _stood(session, mail) if mail.inquiry_id or mail.therapist_id != inquiry.therapist_id else ()
    if mail.inquiry_id is not None:
        mail.email_id = None  # the thread misled: it is about the people of the inquiry it answers
    mail.inquiry_id, mail.therapist_id, mail.kind = inquiry.id, inquiry.therapist_id, _kind_at_inquiry(mail)
    _put(session, mail, stood, now=now)
    events.record(session, "incoming_email.assigned", incoming_id, inquiry_id=inquiry_id)


def _kind_at_inquiry(mail: IncomingEmail) -> str:
    """What a machine says of our mail answers nothing, wherever it stands."""
    return "bounce" if mail.kind == "bounce" else "reply"


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
    mail.email_id = None  # whoever it quotes: an erasure of this patient empties it
    _put(session, mail, stood, now=now)
    events.record(session, "incoming_email.assigned", incoming_id, patient_id=patient_id)


def _unread(session: Session, incoming_id: int, version: int | None) -> IncomingEmail:
    """A mail that may be put elsewhere: nothing was drawn from it, and its words still stand.

    Of one that was read once, what was confirmed says whose it is: quotes stand in histories, the register names it.
    """
    mail = load_for_edit(session, IncomingEmail, incoming_id, version)
    if mail.status != "unread":
        raise Conflict("incoming_email.settled")
    if session.scalar(select(IncomingReading.id).where(IncomingReading.incoming_id == incoming_id).limit(1)):
        raise Conflict("incoming_email.read_before")
    if session.scalar(select(func.audit.words_erased("communication_service.incoming_email", incoming_id))):
        raise Conflict("incoming_email.erased")
    return mail


def _stood(session: Session, mail: IncomingEmail) -> tuple[ContactEntry, ...]:
    """What the histories it stands in say of it: by its words, else by when it was written.

    Where a person put a practice's mail to an inquiry, the practice's own history has it, too. After a merge its
    entry still names the record given up: the log stays as it was written, the mail was turned.
    """
    if mail.patient_id is None and mail.therapist_id is None and mail.inquiry_id is None:
        return ()
    back, would_be = aliased(ContactEntry), entry_of(mail, now=mail.received_at)
    entries = session.scalars(
        select(ContactEntry)
        .where(
            ContactEntry.patient_id.is_not_distinct_from(mail.patient_id),
            or_(ContactEntry.inquiry_id.is_not_distinct_from(mail.inquiry_id), ContactEntry.inquiry_id.is_(None)),
            _of_one_record(mail),
            ContactEntry.channel == "email",
            ContactEntry.direction == "in",
            ContactEntry.kind.in_(["reply", "bounce", *HISTORY_OF.values()]),
            ContactEntry.counterpart == would_be.counterpart,
            ~select(back.id).where(back.takes_back == ContactEntry.id).exists(),
        )
        .order_by((ContactEntry.at == would_be.at).desc(), ContactEntry.id.desc())
    ).all()
    here = [entry for entry in entries if entry.inquiry_id == mail.inquiry_id]
    before = [entry for entry in entries if entry.inquiry_id != mail.inquiry_id and entry.at == would_be.at]
    found = (_saying(here, mail, would_be), _saying(before, mail, would_be))
    return tuple(entry for entry in found if entry is not None)


def _of_one_record(mail: IncomingEmail) -> ColumnElement[bool]:
    """Condition on an entry: it is of the mail's inquiry, or names its therapist, also by a record that was merged."""
    if mail.therapist_id is None:
        return ContactEntry.therapist_id.is_(None)
    whoever = ContactEntry.therapist_id == func.any(func.therapist_service.merged_ids(mail.therapist_id))
    of_inquiry = and_(ContactEntry.inquiry_id.is_not(None), ContactEntry.inquiry_id == mail.inquiry_id)
    return or_(whoever, of_inquiry)


def _saying(entries: Sequence[ContactEntry], mail: IncomingEmail, would_be: ContactEntry) -> ContactEntry | None:
    """The entry with a mail's words, else one of its moment that begins with its subject."""
    same = (entry for entry in entries if entry.body == would_be.body)
    written = (
        entry for entry in entries if entry.at == would_be.at and entry.body.startswith(mail.subject.strip() or "\n")
    )
    return next(same, None) or next(written, None)


def _put(session: Session, mail: IncomingEmail, stood: Sequence[ContactEntry], *, now: datetime) -> None:
    """Where it belongs its words stand, and where it stood that it went: once the mail is there."""
    mail.matched_by = "person"
    session.flush()
    for entry in stood:
        session.add(
            ContactEntry(
                at=max(now, entry.at), channel="email", direction="none", kind=KIND, patient_id=entry.patient_id,
                therapist_id=entry.therapist_id, inquiry_id=entry.inquiry_id, person_id=me(session).id,
                takes_back=entry.id,
            )
        )  # fmt: skip
        session.flush()
        session.expire(entry)
    note_in_history(session, mail, now=now)
