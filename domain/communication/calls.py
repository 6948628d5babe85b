"""Phone calls: planned inside the practice's phone windows, spread over them, never on a holiday of its place."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from domain import events
from domain.access import me, office, person_name
from domain.communication.models import ContactEntry, PhoneCall
from domain.communication.numbers import number_of
from domain.communication.phone_windows import DEFAULT_WINDOWS, SLOT, after_window, free_slot, untried
from domain.communication.states import CALL, UNREACHED, CallStatus
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid
from domain.geocoding.regions import regions_of
from domain.matching.models import Inquiry
from domain.therapists.asking import is_asked, may_be_asked
from domain.therapists.models import Therapist
from domain.values import WeekSpan
from domain.weektime import BERLIN, from_multirange, office_day

DAYS_AHEAD = 7  # calls planned for later are not the day's work

_PLZ = """
SELECT t.id, st.plz FROM therapist_service.therapist t JOIN therapist_service.practice_site st ON st.id = t.site_id
WHERE t.id = ANY(:ids)
"""


@dataclass(frozen=True, slots=True)
class Hours:
    """When a practice answers the phone in a week, and whose holidays it keeps."""

    windows: Sequence[WeekSpan]
    region: str


def _published(therapist: Therapist) -> Sequence[WeekSpan]:
    hours = from_multirange(therapist.phone_hours) if therapist.phone_hours is not None else ()
    return hours or DEFAULT_WINDOWS


def regions_of_practices(session: Session, therapist_ids: Collection[int]) -> dict[int, str]:
    """Whose holidays the practices keep, by the place they work at; the office's Land where that is not known."""
    plz = {row.id: row.plz for row in session.execute(text(_PLZ), {"ids": list(therapist_ids)})}
    known, at_home = regions_of(session, list(plz.values())), office(session).land
    return {therapist_id: known.get(plz.get(therapist_id, ""), at_home) for therapist_id in therapist_ids}


def call_hours(session: Session, therapist_ids: Collection[int]) -> dict[int, Hours]:
    """The phone hours of some therapists, by id."""
    regions = regions_of_practices(session, therapist_ids)
    found = session.scalars(select(Therapist).where(Therapist.id.in_(therapist_ids)))
    return {therapist.id: Hours(_published(therapist), regions[therapist.id]) for therapist in found}


def distance_of_calls(session: Session) -> timedelta:
    """How far apart the calls of one person are planned: as long as a call takes in this office."""
    return max(SLOT, timedelta(minutes=office(session).call_minutes))


def planned_calls(session: Session, person_id: int | None, *, now: datetime, therapist_id: int = 0) -> list[datetime]:
    """When a person is going to phone already, and when anybody is going to call a therapist."""
    session.flush()
    # of another team's calls one learns the time and nothing else
    return list(
        session.scalars(
            text("SELECT communication_service.calls_planned(:person, :practice, :now)"),
            {"person": person_id, "practice": therapist_id, "now": now},
        )
    )


def plan_call(
    session: Session,
    therapist_id: int,
    *,
    now: datetime,
    on: date | None = None,
    at: datetime | None = None,
    inquiry_id: int | None = None,
    attempt: int = 1,
    person_id: int | None = None,
    windows: Sequence[WeekSpan] | None = None,
    follows_id: int | None = None,
) -> int:
    """Plan a call in the practice's next phone window in which the person has no other call; returns its id.

    Not before `on`, nor before an absent practice is back; `at` is a time the practice named and stands as it is.
    `person_id` is who will phone, the one logged in unless another is named; `windows` are the practice's published
    ones unless others are named; `follows_id` is the call this one replaces. Raises Invalid without a number, or where
    the practice may not be asked any more.
    """
    caller = me(session).id if person_id is None else person_id
    therapist = session.get_one(Therapist, therapist_id)
    if not may_be_asked(therapist.status, therapist.blocked_until, today=office_day(now)):
        raise Invalid("phone_call.practice_closed", therapist_id=therapist_id)
    session.flush()  # a number that was wrong just now is no number
    if not number_of(session, therapist_id):
        raise Invalid("phone_call.no_number", therapist_id=therapist_id)
    slot = at if at is not None else _slot(session, therapist_id, caller, now, on, inquiry_id, windows)
    call = PhoneCall(
        therapist_id=therapist_id, inquiry_id=inquiry_id, planned_at=slot, attempt=attempt, person_id=caller,
        agreed=at is not None, follows_id=follows_id,
    )  # fmt: skip
    session.add(call)
    session.flush()
    events.record(session, "phone_call.planned", call.id, therapist_id=therapist_id, inquiry_id=inquiry_id)
    return call.id


