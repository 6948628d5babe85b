"""What many runs say together: days to placement with open cases counted, contacts, longest wait; with intervals.

Days to placement are estimated by Kaplan–Meier (scipy), cases of all seeds together; who still waits or gave up counts
until the last day seen. Intervals come from drawing seeds again with replacement, the same draw for every policy, so
that a comparison is paired. A percentile the curve does not reach within the run is infinite, never left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import ceil, floor, inf, isnan, nan
from statistics import fmean
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.stats import CensoredData, ecdf

from domain.simulation.runs import Outcome

DRAWS = 200
LEVEL = 0.95
ALL = "all"
HALF_YEAR = 182

T = TypeVar("T", "Figures", "Comparison")


@dataclass(frozen=True)
class Estimate:
    """A number over the seeds with its 95 % interval.

    Infinite where the runs were too short to come to it; NaN where they say nothing.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Figures:
    """One policy in one region (or all): days, contacts per placement, shares 0-1, counts per seed.

    `waited_95` is the 95th percentile of days waited so far by those placed or waiting: a number even where the curve
    does not come to `days_95`.
    """

    median_days: Estimate
    days_95: Estimate
    contacts_per_placement: Estimate
    waited_95: Estimate
    longest_wait: Estimate
    placed_in_half_year: Estimate
    contacts: Estimate
    placements: Estimate
    left: Estimate


@dataclass(frozen=True)
class Comparison:
    """One policy against the first, as ratios minus one (-0.4 is 40 % less), drawn in pairs."""

    median_days: Estimate
    days_95: Estimate
    contacts_per_placement: Estimate
    contacts: Estimate
    placements: Estimate
    waited_95: Estimate
    longest_wait: Estimate


@dataclass(frozen=True)
class Report:
    """By region, then by policy; comparisons are against the first policy."""

    seeds: int
    policies: tuple[str, ...]
    figures: Mapping[str, Mapping[str, Figures]]
    comparisons: Mapping[str, Mapping[str, Comparison]]


def percentile_days(days: Sequence[float], placed: Sequence[bool], share: float) -> float:
    """The day by which this share is placed, by Kaplan–Meier; infinite if the curve ends before."""
    return _when(_curve(np.asarray(days, float), np.asarray(placed, bool)), share)


def report(outcomes: Sequence[Outcome], *, draws: int = DRAWS) -> Report:
    """Everything, from runs of the same seeds under each policy."""
    seeds = sorted({outcome.seed for outcome in outcomes})
    policies = tuple(dict.fromkeys(outcome.policy for outcome in outcomes))
    chance = np.random.default_rng(len(seeds))  # fixed: the same runs give the same report
    draws = draws if len(seeds) > 1 else 0  # one world says nothing of how much worlds differ
    picks = [np.arange(len(seeds)), *chance.integers(len(seeds), size=(draws, len(seeds)))]
    figures: dict[str, dict[str, Figures]] = {}
    comparisons: dict[str, dict[str, Comparison]] = {}
    for region in [*dict.fromkeys(outcome.region for outcome in outcomes), ALL]:
        drawn = {}
        for policy in policies:
            here = [one for one in outcomes if one.policy == policy and region in {one.region, ALL}]
            by_seed = [_Seed.of([one for one in here if one.seed == seed]) for seed in seeds]
            drawn[policy] = [_figures([by_seed[number] for number in pick]) for pick in picks]
        figures[region] = {policy: _estimates(Figures, numbers) for policy, numbers in drawn.items()}
        first, *others = policies
        comparisons[region] = {
            policy: _estimates(Comparison, [_compare(*pair) for pair in zip(drawn[policy], drawn[first], strict=True)])
            for policy in others
        }
    return Report(len(seeds), policies, figures, comparisons)


@dataclass(frozen=True)
class _Seed:
    """What one seed adds to the figures of a policy and region."""

    days: NDArray[np.float64]
    placed: NDArray[np.bool_]
    stayed: NDArray[np.bool_]
    contacts: int
    placements: int
    longest_wait: int
    left: int

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> "_Seed":
        cases = [case for outcome in outcomes for case in outcome.cases]
        return cls(
            days=np.array([case.days for case in cases], float),
            placed=np.array([case.placed for case in cases], bool),
            stayed=np.array([not case.left for case in cases], bool),
            contacts=sum(outcome.contacts for outcome in outcomes),
            placements=sum(outcome.placements for outcome in outcomes),
            longest_wait=max(outcome.longest_wait for outcome in outcomes),
            left=sum(case.left for case in cases),
        )


def _figures(seeds: Sequence[_Seed]) -> dict[str, float]:
    curve = _curve(np.concatenate([one.days for one in seeds]), np.concatenate([one.placed for one in seeds]))
    waited = np.concatenate([one.days[one.stayed] for one in seeds])
    contacts, placements = sum(one.contacts for one in seeds), sum(one.placements for one in seeds)
    return {
        "median_days": _when(curve, 0.5),
        "days_95": _when(curve, 0.95),
        "contacts_per_placement": contacts / placements if placements else inf,
        "waited_95": float(np.percentile(waited, 95)) if len(waited) else nan,
        "longest_wait": fmean(one.longest_wait for one in seeds),
        "placed_in_half_year": _share_by(curve, HALF_YEAR),
        "contacts": contacts / len(seeds),
        "placements": placements / len(seeds),
        "left": fmean(one.left for one in seeds),
    }


def _curve(days: NDArray[np.float64], placed: NDArray[np.bool_]) -> Any:
    """The share still waiting, by day."""
    return ecdf(CensoredData(uncensored=days[placed], right=days[~placed])).sf


def _when(curve: Any, share: float) -> float:
    # 1e-12: a product of fractions may miss the share by rounding
    reached = np.flatnonzero(curve.probabilities <= 1 - share + 1e-12)
    return float(curve.quantiles[reached[0]]) if len(reached) else inf


def _share_by(curve: Any, day: float) -> float:
    """The share placed by a day; NaN if nobody was watched that long."""
    return 1 - float(curve.evaluate(day)) if curve.quantiles[-1] >= day else nan


def _compare(ours: Mapping[str, float], theirs: Mapping[str, float]) -> dict[str, float]:
    return {field.name: _ratio(ours[field.name], theirs[field.name]) for field in fields(Comparison)}


def _ratio(ours: float, theirs: float) -> float:
    """Ours against theirs, minus one; NaN where neither ended, since nothing is known then."""
    if ours == theirs == inf:
        return nan
    return ours / theirs - 1 if theirs else nan


def _estimates(kind: type[T], numbers: Sequence[Mapping[str, float]]) -> T:
    """The first set of numbers is the estimate, the others are draws."""
    return kind(**{field.name: _estimate([one[field.name] for one in numbers]) for field in fields(kind)})


def _estimate(numbers: Sequence[float]) -> Estimate:
    drawn = np.sort(numbers[1:])  # NaN last
    if isnan(numbers[0]) or not len(drawn) or isnan(drawn[-1]):
        return Estimate(numbers[0], nan, nan)
    edge = (1 - LEVEL) / 2 * (len(drawn) - 1)
    return Estimate(numbers[0], float(drawn[floor(edge)]), float(drawn[ceil(len(drawn) - 1 - edge)]))
