"""The expected answer: how likely an inquiry to a contact point brings an acceptance or a first talk.

    a = m·W + Σ wᵢ·sᵢ      b = (1 − m)·W + Σ wᵢ·(1 − sᵢ)      expected = a / (a + b)

A Beta distribution. `W` = PRIOR_WEIGHT inquiries stand behind the prior `m`; each earlier inquiry `i` to the contact
point counts with `wᵢ` = ½^(age / HISTORY_HALF_LIFE_DAYS) and succeeded (`sᵢ` = 1) when anybody was accepted or offered
a first talk. The prior is the office's (default 0.15, domain.md), moved in log-odds by what is known today:

    logit(m) = logit(prior) + channel + weekday + capacity

`channel` and `weekday` are learned from the office's own inquiries (`lift`), `capacity` comes from what the practice
said of its places and fades (CAPACITY_SHIFT, half-life CAPACITY_HALF_LIFE_DAYS), or from the day it promised.
The database ranks with the same formula (domain/matching/expected.py); a test holds the two together.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PRIOR_WEIGHT = 10.0
HISTORY_HALF_LIFE_DAYS = 180.0
CAPACITY_HALF_LIFE_DAYS = 60.0
LIFT_WEIGHT = 50.0  # inquiries behind "no difference" when a channel or weekday is compared with all
# Shifts in log-odds; assumptions, checked against the simulation: +1.5 makes 15 % to 44 %, -1.5 makes it 4 %.
CAPACITY_SHIFT: Mapping[str, float] = {"free": 1.5, "waiting_list": -0.7, "full": -1.5, "list_closed": -2.0}
BEFORE_PROMISE = -2.0  # no place before the promised day
AFTER_PROMISE = 1.5
PROMISE_LEAD_DAYS = 14  # asked that many days before it, the promise counts as come


@dataclass(frozen=True, slots=True)
class Chance:
    """A Beta distribution of the probability that an inquiry succeeds."""

    alpha: float
    beta: float

    @property
    def mean(self) -> float:
        """The expected probability, 0–1."""
        return self.alpha / (self.alpha + self.beta)

    def interval(self, level: float = 0.8) -> tuple[float, float]:
        """The central credible interval of that level, as two probabilities."""
        from scipy.special import betaincinv

        tail = (1 - level) / 2
        return float(betaincinv(self.alpha, self.beta, tail)), float(betaincinv(self.alpha, self.beta, 1 - tail))


def logit(probability: float) -> float:
    """Log-odds of a probability strictly between 0 and 1."""
    return math.log(probability / (1 - probability))


def expit(log_odds: float) -> float:
    """The probability of log-odds."""
    return 1 / (1 + math.exp(-log_odds))


def expected(prior: float, history: Sequence[tuple[float, bool]], *, shift: float = 0.0) -> Chance:
    """The chance of one more inquiry; `history` holds (age in days, succeeded), `shift` is in log-odds."""
    moved = expit(logit(prior) + shift)
    weights = [(0.5 ** (age / HISTORY_HALF_LIFE_DAYS), succeeded) for age, succeeded in history]
    return Chance(
        alpha=moved * PRIOR_WEIGHT + sum(weight for weight, succeeded in weights if succeeded),
        beta=(1 - moved) * PRIOR_WEIGHT + sum(weight for weight, succeeded in weights if not succeeded),
    )


def capacity_shift(state: str, age_days: float) -> float:
    """What a note on free places of that age in days is worth today, in log-odds; 0 for an unknown state."""
    return float(CAPACITY_SHIFT.get(state, 0.0) * 0.5 ** (max(age_days, 0.0) / CAPACITY_HALF_LIFE_DAYS))


def promise_shift(days_until: float) -> float:
    """What a promised day (waiting list until, places from) is worth; negative days are past. In log-odds."""
    if days_until > PROMISE_LEAD_DAYS:
        return BEFORE_PROMISE
    return float(AFTER_PROMISE * 0.5 ** (max(-days_until, 0.0) / CAPACITY_HALF_LIFE_DAYS))


def lift(*, trials: int, successes: int, all_trials: int, all_successes: int, prior: float) -> float:
    """How a channel or weekday differs from all inquiries, in log-odds, drawn towards 0 where there are few."""
    overall = (all_successes + LIFT_WEIGHT * prior) / (all_trials + LIFT_WEIGHT)
    own = (successes + LIFT_WEIGHT * overall) / (trials + LIFT_WEIGHT)
    return logit(own) - logit(overall)
