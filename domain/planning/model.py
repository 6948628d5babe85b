"""What the weekly plan is asked and what it answers.

problem  = seekers (open searches) · options (ways to ask a contact point) · arcs (who may be asked for whom)
plan     = at most one contact per contact point, each for 1–`size` seekers, within mails and minutes
"""

from collections.abc import Sequence
from dataclasses import dataclass

URGENCY_WEIGHT = 0.5  # a step of urgency counts half a patient more (domain.md: urgency above)
WEEK_WEIGHT = 0.02  # and a week of waiting a fiftieth, up to a year: among equals the longest waiting first
SUITS = 0.7  # how often a practice with a free place takes the one person offered (assumption)


@dataclass(frozen=True, slots=True)
class Seeker:
    """An open search. `weight` is what its success counts; `hope` is −ln(1 − p) of the inquiries already open.

    `overdue`: one of those waiting longest, whom the plan must not leave out.
    """

    search_id: int
    weight: float = 1.0
    hope: float = 0.0
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """A way to ask: a person at a contact point over a channel, with the chance (0–1) that it brings a place.

    `minutes` of calling it costs; 0 is a mail and counts against the number of mails.
    """

    therapist_id: int
    contact_point_id: int
    channel: str
    probability: float
    minutes: float = 0.0
    lat: float = 0.0
    lon: float = 0.0


@dataclass(frozen=True, slots=True)
class Arc:
    """A search and a therapist between whom no hard rule stands.

    `closeness` (0–1] is what a place there is worth to the patient: 1 next door, less far away.
    """

    search_id: int
    therapist_id: int
    closeness: float = 1.0


@dataclass(frozen=True, slots=True)
class Budget:
    """What a week allows: mails, minutes of calling, and patients per inquiry."""

    mails: int
    minutes: float
    size: int = 6


@dataclass(frozen=True, slots=True)
class PlannedContact:
    """One contact of the plan: whom to ask, how, for which searches; `gain` is what it adds to the expectation."""

    option: Option
    searches: tuple[int, ...]
    gain: float


@dataclass(frozen=True, slots=True)
class WeekPlan:
    """The contacts; how many patients get at least one acceptance in expectation; and how good a plan can be.

    `value` is what is maximised (weights, closeness and the floor for those waiting longest counted in), `bound` what
    no plan over the same arcs can exceed, `gap` = 1 − value / bound.
    """

    contacts: tuple[PlannedContact, ...]
    expected: float
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """The share of the bound that is not reached, 0–1."""
        return 0.0 if self.bound <= 0 else max(0.0, 1 - self.value / self.bound)


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything a plan is made from. Options and arcs name therapists and searches by their ids."""

    seekers: Sequence[Seeker]
    options: Sequence[Option]
    arcs: Sequence[Arc]
    budget: Budget


def share(probability: float, size: int) -> float:
    """The chance of one patient among `size` asked for together, when the practice has one place to give.

    With a free place (`probability`) it takes one of those who suit; each suits with SUITS.
    """
    return float(probability * (1.0 - (1.0 - SUITS) ** size) / size)


def weight(*, urgency: int, waited_days: float) -> float:
    """What the success of a search counts: 1 for somebody new and not urgent."""
    return 1 + URGENCY_WEIGHT * urgency + WEEK_WEIGHT * min(52.0, waited_days / 7)
