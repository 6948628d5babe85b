"""Candidates both ways: nothing is lost by looking near only, counts add up, and the order is the one promised."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from domain.database import Database
from domain.errors import NotFound
from domain.matching.best_patients import judge, patients_for_contact_point, patients_for_therapist
from domain.matching.candidates import SkillWish, candidates_for_search
from domain.matching.rules import Rule
from domain.therapists.models import ContactPoint, Therapist
from tests.builders import AACHEN, add_patient, add_search, add_therapist
from tests.examples import examples

Place = tuple[float, float] | None
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
# around Aachen within and beyond any limit drawn below, at both ends of the country, and nowhere
PLACES = st.one_of(
    st.none(),
    st.tuples(st.floats(50.4, 51.1), st.floats(5.9, 6.9)),
    st.sampled_from([(47.3, 8.0), (54.9, 9.0), (51.0, 15.0), AACHEN]),
)
people = st.lists(
    st.tuples(
        PLACES,
        st.sampled_from(["active", "inactive"]),
        st.sampled_from(["cbt:adult:individual", "cbt:child_youth:individual", ""]),
    ),
    min_size=1,
    max_size=8,
)
searchers = st.lists(
    st.tuples(
        PLACES, st.sampled_from([None, 1, 10, 60, 500]), st.integers(0, 2), st.dates(date(2026, 1, 1), NOW.date())
    ),
    min_size=1,
    max_size=6,
)


def test_a_skill_narrows_the_list_before_it_is_cut_or_orders_it(database: Database) -> None:
    """Whoever fits and does not name it is counted, apart those who name nothing; no rule excludes them."""
    with database.read() as session:
        search = add_search(session, add_patient(session))
        best = add_therapist(session, capacity="free", capacity_as_of=NOW.date(), qualifications=["Hypnose"])
        silent = add_therapist(session)
        emdr = add_therapist(session, capacity="full", capacity_as_of=NOW.date(), qualifications=["EMDR", "Hypnose"])
        trauma = add_therapist(session, capacity="full", capacity_as_of=NOW.date(), specialties=["EMDR"])
        far = add_therapist(session, place=(48.1, 11.5), specialties=["EMDR"])

        def found(skill: str, *, only: bool, limit: int = 200) -> tuple[list[int], int, int, int]:
            all_of = candidates_for_search(session, search, now=NOW, limit=limit, wish=SkillWish(skill, only=only))
            assert far not in {c.therapist_id for c in all_of.fit}
            assert {c.therapist_id for c in all_of.fit if c.skilled} <= {emdr, trauma} or not skill
            return [c.therapist_id for c in all_of.fit], all_of.fit_total, all_of.unskilled, all_of.unsaid

        assert found("", only=True)[1:] == (4, 0, 0)
        assert found("", only=True)[0][0] == best
        ids, *counts = found("EMDR", only=True)
        assert (set(ids), counts) == ({emdr, trauma}, [2, 2, 1])
        assert found("EMDR", only=True, limit=1)[1:] == (2, 2, 1)
        assert set(found("EMDR", only=True, limit=1)[0]) <= {emdr, trauma}
        ids, *counts = found("EMDR", only=False)
        assert (set(ids[:2]), ids[2:], counts) == ({emdr, trauma}, [best, silent], [4, 2, 1])
        assert found("emdr%", only=True) == ([], 0, 4, 1)


def test_looking_near_only_loses_nobody(database: Database) -> None:
    """Against judging every pair: who fits, who is unknown, and how many each rule excludes."""

    @settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck))
    @given(therapists=people, place=PLACES, radius=st.sampled_from([1, 10, 40, 500]))
    def compare(therapists: list[tuple[Place, str, str]], place: Place, radius: int) -> None:
        with database.read() as session:
            search = add_search(session, add_patient(session, place=place, wishes={"radius_km": radius}))
            ids = [
                add_therapist(session, place=where, status=status, offers=[offer] if offer else [])
                for where, status, offer in therapists
            ]
            pairs = {i: judge(session, therapist_id=i, search_ids=[search], now=NOW)[0] for i in ids}
            found = candidates_for_search(session, search, now=NOW)
        assert {c.therapist_id for c in found.fit} == {i for i, v in pairs.items() if not v.broken and not v.unknown}
        assert {c.therapist_id for g in found.unknown for c in g.nearest} == {
            i for i, v in pairs.items() if v.unknown and not v.broken
        }
        excluded = Counter(
            Rule.DISTANCE if Rule.DISTANCE in v.broken else v.broken[0] for v in pairs.values() if v.broken
        )
        assert {group.rule: group.count for group in found.excluded} == excluded

    compare()


def test_a_practice_is_offered_everyone_it_fits(database: Database) -> None:
    """Urgent first, then the longest wait; each patient once, with the nearest fitting person of the mailbox."""

    @settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck))
    @given(therapists=people, patients=searchers)
    def compare(therapists: list[tuple[Place, str, str]], patients: list[tuple[Place, int | None, int, date]]) -> None:
        with database.read() as session:
            point = ContactPoint(mailbox="gemeinsam@praxis.example")
            session.add(point)
            session.flush()
            ids = [
                add_therapist(
                    session,
                    place=where,
                    status=status,
                    offers=[offer] if offer else [],
                    contact_point_id=point.id,
                )
                for where, status, offer in therapists
            ]
            rows = {
                add_search(
                    session,
                    add_patient(session, place=where, wishes={"radius_km": radius}),
                    urgency=urgency,
                    waiting_since=since,
                ): (urgency, since)
                for where, radius, urgency, since in patients
            }
            fits: dict[int, list[tuple[float, int]]] = {}
            for therapist in ids:
                for pair in judge(session, therapist_id=therapist, search_ids=list(rows), now=NOW):
                    if not pair.broken and not pair.unknown:
                        fits.setdefault(pair.search_id, []).append((pair.distance_km or 0.0, therapist))
            found = patients_for_contact_point(session, point.id, now=NOW)
            alone = patients_for_therapist(session, ids[0], now=NOW)
        wanted = sorted(fits, key=lambda s: (-rows[s][0], rows[s][1], s))
        assert [p.search_id for p in found] == wanted
        assert [p.therapist_id for p in found] == [min(fits[s])[1] for s in wanted]
        assert {p.search_id for p in alone} == {s for s, who in fits.items() if ids[0] in [t for _, t in who]}

    compare()


def test_the_ranking_weighs_answers_and_closeness(database: Database) -> None:
    """Nearer is better among equals; the page is cut at its limit and says how many there are."""
    with database.read() as session:
        search = add_search(session, add_patient(session, wishes={"radius_km": 30}))
        far, near, middle = (
            add_therapist(session, place=(AACHEN[0] + offset, AACHEN[1])) for offset in (0.2, 0.01, 0.1)
        )
        found = candidates_for_search(session, search, now=NOW, limit=2)
        assert ([c.therapist_id for c in found.fit], found.fit_total) == ([near, middle], 3)
        assert far not in {c.therapist_id for c in found.fit}


def test_every_therapist_is_counted_once(database: Database) -> None:
    """Near, far, or nowhere: fit, excluded and unknown add up to all there are."""
    with database.read() as session:
        search = add_search(session, add_patient(session, wishes={"radius_km": 5}))
        for place in (AACHEN, (50.79, 6.1), (50.9, 6.2), (52.5, 13.4), None):
            add_therapist(session, place=place)
        found = candidates_for_search(session, search, now=NOW)
        counted = found.fit_total + sum(group.count for group in (*found.excluded, *found.unknown))
        assert counted == session.scalar(select(func.count()).select_from(Therapist)) == 5
        (too_far,) = found.excluded
        assert (too_far.rule, too_far.count, len(too_far.nearest)) == (Rule.DISTANCE, 2, 1)


def test_a_search_that_is_gone_is_said(database: Database) -> None:
    """Not an empty list."""
    with database.read() as session, pytest.raises(NotFound, match=r"place_search\.not_found"):
        candidates_for_search(session, 4711, now=NOW)
