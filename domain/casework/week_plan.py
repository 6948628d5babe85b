"""The office's plan for a week: proposed by the solver, decided on line by line by people.

Proposing has two steps, so that no transaction waits for the solver: `propose` reads and computes, `save` writes.
What a person locked, skipped or accepted in between stays; a skipped line gives its place to the next best.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from domain import events
from domain.access import me, office
from domain.casework.preparing import create_and_send, who_fits
from domain.communication.calls import call_hours, distance_of_calls, planned_calls
from domain.communication.phone_windows import free_slot
from domain.editing import load_for_edit
from domain.errors import Conflict
from domain.matching.arcs import planning_problem
from domain.matching.models import Inquiry
from domain.matching.plan_models import PlanLine, WeekPlan
from domain.planning.fill import filled
from domain.planning.model import Budget, Option, PlannedContact
from domain.planning.model import WeekPlan as Planned
from domain.values import Channel
from domain.weektime import BERLIN

WEEK_LOCK = 7_235_003  # first key of the advisory lock that lets one person at a time write a week
FREE = "proposed"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the solver found for a week, not yet written; `refill` keeps the figures of the plan there is."""

    monday: date
    mails: int
    minutes: int
    planned: Planned
    refill: bool


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def propose(
    session: Session,
    *,
    now: datetime,
    mails: int | None = None,
    minutes: int | None = None,
    refill: bool = False,
) -> Proposal:
    """Compute the plan of this week within mails and minutes of calling (default: the plan's, else the office's).

    Locked lines stay; `refill` keeps the proposed ones, too, and only fills what is left. Skipped and accepted contact
    points are not asked again this week; accepted ones have used their part of the budget.
    """
    monday = monday_of(now.astimezone(BERLIN).date())
    settings = office(session)
    before = session.scalar(select(WeekPlan).where(WeekPlan.monday == monday))
    mails = mails if mails is not None else settings.plan_mails if before is None else before.mails
    minutes = minutes if minutes is not None else settings.plan_minutes if before is None else before.minutes
    lines = () if before is None else session.scalars(select(PlanLine).where(PlanLine.plan_id == before.id)).all()
    done = [line for line in lines if line.status in {"accepted", "skipped"}]
    calls = sum(line.status == "accepted" and line.channel == "phone" for line in done)
    sent = sum(line.status == "accepted" and line.channel == "email" for line in done)
    left = Budget(max(0, mails - sent), max(0.0, minutes - calls * settings.call_minutes), settings.inquiry_size)
    problem = planning_problem(session, now=now, budget=left, without=[line.contact_point_id for line in done])
    kept = {"locked", FREE} if refill else {"locked"}
    fixed = [_contact(line, settings.call_minutes) for line in lines if line.status in kept]
    # heavy, and needed only when somebody plans
    from domain.planning.solve import plan_week

    plan = plan_week(problem, fixed=fixed, refill=refill)
    kept_points = frozenset(contact.option.contact_point_id for contact in fixed)
    return Proposal(monday, mails, minutes, filled(problem, plan, fixed=kept_points), refill)


def _contact(line: PlanLine, call_minutes: int) -> PlannedContact:
    minutes = float(call_minutes) if line.channel == "phone" else 0.0
    option = Option(line.therapist_id, line.contact_point_id, line.channel, line.probability, minutes)
    return PlannedContact(option, tuple(line.search_ids), line.gain)


def save(session: Session, proposal: Proposal, *, now: datetime) -> int:
    """Write a proposal; returns the plan's id. Lines decided on since, and practices asked since, stay as they are."""
    session.execute(select(func.pg_advisory_xact_lock(WEEK_LOCK, proposal.monday.toordinal())))
    plan = session.scalar(select(WeekPlan).where(WeekPlan.monday == proposal.monday))
    if plan is None:
        plan = WeekPlan(monday=proposal.monday)
        session.add(plan)
    plan.mails, plan.minutes, plan.planned_at = proposal.mails, proposal.minutes, now
    if not proposal.refill or plan.bound is None:
        plan.expected, plan.value = proposal.planned.expected, proposal.planned.value
        plan.bound = max(proposal.planned.bound, proposal.planned.value)
    session.flush()
    decided = set(
        session.scalars(select(PlanLine.contact_point_id).where(PlanLine.plan_id == plan.id, PlanLine.status != FREE))
    )
    if not proposal.refill:
        session.execute(delete(PlanLine).where(PlanLine.plan_id == plan.id, PlanLine.status == FREE))
    else:
        decided |= set(session.scalars(select(PlanLine.contact_point_id).where(PlanLine.plan_id == plan.id)))
    asked = set(session.scalars(select(Inquiry.contact_point_id).where(Inquiry.closed_at.is_(None))))
    fresh = [c for c in proposal.planned.contacts if c.option.contact_point_id not in decided | asked]
    session.add_all(_lines(session, plan.id, fresh, monday=proposal.monday, now=now))
    session.flush()
    events.record(session, "week_plan.planned", plan.id, lines=len(fresh))
    return plan.id


