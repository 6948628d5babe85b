"""The weekly plan at every size: reading what it is made from, solving it, filling a gap; gap and memory are printed."""

import resource
from datetime import UTC, datetime

from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import text

from domain.database import Database
from domain.matching.arcs import planning_problem
from domain.matching.groups import group_sets
from domain.matching.unknowns import missing_facts
from domain.planning.model import Budget, Problem, WeekPlan
from domain.planning.solve import plan_week

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PER_CASEWORKER = 80  # open searches of one caseworker (domain.md: 40–150), who has the office's week of mails and calls
MAILS, MINUTES = 30, 120.0


def budget(database: Database) -> Budget:
    """A week of as many caseworkers as the searches need."""
    with database.read() as session:
        searches = session.execute(text("SELECT count(*) FROM matching_service.place_search")).scalar_one()
    people = max(1, int(searches) // PER_CASEWORKER)
    return Budget(MAILS * people, MINUTES * people)


def problem(database: Database) -> Problem:
    """What the week is planned from."""
    with database.read() as session:
        return planning_problem(session, now=NOW, budget=budget(database))


def test_a_whole_week(filled: Database, benchmark: BenchmarkFixture) -> None:
    """Reading, judging, solving and the bound: what „Woche planen“ takes."""

    def work() -> tuple[Problem, WeekPlan]:
        asked = problem(filled)
        return asked, plan_week(asked)

    asked, plan = benchmark.pedantic(work, rounds=1)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\n{len(asked.seekers)} searches, {len(asked.options)} options, {len(asked.arcs)} arcs, {asked.budget}:"
        f" {len(plan.contacts)} contacts, {plan.expected:.1f} patients expected, gap {plan.gap * 100:.2f} %,"
        f" most memory of this process {memory:.0f} MB"
    )
    assert plan.contacts


def test_filling_a_gap(filled: Database, benchmark: BenchmarkFixture) -> None:
    """After one line was skipped: the solver's part of filling its place."""
    asked = problem(filled)
    plan = plan_week(asked, bounded=False)
    gap = Problem(asked.seekers, asked.options, asked.arcs, asked.budget)
    benchmark.pedantic(lambda: plan_week(gap, fixed=plan.contacts[1:], refill=True), rounds=2)


def test_what_is_missing(filled: Database, benchmark: BenchmarkFixture) -> None:
    """The list of unknown facts of one search."""
    with filled.read() as session:
        search = int(session.execute(text("SELECT min(id) FROM matching_service.place_search")).scalar_one())

    def work() -> None:
        with filled.read() as session:
            missing_facts(session, search, now=NOW)

    benchmark(work)


def test_suggested_groups(filled: Database, benchmark: BenchmarkFixture) -> None:
    """Sets of the whole office."""

    def work() -> None:
        with filled.read() as session:
            group_sets(session, now=NOW)

    benchmark.pedantic(work, rounds=2)
