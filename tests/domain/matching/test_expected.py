"""The expected answer as the database tells it: equal to the formula, and moved by what happens."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.database import Database
from domain.errors import NotFound
from domain.matching.candidates import candidates_for_search
from domain.matching.expected import count_rates, expected_of
from domain.matching.models import Inquiry, InquiryItem
from domain.planning.chance import Past, capacity_shift, expected, promise_shift
from domain.therapists.models import Therapist
from tests.builders import add_search, add_therapist
from tests.examples import examples

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SUCCESS = ("accepted", "accepted_surplus", "consultation_only", "in_trial_sessions", "no_show", "not_continued")
FAILURE = ("rejection_capacity", "rejection_unsuitable", "rejection_other", "waitlisted", "no_response")
UNDECIDED = ("pending", "needs_info", "withdrawn", "matched_elsewhere")


def add_inquiry(
    session: Session, therapist_id: int, statuses: tuple[str, ...], *, days_ago: float, channel: str = "email"
) -> None:
    """An earlier inquiry as it ended."""
    therapist = session.get_one(Therapist, therapist_id)
    at = NOW - timedelta(days=days_ago)
    inquiry = Inquiry(
        contact_point_id=therapist.contact_point_id, therapist_id=therapist_id, channel=channel, stage="answered",
        reference=f"R{session.info.setdefault('n', 0)}-{therapist_id}", approved_at=at, sent_at=at, closed_at=at,
    )  # fmt: skip
    session.info["n"] += 1
    session.add(inquiry)
    session.flush()
    for position, status in enumerate(statuses, start=1):
        session.add(
            InquiryItem(
                inquiry_id=inquiry.id, search_id=add_search(session), position=position, status=status,
                reference_code=f"{inquiry.reference}-{position}",
                waitlisted_until=date(2027, 1, 15) if status == "waitlisted" else None,
            )
        )  # fmt: skip
    session.flush()


histories = st.lists(
    st.tuples(
        st.lists(st.sampled_from(SUCCESS + FAILURE[:3] + FAILURE[4:] + UNDECIDED), min_size=1, max_size=3),
        st.floats(0, 900),
    ),
    max_size=5,
)


def test_the_database_keeps_to_the_formula(database: Database) -> None:
    """Any history and any note on places: mean and history are those of the pure formula."""

    @settings(max_examples=examples(13), suppress_health_check=list(HealthCheck))
    @given(
        history=histories,
        state=st.sampled_from(["unknown", "free", "waiting_list", "full", "list_closed"]),
        note_age=st.integers(0, 300),
        promised_in=st.none() | st.integers(-200, 200),
        colleagues=st.integers(0, 3),
    )
    def compare(
        history: list[tuple[list[str], float]], state: str, note_age: int, promised_in: int | None, colleagues: int
    ) -> None:
        with database.read() as session:
            therapist = add_therapist(
                session,
                capacity=state,
                capacity_as_of=NOW.date() - timedelta(days=note_age),
                capacity_from=None if promised_in is None else NOW.date() + timedelta(days=promised_in),
            )
            point = session.get_one(Therapist, therapist).contact_point_id
            for _ in range(colleagues):
                add_therapist(session, contact_point_id=point)
            trials = []
            for statuses, age in history:
                add_inquiry(session, therapist, tuple(statuses), days_ago=age)
                if set(statuses) - set(UNDECIDED):
                    said = set(statuses) - {"pending", "no_response", "withdrawn", "matched_elsewhere"}
                    trials.append(Past(age, answered=bool(said), succeeded=bool(said & set(SUCCESS))))
            found = expected_of(session, therapist, now=NOW)
            session.rollback()
        shift = promise_shift(promised_in) if promised_in is not None else capacity_shift(state, note_age)
        wanted = expected(0.15, trials, people=1 + colleagues, place_shift=shift)
        assert found.chance.alpha == pytest.approx(wanted.alpha)
        assert found.chance.beta == pytest.approx(wanted.beta)
        assert (found.asked, found.brought) == (len(trials), sum(past.succeeded for past in trials))

    compare()


def test_ranking_uses_the_same_number(database: Database) -> None:
    """Who promised places goes before who has none, and the list shows what the practice's page shows."""
    with database.read() as session:
        full = add_therapist(session, capacity="full", capacity_as_of=NOW.date())
        plain = add_therapist(session)
        free = add_therapist(session, capacity="free", capacity_as_of=NOW.date())
        found = candidates_for_search(session, add_search(session), now=NOW)
        assert [c.therapist_id for c in found.fit] == [free, plain, full]
        for candidate in found.fit:
            assert candidate.expected == expected_of(session, candidate.therapist_id, now=NOW)


def test_waiting_list_promise(database: Database) -> None:
    """A patient on the waiting list until January: before that day no other place is expected there, then one is."""
    with database.read() as session:
        therapist = add_therapist(session)
        add_inquiry(session, therapist, ("waitlisted",), days_ago=40)
        before = expected_of(session, therapist, now=NOW)
        then = expected_of(session, therapist, now=datetime(2027, 1, 20, tzinfo=UTC))
        assert before.promised == date(2027, 1, 15)
        assert before.chance.mean < 0.1 < then.chance.mean


def test_a_shared_mailbox_shares_its_history(database: Database) -> None:
    """Who answers for one answers for the colleague."""
    with database.read() as session:
        therapist = add_therapist(session)
        point = session.get_one(Therapist, therapist).contact_point_id
        colleague = add_therapist(session, contact_point_id=point)
        add_inquiry(session, therapist, ("accepted",), days_ago=1)
        assert expected_of(session, colleague, now=NOW).brought == 1


def test_rates_are_learned_from_the_office(database: Database, worker_database: Database) -> None:
    """Calls that bring more than mails lift calls; counted by the worker, at most once an hour."""
    with database.write() as session:
        by_mail, by_phone = add_therapist(session), add_therapist(session, email="")
        for _ in range(5):  # answered already, while the silent of the same days are not known yet
            add_inquiry(session, by_mail, ("accepted",), days_ago=3)
        for number in range(20):
            add_inquiry(session, by_mail, ("no_response",), days_ago=30 + 7 * number)
            status = "accepted" if number % 2 else "no_response"
            add_inquiry(session, by_phone, (status,), days_ago=31 + 7 * number, channel="phone")
    with worker_database.write() as session:
        assert count_rates(session, prior=0.15, expiry_days=21, now=NOW)
        assert not count_rates(session, prior=0.15, expiry_days=21, now=NOW + timedelta(minutes=30))
        assert count_rates(session, prior=0.15, expiry_days=21, now=NOW + timedelta(hours=2))
    with database.read() as session:
        rows = session.execute(text("SELECT value, trials FROM matching_service.answer_rate")).all()
        rates = {row.value: row.trials for row in rows}
        assert (rates["email"], rates["phone"], rates["answers"], rates["places"]) == (20, 20, 40, 10)
        assert (
            expected_of(session, by_phone, now=NOW).channel_lift
            > 0
            > expected_of(session, by_mail, now=NOW).channel_lift
        )


def test_nobody_there(database: Database) -> None:
    """A therapist that is gone is said."""
    with database.read() as session, pytest.raises(NotFound):
        expected_of(session, 4711, now=NOW)
