"""Mails: queued by people, changed while they wait, taken back; what every step of them does.

Handing over stands in `claiming`, what became of it in `outcomes`, a person's word afterwards in `resending`. Times
before which nothing happens (`not_before`) live in our row; a job is deferred only when it is due, since a waiting job
would block others (architecture.md, jobs).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import make_msgid
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain import events
from domain.access import entered_by, me, office, person_name
from domain.communication.account_models import MailAccount
from domain.communication.accounts import default_account_id, sending_account_id
from domain.communication.incoming.models import IncomingEmail
from domain.communication.models import BODY_LENGTH, ContactEntry, Email, EmailItem
from domain.communication.send_times import (
    is_limited,
    next_opening,
)
from domain.communication.states import EMAIL, EmailStatus
from domain.communication.subjects import in_one_line, is_one_line
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid

MESSAGE_ID_DOMAIN = "platzlotse.invalid"
# What has not left the office. One that a person has outside (`exported_at`) may have; an unclear one may have arrived.
STILL_HERE = (EmailStatus.QUEUED, EmailStatus.RETRY_WAIT, EmailStatus.FAILED)
MAY_BE_OUTSIDE = frozenset({EmailStatus.QUEUED, EmailStatus.CANCELLED, EmailStatus.UNCLEAR})  # `ck_email_exported`


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says: subject and both parts; `template_version_id` tells by which wording of the office's."""

    subject: str
    text: str
    html: str
    template_version_id: int | None = None


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file that goes along."""

    name: str
    media_type: str
    content: bytes


def queue_mail(
    session: Session,
    *,
    kind: str,
    to_address: str,
    to_name: str,
    letter: Letter,
    now: datetime,
    inquiry_id: int | None = None,
    item_ids: Collection[int] = (),
    patient_id: int | None = None,
    therapist_id: int | None = None,
    in_reply_to: str = "",
    delay: timedelta = timedelta(0),
    client_uuid: UUID | None = None,
    status_week: date | None = None,
) -> int:
    """Queue a mail; with `delay` (the undo window, a later day) nothing is sent before it has passed.

    Outside the office's sending hours it waits for them; where mails are counted by the hour it waits for its turn.
    By which account it goes out `goes_by` says.
    `item_ids` are the positions of its inquiry that it tells of.
    Returns its id. Raises Invalid for an address or a subject that no header takes, Conflict
    (``email.queued_already``) when the mail of this `client_uuid` is there.
    """
    if any(char in to_address for char in "\r\n\0") or "@" not in to_address:
        raise Invalid("email.address", field="to_address")
    if not is_one_line(letter.subject):
        raise Invalid("email.subject_lines", field="subject")
    settings, account_id = office(session), goes_by(session, in_reply_to)
    leaves = next_opening(now + delay, settings)
    waits = leaves > now or is_limited(session, settings, account_id)
    values = {
        "kind": kind,
        "to_address": to_address,
        "to_name": in_one_line(to_name).strip(),
        "subject": letter.subject,
        "body_text": letter.text,
        "body_html": letter.html,
        "template_version_id": letter.template_version_id,
        "status": EmailStatus.QUEUED,
        "message_id": make_msgid(domain=MESSAGE_ID_DOMAIN),
        "not_before": leaves if waits else None,
        "deferred_at": None if waits else now,
        "inquiry_id": inquiry_id,
        "patient_id": patient_id,
        "therapist_id": therapist_id,
        "in_reply_to": in_reply_to,
        "client_uuid": client_uuid,
        "status_week": status_week,
        "account_id": account_id,
        "created_by": me(session).id,
        # by the clock that made `not_before`: the two are compared
        "created_at": now,
    }
    made: int | None = session.scalar(
        insert(Email).values(**values).on_conflict_do_nothing(index_elements=["client_uuid"]).returning(Email.id)
    )
    if made is None:
        raise Conflict("email.queued_already")
    session.add_all(EmailItem(email_id=made, item_id=item_id) for item_id in item_ids)
    events.record(session, "email.queued", made, inquiry_id=inquiry_id)
    if not waits:
        defer(session, made)
    return made


def goes_by(session: Session, in_reply_to: str) -> int | None:
    """The account a mail is queued for: an answer's is the one asked, since whoever wrote there expects it from there.

    Where that one does not send (or a supervisor has yet to agree to it), and for all else, it is the default one.
    """
    if not in_reply_to:
        return default_account_id(session)
    asked = (
        select(MailAccount.id)
        .join(IncomingEmail, IncomingEmail.account_id == MailAccount.id)
        .where(IncomingEmail.message_id == in_reply_to, MailAccount.confirmed)
    )
    return sending_account_id(session, session.scalar(asked.order_by(IncomingEmail.id.desc()).limit(1)))


def defer(session: Session, email_id: int) -> None:
    """Hand the mail to the worker: in this transaction or not at all."""
    session.flush()
    session.execute(text("SELECT platform.defer_send_email(:id)"), {"id": email_id})


def still_here() -> ColumnElement[bool]:
    """Condition on a mail: it has not left the office, nor does a person have it outside."""
    return and_(Email.status.in_(STILL_HERE), Email.exported_at.is_(None))


def may_have_left(email: Email) -> bool:
    """Whether a mail is being sent, or may have been: by the worker, or by a person who has it outside."""
    outside = email.status == EmailStatus.QUEUED and email.exported_at is not None
    return outside or email.status in {EmailStatus.SENDING, EmailStatus.UNCLEAR}


def refuse_outside(session: Session, email: Email) -> None:
    """Raises Conflict (``email.outside``) while a person has a mail outside: they say first what became of it."""
    if email.status == EmailStatus.QUEUED and email.exported_at is not None:
        by = person_name(session, email.exported_by)
        raise Conflict("email.outside", by=by, at=email.exported_at.isoformat())


def readdress(session: Session, email: Email, address: str) -> None:
    """Send a mail that waits to another address; whose name stands beside it is the database's to say (0050)."""
    if email.to_address != address:
        email.to_address = address
        session.flush()
        session.refresh(email, ["to_name"])


