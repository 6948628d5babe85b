"""Which pairs are worth comparing: those that share something a directory rarely gets wrong. Pure.

Forty thousand people make 800 million pairs; one shared key (a number, a mailbox, a name in one area, a name at one
house) leaves some ten thousand. A key that hundreds share (a hotline) says nothing and is left out.
"""

from collections.abc import Container, Hashable, Iterator, Mapping

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


def candidate_pairs(
    people: Mapping[int, Known], *, about: Container[int] | None = None, beside_others: bool = False
) -> Iterator[tuple[int, int]]:
    """Every pair (smaller id first) that shares a key, each once; with `about` only those one of these is in.

    `beside_others` leaves out pairs both of whom are wanted. No other pair is built: forty thousand known cost one look
    at their keys.
    """
    blocks: dict[Hashable, list[int]] = {}
    mine: dict[int, list[list[int]]] = {}  # whose blocks: the lists themselves, which fill up meanwhile
    wanted = [number for number in people if about is None or number in about]
    for number in wanted:
        mine[number] = [blocks.setdefault(key, []) for key in set(keys_of(people[number]))]
    for number, known in people.items():
        held = mine.get(number)
        for block in held if held is not None else _shared(blocks, known):
            block.append(number)
    for number in wanted:
        others = {other for block in mine.pop(number) if len(block) <= LARGEST_BLOCK for other in block} - {number}
        for other in others:
            if about is None or other in about:
                # of two who are wanted the smaller one tells of both
                if number < other and not (about is not None and beside_others):
                    yield number, other
            else:
                yield min(number, other), max(number, other)


def _shared(blocks: Mapping[Hashable, list[int]], known: Known) -> Iterator[list[int]]:
    """The blocks that are already there of what somebody is looked up by."""
    return (blocks[key] for key in set(keys_of(known)) if key in blocks)


def share_a_key(one: Known, other: Known) -> bool:
    """Whether two would be compared at all."""
    return not set(keys_of(one)).isdisjoint(keys_of(other))
