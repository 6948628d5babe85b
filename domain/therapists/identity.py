"""Who is the same therapist in two files: the same surname, PLZ and house number, or the same mailbox and name.

A shared mailbox makes nobody the same: by mailbox only a person of the same surname whose first names agree is
recognised, and an institution never is. Source of the rule: directory-formats.md, identity.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from domain.acquisition.records import TherapistRecord
from domain.acquisition.text import fold_name, identity_key
from domain.values import Sex

T = TypeVar("T")


def key_of(record: TherapistRecord) -> str:
    """Surname, PLZ and house number of a record."""
    return identity_key(record.last_name, record.plz, record.house_number)


@dataclass(frozen=True, slots=True)
class Identity:
    """What somebody is recognised by."""

    last_name: str
    first_name: str
    sex: str
    email: str
    is_institution: bool


def _agree(record: TherapistRecord, known: Identity) -> bool:
    """Whether first name and sex contradict nothing: a missing second name or only an initial does not."""
    if record.sex is not Sex.NOT_STATED and known.sex not in {Sex.NOT_STATED, record.sex}:
        return False
    mine, other = fold_name(record.first_name).split(), fold_name(known.first_name).split()
    return not mine or not other or mine[0].startswith(other[0]) or other[0].startswith(mine[0])


@dataclass(slots=True)
class Register(Generic[T]):
    """People already there, to look records up in; the first who fits is the one."""

    _by_key: dict[str, list[tuple[Identity, T]]] = field(default_factory=lambda: defaultdict(list))
    _by_mailbox: dict[tuple[str, str], list[tuple[Identity, T]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, keys: set[str], identity: Identity, person: T) -> None:
        """Enter a person under their keys, and under their mailbox if they have one."""
        for key in keys:
            self._by_key[key].append((identity, person))
        if identity.email and identity.first_name and not identity.is_institution:
            self._by_mailbox[identity.email, fold_name(identity.last_name)].append((identity, person))

    def find(self, record: TherapistRecord) -> T | None:
        """The person a record speaks of, or None."""
        for identity, person in self._by_key.get(key_of(record), ()):
            if _agree(record, identity):
                return person
        if record.email and record.first_name and not record.is_institution:
            for identity, person in self._by_mailbox.get((record.email, fold_name(record.last_name)), ()):
                if _agree(record, identity):
                    return person
        return None
