"""The day's calls for the page Telefon: whom one reaches now, who comes next, and what each call is worth.

The planned minute only spreads the calls; what counts is whether the practice's window is open now. Reads names of
practices and patients across slices, since one list shows them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from domain.access import office
from domain.communication.phone_windows import BERLIN, DEFAULT_WINDOWS, Window, coming_windows, published_minutes
from domain.communication.reachability import Reachability, reachability
from domain.communication.states import CallStatus
from domain.matching.expected import expected_means
from domain.weektime import from_multirange

DAYS_AHEAD = 7  # calls planned for later are not the day's work
CALLS_SHOWN = 300
WINDOW_GRAIN = timedelta(minutes=15)  # windows that close within the same quarter of an hour are told apart by value


class Reach(StrEnum):
    """When a practice can be reached: now, today or tomorrow, later."""

    NOW = "now"
    NEXT = "next"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class QueuedCall:
    """One call of the queue.

    `window` is the one that is open or comes next; `published` the minutes a week the practice says it answers, None
    where it says none. `chance` is the share of attempts that reach somebody at this weekday and hour, `value` the
    patients one may expect to place by the call.
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
    chance: float
    value: float


_CALLS = """
SELECT c.id AS call_id, c.version, c.status, c.therapist_id, c.inquiry_id, c.planned_at, c.attempt, c.phone_tag, c.note,
       trim(t.title || ' ' || t.first_name || ' ' || t.last_name) AS practice, st.city,
       coalesce(nullif(t.phone, ''), t.mobile) AS phone, t.phone_hours, t.hours_as_of,
       p.display_name AS person, coalesce(p.role_name = session_user, true) AS mine,
       coalesce(q.stage = 'approved', false) AS first_call,
       (SELECT count(*) FROM matching_service.inquiry_item i
        WHERE i.inquiry_id = c.inquiry_id AND i.status IN ('pending', 'needs_info')) AS patients
FROM communication_service.phone_call c
JOIN therapist_service.therapist t ON t.id = c.therapist_id
JOIN therapist_service.practice_site st ON st.id = t.site_id
LEFT JOIN matching_service.inquiry q ON q.id = c.inquiry_id
LEFT JOIN platform.person p ON p.id = c.person_id
WHERE c.status = 'in_progress' OR (c.status = 'planned' AND c.planned_at < cast(:until AS timestamptz))
ORDER BY c.status = 'in_progress' DESC, c.planned_at, c.id LIMIT :limit
"""


def phone_queue(session: Session, *, now: datetime) -> tuple[QueuedCall, ...]:
    """Calls under way and planned for the coming days: those one reaches now first, by window end, then by value."""
    rows = (
        session.execute(text(_CALLS), {"until": now + timedelta(days=DAYS_AHEAD), "limit": CALLS_SHOWN})
        .mappings()
        .all()
    )
    land = office(session).land
    reached = reachability(session, [row["therapist_id"] for row in rows], now=now)
    worth = expected_means(session, [row["therapist_id"] for row in rows], now=now)
    calls = [_call(r, reached[r["therapist_id"]], worth[r["therapist_id"]], land=land, now=now) for r in rows]
    return tuple(sorted(calls, key=_order))


def minutes_today(session: Session, *, now: datetime) -> int:
    """Minutes the person logged in spoke on the phone today (full minutes, each call rounded up)."""
    midnight = now.astimezone(BERLIN).replace(hour=0, minute=0, second=0, microsecond=0)
    minutes = session.scalar(
        text("""
        SELECT sum(ceil(extract(epoch FROM least(c.ended_at, c.started_at + interval '2 hours') - c.started_at) / 60))
        FROM communication_service.phone_call c JOIN platform.person p ON p.id = c.person_id
        WHERE p.role_name = session_user AND c.started_at >= :midnight AND c.ended_at IS NOT NULL"""),
        {"midnight": midnight},
    )
    return int(minutes or 0)


def _call(row: RowMapping, reached: Reachability, expected: float, *, land: str, now: datetime) -> QueuedCall:
    values = dict(row)
    hours = from_multirange(values.pop("phone_hours"))
    windows = coming_windows(hours or DEFAULT_WINDOWS, now, land=land, days=DAYS_AHEAD)
    planned = row["planned_at"]
    # a callback that was agreed for a later day is not made before
    windows = tuple(window for window in windows if window.end > planned or planned <= now)
    window = windows[0] if windows else None
    chance = reached.at(max(now, window.start) if window else planned)
    return QueuedCall(
        **(values | {"status": CallStatus(row["status"])}),
        reach=_reach(window, now),
        window=window,
        published=published_minutes(hours) if hours else None,
        chance=chance,
        value=chance * expected * max(1, row["patients"]),
    )


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
    return (not under_way, list(Reach).index(call.reach), not call.phone_tag, grain, -call.value, call.call_id)


def next_call(calls: Sequence[QueuedCall], after: int) -> QueuedCall | None:
    """The call one makes after another: the first that is mine, reachable now and not the same."""
    return next((c for c in calls if c.mine and c.reach is Reach.NOW and c.call_id != after), None)
