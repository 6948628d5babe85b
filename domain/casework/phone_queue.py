"""The day's calls for the page Telefon: whom one reaches now, who comes next, and what each call is worth.

The planned minute only spreads the calls; what counts is whether the practice's window is open now. Reads names of
practices and patients across slices, since one list shows them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from domain.casework.week_plan import monday_of
from domain.communication.calls import DAYS_AHEAD, regions_of_practices
from domain.communication.numbers import USABLE
from domain.communication.phone_windows import (
    DEFAULT_WINDOWS,
    Window,
    coming_windows,
    holidays_in_week,
    published_minutes,
)
from domain.communication.reachability import Reachability, reachability
from domain.communication.states import CallStatus
from domain.matching.expected import expected_means
from domain.therapists.asking import asked_where
from domain.values import WeekSpan
from domain.weektime import BERLIN, from_multirange, office_day

CALLS_SHOWN = 300
AGREED_FOR = timedelta(minutes=30)  # how long a time that was named counts as kept
WINDOW_GRAIN = timedelta(minutes=15)  # windows that close within the same quarter of an hour are told apart by value


class Reach(StrEnum):
    """When a practice can be reached: now, today or tomorrow, later."""

    NOW = "now"
    NEXT = "next"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class QueuedCall:
    """One call of the queue.

    `window` is the one that is open or comes next; `agreed` says that the practice named the time itself, `promised_at`
    such a time at which nobody called. `published`
    are the minutes a week the practice says it answers, None where it says none; `unknown_days` those its hours say
    nothing of, since they were holidays. `chance` is the share of attempts that reach somebody at this weekday and
    hour, `tried` and `reached` what is known of this practice, `hour_tried` of the hour in the whole office; `value` is
    how many patients one may expect to place by the call. `phone` is empty where every number was wrong.
    """

    call_id: int
    version: int
    status: CallStatus
    therapist_id: int
    inquiry_id: int | None
    practice: str
    city: str
    phone: str
    planned_at: datetime
    attempt: int
    phone_tag: bool
    note: str
    person: str | None
    mine: bool
    patients: int
    first_call: bool
    reach: Reach
    window: Window | None
    published: int | None
    hours_as_of: date | None
    unknown_days: tuple[date, ...]
    seat: str
    agreed: bool
    promised_at: datetime | None
    started_at: datetime | None
    tried: int
    reached: int
    hour_tried: int
    chance: float
    value: float


_CALLS = f"""
SELECT c.id AS call_id, c.version, c.status, c.therapist_id, c.inquiry_id, c.planned_at, c.attempt, c.phone_tag, c.note,
       trim(t.title || ' ' || t.first_name || ' ' || t.last_name) AS practice, st.city, {USABLE} AS phone,
       t.phone_hours, t.hours_as_of, pr.seat, c.agreed, c.started_at,
       missed.promised_at,
       c.phone_tag AND EXISTS (
           SELECT FROM communication_service.contact_entry k
           WHERE k.therapist_id = c.therapist_id AND k.at >= cast(:day AS timestamptz)
                 AND k.call_id = c.id AND k.kind = 'phone_tag') AS called_back_today,
       p.display_name AS person, coalesce(p.role_name = session_user, true) AS mine,
       coalesce(q.stage = 'approved', false) AS first_call,
       (SELECT count(*) FROM matching_service.inquiry_item i
        WHERE i.inquiry_id = c.inquiry_id AND i.status IN ('pending', 'needs_info')) AS patients
FROM communication_service.phone_call c
JOIN therapist_service.therapist t ON t.id = c.therapist_id
JOIN therapist_service.practice_site st ON st.id = t.site_id
JOIN therapist_service.practice pr ON pr.id = t.practice_id
LEFT JOIN matching_service.inquiry q ON q.id = c.inquiry_id
LEFT JOIN platform.person p ON p.id = c.person_id
LEFT JOIN LATERAL (
    -- back over the calls nobody made: a promise is kept by none of them
    WITH RECURSIVE unmade AS (
        SELECT f.follows_id, f.agreed, f.planned_at FROM communication_service.phone_call f
        WHERE f.id = c.follows_id AND f.started_at IS NULL AND f.status = 'replanned'
        UNION ALL
        SELECT f.follows_id, f.agreed, f.planned_at FROM unmade u JOIN communication_service.phone_call f
            ON f.id = u.follows_id AND f.started_at IS NULL AND f.status = 'replanned')
    SELECT max(u.planned_at) AS promised_at FROM unmade u WHERE u.agreed) AS missed ON true
WHERE c.status = 'in_progress'
   OR (c.status = 'planned' AND (c.planned_at < cast(:until AS timestamptz) OR c.phone_tag)
       AND {asked_where("t")} AND q.closed_at IS NULL)
