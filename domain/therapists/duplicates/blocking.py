"""Which pairs are worth comparing: those that share something a directory rarely gets wrong. Pure.

Forty thousand people make 800 million pairs; one shared key (a number, a mailbox, a name in one area, a name at one
house) leaves some ten thousand. A key that hundreds share (a hotline) says nothing and is left out.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from itertools import combinations

from domain.acquisition.text import fold_house
from domain.therapists.duplicates.evidence import Known, is_mobile
from domain.therapists.duplicates.names import folded

LARGEST_BLOCK = 60


def keys_of(known: Known) -> Iterator[Hashable]:
    """What somebody is looked up by; two who share one are compared."""
    surname, first = folded(known.last_name), folded(known.first_name)
    if known.email:
        yield "mail", known.email
    for number in {known.phone, known.mobile} - {""}:
        yield ("mobile" if is_mobile(number) else "phone"), number, (first or ("",))[0][:1]
    for word in surname:
        if len(word) > 2:
            yield "name", word, (first or ("",))[0]
            yield "area", word, known.plz[:3]
    if known.plz and known.house_number:
        house = known.plz, fold_house(known.house_number)
        yield "house", *house, "".join(surname)[:2]
        if first:
            yield "first", *house, first[0]
    if surname and first:
        # a slip of the pen in the surname: its letters without the vowels, from the second on
        yield "sound", _sound("".join(surname)), first[0], known.plz[:2]


def _sound(name: str) -> str:
    kept = [name[0]]
    for letter in name[1:]:
        if letter not in "aeiouyhj" and letter != kept[-1]:
            kept.append(letter)
    return "".join(kept)


def candidate_pairs(people: Mapping[int, Known]) -> Iterator[tuple[int, int]]:
    """Every pair (smaller id first) that shares a key, each once."""
    blocks: dict[Hashable, list[int]] = defaultdict(list)
    for number, known in people.items():
        for key in set(keys_of(known)):
            blocks[key].append(number)
    seen: set[tuple[int, int]] = set()
    for members in blocks.values():
        if 1 < len(members) <= LARGEST_BLOCK:
            for pair in combinations(sorted(members), 2):
                if pair not in seen:
                    seen.add(pair)
                    yield pair


def share_a_key(one: Known, other: Known) -> bool:
    """Whether two would be compared at all."""
    return not set(keys_of(one)).isdisjoint(keys_of(other))
