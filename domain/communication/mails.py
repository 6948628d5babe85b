"""Mails: queued by people, claimed by the worker, sent at most once.

A mail is `sending` with a lease before SMTP begins; whoever finds the lease expired calls it unclear, and only
a person takes it from there. Times before which nothing happens (`not_before`) live in our row; a job is
deferred only when it is due, since a waiting job would block others (architecture.md, jobs).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import make_msgid
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain import events
from domain.access import me, office
from domain.communication.accounts import default_account_id
from domain.communication.last_look import follow_address, is_moot, is_unwanted
from domain.communication.models import ContactEntry, Email, EmailAttachment
from domain.communication.send_times import (
    WAITING,
    allowance,
    is_limited,
    may_leave,
    next_opening,
    not_held,
    within_limits,
)
from domain.communication.states import EMAIL, EmailStatus
from domain.communication.subjects import is_one_line
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid

LEASE = timedelta(minutes=5)
JOB_LOST_AFTER = timedelta(minutes=2)
SLOWEST = 32_000  # bytes a second: what a line must carry, else nobody waits for it
MESSAGE_ID_DOMAIN = "platzlotse.invalid"


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


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed mail, ready for SMTP."""

    id: int
    to_address: str
    to_name: str
    letter: Letter
    message_id: str
    attempt: int
    inquiry_id: int | None
    created_by: int | None
    account_id: int | None
    in_reply_to: str = ""
    files: tuple[OutgoingFile, ...] = ()


def queue_mail(
    session: Session,
    *,
    kind: str,
    to_address: str,
    to_name: str,
    letter: Letter,
    now: datetime,
    inquiry_id: int | None = None,
    patient_id: int | None = None,
    therapist_id: int | None = None,
    in_reply_to: str = "",
    delay: timedelta = timedelta(0),
    client_uuid: UUID | None = None,
    status_week: date | None = None,
) -> int:
    """Queue a mail; with `delay` (the undo window, a later day) nothing is sent before it has passed.

    Outside the office's sending hours it waits for them; where mails are counted by the hour it waits for its turn.
    Returns its id. Raises Invalid for an address or a subject that no header takes, Conflict
    (``email.queued_already``) when the mail of this `client_uuid` is there.
    """
    if any(char in to_address for char in "\r\n\0") or "@" not in to_address:
        raise Invalid("email.address", field="to_address")
    if not is_one_line(letter.subject):
        raise Invalid("email.subject_lines", field="subject")
    settings, account_id = office(session), default_account_id(session)
    leaves = next_opening(now + delay, settings)
    waits = leaves > now or is_limited(session, settings, account_id)
    values = {
        "kind": kind,
        "to_address": to_address,
        "to_name": to_name,
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
    }
    made: int | None = session.scalar(
        insert(Email).values(**values).on_conflict_do_nothing(index_elements=["client_uuid"]).returning(Email.id)
    )
    if made is None:
        raise Conflict("email.queued_already")
    events.record(session, "email.queued", made, inquiry_id=inquiry_id)
    if not waits:
        defer(session, made)
    return made


def defer(session: Session, email_id: int) -> None:
    """Hand the mail to the worker: in this transaction or not at all."""
    session.flush()
    session.execute(text("SELECT platform.defer_send_email(:id)"), {"id": email_id})


def claim(session: Session, email_id: int, *, now: datetime, without_account: bool = True) -> Outgoing | None:
    """Take a queued mail for sending; None if it was cancelled, is being sent, is not due or held.

    A job that waited beyond the sending hours (the worker was off) waits on for the next ones, and one that would
    exceed what an hour may take (a limit set meanwhile) for its turn. A mail from before there was an account takes the
    default one; with `without_account` false it waits where there is none, for a person to send it by hand. One that
    asks for nobody any more, or tells of a week that is over, is cancelled here at the latest.
    """
    email = session.scalar(
        select(Email)
        .where(
            Email.id == email_id,
            Email.status == EmailStatus.QUEUED,
            or_(Email.not_before.is_(None), Email.not_before <= now),
            not_held(),
        )
        .with_for_update(skip_locked=True)
    )
    if email is None:
        return None
    if is_moot(session, email, now=now):
        move(session, email, EmailStatus.CANCELLED)
        return None
    email.account_id = email.account_id or default_account_id(session)
    if email.account_id is None and not without_account:
        return None
    settings = office(session)
    leaves = next_opening(now, settings)
    if leaves > now or not may_leave(session, settings, email.account_id, now=now):
        email.not_before = leaves
        return None
    follow_address(session, email)
    move(session, email, EmailStatus.SENDING)
    email.attempt += 1
    email.lease_until = now + LEASE
    mail = outgoing(session, email)
    # base64 makes four of three; a slow line with large files is no reason to be in doubt
    email.lease_until += timedelta(seconds=sum(len(f.content) for f in mail.files) * 1.4 / SLOWEST)
    return mail


def outgoing(session: Session, email: Email) -> Outgoing:
    """A mail as it is handed to the server or copied."""
    files = session.execute(
        select(EmailAttachment.name, EmailAttachment.media_type, EmailAttachment.content)
        .where(EmailAttachment.email_id == email.id)
        .order_by(EmailAttachment.id)
    )
    return Outgoing(
        id=email.id,
        to_address=email.to_address,
        to_name=email.to_name,
        letter=Letter(email.subject, email.body_text, email.body_html),
        message_id=email.message_id,
        attempt=email.attempt,
        inquiry_id=email.inquiry_id,
        created_by=email.created_by,
        account_id=email.account_id,
        in_reply_to=email.in_reply_to,
        files=tuple(OutgoingFile(*row) for row in files),
    )


