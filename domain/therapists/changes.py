"""What a file would do, or did, to therapists: record by record, field by field, and what a person wants of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Became(StrEnum):
    """What a record of a file is to what is known; `gone` is somebody known whom the file does not name any more."""

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"
    UNCHANGED = "unchanged"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after, as JSON has it (texts, lists, true/false, null); names as in ``therapist_field``."""

    name: str
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class Likeness:
    """Somebody known whom a new record may be, and how likely (0 to 1). An opinion: an import joins nobody on it."""

    therapist_id: int
    name: str
    place: str
    score: float


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One record of a file. `row` is its number there (0 for who is gone), `therapist_id` whom it is about.

    `locked` are differences that are shown and not applied, since a caseworker entered what is there. `accepted` says
    whether the change is (or would be) made; what did not change needs no acceptance. In a dry run the id of somebody
    new is only a number of that run. `second_site`: the address of somebody who moved became a further site, since the
    file is not newer than the address known or names that one, too. `objected`: somebody who objected (Art. 21 GDPR)
    and whom a new record may be; it is taken only when a person says so of that very row (`Choice.despite`).
    """

    row: int
    became: Became
    therapist_id: int
    name: str
    place: str
    fields: tuple[FieldChange, ...] = ()
    locked: tuple[FieldChange, ...] = ()
    accepted: bool = True
    second_site: bool = False
    like: tuple[Likeness, ...] = ()
    objected: Likeness | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person wants of a file: which kinds of change, without which rows and fields; and who is really gone.

    The default takes everything over but sets nobody inactive; `kinds` empty takes nothing. `despite` are rows that may
    be somebody who objected and are wanted all the same: another person, as somebody decided.
    """

    kinds: frozenset[Became] = frozenset({Became.NEW, Became.CHANGED, Became.MOVED})
    skipped_rows: frozenset[int] = frozenset()
    skipped_fields: Mapping[int, frozenset[str]] = field(default_factory=dict)
    gone: frozenset[int] = frozenset()
    despite: frozenset[int] = frozenset()

    def accepts(self, row: int, became: Became) -> bool:
        """Whether a record's change is wanted."""
        return became in self.kinds and row not in self.skipped_rows

    def skipped(self, row: int) -> frozenset[str]:
        """The fields of a record that are not wanted."""
        return self.skipped_fields.get(row, frozenset())


ALL = Choice()
NONE = Choice(kinds=frozenset())