def rewrite(session: Session, email: Email, letter: Letter, *, item_ids: Collection[int]) -> None:
    """Put other words, which tell of some positions of its inquiry, into a locked mail that has not left the office."""
    refuse_outside(session, email)
    if email.status not in STILL_HERE:
        raise Conflict("email.transition", before=email.status, after=EmailStatus.QUEUED.value)
    email.subject, email.body_text, email.body_html = letter.subject, letter.text, letter.html
    email.template_version_id = letter.template_version_id
    session.flush()
    session.execute(delete(EmailItem).where(EmailItem.email_id == email.id))
    session.add_all(EmailItem(email_id=email.id, item_id=item_id) for item_id in item_ids)
    session.flush()


def named_in(session: Session, email_id: int) -> frozenset[int]:
    """The positions of its inquiry a mail tells of; none is known of a mail the release before wrote."""
    return frozenset(session.scalars(select(EmailItem.item_id).where(EmailItem.email_id == email_id)))


def cancel_mail(session: Session, email_id: int, version: int | None = None) -> None:
    """Take a mail back before it is sent; raises Conflict when it is too late, or a person has it outside."""
    email = load_for_edit(session, Email, email_id, version)
    refuse_outside(session, email)
    move(session, email, EmailStatus.CANCELLED)


def stop(session: Session, email: Email, why: str) -> None:
    """Let a mail that may not go any more stay here; `why` (``stopped.…``) is told until somebody has seen it."""
    move(session, email, EmailStatus.CANCELLED)
    email.failure, email.failure_cause, email.failure_params = "", why, {}


def note_stop_seen(session: Session, email_id: int, *, now: datetime, version: int | None = None) -> None:
    """A person has seen that a mail was stopped, and why; or has settled what follows from one that came back."""
    email = load_for_edit(session, Email, email_id, version)
    if email.stop_seen_at is None:
        email.stop_seen_at = now
        events.record(session, "email.stop_seen", email.id, inquiry_id=email.inquiry_id)


def enter_in_history(session: Session, email: Email, *, now: datetime) -> None:
    """Note that a mail went out, with those it is about; without any there is nobody whose history it joins.

    In the name of the person who says so; where the worker sent it, of who wrote it. Where it is about one person alone
    the database puts its text below the subject, too (0047).
    """
    if any((email.inquiry_id, email.patient_id, email.therapist_id)):
        session.add(
            ContactEntry(
                at=now, channel="email", direction="out", kind=email.kind, inquiry_id=email.inquiry_id,
                patient_id=email.patient_id, therapist_id=email.therapist_id, email_id=email.id,
                person_id=entered_by(session) or email.created_by, body=email.subject[:BODY_LENGTH],
            )
        )  # fmt: skip


def move(session: Session, email: Email, after: EmailStatus) -> None:
    """To another state, where the machine has the step; tells everybody. Raises Conflict."""
    EMAIL.check(EmailStatus(email.status), after)
    email.status = after
    if email.exported_at is not None and after not in MAY_BE_OUTSIDE:
        # whoever had it outside is who sent it
        email.sent_by_hand = email.sent_by_hand or after is EmailStatus.SENT
        email.exported_at = email.exported_by = None
    if after is not EmailStatus.SENDING:
        email.lease_until = None
    events.record(session, f"email.{after}", email.id, inquiry_id=email.inquiry_id)
