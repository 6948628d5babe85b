"""How likely two records are the same therapist, with the reasons. Pure arithmetic: no database, no German sentence.

Every observation adds its weight (a log-odds: how much more often it is seen in two records of one person than in two
of different persons); some observations decide alone. A name counts for more the rarer it is. Only an opinion:
a person decides. The weights were set on the tuning half of benchmarks/identity and measured on the other.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from domain.therapists.duplicates.evidence import Known, Reason, places, reached
from domain.therapists.duplicates.names import FirstName, Surname, compare_first_names, compare_surnames, folded

SURE = 0.9  # from here on a pair is called "sehr wahrscheinlich"
WORTH_SHOWING = 0.5
LARGE_ENOUGH = 200  # records from which on a register tells how rare a name is
PRIOR = -4.0  # of pairs worth comparing few are one person


@dataclass(frozen=True, slots=True)
class Comparison:
    """The probability that two records are one person, and what speaks for and against (codes, strongest first)."""

    score: float
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rarity:
    """How often names occur among all that are known, to tell Anna Müller from Ottilie Zschoche."""

    surnames: Mapping[str, int]
    first_names: Mapping[str, int]
    total: int

    @classmethod
    def of(cls, people: Iterable[Known]) -> "Rarity":
        """Count the names of everybody."""
        surnames: Counter[str] = Counter()
        first_names: Counter[str] = Counter()
        for known in people:
            surnames[" ".join(folded(known.last_name))] += 1
            first_names.update(folded(known.first_name)[:1])
        return cls(surnames, first_names, max(1, surnames.total()))

    def expected(self, known: Known) -> float:
        """How many others of that first name and surname are to be expected among all by chance."""
        last = self.surnames.get(" ".join(folded(known.last_name)), 1)
        first = self.first_names.get((folded(known.first_name) or ("",))[0], 1)
        return max(last - 1, 0.2) * max(first, 1) / self.total


WEIGHTS: Mapping[str, float] = {
    Surname.SAME: 2.2,
    Surname.CLOSE: 1.2,
    Surname.PART: 0.4,
    Surname.OTHER: -5.0,
    FirstName.SAME: 2.4,
    FirstName.SECOND: 2.0,
    FirstName.VARIANT: 1.2,
    FirstName.INITIAL: 0.5,
    FirstName.UNKNOWN: -1.4,
    Reason.ADDRESS_SAME: 2.2,
    Reason.HOUSE_SAME: 1.6,
    Reason.PLZ_SAME: 1.0,
    Reason.AREA_SAME: 0.3,
    Reason.ADDRESS_OTHER: -1.6,
    Reason.MAILBOX_OWN: 4.5,
    Reason.MAILBOX_SHARED: 1.3,
    Reason.MAILBOX_OTHER: -0.5,
    Reason.MOBILE_SAME: 3.6,
    Reason.PHONE_SAME: 1.8,
    Reason.PHONE_OTHER: -0.3,
    Reason.WEB_SAME: 1.2,
    Reason.LICENCE_OTHER: -1.6,
    Reason.NAME_RARE: 1.4,
    Reason.NAME_COMMON: -1.6,
}
# Two of one name who share a mailbox or a number: namesakes rarely do, colleagues of other names always.
NAMESAKES_SHARE = 1.8


def compare(one: Known, other: Known, rarity: Rarity | None = None) -> Comparison:
    """The probability that two records are one person, with its reasons."""
    if one.institution != other.institution:
        return Comparison(0.0, (), (Reason.INSTITUTION,))
    surname = compare_surnames(one.last_name, other.last_name)
    seen: list[str] = [surname, *places(one, other), *reached(one, other)]
    if one.institution:
        return _institutions(one, other, seen)
    first = compare_first_names(one.first_name, other.first_name)
    seen.append(first)
    if {one.sex, other.sex} in ({"female", "male"}, {"female", "diverse"}, {"male", "diverse"}):
        seen.append(Reason.SEX_OTHER)
    if "unknown" not in (one.licence, other.licence) and one.licence != other.licence:
        seen.append(Reason.LICENCE_OTHER)
    if (
        rarity is not None
        and rarity.total >= LARGE_ENOUGH
        and surname is Surname.SAME
        and first in {FirstName.SAME, FirstName.SECOND}
    ):
        expected = rarity.expected(one)
        if expected < 0.02:
            seen.append(Reason.NAME_RARE)
        elif expected > 0.2:
            seen.append(Reason.NAME_COMMON)
    one_name = surname in {Surname.SAME, Surname.CLOSE} and first in {FirstName.SAME, FirstName.SECOND}
    shared = one_name and {Reason.MAILBOX_SHARED, Reason.PHONE_SAME}.intersection(seen)
    return _weighed(seen, more=NAMESAKES_SHARE if shared else 0.0, limit=_limit(seen, surname, first))


def _limit(seen: list[str], surname: Surname, first: FirstName) -> float:
    """The most that may be said, however much agrees: what only a person can settle is never called sure."""
    own = {Reason.MAILBOX_OWN, Reason.MOBILE_SAME}.intersection(seen)
    here = {Reason.ADDRESS_SAME, Reason.HOUSE_SAME}.intersection(seen)
    if Reason.SEX_OTHER in seen or first is FirstName.OTHER:
        return 0.05  # two Müllers at one address are two people unless their first names agree
    if surname is Surname.OTHER:
        # a changed surname needs the same person behind it: own mailbox or mobile, the address and the first name
        certain = first in {FirstName.SAME, FirstName.SECOND} and bool(own) and bool(here)
        return 0.8 if certain else 0.05
    if surname is Surname.PART and not (own or here or Reason.PHONE_SAME in seen):
        return 0.3
    if first is FirstName.UNKNOWN and not (own or (here and Reason.PHONE_SAME in seen)):
        return 0.45
    return 1.0


def _institutions(one: Known, other: Known, seen: list[str]) -> Comparison:
    """Houses have no first names; their names are sentences whose words may stand in any order."""
    names = fuzz.token_set_ratio(" ".join(folded(one.last_name)), " ".join(folded(other.last_name)))
    if seen[0] == Surname.OTHER and names >= 90:
        seen[0] = Surname.CLOSE
    at_one_place = {Reason.ADDRESS_SAME, Reason.HOUSE_SAME, Reason.PHONE_SAME, Reason.MAILBOX_OWN}.intersection(seen)
    alike = seen[0] in {Surname.SAME, Surname.CLOSE}
    # of one name in two towns are two houses
    return _weighed([*seen, FirstName.SAME], limit=1.0 if alike and at_one_place else 0.1)


def _weighed(seen: list[str], *, limit: float, more: float = 0.0) -> Comparison:
    total = PRIOR + more + sum(WEIGHTS.get(code, 0.0) for code in seen)
    score = min(limit, 1 / (1 + math.exp(-total)))
    against = [code for code in seen if WEIGHTS.get(code, -9.0) < 0]
    speaking = [code for code in seen if WEIGHTS.get(code, -9.0) > 0]
    return Comparison(
        round(score, 4),
        tuple(sorted(speaking, key=lambda code: -WEIGHTS[code])),
        tuple(sorted(against, key=lambda code: WEIGHTS.get(code, -9.0))),
    )
