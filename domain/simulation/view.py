"""What an office can know on a Monday morning, and what a policy answers with. Nothing of the world's truth is here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Protocol

from domain.simulation.answering import Channel, Told


@dataclass(frozen=True)
class Past:
    """A contact that came to an end: when it was made, and what it brought; a call nobody took is not `reached`."""

    day: int
    channel: Channel
    asked: int
    answered: bool
    accepted: int
    reached: bool = True


@dataclass(frozen=True)
class KnownPoint:
    """A contact point that may be asked now; `hours` are published minutes of phone hours, Monday to Friday."""

    contact_point_id: int
    name: str
    plz2: int
    people: int  # therapists behind it
    has_mail: bool
    informed: bool
    hours: tuple[int, ...]
    told: Told | None
    past: tuple[Past, ...]

    @property
    def vain_calls(self) -> int:
        """Calls in a row nobody picked up."""
        return sum(1 for _ in takewhile(lambda past: not past.reached, reversed(self.past)))


@dataclass(frozen=True)
class OpenSearch:
    """A patient who waits; `since` is the day the search began."""

    search_id: int
    plz2: int
    since: int


@dataclass(frozen=True)
class OpenInquiry:
    """Asked and not answered yet."""

    contact_point_id: int
    searches: tuple[int, ...]
    day: int
    probability: float


@dataclass(frozen=True)
class Contact:
    """What a policy wants done: ask on a weekday (0 = Monday); `probability` is its own guess, handed back later."""

    contact_point_id: int
    channel: Channel
    searches: tuple[int, ...]
    weekday: int = 0
    probability: float = 0.0


@dataclass(frozen=True)
class View:
    """The office's knowledge.

    `fits` has, for each point that may be asked, its fitting searches with kilometres; `past` all contacts that came
    to an end, with whomever.
    """

    day: int
    searches: Sequence[OpenSearch]
    points: Sequence[KnownPoint]
    fits: Mapping[int, Mapping[int, float]]
    open_inquiries: Sequence[OpenInquiry]
    past: Sequence[Past]
    mails: int
    minutes: float
    minutes_per_call: float
    size: int


class Policy(Protocol):
    """A way to choose; one object lives through one run and may remember."""

    def week(self, view: View) -> Sequence[Contact]:
        """The contacts of the coming week, each contact point once at most."""
        ...
