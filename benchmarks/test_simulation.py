"""Ten worlds under every policy: how long they take, and what the policies bring."""

from pytest_benchmark.fixture import BenchmarkFixture

from app.cli import POLICIES
from app.commands.simulate import print_report
from domain.simulation.report import report
from domain.simulation.runs import WEEKS, Outcome, run_seeds


def test_simulation(benchmark: BenchmarkFixture) -> None:
    """Ten seeds, 78 weeks, three regions; the report is printed (`make bench` shows it)."""

    def work() -> tuple[Outcome, ...]:
        return run_seeds(range(10), policies=POLICIES, processes=2)

    outcomes = benchmark.pedantic(work, rounds=1)
    print_report(report(outcomes), weeks=WEEKS)
    assert len(outcomes) == 10 * 3 * len(POLICIES)
