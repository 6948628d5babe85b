"""Handing mails over: released when their time has come, claimed with a lease before SMTP begins, never twice.

Whoever finds a lease expired calls the mail unclear, and only a person takes it from there (`resending`). Whether a
mail may still go, and where to, is asked at the last moment (`last_look`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from domain.access import office
from domain.communication.accounts import account, sending_account_id
from domain.communication.last_look import look
from domain.communication.mails import Letter, OutgoingFile, defer, move, readdress, stop
from domain.communication.models import Email, EmailAttachment
from domain.communication.send_times import (
    WAITING,
    allowance,
    may_leave,
    next_opening,
    not_held,
    within_limits,
)
from domain.communication.server_answers import NOT_LET_IN
from domain.communication.states import EmailStatus
from domain.editing import load_for_edit

LEASE = timedelta(minutes=5)
JOB_LOST_AFTER = timedelta(minutes=2)
# what held a mail is over once it is taken
WAITED_FOR = NOT_LET_IN | {"email.reply_unread", "mail_server.resting"}
UNCONFIRMED_WAIT = timedelta(minutes=1)  # a supervisor has to see where its account leads
SLOWEST = 32_000  # bytes a second: what a line must carry, else nobody waits for it


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


def claim(session: Session, email_id: int, *, now: datetime, without_account: bool = True) -> Outgoing | None:
    """Take a queued mail for sending; None if it was cancelled, is being sent, is not due or held.

    A job that waited beyond the sending hours (the worker was off) waits on for the next ones, and one that would
    exceed what an hour may take (a limit set meanwhile) for its turn. A mail whose account sends no more, or that has
    none, takes the default one; with `without_account` false it waits where there is none, for a person to send it by
    hand. So it does while no supervisor has seen where its account leads. One that may not go any more is stopped here
    at the latest, with its reason; any other goes where its reader is reached now.
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
    if email.failure_cause in WAITED_FOR:
        email.failure_cause = ""
    found = look(session, email, now=now)
    if found.stopped:
        stop(session, email, found.stopped)
        return None
    goes_by = sending_account_id(session, email.account_id)
    if goes_by is None and not without_account:
        return None
    email.account_id = goes_by
    if email.account_id is not None and not account(session, email.account_id).confirmed:
        email.not_before = now + UNCONFIRMED_WAIT
        return None
    settings = office(session)
    leaves = next_opening(now, settings)
    if leaves > now or not may_leave(session, settings, email.account_id, now=now):
        email.not_before = leaves
        return None
    readdress(session, email, found.address)
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
    email.exported_at = email.exported_by = None
    email.sent_by_hand = True
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
