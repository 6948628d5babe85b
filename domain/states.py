"""State machines as tables: which state may follow which. What is not listed is an error (domain.md)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from domain.errors import Conflict

S = TypeVar("S", bound=StrEnum)


class Machine(Generic[S]):
    """The listed transitions of one kind of record.

    `name` appears in the code of the error, e.g. ``place_search.transition``.
    """

    def __init__(self, name: str, transitions: Mapping[S, frozenset[S]]) -> None:
        self.name = name
        self.transitions = dict(transitions)

    def allows(self, before: S, after: S) -> bool:
        """Whether `after` may follow `before`."""
        return after in self.transitions.get(before, frozenset())

    def check(self, before: S, after: S) -> None:
        """Raise Conflict when the transition is not listed: the record is not where the caller saw it."""
        if not self.allows(before, after):
            raise Conflict(f"{self.name}.transition", before=before.value, after=after.value)
