"""What a person wants of a file's changes: record by record and field by field. Free of Qt."""

from collections import Counter
from collections.abc import Iterable, Sequence

from domain.therapists.changes import Became, Choice, RecordChange

LOCKED = "locked"  # shown among the kinds of change: a difference a lock keeps back
LIKE = "like"  # somebody new who may be somebody known
KINDS = (*Became, LIKE, LOCKED)


class Selection:
    """At first everything is wanted but nobody is retired: a file may merely not have looked there.

    Nor is anybody wanted who may have objected: whoever takes them ticks that very row.
    """

    def __init__(self, changes: Sequence[RecordChange]) -> None:
        self.changes = tuple(changes)
        self._off = {number for number, change in enumerate(changes) if change.became is Became.GONE or change.objected}
        self._fields_off: dict[int, set[str]] = {}
        self._kinds: dict[str, list[int]] = {kind: [] for kind in KINDS}
        for number, change in enumerate(changes):
            for kind in kinds_of(change):
                self._kinds[kind].append(number)

    def numbers(self, kind: str = "") -> list[int]:
        """The places of all changes, or of one kind of KINDS."""
        return self._kinds[kind] if kind else list(range(len(self.changes)))

    def counts(self) -> Counter[str]:
        """How many there are of each kind; a record with locked differences counts for these, too."""
        return Counter({kind: len(numbers) for kind, numbers in self._kinds.items()})

    def may_choose(self, number: int) -> bool:
        """Whether there is anything to take."""
        return self.changes[number].became is not Became.UNCHANGED

    def takes(self, number: int) -> bool:
        """Whether a record is taken, perhaps in part."""
        return self.may_choose(number) and number not in self._off

    def is_part(self, number: int) -> bool:
        """Whether a record is taken without some of its fields."""
        return self.takes(number) and bool(self._fields_off.get(number))

    def takes_field(self, number: int, name: str) -> bool:
        """Whether a field of a record is taken."""
        return self.takes(number) and name not in self._fields_off.get(number, ())

    def may_choose_field(self, number: int) -> bool:
        """Somebody new comes whole, and who is gone is gone."""
        return self.changes[number].became in {Became.CHANGED, Became.MOVED}

    def take(self, numbers: Iterable[int], *, wanted: bool) -> None:
        """Take or leave whole records; of many at once those who may have objected are only left."""
        chosen = list(numbers)
        for number in chosen:
            if not self.may_choose(number) or (wanted and len(chosen) > 1 and self.changes[number].objected):
                continue
            self._fields_off.pop(number, None)
            if wanted:
                self._off.discard(number)
            else:
                self._off.add(number)

    def take_field(self, number: int, name: str, *, wanted: bool) -> None:
        """Take or leave one field; a record none of whose fields is wanted is left."""
        if not self.may_choose_field(number):
            return
        names = {field.name for field in self.changes[number].fields}
        off = set(names) if number in self._off else self._fields_off.get(number, set())
        off = off - self._together(number, name) if wanted else off | self._together(number, name)
        self._off.discard(number)
        self._fields_off.pop(number, None)
        if off >= names:
            self._off.add(number)
        elif off:
            self._fields_off[number] = off

    def _together(self, number: int, name: str) -> set[str]:
        """A new address comes whole or not at all."""
        fields = {field.name for field in self.changes[number].fields}
        moved = self.changes[number].became is Became.MOVED
        return fields & ADDRESS if moved and name in ADDRESS else {name}

    def wanted(self) -> int:
        """How many records are taken."""
        return len(self.changes) - len(self._kinds[Became.UNCHANGED]) - len(self._off)

    def is_all_known(self) -> bool:
        """Whether there is nothing to choose: everybody is known as the file says."""
        return len(self._kinds[Became.UNCHANGED]) == len(self.changes)

    def choice(self) -> Choice:
        """The same as the import understands it."""
        away = [number for number in sorted(self._off) if self.changes[number].became is not Became.GONE]
        return Choice(
            skipped_rows=frozenset(self.changes[number].row for number in away),
            skipped_fields={self.changes[number].row: frozenset(off) for number, off in self._fields_off.items()},
            gone=frozenset(
                change.therapist_id
                for number, change in enumerate(self.changes)
                if change.became is Became.GONE and number not in self._off
            ),
            despite=frozenset(
                change.row
                for number, change in enumerate(self.changes)
                if change.objected is not None and number not in self._off
            ),
        )


ADDRESS = frozenset({"street", "house_number", "addition", "plz", "city", "accessible", "address"})


def kinds_of(change: RecordChange) -> tuple[str, ...]:
    """The kinds (KINDS) a change is found under."""
    return (
        change.became.value,
        *([LIKE] if change.like or change.objected else []),
        *([LOCKED] if change.locked else []),
    )
