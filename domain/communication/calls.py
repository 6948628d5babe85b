"""Phone calls: planned inside the practice's phone windows, spread over them, never on a holiday.

Windows are published for one calendar week; folded to weekdays they are a good guess, nothing more.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import events
from domain.access import me, office
from domain.communication.models import ContactEntry, PhoneCall
from domain.communication.states import CALL, UNREACHED, CallStatus
from domain.editing import load_for_edit
from domain.errors import Invalid
from domain.therapists.models import Therapist
from domain.values import MINUTES_PER_DAY, WeekSpan
from domain.weektime import from_multirange

BERLIN = ZoneInfo("Europe/Berlin")
SLOT = timedelta(minutes=5)  # the shortest distance between two planned calls of one person
HORIZON_DAYS = 28
# Where a practice publishes no hours: weekday mornings, when most practices publish theirs.
DEFAULT_WINDOWS = tuple(WeekSpan(day * MINUTES_PER_DAY + 9 * 60, day * MINUTES_PER_DAY + 12 * 60) for day in range(5))


def free_slot(
    windows: Sequence[WeekSpan], *, after: datetime, taken: Collection[datetime], land: str
) -> datetime | None:
    """The first slot (UTC) inside a phone window that no other call occupies; None within four weeks.

    `after` is aware; public holidays of `land` (two letters, e.g. NW) are skipped.
    """
    # heavy, and needed only when a call is planned
    import holidays

    closed = holidays.country_holidays("DE", subdiv=land)
    local = after.astimezone(BERLIN)
    busy = {moment.astimezone(UTC) for moment in taken}
    for offset in range(HORIZON_DAYS):
        day = local.date() + timedelta(days=offset)
        if day in closed:
            continue
        for start, end in _windows_of(windows, day):
            slot = start
            while slot < end:
                moment = slot.astimezone(UTC)
                if slot > local and all(abs(moment - other) >= SLOT for other in busy):
                    return moment
                slot += SLOT
    return None


def _windows_of(windows: Sequence[WeekSpan], day: date) -> list[tuple[datetime, datetime]]:
    midnight = datetime.combine(day, time(0), BERLIN)
    first = day.weekday() * MINUTES_PER_DAY
    return [
        (_at(midnight, span.start - first), _at(midnight, min(span.end - first, MINUTES_PER_DAY)))
        for span in sorted(windows)
        if first <= span.start < first + MINUTES_PER_DAY
    ]


def _at(midnight: datetime, minutes: int) -> datetime:
    # wall clock, so that a window at 9:00 stays at 9:00 on the day the clocks change
    return midnight + timedelta(minutes=minutes)


def after_window(windows: Sequence[WeekSpan], moment: datetime) -> datetime:
    """The end (UTC) of the phone window that is open at a moment; the moment itself outside of all windows."""
    local = moment.astimezone(BERLIN)
    ends = [end for start, end in _windows_of(windows, local.date()) if start <= local < end]
    return max(ends).astimezone(UTC) if ends else moment


def _published(therapist: Therapist) -> Sequence[WeekSpan]:
    hours = from_multirange(therapist.phone_hours) if therapist.phone_hours is not None else ()
    return hours or DEFAULT_WINDOWS


def call_windows(session: Session, therapist_ids: Collection[int]) -> dict[int, Sequence[WeekSpan]]:
    """The weekly phone windows of some therapists, by id."""
    found = session.scalars(select(Therapist).where(Therapist.id.in_(therapist_ids)))
    return {therapist.id: _published(therapist) for therapist in found}


def planned_calls(session: Session, person_id: int, *, now: datetime) -> Sequence[datetime]:
    """When a person is going to phone already."""
    return session.scalars(
        select(PhoneCall.planned_at).where(
            PhoneCall.status == CallStatus.PLANNED, PhoneCall.planned_at >= now, PhoneCall.person_id == person_id
        )
    ).all()


def plan_call(
    session: Session,
    therapist_id: int,
    *,
    now: datetime,
    on: date | None = None,
    inquiry_id: int | None = None,
    attempt: int = 1,
    person_id: int | None = None,
) -> int:
    """Plan a call in the practice's next phone window in which the person has no other call; returns its id.

    Not before `on`; `person_id` is who will phone, the one logged in unless another is named. Raises Invalid
    without a number.
    """
    caller = me(session).id if person_id is None else person_id
    therapist = session.get_one(Therapist, therapist_id)
    if not (therapist.phone or therapist.mobile):
        raise Invalid("phone_call.no_number", therapist_id=therapist_id)
    windows = _published(therapist)
    taken = planned_calls(session, caller, now=now)
    after = now if on is None else max(now, datetime.combine(on, time(0), BERLIN))
    slot = free_slot(windows, after=after, taken=taken, land=office(session).land)
    if slot is None:
        raise Invalid("phone_call.no_window", therapist_id=therapist_id)
    call = PhoneCall(
        therapist_id=therapist_id, inquiry_id=inquiry_id, planned_at=slot, attempt=attempt, person_id=caller
    )
    session.add(call)
    session.flush()
    events.record(session, "phone_call.planned", call.id, therapist_id=therapist_id, inquiry_id=inquiry_id)
    return call.id


def start_call(session: Session, call_id: int, *, now: datetime, version: int | None = None) -> None:
    """The caseworker dials."""
    call = load_for_edit(session, PhoneCall, call_id, version)
    _move(session, call, CallStatus.IN_PROGRESS)
    call.started_at, call.person_id = now, me(session).id


def end_call(
    session: Session, call_id: int, after: CallStatus, *, now: datetime, outcome: str = "", counterpart: str = ""
) -> int | None:
    """What came of the call. Unreached calls are planned again in another window; returns the new call's id.

    After a wrong number nothing is planned: the number is mended first (`replan`).
    """
    call = load_for_edit(session, PhoneCall, call_id)
    _move(session, call, after)
    call.ended_at, call.outcome = now, outcome
    session.add(
        ContactEntry(
            at=now, channel="phone", direction="out", kind=after.value, inquiry_id=call.inquiry_id,
            therapist_id=call.therapist_id, call_id=call.id, person_id=call.person_id, counterpart=counterpart,
            body=outcome,
        )
    )  # fmt: skip
    if after not in UNREACHED or after is CallStatus.WRONG_NUMBER:
        return None
    return replan(session, call_id, now=now)


def replan(session: Session, call_id: int, *, now: datetime) -> int:
    """Plan an unreached or missed call again, in a later window; returns the new call's id."""
    call = load_for_edit(session, PhoneCall, call_id)
    _move(session, call, CallStatus.REPLANNED)
    windows = _published(session.get_one(Therapist, call.therapist_id))
    return plan_call(
        session,
        call.therapist_id,
        now=after_window(windows, now),
        inquiry_id=call.inquiry_id,
        attempt=call.attempt + 1,
        person_id=call.person_id,
    )