def send_by_hand(session: Session, email_id: int, *, now: datetime, version: int | None = None) -> None:
    """A person sent the mail with another program: it leaves the queue as if the worker had taken it."""
    email = load_for_edit(session, Email, email_id, version)
    move(session, email, EmailStatus.SENDING)
    email.attempt += 1
    email.lease_until = now + LEASE
    session.flush()


def release_due(session: Session, *, now: datetime) -> tuple[int, ...]:
    """Hand every mail whose time has come (undo window, retry, sending hours) to the worker; returns their ids.

    No more than the office, and than each account, sends in an hour; the longest waiting first.

    A mail queued for a while without having been claimed lost its job to a crash and gets a new one: claiming
    it twice is impossible, so a job too many does no harm.
    """
    settings = office(session)
    if next_opening(now, settings) > now:
        return ()
    # they count as under way already and need no turn of their own, else they would wait for themselves for ever
    lost = session.scalars(
        select(Email)
        .where(
            Email.status == EmailStatus.QUEUED,
            Email.not_before.is_(None),
            func.coalesce(Email.deferred_at, Email.updated_at) < now - JOB_LOST_AFTER,
            not_held(),
        )
        .order_by(Email.id)
        .with_for_update(skip_locked=True)
    ).all()
    waiting = session.scalars(
        select(Email)
        .where(Email.status.in_(WAITING), Email.not_before <= now, not_held(), within_limits(session, now=now))
        .order_by(Email.not_before, Email.id)
        .limit(allowance(session, settings, now=now))
        .with_for_update(skip_locked=True)
    ).all()
    due = [*lost, *waiting]
    for email in due:
        if email.status == EmailStatus.RETRY_WAIT:
            move(session, email, EmailStatus.QUEUED)
        # a long queue is not asked about again at every look
        email.not_before, email.deferred_at = None, now
        defer(session, email.id)
    return tuple(email.id for email in due)


def rewrite(email: Email, letter: Letter) -> None:
    """Put other words into a locked mail that has not left the office."""
    if email.status not in {EmailStatus.QUEUED, EmailStatus.RETRY_WAIT, EmailStatus.FAILED}:
        raise Conflict("email.transition", before=email.status, after=EmailStatus.QUEUED.value)
    email.subject, email.body_text, email.body_html = letter.subject, letter.text, letter.html
    email.template_version_id = letter.template_version_id


def cancel_mail(session: Session, email_id: int, version: int | None = None) -> None:
    """Take a mail back before it is sent; raises Conflict when it is too late."""
    email = load_for_edit(session, Email, email_id, version)
    move(session, email, EmailStatus.CANCELLED)


def decide_unclear(
    session: Session, email_id: int, *, arrived: bool, now: datetime, version: int | None = None
) -> Email:
    """A person's word on an unclear mail: it arrived (sent), or it did not (queued again, same Message-ID)."""
    email = load_for_edit(session, Email, email_id, version)
    if arrived:
        move(session, email, EmailStatus.SENT)
        email.sent_at = now
        enter_in_history(session, email, now=now)
    else:
        _requeue(session, email, now=now)
    return email


def enter_in_history(session: Session, email: Email, *, now: datetime) -> None:
    """Note that a mail went out, with those it is about; without any there is nobody whose history it joins."""
    if any((email.inquiry_id, email.patient_id, email.therapist_id)):
        session.add(
            ContactEntry(
                at=now, channel="email", direction="out", kind=email.kind, inquiry_id=email.inquiry_id,
                patient_id=email.patient_id, therapist_id=email.therapist_id, email_id=email.id,
                person_id=email.created_by, body=email.subject,
            )
        )  # fmt: skip


def retry_failed(session: Session, email_id: int, *, now: datetime, version: int | None = None) -> None:
    """Queue a failed mail again after its cause was mended."""
    _requeue(session, load_for_edit(session, Email, email_id, version), now=now)


def _requeue(session: Session, email: Email, *, now: datetime) -> None:
    """Again from the start, within the hours and limits every mail has.

    A person's word on this one mail counts more than that its batch is held. What may not be sent any more is
    cancelled instead.
    """
    if is_moot(session, email, now=now) or is_unwanted(session, email):
        if email.status == EmailStatus.UNCLEAR:
            move(session, email, EmailStatus.QUEUED)  # that it did not arrive was said; only then it can be cancelled
        move(session, email, EmailStatus.CANCELLED)
        return
    settings = office(session)
    leaves = next_opening(now, settings)
    waits = leaves > now or is_limited(session, settings, email.account_id)
    move(session, email, EmailStatus.QUEUED)
    email.attempt, email.not_before, email.batch_id = 0, leaves if waits else None, None
    email.deferred_at = None if waits else now
    if not waits:
        defer(session, email.id)


def move(session: Session, email: Email, after: EmailStatus) -> None:
    """To another state, where the machine has the step; tells everybody. Raises Conflict."""
    EMAIL.check(EmailStatus(email.status), after)
    email.status = after
    if after is not EmailStatus.SENDING:
        email.lease_until = None
    events.record(session, f"email.{after}", email.id, inquiry_id=email.inquiry_id)
