"""Making what a released batch holds, one line a transaction: inquiry, reminder or status, with its mail.

Nobody waits for a long transaction, whoever continues after a crash finds the lines that are left, and two windows at
once each take another line. What a practice or a colleague made impossible meanwhile is noted with its reason.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import events
from domain.access import office
from domain.casework.batches.gathering import best_channel
from domain.casework.batches.seen import refuse_part
from domain.casework.batches.weekly import send_status
from domain.casework.preparing import create_and_send, who_fits
from domain.casework.reminding import due_for_reminder, remind
from domain.casework.week_plan import accept
from domain.communication.batch_models import Batch, BatchLine
from domain.communication.models import Email
from domain.communication.queries import mail_of_inquiry, planned_call_of
from domain.communication.send_times import undo_window
from domain.database import translated_errors
from domain.errors import Conflict, PlatzlotseError, Unavailable
from domain.matching.inquiries import refuse_if_open
from domain.matching.models import Inquiry
from domain.therapists.models import Therapist
from domain.values import Channel


def make_next(session: Session, batch_id: int, *, now: datetime) -> bool:
    """Make the next line of a running batch; False when there is none left for this caller (or it is paused).

    The batch is locked against being paused meanwhile: once it is, no further line is made. Raises Forbidden where
    lines yet to be made name people hidden from the caller: each of theirs would be refused for good.
    """
    batch = session.scalar(
        select(Batch).where(Batch.id == batch_id, Batch.status == "running").with_for_update(read=True)
    )
    if batch is None:
        return False
    refuse_part(session, batch_id)
    line = session.scalar(
        select(BatchLine)
        .where(BatchLine.batch_id == batch_id, BatchLine.status == "open")
        .order_by(BatchLine.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if line is None:
        return False
    try:
        with translated_errors(), session.begin_nested():
            _MAKERS[batch.kind](session, line, now)
            line.status, line.made_at = "made", now
    except Unavailable:
        raise
    except PlatzlotseError as error:
        if error.params.get("again"):
            raise
        _refuse(session, line, error)
    events.record(session, "batch.line_made", batch_id)
    return True


def _refuse(session: Session, line: BatchLine, error: PlatzlotseError) -> None:
    """Keep why a line was not made: in the way of which rules, or of which inquiry of somebody else."""
    line.status, line.refusal = "refused", error.code
    rules = error.params.get("rules")
    line.refused_rules = [str(rule) for rule in rules] if isinstance(rules, list | tuple) else []
    other = error.params.get("inquiry_id")
    line.other_inquiry_id = other if isinstance(other, int) else None
    if line.other_inquiry_id is None and error.code.startswith("db.uq_inquiry_open") and line.therapist_id is not None:
        line.other_inquiry_id = session.scalar(
            select(Inquiry.id)
            .join(Therapist, Therapist.contact_point_id == Inquiry.contact_point_id)
            .where(Therapist.id == line.therapist_id, Inquiry.closed_at.is_(None))
        )


def _hold(session: Session, line: BatchLine, email_id: int | None) -> None:
    """Put the line's mail under the batch, which may hold it; a call or letter has none."""
    if email_id is not None:
        line.email_id = email_id
        session.get_one(Email, email_id).batch_id = line.batch_id


def _inquiry(session: Session, line: BatchLine, now: datetime) -> None:
    therapist = session.get_one(Therapist, line.therapist_id)
    channel, send_at = channel_now(therapist, line.channel), now + undo_window(office(session), in_batch=True)
    # who was asked by somebody else is told by name; judging alone would only say that the practice is taken
    refuse_if_open(session, therapist.contact_point_id)
    if line.plan_line_id is not None:
        line.inquiry_id = accept(session, line.plan_line_id, now=now, channel=channel, send_at=send_at)
    else:
        fit = who_fits(session, therapist_id=therapist.id, search_ids=line.search_ids or (), now=now)
        if not fit.search_ids:
            raise Conflict("batch.nobody_fits", rules=fit.rules)
        line.inquiry_id = create_and_send(
            session, therapist_id=therapist.id, search_ids=fit.search_ids, channel=channel, now=now, send_at=send_at
        )
    session.flush()
    _hold(session, line, mail_of_inquiry(session, line.inquiry_id))
    line.call_id = planned_call_of(session, line.inquiry_id)


def channel_now(therapist: Therapist, wished: str | None) -> Channel:
    """The way wished for, or the best one there is where its address or number has gone meanwhile."""
    there = {
        Channel.EMAIL: bool(therapist.email),
        Channel.PHONE: bool(therapist.phone or therapist.mobile),
        Channel.LETTER: True,
    }
    channel = Channel(wished) if wished else best_channel(therapist)
    return channel if there[channel] else best_channel(therapist)


def _reminder(session: Session, line: BatchLine, now: datetime) -> None:
    inquiry = session.get_one(Inquiry, line.inquiry_id, with_for_update={"key_share": True})
    if not due_for_reminder(session, now=now, inquiry_id=inquiry.id):
        raise Conflict("batch.no_reminder_due", inquiry_id=inquiry.id)
    line.reminded_before = inquiry.last_reminded_at
    mailed = inquiry.channel == Channel.EMAIL and bool(session.get_one(Therapist, inquiry.therapist_id).email)
    planned = planned_call_of(session, inquiry.id)
    made = remind(session, inquiry.id, now=now, delay=undo_window(office(session), in_batch=True))
    session.flush()
    if mailed:
        _hold(session, line, made)
    elif planned is None:  # else somebody is going to call anyway, and that call is not this batch's
        line.call_id = planned_call_of(session, inquiry.id)


def _status(session: Session, line: BatchLine, now: datetime) -> None:
    assert line.patient_id is not None
    _hold(
        session, line, send_status(session, line.patient_id, now=now, delay=undo_window(office(session), in_batch=True))
    )


_MAKERS: dict[str, Callable[[Session, BatchLine, datetime], None]] = {
    "inquiries": _inquiry,
    "reminders": _reminder,
    "weekly_status": _status,
}
