"""What became of a mail that was handed over: reported by the worker, found by an expired lease, told by its answers.

Each attempt is kept (`email_attempt`), since the limits of an hour are counted by attempts. It opens no connection.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.communication.mails import enter_in_history, move
from domain.communication.models import Email, EmailAttempt
from domain.communication.server_answers import waits
from domain.communication.states import EMAIL, EmailStatus
from domain.editing import load_for_edit

LONGEST = 500  # letters kept of a server's words


@dataclass(frozen=True, slots=True)
class Failure:
    """What hindered a mail: the server's own words, the code of the cause, and what its sentence names."""

    words: str
    cause: str = ""
    params: Mapping[str, int | str] = field(default_factory=dict)


def note_sent(
    session: Session, email_id: int, *, now: datetime, server_reply: str, by_hand: bool = False
) -> Email | None:
    """The server took the mail. None when somebody decided otherwise meanwhile (lease expired, person acted).

    `by_hand`: with a person's own program, so that it does not count for what the account sends.
    """
    email = _sending(session, email_id)
    if email is None:
        return None
    move(session, email, EmailStatus.SENT)
    email.sent_at, email.server_reply = now, server_reply[:LONGEST]
    _keep_failure(email, Failure(""))
    if not by_hand:
        _keep_attempt(session, email, "sent", now=now, failure=Failure(server_reply))
    enter_in_history(session, email, now=now)
    return email


def note_temporary(session: Session, email_id: int, *, now: datetime, failure: Failure, held: str = "") -> EmailStatus:
    """The server or the way to it said "later": wait as its cause wants and try again, or give up after the last.

    With a code in `held` it is not tried again by itself and waits for a person, to whom the code is told.
    """
    email = _sending(session, email_id)
    if email is None:
        return EmailStatus.UNCLEAR
    _keep_failure(email, Failure(failure.words, held) if held else failure)
    _keep_attempt(session, email, "postponed", now=now, failure=failure)
    planned = waits(failure.cause)
    if held or email.attempt > len(planned):
        move(session, email, EmailStatus.FAILED)
        return EmailStatus.FAILED
    move(session, email, EmailStatus.RETRY_WAIT)
    email.not_before = now + planned[email.attempt - 1]
    return EmailStatus.RETRY_WAIT


def note_refused(
    session: Session,
    email_id: int,
    *,
    now: datetime,
    failure: Failure,
    nobody_there: bool = False,
) -> Email | None:
    """The server refused for good; with `nobody_there` because no such mailbox exists."""
    email = _sending(session, email_id)
    if email is None:
        return None
    move(session, email, EmailStatus.BOUNCED_HARD if nobody_there else EmailStatus.FAILED)
    _keep_failure(email, failure)
    _keep_attempt(session, email, "refused", now=now, failure=failure)
    return email


def note_unclear(session: Session, email_id: int, *, now: datetime, failure: Failure) -> None:
    """The connection broke after DATA began: it may have arrived. A person decides."""
    email = _sending(session, email_id)
    if email is not None:
        _unclear(session, email, now=now, failure=failure)


def was_unclear(session: Session, email_id: int) -> bool:
    """Whether a try to hand a mail over ended in doubt."""
    tried = select(EmailAttempt.id).where(EmailAttempt.email_id == email_id, EmailAttempt.outcome == "unclear")
    return session.scalar(tried.limit(1)) is not None


def expire_leases(session: Session, *, now: datetime) -> tuple[int, ...]:
    """Mails whose sender never came back are unclear; returns their ids."""
    lost = session.scalars(
        select(Email)
        .where(Email.status == EmailStatus.SENDING, Email.lease_until < now)
        .with_for_update(skip_locked=True)
    ).all()
    for email in lost:
        _unclear(session, email, now=now, failure=Failure("", "email.lease_expired"))
    return tuple(email.id for email in lost)


def note_bounced(session: Session, email: Email, *, hard: bool) -> None:
    """The mail came back; a soft bounce may still be answered."""
    move(session, email, EmailStatus.BOUNCED_HARD if hard else EmailStatus.BOUNCED_SOFT)


def note_delayed(session: Session, email_id: int) -> None:
    """A server on the way reports that it goes on trying; nothing to do where that was known."""
    email = load_for_edit(session, Email, email_id)
    if EMAIL.allows(EmailStatus(email.status), EmailStatus.BOUNCED_SOFT):
        move(session, email, EmailStatus.BOUNCED_SOFT)


def note_replied(session: Session, email_id: int) -> None:
    """Somebody answered the mail. A mail that is answered a second time stays as it is."""
    email = load_for_edit(session, Email, email_id)
    if EMAIL.allows(EmailStatus(email.status), EmailStatus.REPLIED):
        move(session, email, EmailStatus.REPLIED)


def _sending(session: Session, email_id: int) -> Email | None:
    return session.scalar(
        select(Email).where(Email.id == email_id, Email.status == EmailStatus.SENDING).with_for_update()
    )


def _unclear(session: Session, email: Email, *, now: datetime, failure: Failure) -> None:
    move(session, email, EmailStatus.UNCLEAR)
    _keep_failure(email, failure)
    _keep_attempt(session, email, "unclear", now=now, failure=failure)


def _keep_failure(email: Email, failure: Failure) -> None:
    email.failure, email.failure_cause = failure.words[:LONGEST], failure.cause
    email.failure_params = dict(failure.params)


def _keep_attempt(session: Session, email: Email, outcome: str, *, now: datetime, failure: Failure) -> None:
    """One attempt; of one that succeeded the words are the server's thanks."""
    session.add(
        EmailAttempt(
            email_id=email.id, account_id=email.account_id, at=now, outcome=outcome, cause=failure.cause,
            reply=failure.words[:LONGEST],
        )
    )  # fmt: skip
