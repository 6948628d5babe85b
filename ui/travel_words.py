"""Ways in words: "geschätzt 20–35 Min." or "25 Min. (OSRM)", never one dressed as the other."""

from collections.abc import Callable, Mapping
from math import ceil, floor

from domain.travel.ways import Way
from domain.values import TravelMode
from ui.labels import label
from ui.translation import tr

SOURCES = {"osrm": "OSRM", "valhalla": "Valhalla", "openrouteservice": "openrouteservice"}
COARSE = 15  # minutes from which an estimate is told in steps of five
HOURS = 180  # minutes from which hours are told


def minutes(way: Way) -> str:
    """The way in full, with where the number comes from."""
    if way.estimated:
        return tr("geschätzt {span}").format(span=_span(way))
    source = SOURCES.get(way.source, way.source)
    if way.low is None:
        return tr("kein Weg bekannt ({source})").format(source=source)
    return f"{_span(way)} ({source})"


def short(way: Way) -> str:
    """The way in a narrow column: "≈" stands for an estimate."""
    if way.low is None:
        return tr("kein Weg")
    return f"≈ {_span(way)}" if way.estimated else _span(way)


def all_modes(ways: Mapping[TravelMode, Way]) -> list[str]:
    """A line for each mode."""
    return [f"{label('travel_mode', mode)}: {minutes(way)}" for mode, way in ways.items()]


def _span(way: Way) -> str:
    assert way.low is not None
    assert way.high is not None
    low, high = (_step(way.low, floor), _step(way.high, ceil)) if way.estimated else (round(way.low), round(way.high))
    if high > HOURS:
        low, high = floor(low / 60), ceil(high / 60)
        return tr("{span} Std.").format(span=f"{low}–{high}" if low != high else f"{high}")
    if low == 0 and high > 0 and way.estimated:
        return tr("bis {high} Min.").format(high=high)
    return tr("{span} Min.").format(span=f"{low}–{high}" if low != high else f"{high}")


def _step(value: float, turn: Callable[[float], int]) -> int:
    """A whole minute, or five of them: an estimate is not more exact than that."""
    return 5 * turn(value / 5) if value >= COARSE else turn(value)