ORDER BY c.status = 'in_progress' DESC, mine DESC, c.planned_at, c.id LIMIT :limit
"""


def phone_queue(session: Session, *, now: datetime) -> tuple[QueuedCall, ...]:
    """Calls under way and planned for the coming days: those one reaches now first, by window end, then by value."""
    today = office_day(now)
    asked = {
        "until": now + timedelta(days=DAYS_AHEAD), "today": today, "day": datetime.combine(today, time(), BERLIN),
        "limit": CALLS_SHOWN,
    }  # fmt: skip
    rows = session.execute(text(_CALLS), asked).mappings().all()
    practices = {row["therapist_id"] for row in rows}
    regions = regions_of_practices(session, practices)
    reached = reachability(session, practices, now=now)
    worth = expected_means(session, list(practices), now=now)
    calls = []
    for row in rows:
        practice = row["therapist_id"]
        calls.append(_call(row, reached[practice], worth[practice], region=regions[practice], now=now))
    return tuple(sorted(calls, key=_order))


@dataclass(frozen=True, slots=True)
class Later:
    """Calls planned beyond the queue's days: how many, and when the first one is (None: there are none)."""

    calls: int
    first: datetime | None


def planned_later(session: Session, *, now: datetime) -> Later:
    """What the queue does not show yet, callbacks agreed for next month among it."""
    row = session.execute(
        text(f"""
        SELECT count(*), min(c.planned_at) FROM communication_service.phone_call c
        JOIN therapist_service.therapist t ON t.id = c.therapist_id
        LEFT JOIN matching_service.inquiry q ON q.id = c.inquiry_id
        WHERE c.status = 'planned' AND c.planned_at >= cast(:until AS timestamptz) AND NOT c.phone_tag
          AND {asked_where("t")} AND q.closed_at IS NULL"""),
        {"until": now + timedelta(days=DAYS_AHEAD), "today": office_day(now)},
    ).one()
    return Later(*row)


def _call(row: RowMapping, reached: Reachability, expected: float, *, region: str, now: datetime) -> QueuedCall:
    values = dict(row)
    hours = from_multirange(values.pop("phone_hours"))
    window = _window(row, hours or DEFAULT_WINDOWS, region=region, now=now)
    moment = max(now, window.start) if window else row["planned_at"]
    chance = reached.at(moment)
    # who called back today has somebody at the telephone, whatever their hours say
    at_once = values.pop("called_back_today") or row["status"] == CallStatus.IN_PROGRESS
    as_of = row["hours_as_of"]
    return QueuedCall(
        **(values | {"status": CallStatus(row["status"])}),
        reach=Reach.NOW if at_once else _reach(window, now),
        window=window,
        published=published_minutes(hours) if hours else None,
        unknown_days=holidays_in_week(monday_of(as_of), region) if hours and as_of is not None else (),
        tried=reached.attempts,
        reached=reached.reached,
        hour_tried=reached.of_hour(moment)[0],
        chance=chance,
        value=chance * expected * max(1, row["patients"]),
    )


def _window(row: RowMapping, hours: Sequence[WeekSpan], *, region: str, now: datetime) -> Window | None:
    """The window that is open or comes next; the time a practice named stands for itself until its day is over."""
    planned: datetime = row["planned_at"]
    if row["agreed"]:
        return Window(planned, planned + AGREED_FOR)
    moment = now
    if row["status"] == CallStatus.IN_PROGRESS and row["started_at"] is not None:
        moment = row["started_at"]  # whoever is on the phone is in the window in which they dialled
    windows = coming_windows(hours, moment, region=region, days=DAYS_AHEAD)
    # a callback that was agreed for a later day is not made before; who called back is called in the next window
    at_will = planned <= now or row["phone_tag"]
    return next((window for window in windows if at_will or window.end > planned), None)


def _reach(window: Window | None, now: datetime) -> Reach:
    if window is None:
        return Reach.LATER
    if window.start <= now:
        return Reach.NOW
    days = (window.start.astimezone(BERLIN).date() - now.astimezone(BERLIN).date()).days
    return Reach.NEXT if days <= 1 else Reach.LATER


def _order(call: QueuedCall) -> tuple[object, ...]:
    under_way = call.status is CallStatus.IN_PROGRESS
    turn = (
        call.window.end
        if call.reach is Reach.NOW and call.window
        else call.window.start
        if call.window
        else call.planned_at
    )
    grain = turn.timestamp() // WINDOW_GRAIN.total_seconds()
    waited_for = call.phone_tag or call.promised_at is not None
    return (not under_way, list(Reach).index(call.reach), not waited_for, grain, -call.value, call.call_id)


def next_call(calls: Sequence[QueuedCall], after: int) -> QueuedCall | None:
    """The call one makes after another: the first that is mine, reachable now, with a number, and not the same."""
    return next((c for c in calls if c.mine and c.reach is Reach.NOW and c.phone and c.call_id != after), None)
