"""A person's word on a mail that is unclear or has failed: it arrived, or it is sent once more."""

from datetime import datetime

from sqlalchemy.orm import Session

from domain.access import office
from domain.communication.last_look import look
from domain.communication.mails import defer, enter_in_history, move, stop
from domain.communication.models import Email
from domain.communication.send_times import is_limited, next_opening
from domain.communication.states import EmailStatus
from domain.editing import load_for_edit


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


def retry_failed(session: Session, email_id: int, *, now: datetime, version: int | None = None) -> None:
    """Queue a failed mail again after its cause was mended."""
    _requeue(session, load_for_edit(session, Email, email_id, version), now=now)


def _requeue(session: Session, email: Email, *, now: datetime) -> None:
    """Again from the start, within the hours and limits every mail has.

    A person's word on this one mail counts more than that its batch is held. What may not be sent any more is
    stopped instead; its reason is told to whoever asked.
    """
    if stopped := look(session, email, now=now).stopped:
        if email.status == EmailStatus.UNCLEAR:
            move(session, email, EmailStatus.QUEUED)  # that it did not arrive was said; only then it can be cancelled
        stop(session, email, stopped)
        email.stop_seen_at = now
        return
    email.exported_at = email.exported_by = None
    settings = office(session)
    leaves = next_opening(now, settings)
    waits = leaves > now or is_limited(session, settings, email.account_id)
    move(session, email, EmailStatus.QUEUED)
    email.attempt, email.not_before, email.batch_id = 0, leaves if waits else None, None
    email.deferred_at = None if waits else now
    if not waits:
        defer(session, email.id)