def _slot(
    session: Session,
    therapist_id: int,
    person_id: int | None,
    now: datetime,
    on: date | None,
    inquiry_id: int | None,
    windows: Sequence[WeekSpan] | None,
) -> datetime:
    hours = call_hours(session, [therapist_id])[therapist_id]
    back = None
    if inquiry_id is not None:
        back = session.scalar(select(Inquiry.out_of_office_until).where(Inquiry.id == inquiry_id))
    days = [datetime.combine(day, time(0), BERLIN) for day in (on, back) if day is not None]
    slot = free_slot(
        hours.windows if windows is None else windows,
        after=max([now, *days]),
        taken=planned_calls(session, person_id, now=now, therapist_id=therapist_id),
        region=hours.region,
        distance=distance_of_calls(session),
    )
    if slot is None:
        raise Invalid("phone_call.no_window", therapist_id=therapist_id)
    return slot


def start_call(session: Session, call_id: int, *, now: datetime, version: int | None = None) -> None:
    """The caseworker dials. Raises Conflict (who, when) when somebody else has the call."""
    call = load_for_edit(session, PhoneCall, call_id)
    refuse_theirs(session, call)
    if version is not None:
        load_for_edit(session, PhoneCall, call_id, version)
    _begin(session, call, now=now)


def _begin(session: Session, call: PhoneCall, *, now: datetime) -> None:
    """All asked before anything is set: the database sees the call begun at once, by whom and with which number."""
    person, dialled = me(session).id, number_of(session, call.therapist_id)
    _move(session, call, CallStatus.IN_PROGRESS)
    call.started_at, call.person_id, call.dialled = now, person, dialled


def end_call(
    session: Session,
    call_id: int,
    after: CallStatus,
    *,
    now: datetime,
    outcome: str = "",
    counterpart: str = "",
    lasted: timedelta = timedelta(0),
) -> int | None:
    """What came of the call. Unreached calls are planned again in another window; returns the new call's id.

    One that is only planned was made without the program and is noted now: it is never under way beside another, and
    took as long as whoever made it says (`lasted`).

    Nothing is planned after a wrong number (the number is mended first: `replan`), nor where the inquiry is over or
    the practice may not be asked any more. Raises Conflict when somebody else is on the phone.
    """
    call = load_for_edit(session, PhoneCall, call_id)
    refuse_theirs(session, call)
    if call.status == CallStatus.PLANNED:
        _begin(session, call, now=now - lasted)
        call.noted_only = True
    _move(session, call, after)
    # a result entered anew does not lengthen the call
    call.ended_at, call.outcome = call.ended_at or now, outcome
    session.flush()  # the call first: the database takes its result from nobody else
    session.add(
        ContactEntry(
            at=now, channel="phone", direction="out", kind=after.value, inquiry_id=call.inquiry_id,
            therapist_id=call.therapist_id, call_id=call.id, person_id=me(session).id, counterpart=counterpart,
            body=outcome,
        )
    )  # fmt: skip
    if after not in UNREACHED or after is CallStatus.WRONG_NUMBER or not _still_wanted(session, call, now=now):
        return None
    return replan(session, call_id, now=now)


def refuse_theirs(session: Session, call: PhoneCall) -> None:
    """Raise Conflict (who, since when) while a call is under way and another person's."""
    if call.status == CallStatus.IN_PROGRESS and call.person_id not in {None, me(session).id}:
        since = call.started_at or call.updated_at
        raise Conflict("phone_call.theirs", by=person_name(session, call.person_id), at=since.isoformat())


def _still_wanted(session: Session, call: PhoneCall, *, now: datetime) -> bool:
    """Whether there is still something to call about, a practice that may be called, and a number."""
    if call.inquiry_id is None:  # about nothing in particular: whoever is called soon anyway is not called twice
        others = select(PhoneCall.id).where(
            PhoneCall.therapist_id == call.therapist_id,
            PhoneCall.status == CallStatus.PLANNED,
            PhoneCall.planned_at < now + timedelta(days=DAYS_AHEAD),
        )
        over = session.scalar(others.limit(1)) is not None
    else:
        over = session.get_one(Inquiry, call.inquiry_id).closed_at is not None
    asked = session.scalar(select(Therapist.id).where(Therapist.id == call.therapist_id, is_asked(office_day(now))))
    return asked is not None and not over and bool(number_of(session, call.therapist_id))


