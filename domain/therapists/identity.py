"""Who is the same therapist in two files: the same surname, PLZ and house number, or the same mailbox and name.

A shared mailbox makes nobody the same: by mailbox only a person of the same surname whose first names agree is
recognised, and an institution never is. Where no PLZ is known, a surname says nothing without mailbox or number. Two
people of one name stay two: what is known of them contradicts, or the record's mailbox or number tells which of them it
is about, or it is about neither. Source of the rule: directory-formats.md, identity.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from domain.acquisition.records import TherapistRecord
from domain.acquisition.text import fold_name, identity_key
from domain.geocoding.folding import fold_street
from domain.values import Sex

T = TypeVar("T")


def key_of(record: TherapistRecord) -> str:
    """Surname, PLZ and house number of a record."""
    return identity_key(record.last_name, record.plz, record.house_number)


@dataclass(frozen=True, slots=True)
class Identity:
    """What somebody is recognised by.

    `numbers` are those they are called by, `streets` folded. `by_hand` names what a caseworker entered ("email",
    "phone", "street"): it may tell who somebody is, but contradicts no directory. `alias`: a further name of somebody.
    """

    last_name: str
    first_name: str
    sex: str
    email: str
    is_institution: bool
    numbers: frozenset[str] = frozenset()
    streets: frozenset[str] = frozenset()
    by_hand: frozenset[str] = frozenset()
    alias: bool = False


def numbers_of(*numbers: str) -> frozenset[str]:
    """Those that are known."""
    return frozenset(numbers) - {""}


def streets_of(streets: Iterable[str]) -> frozenset[str]:
    """Those that are known, folded."""
    return frozenset(fold_street(street) for street in streets if street)


def first_names_agree(one: str, other: str) -> bool:
    """Whether two first names contradict nothing: a missing second name or only an initial does not."""
    mine, others = fold_name(one).split()[:1], fold_name(other).split()[:1]
    if not mine or not others or mine == others:
        return True
    short, long = sorted((mine[0], others[0]), key=len)
    return len(short) == 1 and long.startswith(short)


def _agree(record: TherapistRecord, known: Identity) -> bool:
    """Whether first name and sex contradict nothing, nor, at another mailbox, two of street, mailbox and number."""
    if record.sex is not Sex.NOT_STATED and known.sex not in {Sex.NOT_STATED, record.sex}:
        return False
    if not first_names_agree(record.first_name, known.first_name):
        return False
    if record.email and record.email == known.email:
        return True
    other_street = bool(_street(record) and known.streets) and not _street(record) & known.streets
    if other_street and record.plz and not record.house_number and "street" not in known.by_hand:
        return False  # without a number only the street tells one house from another
    against = {
        "street": other_street,
        "email": bool(record.email and known.email) and record.email != known.email,
        "phone": bool(_numbers(record) and known.numbers) and not _numbers(record) & known.numbers,
    }
    return sum(differs for name, differs in against.items() if name not in known.by_hand) < 2


def _numbers(record: TherapistRecord) -> frozenset[str]:
    return numbers_of(record.phone, record.mobile)


def _street(record: TherapistRecord) -> frozenset[str]:
    return streets_of([record.street])


def _reached_alike(record: TherapistRecord, known: Identity) -> bool:
    """Whether they share a mailbox or a number, or of neither any is known."""
    mine, others = _numbers(record) | {record.email}, known.numbers | {known.email}
    return bool((mine & others) - {""}) or not (mine | others) - {""}


@dataclass(frozen=True, slots=True)
class _Fitting(Generic[T]):
    """Somebody a record may be about; `there` where they are known at its address, not by the mailbox only."""

    known: Identity
    person: T
    there: bool


# what tells two apart whom a record fits alike, the surest first
_TELLING: tuple[Callable[[TherapistRecord, _Fitting[Any]], bool], ...] = (
    lambda record, fits: bool(record.email) and record.email == fits.known.email,
    lambda record, fits: bool(_numbers(record) & fits.known.numbers),
    lambda _, fits: fits.there,
    lambda record, fits: fold_name(record.first_name) == fold_name(fits.known.first_name),
    lambda record, fits: bool(_street(record) & fits.known.streets),
    lambda _, fits: not fits.known.alias,
)


@dataclass(slots=True)
class Register(Generic[T]):
    """People already there, to look records up in; where two fit alike, nobody is found."""

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
        fitting = [
            _Fitting(identity, person, there=True)
            for identity, person in self._by_key.get(key_of(record), ())
            if _agree(record, identity) and (record.plz or _reached_alike(record, identity))
        ]
        if record.email and record.first_name and not record.is_institution:
            named = self._by_mailbox.get((record.email, fold_name(record.last_name)), ())
            fitting += [_Fitting(known, person, there=False) for known, person in named if _agree(record, known)]
        for tells in _TELLING:
            if len({id(fits.person) for fits in fitting}) < 2:
                break
            fitting = [fits for fits in fitting if tells(record, fits)] or fitting
        found = {id(fits.person): fits.person for fits in fitting}
        return next(iter(found.values())) if len(found) == 1 else None
