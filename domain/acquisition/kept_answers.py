"""Answers a directory's page received while a person searched: told apart, joined, kept in memory for review.

Whatever came is data of somebody else: measured before it is parsed, never executed. Nothing here asks anybody.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.acquisition.foreign_json import read_json, write_json
from domain.acquisition.reading import CUT_LENGTHS

MOST_BYTES = 5_000_000  # of one answer
MOST_PRACTICES = 20_000  # of one review
LIST, MORE = "arztPraxisDatas", "moreResults"
# what belongs to one query and not to the practice: two searches differ in it though nothing has changed
OF_THE_QUERY = frozenset({"id", "distance", "geoeffnet", "nteStart", "nteEnde"})


class Came(StrEnum):
    """What an answer was."""

    PRACTICES = "practices"
    EMPTY = "empty"
    CHANGED_SHAPE = "changed_shape"
    TOO_MUCH = "too_much"


@dataclass(frozen=True, slots=True)
class Told:
    """What one answer brought: entries in it, how many of them were not kept yet, and whether its list is cut."""

    came: Came
    entries: int = 0
    new: int = 0
    is_cut: bool = False


class KeptAnswers:
    """The answers of one window, until they are taken over or thrown away."""

    def __init__(self) -> None:
        self._entries: dict[str, object] = {}
        self._strange: list[bytes] = []
        self.cut_searches = 0
        self.largest_cut = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def strange(self) -> bytes:
        """The newest answer whose shape is not known; empty where every one was."""
        return self._strange[-1] if self._strange else b""

    def add(self, answer: bytes) -> Told:
        """Keep one answer."""
        if len(answer) > MOST_BYTES:
            return Told(Came.TOO_MUCH)
        found = _entries_of(answer)
        if found is None:
            self._strange = [answer]
            return Told(Came.CHANGED_SHAPE)
        entries, more = found
        if not entries:
            return Told(Came.EMPTY)
        fresh = {_mark(entry): entry for entry in entries}
        new = len(fresh.keys() - self._entries.keys())
        if len(self._entries) + new > MOST_PRACTICES:
            return Told(Came.TOO_MUCH, len(entries))
        # the newer one of two that are alike stands: its hours may be of a later week
        self._entries |= fresh
        is_cut = more or len(entries) in CUT_LENGTHS
        if is_cut:
            self.cut_searches += 1
            self.largest_cut = max(self.largest_cut, len(entries))
        return Told(Came.PRACTICES, len(entries), new, is_cut)

    def as_file(self) -> bytes:
        """Everything kept as one answer in the directory's own shape, as the import reads it.

        It counts as cut if one of the lists was: whoever is not in it may still be there.
        """
        return write_json({LIST: list(self._entries.values()), MORE: self.cut_searches > 0})

    @property
    def marks(self) -> frozenset[str]:
        """What is kept now, to be dropped when it was taken over."""
        return frozenset(self._entries)

    def drop(self, marks: Collection[str]) -> None:
        """Forget these; what came since they were counted stays."""
        for mark in marks:
            self._entries.pop(mark, None)
        self.cut_searches = self.largest_cut = 0

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._strange.clear()
        self.cut_searches = self.largest_cut = 0


def _entries_of(answer: bytes) -> tuple[list[object], bool] | None:
    """The entries of an answer and whether there are more; None where its shape is another."""
    try:
        content = read_json(answer)
    except (ValueError, RecursionError):
        return None
    entries = content.get(LIST) if isinstance(content, Mapping) else None
    if not isinstance(entries, list):
        return None
    # who has no name under the field we know is not read as a practice without a name: the shape has changed
    if entries and not any(isinstance(entry, Mapping) and entry.get("name") for entry in entries):
        return None
    return entries, content.get(MORE) is True


def _mark(entry: object) -> str:
    """What makes two entries the same: all they say of the practice, not of the query."""
    if isinstance(entry, Mapping):
        entry = {key: value for key, value in entry.items() if key not in OF_THE_QUERY}
    return hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()
