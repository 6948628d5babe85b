"""What a person does with a batch: look through, release, pause, go on, take back.

Holding is one row: from that moment the worker takes none of the batch's mails, whatever waits in its queue; what it is
sending, or just takes, at that moment it finishes. Taking back then cancels line by line and may be cut and continued;
a letter that was printed is the practice's and stays. Each step raises NotFound for a batch one does not see, and going
on Forbidden where a line yet to be made is hidden from its maker by now.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select, update
from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.casework.batches.checking import refuse_stopped
from domain.casework.batches.listing import Ways, count_ways
from domain.casework.batches.seen import load_seen, refuse_part
from domain.casework.batches.weekly import week_of
from domain.casework.reminding import take_reminder_back
from domain.casework.sending import undo_sending
from domain.casework.week_plan import give_line_back
from domain.communication.batch_models import Batch, BatchLine
from domain.communication.letter_models import PrintedLetter
from domain.communication.mails import cancel_mail, still_here
from domain.communication.models import Email, PhoneCall
from domain.communication.states import CallStatus, EmailStatus
from domain.database import translated_errors
from domain.errors import Conflict, Invalid

STEPS = {
    ("draft", "running"), ("draft", "taken_back"), ("running", "paused"), ("paused", "running"),
    ("running", "taken_back"), ("paused", "taken_back"),
}  # fmt: skip


def _move(session: Session, batch_id: int, after: str) -> Batch:
    batch = load_seen(session, batch_id)
    if (batch.status, after) not in STEPS:
        raise Conflict("batch.transition", before=batch.status, after=after)
    if after == "running":
        refuse_part(session, batch_id)
    batch.status = after
    events.record(session, f"batch.{after}", batch.id)
    return batch


def leave_out(session: Session, batch_id: int, line_ids: Sequence[int]) -> None:
    """Take lines out before the batch is released."""
    _change(session, batch_id, line_ids, "open", "left_out")


def put_back(session: Session, batch_id: int, line_ids: Sequence[int]) -> None:
    """Take lines in again that were left out. Raises Conflict when one waits in another batch meanwhile."""
    _change(session, batch_id, line_ids, "left_out", "open")


def _change(session: Session, batch_id: int, line_ids: Sequence[int], before: str, after: str) -> None:
    batch = load_seen(session, batch_id)
    if batch.status != "draft":
        raise Conflict("batch.transition", before=batch.status, after=batch.status)
    session.execute(
        update(BatchLine)
        .where(BatchLine.batch_id == batch_id, BatchLine.id.in_(line_ids), BatchLine.status == before)
        .values(status=after)
    )
    events.record(session, "batch.changed", batch_id)


def release(session: Session, batch_id: int, *, now: datetime, shown: Ways, version: int | None = None) -> Ways:
    """A person sends the batch: from now on `making.make_next` makes its lines. Returns how they go.

    What stands in the way of one is looked at once more and written to it: it does not go later, though it was said to
    stay. Raises Invalid when the batch is empty, and Conflict (``batch.more_would_go``) where by any way more would go
    than the person was `shown`.
    """
    load_seen(session, batch_id, version)
    lines = select(BatchLine.id).where(BatchLine.batch_id == batch_id, BatchLine.status == "open")
    if session.scalar(lines.limit(1)) is None:
        raise Invalid("batch.empty")
    person = me(session).id
    batch = _move(session, batch_id, "running")
    batch.released_at, batch.released_by = now, person
    if batch.status_week is not None:
        batch.status_week = week_of(now)  # gathered last week, sent in this one
    session.flush()
    refuse_stopped(session, batch_id, now=now)
    ways = count_ways(session, batch_id)
    if not ways.within(shown):
        raise Conflict("batch.more_would_go")
    return ways


def pause(session: Session, batch_id: int) -> None:
    """Hold every mail that waits, and make no further line."""
    _move(session, batch_id, "paused")


def resume(session: Session, batch_id: int, *, now: datetime) -> None:
    """Go on. Mails the worker had been given already wait for their turn anew."""
    _move(session, batch_id, "running")
    session.execute(
        update(Email)
        .where(Email.batch_id == batch_id, Email.status == EmailStatus.QUEUED, Email.not_before.is_(None))
        .values(not_before=now, version=Email.version + 1)
    )


def take_back(session: Session, batch_id: int) -> None:
    """Send nothing more of it: a draft is dropped, of a released batch `take_back_next` cancels what waits.

    The database leaves out every line that was not made, those about people hidden from the caller, too.
    """
    _move(session, batch_id, "taken_back")
    session.flush()


def take_back_next(session: Session, batch_id: int, *, after: int, now: datetime) -> int | None:
    """Take back the first line above the id `after` that is still here; returns its id, None when there is none.

    What left at this moment, or cannot be undone any more, stays as it is: going on by id looks at each line once.
    """
    batch = session.scalar(select(Batch).where(Batch.id == batch_id, Batch.status == "taken_back"))
    if batch is None:
        return None
    line = session.scalar(
        select(BatchLine)
        .outerjoin(Email, Email.id == BatchLine.email_id)
        .outerjoin(PhoneCall, PhoneCall.id == BatchLine.call_id)
        .where(
            BatchLine.batch_id == batch_id,
            BatchLine.id > after,
            BatchLine.status == "made",
            still_here() | (PhoneCall.status == CallStatus.PLANNED) | _letter_waits(batch.kind),
        )
        .order_by(BatchLine.id)
        .limit(1)
        .with_for_update(of=BatchLine, skip_locked=True)
    )
    if line is None:
        return None
    looked_at = line.id
    try:
        with translated_errors(), session.begin_nested():
            _take_line_back(session, batch, line, now=now)
            line.status = "taken_back"
    except Conflict as error:
        if error.params.get("again"):
            raise
    events.record(session, "batch.line_taken_back", batch_id)
    return looked_at


def take_line_back_of(session: Session, email_id: int, *, now: datetime) -> bool:
    """Take back the line of a mail that a person had outside when its batch was taken back; whether there was one."""
    found = session.execute(
        select(Batch, BatchLine)
        .join(BatchLine, BatchLine.batch_id == Batch.id)
        .where(BatchLine.email_id == email_id, BatchLine.status == "made", Batch.status == "taken_back")
        .with_for_update(of=BatchLine)
    ).one_or_none()
    if found is None:
        return False
    _take_line_back(session, *found, now=now)
    found[1].status = "taken_back"
    events.record(session, "batch.line_taken_back", found[0].id)
    return True


def _letter_waits(kind: str) -> ColumnElement[bool]:
    """Whether a line was made as a letter that nobody printed yet."""
    return and_(
        BatchLine.email_id.is_(None),
        BatchLine.call_id.is_(None),
        exists().where(
            PrintedLetter.inquiry_id == BatchLine.inquiry_id,
            PrintedLetter.kind == ("reminder" if kind == "reminders" else "inquiry"),
            PrintedLetter.printed_at.is_(None),
            PrintedLetter.created_at >= BatchLine.made_at,
        ),
    )


def _take_line_back(session: Session, batch: Batch, line: BatchLine, *, now: datetime) -> None:
    if batch.kind == "weekly_status" and line.email_id is not None:
        cancel_mail(session, line.email_id)
    elif line.inquiry_id is not None and line.made_at is not None:
        if batch.kind == "reminders":
            take_reminder_back(
                session, line.inquiry_id, line.email_id, at=line.made_at, before=line.reminded_before,
                call_id=line.call_id,
            )  # fmt: skip
            return
        undo_sending(session, line.inquiry_id, now=now)
        if line.plan_line_id is not None:
            give_line_back(session, line.plan_line_id)
