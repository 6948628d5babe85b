"""When a call is planned: inside a published window, never on a holiday, spread out, at the practice's own hour."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import holidays
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from domain.access import Person
from domain.communication.calls import end_call, miss_overdue, plan_call, start_call
from domain.communication.models import PhoneCall
from domain.communication.phone_windows import SLOT, free_slot
from domain.communication.states import CallStatus
from domain.database import Database
from domain.values import MINUTES_PER_DAY, WeekSpan
from domain.weektime import BERLIN
from tests.builders import add_therapist

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WINDOWS = st.lists(
    st.builds(
        lambda day, start, length: WeekSpan(day * MINUTES_PER_DAY + start, day * MINUTES_PER_DAY + start + length),
        st.integers(0, 4),
        st.sampled_from([7 * 60, 9 * 60 + 30, 12 * 60, 16 * 60 + 45]),
        st.sampled_from([25, 50, 120]),
    ),
    min_size=1,
    max_size=4,
)
MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(windows=WINDOWS, after=MOMENTS, taken=st.integers(0, 6))
def test_a_slot_lies_in_a_window_on_a_working_day(windows: list[WeekSpan], after: datetime, taken: int) -> None:
    """Also across the days on which the clocks change; calls keep their distance."""
    closed = holidays.country_holidays("DE", subdiv="NW")
    busy: list[datetime] = []
    for _ in range(taken + 1):
        slot = free_slot(windows, after=after, taken=busy, region="NW")
        if slot is None:
            return
        local = slot.astimezone(BERLIN)
        minute = local.weekday() * MINUTES_PER_DAY + local.hour * 60 + local.minute
        assert any(window.start <= minute < window.end for window in windows)
        assert local.date() not in closed
        assert slot > after
        assert all(abs(slot - other) >= SLOT for other in busy)
        busy.append(slot)


def test_nine_oclock_stays_nine_oclock_when_the_clocks_change() -> None:
    """The last Sunday of March and of October lie between."""
    window = [WeekSpan(9 * 60, 9 * 60 + 50)]
    for before in (datetime(2026, 3, 27, 12, tzinfo=UTC), datetime(2026, 10, 23, 12, tzinfo=UTC)):
        slot = free_slot(window, after=before, taken=(), region="NW")
        assert slot is not None
        assert (slot.astimezone(BERLIN).weekday(), f"{slot.astimezone(BERLIN):%H:%M}") == (0, "09:00")


def test_a_holiday_of_the_land_is_no_day_to_call() -> None:
    """Fronleichnam: closed in Nordrhein-Westfalen, open in Hamburg."""
    window = [WeekSpan(3 * MINUTES_PER_DAY + 540, 3 * MINUTES_PER_DAY + 600)]
    eve = datetime(2026, 6, 3, 12, tzinfo=UTC)
    at_home, elsewhere = (free_slot(window, after=eve, taken=(), region=land) for land in ("NW", "HH"))
    assert at_home is not None
    assert elsewhere is not None
    assert (at_home.date(), elsewhere.date()) == (date(2026, 6, 11), date(2026, 6, 4))


def test_a_person_makes_one_call_at_a_time(database: Database) -> None:
    """Thirty calls in one window are spread over it and over the weeks; a colleague may call at the same minute."""
    hour = (WeekSpan(MINUTES_PER_DAY + 540, MINUTES_PER_DAY + 600),)
    with database.write() as session:
        planned = [
            session.get_one(PhoneCall, plan_call(session, add_therapist(session, phone_hours=hour), now=NOW))
            for _ in range(30)
        ]
        moments = sorted(call.planned_at for call in planned)
        assert all(later - earlier >= SLOT for earlier, later in pairwise(moments))
        colleague = session.scalars(select(Person.id).where(Person.role_name == "test_tom")).one()
        other = session.get_one(
            PhoneCall, plan_call(session, add_therapist(session, phone_hours=hour), now=NOW, person_id=colleague)
        )
        assert other.planned_at == moments[0]


def test_only_a_day_that_is_over_makes_a_call_missed(database: Database) -> None:
    """Until midnight in Berlin it may still be made."""
    with database.write() as session:
        call = session.get_one(PhoneCall, plan_call(session, add_therapist(session), now=NOW))
        morning = datetime.combine(call.planned_at.date(), datetime.min.time(), UTC)
        end_of_day = morning + timedelta(hours=22, minutes=59)  # 23:59 in Berlin
        assert miss_overdue(session, now=end_of_day) == ()
        assert miss_overdue(session, now=end_of_day + timedelta(minutes=2)) == (call.id,)
        assert call.status == CallStatus.REPLANNED


def test_who_is_not_reached_is_called_in_another_window(database: Database) -> None:
    """Not an hour later in the same one: on the next day the practice answers, or in its afternoon."""
    morning, afternoon = WeekSpan(9 * 60, 12 * 60), WeekSpan(14 * 60, 15 * 60)
    with database.write() as session:
        for hours, expected in (
            ((morning,), datetime(2026, 11, 30, 8, 0, tzinfo=UTC)),
            ((morning, afternoon), datetime(2026, 11, 23, 13, 0, tzinfo=UTC)),
        ):
            call = plan_call(session, add_therapist(session, phone_hours=hours), now=NOW)
            start_call(session, call, now=NOW)
            following = end_call(session, call, CallStatus.NO_ANSWER, now=NOW)
            assert following is not None
            assert session.get_one(PhoneCall, following).planned_at == expected
