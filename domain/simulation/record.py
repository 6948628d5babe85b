"""What a run leaves behind: each thing that happened, and how each search went."""

from dataclasses import dataclass
from enum import StrEnum

from domain.simulation.answering import Channel


class Kind(StrEnum):
    """What can happen."""

    CONTACT = "contact"
    UNREACHED = "unreached"
    REMINDER = "reminder"
    ANSWER = "answer"
    ACCEPTANCE = "acceptance"
    EXPIRY = "expiry"
    WITHDRAWAL = "withdrawal"
    TRIAL_FAILED = "trial_failed"
    LEFT = "left"


@dataclass(frozen=True)
class Act:
    """One thing that happened on a day; a contact point only where there is one."""

    day: int
    kind: Kind
    searches: tuple[int, ...]
    contact_point_id: int | None = None
    channel: Channel | None = None


@dataclass(frozen=True)
class Case:
    """A search's outcome: days from arrival until the acceptance that held, else until it was last seen waiting."""

    search_id: int
    arrived: int
    days: int
    placed: bool
    left: bool


@dataclass(frozen=True)
class Forecast:
    """What a policy expected of an inquiry (0-1), and whether it brought an acceptance."""

    expected: float
    happened: bool


@dataclass(frozen=True)
class RunResult:
    """One policy in one region under one seed."""

    cases: tuple[Case, ...]
    acts: tuple[Act, ...]
    forecasts: tuple["Forecast", ...] = ()

    def number(self, kind: Kind) -> int:
        """How often something happened."""
        return sum(act.kind is kind for act in self.acts)