def _lines(
    session: Session, plan_id: int, contacts: Sequence[PlannedContact], *, monday: date, now: datetime
) -> list[PlanLine]:
    """Lines with a time for each call inside the practice's hours, where this week has one free."""
    distance = distance_of_calls(session)
    calls = [contact.option.therapist_id for contact in contacts if contact.option.channel == "phone"]
    hours = call_hours(session, calls)
    taken = planned_calls(session, me(session).id, now=now) + list(
        session.scalars(select(PlanLine.slot_at).where(PlanLine.plan_id == plan_id, PlanLine.slot_at.is_not(None)))
    )
    end = datetime.combine(monday + timedelta(days=7), time(0), BERLIN)
    lines = []
    for contact in contacts:
        slot = None
        if contact.option.channel == "phone":
            known = hours[contact.option.therapist_id]
            slot = free_slot(known.windows, after=now, taken=taken, region=known.region, distance=distance)
            slot = slot if slot is not None and slot < end else None
            taken += [] if slot is None else [slot]
        lines.append(
            PlanLine(
                plan_id=plan_id, therapist_id=contact.option.therapist_id,
                contact_point_id=contact.option.contact_point_id, channel=contact.option.channel, slot_at=slot,
                probability=contact.option.probability, gain=contact.gain, search_ids=list(contact.searches),
            )
        )  # fmt: skip
    return lines


def skip(session: Session, line_id: int, *, version: int | None = None) -> None:
    """Leave a practice out this week. Raises Conflict when the line was accepted meanwhile."""
    _decide(session, line_id, "skipped", version)


def lock(session: Session, line_id: int, *, version: int | None = None) -> None:
    """Keep a line whatever is planned anew. Raises Conflict when it was accepted meanwhile."""
    _decide(session, line_id, "locked", version)


def release_line(session: Session, line_id: int, *, version: int | None = None) -> None:
    """Take a lock or a skip back. Raises Conflict when the line was accepted meanwhile."""
    _decide(session, line_id, FREE, version)


def _decide(session: Session, line_id: int, status: str, version: int | None) -> PlanLine:
    line = load_for_edit(session, PlanLine, line_id, version)
    if line.status == "accepted":
        raise Conflict("plan_line.accepted", inquiry_id=line.inquiry_id)
    line.status = status
    events.record(session, "plan_line.decided", line.id, status=status)
    return line


def accept(
    session: Session,
    line_id: int,
    *,
    now: datetime,
    version: int | None = None,
    channel: Channel | None = None,
    send_at: datetime | None = None,
) -> int:
    """Make the line an inquiry and send it, or plan its call; returns the inquiry's id.

    Who no longer fits since it was planned is left out. Raises Conflict when nobody is left (rules), or somebody else
    decided. `channel` takes the place of the planned one; a mail leaves at `send_at`, not before.
    """
    line = load_for_edit(session, PlanLine, line_id, version)
    if line.status in {"accepted", "skipped"}:
        raise Conflict(f"plan_line.{line.status}", inquiry_id=line.inquiry_id)
    fit = who_fits(session, therapist_id=line.therapist_id, search_ids=line.search_ids, now=now)
    if not fit.search_ids:
        raise Conflict("plan_line.nobody_left", rules=fit.rules)
    local = None if line.slot_at is None else line.slot_at.astimezone(BERLIN).date()
    inquiry_id = create_and_send(
        session,
        therapist_id=line.therapist_id,
        search_ids=fit.search_ids,
        channel=channel or Channel(line.channel),
        now=now,
        call_on=local,
        send_at=send_at,
    )
    line.status, line.inquiry_id, line.search_ids = "accepted", inquiry_id, list(fit.search_ids)
    events.record(session, "plan_line.decided", line.id, status="accepted", inquiry_id=inquiry_id)
    return inquiry_id


def give_line_back(session: Session, line_id: int) -> None:
    """An accepted line whose inquiry was taken back waits for a decision again."""
    line = load_for_edit(session, PlanLine, line_id)
    if line.status == "accepted":
        line.status, line.inquiry_id = FREE, None
        events.record(session, "plan_line.decided", line.id, status=FREE)


def open_lines(session: Session, monday: date) -> tuple[int, ...]:
    """The lines of a week that wait for a decision, the most promising first."""
    query = (
        select(PlanLine.id)
        .join(WeekPlan, WeekPlan.id == PlanLine.plan_id)
        .where(WeekPlan.monday == monday, PlanLine.status.in_((FREE, "locked")))
        .order_by(PlanLine.gain.desc(), PlanLine.id)
    )
    return tuple(session.scalars(query))
