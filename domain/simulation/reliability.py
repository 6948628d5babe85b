"""Is what a policy expects what happens? Forecasts sorted into bins of equal width, each beside its frequency."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.simulation.record import Forecast

WIDTH = 0.05
LAST = 0.4  # all beyond in one bin


@dataclass(frozen=True)
class Bin:
    """Forecasts from `low` (0-1) up to the next bin: how many, their mean, and how often it happened."""

    low: float
    number: int
    expected: float
    happened: float


def reliability(forecasts: Sequence[Forecast]) -> tuple[Bin, ...]:
    """The bins in order, without empty ones."""
    bins: dict[int, list[Forecast]] = {}
    for one in forecasts:
        bins.setdefault(int(min(one.expected, LAST) / WIDTH + 1e-9), []).append(one)
    return tuple(
        Bin(
            low=number * WIDTH,
            number=len(inside),
            expected=sum(one.expected for one in inside) / len(inside),
            happened=sum(one.happened for one in inside) / len(inside),
        )
        for number, inside in sorted(bins.items())
    )
