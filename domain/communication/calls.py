"""Phone calls: planned inside the practice's phone windows, spread over them, never on a holiday."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import events
from domain.access import me, office
from domain.communication.models import ContactEntry, PhoneCall
from domain.communication.phone_windows import BERLIN, DEFAULT_WINDOWS, after_window, free_slot, untried
from domain.communication.states import CALL, UNREACHED, CallStatus
from domain.editing import load_for_edit
from domain.errors import Invalid
from domain.therapists.models import Therapist
from domain.values import WeekSpan
from domain.weektime import from_multirange


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
    windows: Sequence[WeekSpan] | None = None,
) -> int:
    """Plan a call in the practice's next phone window in which the person has no other call; returns its id.

    Not before `on`; `person_id` is who will phone, the one logged in unless another is named; `windows` are the
    practice's published ones unless others are named. Raises Invalid without a number.
    """
    caller = me(session).id if person_id is None else person_id
    therapist = session.get_one(Therapist, therapist_id)
    if not (therapist.phone or therapist.mobile):
        raise Invalid("phone_call.no_number", therapist_id=therapist_id)
    windows = _published(therapist) if windows is None else windows
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
    published = _published(session.get_one(Therapist, call.therapist_id))
    return plan_call(
        session,
        call.therapist_id,
        now=after_window(published, now),
        inquiry_id=call.inquiry_id,
        attempt=call.attempt + 1,
        person_id=call.person_id,
        windows=untried(published, _tried(session, call)),
    )


def _tried(session: Session, call: PhoneCall) -> Sequence[datetime]:
    """When a practice was called in vain about the same matter, this call among them."""
    about = PhoneCall.inquiry_id == call.inquiry_id if call.inquiry_id is not None else PhoneCall.id == call.id
    attempts = session.scalars(
        select(func.coalesce(PhoneCall.started_at, PhoneCall.planned_at)).where(
            PhoneCall.therapist_id == call.therapist_id,
            about,
            PhoneCall.status.not_in((CallStatus.PLANNED, CallStatus.CANCELLED, CallStatus.REACHED)),
        )
    )
    return attempts.all()


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
