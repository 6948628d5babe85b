"""Gathering a batch: from the week's plan, from chosen practices, from the chase list, for the weekly status.

One short transaction that writes lines and no letter. What waits in another batch stays there; the database sees to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain import events
from domain.access import me, person_name
from domain.casework.batches.seen import is_batch_seen
from domain.casework.batches.weekly import due_patients, week_of
from domain.casework.reminding import due_for_reminder
from domain.casework.week_plan import open_lines
from domain.communication.batch_models import Batch, BatchLine
from domain.errors import Conflict, Invalid
from domain.matching.models import Inquiry
from domain.matching.plan_models import PlanLine
from domain.therapists.models import Therapist
from domain.values import Channel

MOST = 2000  # lines of one batch: more than an office sends in a week


@dataclass(frozen=True, slots=True)
class Gathered:
    """A batch to look through; `elsewhere` counts what waits in another batch already."""

    batch_id: int
    lines: int
    elsewhere: int


def gather_plan(session: Session, *, monday: date, lines: Sequence[int] | None = None) -> Gathered:
    """The open lines of a week's plan, or the chosen ones among them."""
    wanted = open_lines(session, monday)
    if lines is not None:
        wanted = tuple(line for line in wanted if line in set(lines))
    found = {line.id: line for line in session.scalars(select(PlanLine).where(PlanLine.id.in_(wanted)))}
    values = [
        {"therapist_id": line.therapist_id, "search_ids": line.search_ids, "channel": line.channel, "plan_line_id": n}
        for n in wanted
        if (line := found.get(n)) is not None
    ]
    return _gather(session, "inquiries", values, once="plan_line_id")


def gather_practices(session: Session, *, search_id: int, therapist_ids: Sequence[int]) -> Gathered:
    """Several practices to be asked for one search: by mail, and where there is no address by the best way there is."""
    known = set(session.scalars(select(Therapist.id).where(Therapist.id.in_(therapist_ids))))
    values = [
        {"therapist_id": number, "search_ids": [search_id], "channel": Channel.EMAIL}
        for number in dict.fromkeys(therapist_ids)
        if number in known
    ]
    return _gather(session, "inquiries", values, once=None)


def gather_reminders(session: Session, *, now: datetime) -> Gathered:
    """Every practice that was silent for the office's days (the chase list)."""
    due = due_for_reminder(session, now=now)
    inquiries = session.execute(
        select(Inquiry.id, Inquiry.therapist_id).where(Inquiry.id.in_(due)).order_by(Inquiry.id)
    )
    values = [{"inquiry_id": number, "therapist_id": therapist_id} for number, therapist_id in inquiries]
    return _gather(session, "reminders", values, once="inquiry_id")


def gather_weekly(session: Session, *, now: datetime) -> Gathered:
    """Every patient who is to hear this week how the search stands."""
    values = [{"patient_id": number} for number in due_patients(session, now=now)]
    return _gather(session, "weekly_status", values, once="patient_id", status_week=week_of(now))


def best_channel(therapist: Therapist) -> Channel:
    """By mail, else by phone, else on paper."""
    if therapist.email:
        return Channel.EMAIL
    return Channel.PHONE if therapist.phone or therapist.mobile else Channel.LETTER


def _gather(
    session: Session,
    kind: str,
    values: Sequence[Mapping[str, object]],
    *,
    once: str | None,
    status_week: date | None = None,
) -> Gathered:
    """Write the batch; `once` is the column by which a thing waits in one batch only.

    Raises Invalid when there is nothing to send, and Conflict (whose batch) when all of it waits elsewhere:
    ``batch.elsewhere`` with the batch to open, ``batch.elsewhere_hidden`` where the caller does not see it.
    """
    if not values:
        raise Invalid("batch.nothing", kind=kind)
    if len(values) > MOST:
        raise Invalid("batch.too_many", most=MOST, given=len(values))
    batch = Batch(kind=kind, status_week=status_week, created_by=me(session).id)
    session.add(batch)
    session.flush()
    statement = insert(BatchLine).values([{"batch_id": batch.id, **value} for value in values])
    if once is not None:
        statement = statement.on_conflict_do_nothing(index_elements=[once], index_where=text("status = 'open'"))
    made = session.scalars(statement.returning(BatchLine.id)).all()
    if not made and once is not None:
        _refuse_all_elsewhere(session, once, [value[once] for value in values])
    events.record(session, "batch.gathered", batch.id, lines=len(made))
    return Gathered(batch.id, len(made), len(values) - len(made))


def _refuse_all_elsewhere(session: Session, once: str, wanted: Sequence[object]) -> None:
    others = session.scalars(
        select(Batch)
        .where(
            exists().where(
                BatchLine.batch_id == Batch.id, BatchLine.status == "open", getattr(BatchLine, once).in_(wanted)
            )
        )
        .order_by(Batch.id)
    ).all()
    if not others:  # it was sent or dropped at this moment
        raise Conflict("record.changed_meanwhile", again=True)
    shown = next((batch for batch in others if is_batch_seen(session, batch.id)), None)
    other = shown or others[0]
    told = {"by": person_name(session, other.created_by), "at": other.created_at.isoformat()}
    if shown is None:  # there is nothing to open: its maker is asked
        raise Conflict("batch.elsewhere_hidden", **told)
    raise Conflict("batch.elsewhere", batch_id=shown.id, **told)
