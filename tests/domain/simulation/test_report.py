"""The report's numbers against examples counted by hand."""

from math import inf, isnan

import pytest

from domain.simulation.record import Case
from domain.simulation.report import ALL, percentile_days, report
from domain.simulation.runs import Outcome, run_seeds


def outcome(seed: int, policy: str, *cases: Case, contacts: int = 10, region: str = "town") -> Outcome:
    return Outcome(seed, region, policy, cases, contacts, answers=3)


def placed(days: int) -> Case:
    return Case(search_id=0, arrived=0, days=days, placed=True, left=False)


def waiting(days: int) -> Case:
    return Case(search_id=0, arrived=0, days=days, placed=False, left=False)


def gone(days: int) -> Case:
    return Case(search_id=0, arrived=0, days=days, placed=False, left=True)


def test_open_cases_count_as_long_as_they_were_seen() -> None:
    """Six searches: placed on days 10, 30, 40 and 60, still open on 20 and 50.

    Still waiting: 5/6 after day 10, then 4 are watched: 5/6·3/4 after 30, ·2/3 after 40 (= 5/12), nobody after 60.
    """
    days, ended = [10, 20, 30, 40, 50, 60], [True, False, True, True, False, True]
    assert percentile_days(days, ended, 1 / 6) == 10
    assert percentile_days(days, ended, 0.375) == 30
    assert percentile_days(days, ended, 0.5) == 40
    assert percentile_days(days, ended, 0.95) == 60
    assert percentile_days([10, 20, 30], [True, False, False], 0.5) == inf, "two thirds still wait"
    placed_only = percentile_days([10, 30, 40, 60], [True] * 4, 0.5)
    assert placed_only == 30, "leaving the open ones out would flatter"


def test_contacts_waits_and_counts_are_those_of_the_cases() -> None:
    """Contacts over all seeds by placements over all seeds; longest waits of those placed or waiting, seed by seed."""
    outcomes = [
        outcome(1, "a", placed(10), waiting(100), gone(300), contacts=12),
        outcome(2, "a", placed(20), placed(40), contacts=9),
    ]
    found = report(outcomes).figures["town"]["a"]
    assert found.contacts_per_placement.value == 7
    assert found.longest_wait.value == (100 + 40) / 2
    assert (found.contacts.value, found.placements.value, found.left.value) == (10.5, 1.5, 0.5)
    assert found.contacts_per_placement.low == 4.5
    assert found.contacts_per_placement.high == 12


def test_policies_are_compared_in_pairs() -> None:
    """Where every world is halved alike the difference is certain, however unlike the worlds are."""
    outcomes = [
        one
        for seed in range(8)
        for one in (
            outcome(seed, "a", *[placed(20 * seed + 2 * number) for number in range(1, 20)]),
            outcome(seed, "b", *[placed(10 * seed + number) for number in range(1, 20)], contacts=5),
        )
    ]
    found = report(outcomes)
    difference = found.comparisons[ALL]["b"]
    assert difference.median_days.value == difference.median_days.low == difference.median_days.high == -0.5
    assert difference.contacts_per_placement.value == -0.5
    assert found.figures[ALL]["a"].median_days.low < found.figures[ALL]["a"].median_days.high


def test_what_was_not_reached_is_not_made_up() -> None:
    """A percentile nobody came to is infinite, a comparison of two such is unknown, one world has no interval."""
    outcomes = [outcome(1, policy, placed(10), waiting(50), waiting(50)) for policy in ("a", "b")]
    found = report(outcomes)
    assert found.figures["town"]["a"].median_days.value == inf
    assert isnan(found.comparisons["town"]["b"].median_days.value)
    assert isnan(found.figures["town"]["a"].placed_in_half_year.value)
    assert isnan(found.figures["town"]["a"].contacts.low)


@pytest.mark.parametrize("processes", [1, 2])
def test_runs_are_the_same_however_they_are_spread(processes: int) -> None:
    """One process or two: the same outcomes in the same order, and every seed is told as done."""
    told: list[tuple[int, int]] = []
    found = run_seeds(
        [4, 1], policies=["nearest"], weeks=6, processes=processes, progress=lambda done, of: told.append((done, of))
    )
    assert [(one.seed, one.region) for one in found] == [
        (seed, region) for seed in (4, 1) for region in ("city", "town", "rural")
    ]
    assert found == run_seeds([4, 1], policies=["nearest"], weeks=6)
    assert told == [(1, 2), (2, 2)]
