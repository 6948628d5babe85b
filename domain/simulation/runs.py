"""Many seeds, several policies, all regions: the same worlds for every policy, spread over processes."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

from domain.simulation.office import Office
from domain.simulation.parameters import world_parameters
from domain.simulation.planned import Planned
from domain.simulation.policies import FirstCome, Nearest
from domain.simulation.record import Case, Forecast, Kind
from domain.simulation.view import Policy
from domain.simulation.world import build

POLICIES: Mapping[str, Callable[[], Policy]] = {
    "first_come": FirstCome,
    "nearest": Nearest,
    "planned": Planned,
}
WEEKS = 78


@dataclass(frozen=True)
class Outcome:
    """One policy in one region under one seed, without the single acts."""

    seed: int
    region: str
    policy: str
    cases: tuple[Case, ...]
    contacts: int
    answers: int
    forecasts: tuple[Forecast, ...] = ()

    @property
    def placements(self) -> int:
        """Searches that ended with a place that held."""
        return sum(case.placed for case in self.cases)

    @property
    def longest_wait(self) -> int:
        """Days, over those placed and those still waiting; who gave up is counted by `left`."""
        return max((case.days for case in self.cases if not case.left), default=0)


def run_seed(seed: int, *, policies: Sequence[str], weeks: int) -> tuple[Outcome, ...]:
    """All regions under one seed, each policy in the same world."""
    outcomes = []
    parameters = world_parameters()
    for number, region in enumerate(parameters.regions):
        world = build(parameters, region=number, seed=seed, weeks=weeks)
        for name in policies:
            result = Office(world, POLICIES[name]()).run()
            outcomes.append(
                Outcome(
                    seed,
                    region.name,
                    name,
                    result.cases,
                    result.number(Kind.CONTACT),
                    result.number(Kind.ANSWER),
                    result.forecasts,
                )
            )
    return tuple(outcomes)


def run_seeds(
    seeds: Sequence[int],
    *,
    policies: Sequence[str],
    weeks: int = WEEKS,
    processes: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Outcome, ...]:
    """All seeds, in order whatever process was first; `progress` hears how many of how many are done."""
    work = partial(run_seed, policies=policies, weeks=weeks)
    found: dict[int, tuple[Outcome, ...]] = {}

    def done(seed: int, outcomes: tuple[Outcome, ...]) -> None:
        found[seed] = outcomes
        if progress is not None:
            progress(len(found), len(seeds))

    if processes == 1:
        for seed in seeds:
            done(seed, work(seed))
    else:
        # spawned, not forked: the caller may have threads (the window, a test run)
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            for future in as_completed(futures := {pool.submit(work, seed): seed for seed in seeds}):
                done(futures[future], future.result())
    return tuple(outcome for seed in seeds for outcome in found[seed])
