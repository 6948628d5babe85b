"""A list of ends, asked for in as many questions as a router needs to speak of each."""

from collections.abc import Iterator, Sequence

from domain.travel.ways import Routed, Spot
from domain.values import TravelMode
from sync.geo.routers import Router, Unroutable

AT_ONCE = 90  # ends of one question: what public servers allow, and what an address has room for
SURE = 8  # ends without a way, and none with one: then it is the place all ways start from


def in_parts(ends: Sequence[Spot]) -> Iterator[Sequence[Spot]]:
    """The ends of one question after the other."""
    for first in range(0, len(ends), AT_ONCE):
        yield ends[first : first + AT_ONCE]


def ways_one_by_one(router: Router, mode: TravelMode, start: Spot, ends: Sequence[Spot]) -> list[Routed]:
    """The ways to the first of them, to all as a rule: what a router said of each, in their order.

    It refuses a whole question for one place it knows no road to; then it is asked by halves. After SURE ends
    without any way it is asked no further: likely none leads away from the start. Of the rest it has said nothing.
    """
    said: list[Routed] = []
    waiting = [list(ends)]
    while waiting:
        part = waiting.pop()
        try:
            said += router.ways(mode, start, part)
        except Unroutable:
            half = len(part) // 2
            if half:
                waiting += [part[half:], part[:half]]
                continue
            said.append(Routed(None, None))
        if len(said) >= SURE and all(way.minutes is None for way in said):
            break
    return said
