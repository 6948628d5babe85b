"""Suggested groups: everybody may be in it, nobody twice, and they have a session in common."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.database import Database
from domain.matching.best_patients import judge
from domain.matching.groups import group_sets
from domain.values import MINUTES_PER_DAY, WeekSpan
from domain.weektime import common
from tests.builders import AACHEN, add_patient, add_search, add_therapist

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OPEN: dict[str, object] = {"group_ok": True}
MONDAY, TUESDAY = (WeekSpan(17 * 60, 20 * 60),), (WeekSpan(MINUTES_PER_DAY + 17 * 60, MINUTES_PER_DAY + 20 * 60),)


def test_those_open_to_a_group_sit_together(database: Database) -> None:
    """Longest waiting first; who is not open, wishes another method or is a child is not among them."""
    with database.read() as session:
        therapist = add_therapist(session, offers=["cbt:adult:group"])
        found = [
            add_search(session, add_patient(session, wishes=OPEN), waiting_since=date(2026, 3, 1) + timedelta(days=n))
            for n in range(4)
        ]
        add_search(session)
        add_search(session, add_patient(session, wishes={"group_ok": True, "methods": ["systemic"]}))
        add_search(session, add_patient(session, wishes=OPEN, birth_date=date(2014, 1, 1), consent_by="guardian"))
        (one,) = group_sets(session, now=NOW)
        assert (one.therapist_id, [member.search_id for member in one.members]) == (therapist, found)


def test_two_are_no_group(database: Database) -> None:
    """Three are the fewest."""
    with database.read() as session:
        add_therapist(session, offers=["cbt:adult:group"])
        for _ in range(2):
            add_search(session, add_patient(session, wishes=OPEN))
        assert group_sets(session, now=NOW) == ()


def test_they_share_a_session(database: Database) -> None:
    """Whose times meet nobody's is left out; whose times are unknown joins."""
    with database.read() as session:
        add_therapist(session, offers=["cbt:adult:group"])
        times = [MONDAY, MONDAY, TUESDAY, None, MONDAY]
        searches = [
            add_search(
                session, add_patient(session, wishes=OPEN, availability=free),
                waiting_since=date(2026, 3, 1) + timedelta(days=n),
            )
            for n, free in enumerate(times)
        ]  # fmt: skip
        (one,) = group_sets(session, now=NOW)
        assert [member.search_id for member in one.members] == [searches[n] for n in (0, 1, 3, 4)]
        assert one.times == MONDAY


def test_nobody_and_no_mailbox_twice(database: Database) -> None:
    """Two practices, nine people: six in one set, three in the other; rules hold for each pair."""
    with database.read() as session:
        for offset in (0.0, 0.02):
            add_therapist(session, place=(AACHEN[0] + offset, AACHEN[1]), offers=["cbt:adult:group"])
        for number in range(9):
            add_search(session, add_patient(session, wishes=OPEN), waiting_since=date(2026, 3, 1 + number))
        sets = group_sets(session, now=NOW)
        assert sorted(len(one.members) for one in sets) == [3, 6]
        everybody = [member.search_id for one in sets for member in one.members]
        assert len(everybody) == len(set(everybody)) == 9
        for one in sets:
            ids = [member.search_id for member in one.members]
            for pair in judge(session, therapist_id=one.therapist_id, search_ids=ids, now=NOW):
                assert not pair.broken
                assert not pair.unknown


spans = st.lists(
    st.tuples(st.integers(0, 10079), st.integers(1, 600)).map(lambda s: WeekSpan(s[0], min(10080, s[0] + s[1]))),
    max_size=5,
)


@given(first=spans, second=spans, minutes=st.integers(1, 200))
def test_common_times(first: list[WeekSpan], second: list[WeekSpan], minutes: int) -> None:
    """Minute by minute: within both, long enough, and no long enough piece is missing."""

    def covered(parts: list[WeekSpan]) -> set[int]:
        return {minute for span in parts for minute in range(span.start, span.end)}

    shared = common(first, second, minutes=minutes)
    both = covered(first) & covered(second)
    assert covered(list(shared)) <= both
    assert all(span.end - span.start >= minutes for span in shared)
    runs = [start for start in both if all(start + step in both for step in range(minutes))]
    assert set(runs) <= covered(list(shared))