def ask_callback(session: Session, call_id: int, *, on: date, now: datetime) -> int:
    """The practice asks to be called again from a day on; returns the call planned for it."""
    call = load_for_edit(session, PhoneCall, call_id)
    # the day before the state: the database refuses a callback without one
    call.callback_on = on
    _move(session, call, CallStatus.CALLBACK_DUE)
    return plan_call(
        session, call.therapist_id, now=now, on=on, inquiry_id=call.inquiry_id, attempt=call.attempt + 1,
        person_id=call.person_id,
    )  # fmt: skip


def cancel_call(session: Session, call_id: int, *, reason: str, version: int | None = None) -> None:
    """Cancel one planned call, with the reason. Raises Conflict when somebody else was faster."""
    call = load_for_edit(session, PhoneCall, call_id, version)
    _move(session, call, CallStatus.CANCELLED)
    call.cancel_reason = reason


def cancel_calls(session: Session, inquiry_id: int, *, reason: str) -> int:
    """Cancel the planned calls of an inquiry, with the reason; returns how many."""
    planned = session.scalars(
        select(PhoneCall)
        .where(PhoneCall.inquiry_id == inquiry_id, PhoneCall.status == CallStatus.PLANNED)
        .with_for_update()
    ).all()
    for call in planned:
        _move(session, call, CallStatus.CANCELLED)
        call.cancel_reason = reason
    return len(planned)


def miss_overdue(session: Session, *, now: datetime) -> tuple[int, ...]:
    """Calls nobody made by the end of their day are missed and planned again; returns the missed ones."""
    start_of_day = now.astimezone(BERLIN).replace(hour=0, minute=0, second=0, microsecond=0)
    overdue = session.scalars(
        select(PhoneCall)
        .where(PhoneCall.status == CallStatus.PLANNED, PhoneCall.planned_at < start_of_day)
        .with_for_update(skip_locked=True)
    ).all()
    for call in overdue:
        _move(session, call, CallStatus.MISSED)
        if _has_number(session, call.therapist_id):
            replan(session, call.id, now=now)
    return tuple(call.id for call in overdue)


def _has_number(session: Session, therapist_id: int) -> bool:
    therapist = session.get_one(Therapist, therapist_id)
    return bool(therapist.phone or therapist.mobile)


def _move(session: Session, call: PhoneCall, after: CallStatus) -> None:
    CALL.check(CallStatus(call.status), after)
    call.status = after
    events.record(session, f"phone_call.{after}", call.id, inquiry_id=call.inquiry_id)
