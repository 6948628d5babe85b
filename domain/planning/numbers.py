"""The problem as arrays, and the two questions every part of the solver asks of them.

What is hope worth to a seeker (`Curve`), and which searches are the best for each option at given prices
(`Block.best`)? Seekers, options and contact points are numbered from 0 here; ids stay outside.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.planning.model import SUITS

FLOOR_BONUS = 1.0  # as much as a sure place: nobody waiting longest is left out for a better chance elsewhere
FLOOR_HOPE = 0.02  # the hope one contact brings; the bonus is won with it

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Curve:
    """What hope y is worth to each seeker: w·(e^−h − e^−(h+y)), concave.

    `hope` (h) is what inquiries already open may bring; the longest waiting win a bonus with the first of it.
    """

    weight: Floats
    hope: Floats
    overdue: Bools

    def value(self, y: Floats) -> Floats:
        """The worth of that much new hope."""
        bonus = np.where(self.overdue, FLOOR_BONUS * np.minimum(1.0, y / FLOOR_HOPE), 0.0)
        return np.asarray(self.weight * np.exp(-self.hope) * -np.expm1(-y) + bonus)

    def slope(self, y: Floats) -> Floats:
        """What a little more is worth at y."""
        bonus = np.where(self.overdue & (y < FLOOR_HOPE), FLOOR_BONUS / FLOOR_HOPE, 0.0)
        return np.asarray(self.weight * np.exp(-self.hope - y) + bonus)

    def demand(self, price: Floats) -> Floats:
        """How much hope a seeker would take at that price: where the slope falls to it."""
        scale = self.weight * np.exp(-self.hope)
        with np.errstate(divide="ignore"):
            plain = np.maximum(0.0, np.log(scale / np.maximum(price, 1e-12)))
        with_bonus = (self.overdue) & (scale * np.exp(-FLOOR_HOPE) < price)
        first = np.where(price <= self.slope(np.zeros_like(price)), FLOOR_HOPE, 0.0)
        return np.where(with_bonus, first, plain)

    def taken(self, seekers: Ints) -> "Curve":
        """The curves of some of the seekers."""
        return Curve(self.weight[seekers], self.hope[seekers], self.overdue[seekers])

    def raised(self, hope: Floats) -> "Curve":
        """The curves when that much more hope is already there; the bonus may be won by it."""
        return Curve(self.weight, self.hope + hope, self.overdue & (hope < FLOOR_HOPE))


@dataclass(frozen=True, slots=True)
class Best:
    """The best contact of each option at given prices: its worth, how many it asks for, and whom (padded)."""

    worth: Floats
    size: Ints
    seekers: Ints
    closeness: Floats

    def column(self, option: int) -> tuple[Ints, Floats]:
        """Seekers and closeness of one option's best contact."""
        size = int(self.size[option])
        return self.seekers[option, :size], self.closeness[option, :size]


class Block:
    """Options with the seekers each may ask for, kept by how many they are, so that numpy does the work."""

    def __init__(
        self,
        *,
        contact: Ints,
        minutes: Floats,
        probability: Floats,
        asked: Sequence[Ints],
        closeness: Sequence[Floats],
        seekers: int,
        size: int,
    ) -> None:
        self.contact, self.minutes, self.probability = contact, minutes, probability
        self.asked, self.closeness = asked, closeness
        self.seekers, self.size = seekers, size
        self.contacts = int(contact.max()) + 1 if len(contact) else 0
        sizes = np.arange(1, size + 1)
        shares = probability[:, None] * (1 - (1 - SUITS) ** sizes) / sizes
        self.hope: Floats = -np.log1p(-shares)
        self._groups = self._grouped()

    def _grouped(self) -> list[tuple[Ints, Ints, Floats]]:
        """Options of like degree together, padded with a seeker who pays nothing."""
        degrees = np.array([len(a) for a in self.asked], dtype=np.int64)
        groups = []
        low = 0
        for high in (8, 16, 32, 64, 128, 256, 512, 1 << 40):
            members = np.flatnonzero((degrees > low) & (degrees <= high))
            low = high
            if not len(members):
                continue
            width = max(self.size, int(degrees[members].max()))
            asked = np.full((len(members), width), self.seekers, dtype=np.int64)
            close = np.zeros((len(members), width))
            for row, option in enumerate(members.tolist()):
                asked[row, : degrees[option]] = self.asked[option]
                close[row, : degrees[option]] = self.closeness[option]
            groups.append((members, asked, close))
        return groups

    def best(self, price: Floats, *, mail: float = 0.0, minute: float = 0.0) -> Best:
        """The best searches of every option when hope costs seekers `price`, less what mails and minutes cost.

        Exact: for k searches together the best are the k with the highest price × closeness.
        """
        count = len(self.contact)
        worth = np.full(count, -np.inf)
        size = np.zeros(count, dtype=np.int64)
        chosen = np.full((count, self.size), self.seekers, dtype=np.int64)
        close = np.zeros((count, self.size))
        padded = np.append(price, -1.0)
        for members, asked, closeness in self._groups:
            paid = padded[asked] * closeness
            paid[asked == self.seekers] = -np.inf
            top = np.argpartition(-paid, self.size - 1, axis=1)[:, : self.size]
            order = np.argsort(-np.take_along_axis(paid, top, axis=1), axis=1, kind="stable")
            top = np.take_along_axis(top, order, axis=1)
            totals = np.cumsum(np.take_along_axis(paid, top, axis=1), axis=1) * self.hope[members]
            number = np.argmax(totals, axis=1)
            worth[members] = np.take_along_axis(totals, number[:, None], axis=1)[:, 0]
            size[members] = number + 1
            chosen[members] = np.take_along_axis(asked, top, axis=1)
            close[members] = np.take_along_axis(closeness, top, axis=1)
        cost = np.where(self.minutes > 0, minute * self.minutes, mail)
        return Best(worth - cost, size, chosen, close)

    def best_of(self, option: int, price: Floats) -> tuple[float, Ints, Floats]:
        """The same for one option: worth (costs not taken off), seekers, closeness."""
        asked, closeness = self.asked[option], self.closeness[option]
        paid = price[asked] * closeness
        top = np.argsort(-paid, kind="stable")[: self.size]
        totals = np.cumsum(paid[top]) * self.hope[option, : len(top)]
        number = int(np.argmax(totals))
        return float(totals[number]), asked[top[: number + 1]], closeness[top[: number + 1]]

    def taken(self, options: Ints) -> tuple["Block", Ints]:
        """Some of the options as a block of their own, and the seekers they ask for (outer numbers)."""
        seekers = (
            np.unique(np.concatenate([self.asked[o] for o in options])) if len(options) else np.array([], np.int64)
        )
        contacts = np.unique(self.contact[options])
        block = Block(
            contact=np.searchsorted(contacts, self.contact[options]),
            minutes=self.minutes[options],
            probability=self.probability[options],
            asked=[np.searchsorted(seekers, self.asked[o]) for o in options],
            closeness=[self.closeness[o] for o in options],
            seekers=len(seekers),
            size=self.size,
        )
        return block, seekers