def replan(session: Session, call_id: int, *, now: datetime) -> int:
    """Plan an unreached or missed call again, in a later window; returns the new call's id.

    A call nobody made is no attempt: a window that is open now will do, and who called back still waits. Raises
    Conflict for a call to a wrong number after which another is planned already.
    """
    call = load_for_edit(session, PhoneCall, call_id)
    made = call.status != CallStatus.MISSED
    if call.status == CallStatus.WRONG_NUMBER:  # stays what it was, so that nobody dials that number again
        _refuse_followed(session, call)
    else:
        _move(session, call, CallStatus.REPLANNED)
    published = _published(session.get_one(Therapist, call.therapist_id))
    following = plan_call(
        session,
        call.therapist_id,
        now=after_window(published, now) if made else now,
        inquiry_id=call.inquiry_id,
        attempt=call.attempt + made,
        person_id=call.person_id,
        windows=untried(published, _tried(session, call)),
        follows_id=call.id,
    )
    session.get_one(PhoneCall, following).phone_tag = call.phone_tag and not made
    return following


def _refuse_followed(session: Session, call: PhoneCall) -> None:
    after = select(PhoneCall.id).where(PhoneCall.follows_id == call.id, PhoneCall.status != CallStatus.CANCELLED)
    if session.scalar(after.limit(1)) is not None:
        raise Conflict("phone_call.transition", before=call.status, after=CallStatus.REPLANNED.value)


def _tried(session: Session, call: PhoneCall) -> Sequence[datetime]:
    """When a practice was called in vain about the same matter, this call among them."""
    about = PhoneCall.inquiry_id == call.inquiry_id if call.inquiry_id is not None else PhoneCall.id == call.id
    attempts = session.scalars(
        select(func.coalesce(PhoneCall.started_at, PhoneCall.planned_at)).where(
            PhoneCall.therapist_id == call.therapist_id,
            about,
            PhoneCall.ended_at.is_not(None),
            PhoneCall.status != CallStatus.REACHED,
        )
    )
    return attempts.all()


def ask_callback(session: Session, call_id: int, *, on: date, now: datetime, at: time | None = None) -> int:
    """The practice asks to be called again from a day on, or at a time of that day; returns the call planned for it."""
    call = load_for_edit(session, PhoneCall, call_id)
    # the day before the state: the database refuses a callback without one
    call.callback_on = on
    _move(session, call, CallStatus.CALLBACK_DUE)
    over = call.inquiry_id is not None and session.get_one(Inquiry, call.inquiry_id).closed_at is not None
    return plan_call(
        session, call.therapist_id, now=now, on=on, at=None if at is None else datetime.combine(on, at, BERLIN),
        inquiry_id=None if over else call.inquiry_id, attempt=call.attempt + 1, person_id=call.person_id,
        follows_id=call.id,
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


def postpone_calls(session: Session, inquiry_id: int, *, now: datetime) -> None:
    """Move the planned calls of an inquiry behind the day its practice is back."""
    planned = session.scalars(
        select(PhoneCall)
        .where(PhoneCall.inquiry_id == inquiry_id, PhoneCall.status == CallStatus.PLANNED)
        .with_for_update()
    ).all()
    for call in planned:
        back = session.scalar(select(Inquiry.out_of_office_until).where(Inquiry.id == inquiry_id))
        if back is not None and call.planned_at.astimezone(BERLIN).date() < back:
            call.planned_at = _slot(session, call.therapist_id, call.person_id, now, None, inquiry_id, None)
            call.agreed = False
            events.record(session, "phone_call.postponed", call.id, inquiry_id=inquiry_id)


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
        if _still_wanted(session, call, now=now):
            replan(session, call.id, now=now)
    return tuple(call.id for call in overdue)


def _move(session: Session, call: PhoneCall, after: CallStatus) -> None:
    CALL.check(CallStatus(call.status), after)
    call.status = after
    events.record(session, f"phone_call.{after}", call.id, inquiry_id=call.inquiry_id)
