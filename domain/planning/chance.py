"""The expected answer: how likely an inquiry to a contact point brings an acceptance or a first talk.

    expected = P(answers) · P(place | answer), each the mean (m·W + Σ wᵢ·sᵢ) / (W + Σ wᵢ) of a Beta distribution

`W` = PRIOR_WEIGHT inquiries stand behind each prior `m`; an earlier inquiry `i` counts with
`wᵢ` = ½^(age / HISTORY_HALF_LIFE_DAYS). Silence and refusal are told apart: every inquiry teaches whether the contact
point answers, only an answered one whether it has places. Asked without history, one person behind a mailbox comes to
the office's prior (default 0.15, domain.md: one inquiry in four is answered, so six answers in ten bring something);
of several persons any may have a place. What is known today moves the priors in log-odds:

    P(answers)          office, channel, weekday   learned from the office's own inquiries (`office_lift`, `lift`)
    P(place | answer)   office, capacity, promise  learned (`person_lift`); what was said fades with its half-life

In the simulation (domain/simulation) telling silence from refusal and counting the persons shortened the wait.
The database ranks with the same formula (domain/matching/expected.py); a test holds the two together.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PRIOR_WEIGHT = 10.0
ANSWER_PRIOR = 0.25  # one inquiry in four is answered (domain.md)
MOST_LIKELY = 0.95  # a prior for places is never surer, however many persons and however high the office's prior
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
    """A Beta distribution of the probability that an inquiry succeeds: that of the two parts, by mean and variance."""

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


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier inquiry: its age in days, whether it was answered at all, and whether it brought something."""

    age: float
    answered: bool
    succeeded: bool


def place_prior(prior: float, people: float, *, person_shift: float = 0.0) -> float:
    """How likely an answer brings something when `people` persons share the mailbox (at least one).

    `person_shift` moves what one of them brings, in log-odds (`person_lift`).
    """
    one = expit(logit(min(MOST_LIKELY, prior / ANSWER_PRIOR)) + person_shift)
    return float(min(MOST_LIKELY, 1 - (1 - one) ** max(1.0, people)))


def expected(
    prior: float,
    history: Sequence[Past],
    *,
    people: int = 1,
    answer_shift: float = 0.0,
    person_shift: float = 0.0,
    place_shift: float = 0.0,
) -> Chance:
    """The chance of one more inquiry; the shifts are in log-odds."""
    weights = [(0.5 ** (past.age / HISTORY_HALF_LIFE_DAYS), past) for past in history]
    return combined(
        prior,
        trials=sum(weight for weight, _ in weights),
        answered=sum(weight for weight, past in weights if past.answered),
        successes=sum(weight for weight, past in weights if past.succeeded),
        people=people,
        answer_shift=answer_shift,
        person_shift=person_shift,
        place_shift=place_shift,
    )


def combined(
    prior: float,
    *,
    trials: float,
    answered: float,
    successes: float,
    people: int,
    answer_shift: float,
    person_shift: float,
    place_shift: float,
) -> Chance:
    """The same from weighted sums of inquiries, answered ones, and those that brought something."""
    answers = _updated(expit(logit(ANSWER_PRIOR) + answer_shift), answered, trials)
    places = _updated(
        expit(logit(place_prior(prior, people, person_shift=person_shift)) + place_shift), successes, answered
    )
    mean = answers.mean * places.mean
    variance = (_variance(answers) + answers.mean**2) * (_variance(places) + places.mean**2) - mean**2
    weight = mean * (1 - mean) / variance - 1
    return Chance(mean * weight, (1 - mean) * weight)


def _updated(mean: float, successes: float, trials: float) -> Chance:
    return Chance(mean * PRIOR_WEIGHT + successes, (1 - mean) * PRIOR_WEIGHT + trials - successes)


def _variance(chance: Chance) -> float:
    return chance.mean * (1 - chance.mean) / (chance.alpha + chance.beta + 1)


def capacity_shift(state: str, age_days: float) -> float:
    """What a note on free places of that age in days is worth today, in log-odds; 0 for an unknown state."""
    return float(CAPACITY_SHIFT.get(state, 0.0) * 0.5 ** (max(age_days, 0.0) / CAPACITY_HALF_LIFE_DAYS))


def promise_shift(days_until: float) -> float:
    """What a promised day (waiting list until, places from) is worth; negative days are past. In log-odds."""
    if days_until > PROMISE_LEAD_DAYS:
        return BEFORE_PROMISE
    return float(AFTER_PROMISE * 0.5 ** (max(-days_until, 0.0) / CAPACITY_HALF_LIFE_DAYS))


def office_lift(*, trials: int, hits: int, prior: float) -> float:
    """How far the office's own experience lies from a prior, in log-odds; drawn towards 0 while there is little."""
    return logit((hits + LIFT_WEIGHT * prior) / (trials + LIFT_WEIGHT)) - logit(prior)


def person_lift(*, answered: int, successes: int, people: float, prior: float) -> float:
    """How far what one person behind a mailbox brings lies from the prior, in log-odds.

    Learned from answered inquiries to mailboxes of `people` persons on average.
    """
    share = (successes + LIFT_WEIGHT * place_prior(prior, people)) / (answered + LIFT_WEIGHT)
    one = 1 - (1 - share) ** (1 / max(1.0, people))
    return logit(one) - logit(min(MOST_LIKELY, prior / ANSWER_PRIOR))


def lift(*, trials: int, answered: int, all_trials: int, all_answered: int) -> float:
    """How a channel or weekday is answered beside all, in log-odds, drawn towards 0 where there are few."""
    overall = (all_answered + LIFT_WEIGHT * ANSWER_PRIOR) / (all_trials + LIFT_WEIGHT)
    own = (answered + LIFT_WEIGHT * overall) / (trials + LIFT_WEIGHT)
    return logit(own) - logit(overall)
