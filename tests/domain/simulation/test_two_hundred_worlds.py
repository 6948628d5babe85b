"""The long comparison: 200 worlds, the plan against the list by postal area and alphabet."""

import pytest

from app.commands.simulate import print_report
from domain.simulation.report import ALL, report
from domain.simulation.runs import run_seeds

SEEDS = 200


@pytest.mark.soak
def test_the_plan_places_sooner_with_the_same_contacts(capsys: pytest.CaptureFixture[str]) -> None:
    """The median wait is shorter beyond doubt, with no more contacts and without longer waits at the far end."""
    outcomes = run_seeds(range(SEEDS), policies=["first_come", "planned"], processes=2)
    found = report(outcomes)
    with capsys.disabled():
        print_report(found, weeks=78)
    difference = found.comparisons[ALL]["planned"]
    assert difference.median_days.high < 0
    assert difference.contacts.high <= 0.05
    assert difference.waited_95.low <= 0
    assert difference.placements.low > 0
