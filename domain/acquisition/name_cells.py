"""What the parts of a name's cell are, and whether they are one person's. Pure; knows no institution.

A cell comes parted: into pieces by signs that stand between people ("/", "und"), these at commas, these into words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from domain.acquisition.name_words import CALLED, FIRST_NAMES_AND_PLACES, Kind, kind, titles
from domain.acquisition.text import PARTICLES
from domain.geocoding.plz_data import known_places

_AROUND = '*!?:"„“”…'
_INITIALS = frozenset({"M.A.", "B.A."})  # or a title
_BEGIN = PARTICLES | {"al", "el", "abu", "ter", "ten", "zum", "dos", "af"}
_NOBLE = frozenset({"freiherr", "freifrau", "graf", "gräfin", "baron", "baronin"})
_JUNIOR = frozenset({"jun.", "jr.", "sen.", "sr.", "junior", "senior"})


@dataclass(slots=True)
class _Part:
    """What stands between two commas: names and titles in order, the rest as what it says of the whole cell."""

    words: Sequence[str]
    behind: bool  # not the cell's first
    worked: bool  # a profession stands before it, later: or in it
    after_all: bool  # first name and surname stand before it
    names: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    salutation: str = ""
    titled: bool = False  # before the first name
    doubtful: bool = False  # a name may be a profession
    beside: bool = False  # something stands here that is no name
    several: bool = False
    numbered: bool = False  # as an address is
    torn: int = 0  # so many names stand before a title that others follow

    def read(self) -> "_Part":
        """Word by word, up to where no name can stand any more."""
        at = self._salutation()
        gap: Kind | None = None  # what stands between two names
        field_first = for_what = False
        while at < len(self.words):
            if found := self._titles(at):
                self.titles += found
                self.titled |= not self.names
                gap, at = Kind.TITLE, at + len(found)
                continue
            word = self.words[at]
            at += 1
            what = self._kind(word, at, for_what=for_what)
            if what is Kind.NAME:
                self._name(word, gap=gap, field_first=field_first)
                gap, for_what = None, False
                continue
            self.beside = True
            if what is Kind.ASIDE:
                break
            if what is Kind.FIELD:
                field_first |= not (self.worked or self.titles or self.names)
            self.worked |= what is Kind.WORK
            self.several |= what is Kind.NOBODY
            for_what |= what is Kind.FOR
            gap = what
        return self

    def _kind(self, word: str, after: int, *, for_what: bool) -> Kind:
        """What a word is where it stands: a surname, too, may be a profession, a number begins a list's line."""
        what, last = kind(word), after == len(self.words)
        if what is Kind.NAME and self.after_all and word.islower():
            what = Kind.ASIDE  # "Anna Kern, telefonisch"
        elif what is Kind.MAYBE:
            is_field = for_what or (self.behind and self.worked and not self.names and not last)
            self.doubtful |= not is_field
            what = Kind.FIELD if is_field else Kind.NAME
        elif what is Kind.FOR:
            if self.names and kind(self.names[-1]) is Kind.MAYBE:  # "Arzt für"
                self.names.pop()
                self.worked = True
            what = Kind.FOR if self.worked or not self.names else Kind.ASIDE
        elif what is Kind.ASIDE and not last and kind(self.words[after]) is Kind.FIELD:
            what = Kind.FIELD  # "in Ausbildung"
        elif what is Kind.NUMBER:
            self.numbered = self.behind or bool(self.names)
            what = Kind.ASIDE if self.names else what
        elif (what is Kind.MORE and (self.names or not self.behind)) or (what is Kind.NOBODY and (self.names or last)):
            what = Kind.NAME
        return what

    def _salutation(self) -> int:
        first = self.words[0].removesuffix(".")
        if first not in CALLED or (len(self.words) == 1 and not (self.behind and first in CALLED.values())):
            return 0  # "Herr, Anna" is a surname
        self.salutation = CALLED[first]
        return 1

    def _titles(self, at: int) -> list[str]:
        """The titles there; what may be a name is one only behind names, or before them."""
        found, word = titles(self.words, at), self.words[at]
        if not found or not self.names or found[0] not in _INITIALS:
            return found
        ends = at + len(found) == len(self.words)
        return found if ends and ("." in word or len(self.names) > 1 or self.behind) else []

    def _name(self, word: str, *, gap: Kind | None, field_first: bool) -> None:
        if not self.names:
            self.several |= field_first  # a house: "Psychotherapie Kern"
        elif gap is Kind.TITLE and not self.torn:
            self.torn = len(self.names)
        elif gap is not None and gap is not Kind.SIGN:
            self.several = True
        self.names.append(word.strip(_AROUND) or word)

    def drop(self, count: int) -> None:
        """The last of the names are none."""
        del self.names[len(self.names) - count :]
        self.beside = True

    @property
    def is_surname(self) -> bool:
        """Whether no first name can stand here."""
        return len(self.names) == 1 or bool(self.torn) or self.names[0].lower() in _BEGIN | _NOBLE

    @property
    def is_full(self) -> bool:
        """Whether first name and surname may stand here, so that another such part is another person."""
        return not self.is_surname and not _is_initial(self.names[-1]) and self.names[-1] not in PARTICLES

    @property
    def is_two(self) -> bool:
        """Whether a title between the names parts two people: in "Kern Dr. Anna" it does not."""
        before, after = self.names[: self.torn], self.names[self.torn :]
        one = len(before) == 1 or (before and before[0].lower() in _BEGIN)
        return not (one and all(map(_is_initial, after[1:])))


class Cell:
    """Somebody's name as it is written, or several people's."""

    def __init__(self, pieces: Sequence[Sequence[Sequence[str]]]) -> None:
        worked = False
        after_all = False
        self._pieces: list[list[_Part]] = []
        for piece in pieces:
            self._pieces.append([])
            for words in piece:
                behind = len(self._pieces) > 1 or bool(self._pieces[0])
                part = _Part(words, behind=behind, worked=worked, after_all=after_all).read()
                worked, after_all = part.worked, after_all or (bool(part.names) and part.is_full)
                self._pieces[-1].append(part)
        self._parts = [part for piece in self._pieces for part in piece]
        if any(part.doubtful for part in self._parts):
            self._without_fields()
        self._named = [named for piece in self._pieces if (named := [part for part in piece if part.names])]

    def _without_fields(self) -> None:
        """What may be a surname is none in a part of its own, or where a field goes on behind a sign."""
        for piece, after in zip(self._pieces, [*self._pieces[1:], None], strict=False):
            goes_on = after is not None and kind(after[0].words[0]) in (Kind.WORK, Kind.FIELD, Kind.MAYBE)
            for part in piece:
                maybe = sum(1 for _ in takewhile(lambda word: kind(word) is Kind.MAYBE, reversed(part.names)))
                ends = part is piece[-1] and goes_on
                if maybe == len(part.names):
                    if part.behind or ends:
                        part.drop(maybe)
                elif maybe and ends and (len(part.names) - maybe > 1 or part.names[-1].endswith("-")):
                    part.drop(maybe)

    @property
    def of_several(self) -> bool:
        """Whether it may name more than one person, or names a house."""
        called = 0
        for part in self._parts:
            called += bool(part.salutation)
            if part.several or called > 1 or (part.torn and part.is_two):
                return True
        if not self._named:
            return False
        first, *others = self._named
        # behind name and first name stand places: "Kern, Anna, Aachen / Düren"
        placed = len(first) > 2 and all(len(other) == 1 and not _is_called(other[0]) for other in others)
        if (others and not placed) or any(_is_called(part) or part.titled for part in first[2:]):
            return True
        if len(first) == 1:
            return False
        one, two = first[:2]
        if (one.titled or one.is_full) and (two.titled or two.salutation):
            return True
        return one.is_full and two.is_full and not self._is_placed

    @property
    def is_beside(self) -> bool:
        """Whether anything is written but titles and a salutation."""
        return any(part.beside for part in self._parts)

    @property
    def titles(self) -> str:
        """All titles, in their order."""
        return " ".join(title for part in self._parts for title in part.titles)

    @property
    def salutation(self) -> str:
        """As it is written; else empty."""
        return next((part.salutation for part in self._parts if part.salutation), "")

    @property
    def _is_placed(self) -> bool:
        """Whether a place or an address stands behind the whole name: "Anna Kern, Aachen"."""
        one, two = self._named[0][:2]
        place = " ".join(two.words)
        is_place = place not in FIRST_NAMES_AND_PLACES and place in known_places()
        return (one.is_full and (two.numbered or is_place)) or (one.titled and is_place)

    @property
    def name(self) -> tuple[str, str]:
        """Surname and first names; empty where there is none."""
        if not self._named:
            return "", ""
        first = self._named[0]
        if len(first) == 1 or self._is_placed:
            return _last_and_first(first[0])
        # "Heide, Anna von der" as lists sorted by surname have it
        last, given = first[0].names, first[1].names
        at = len(given)
        while at > 1 and (given[at - 1] in PARTICLES or (at < len(given) and given[at - 1].lower() in _NOBLE)):
            at -= 1
        return " ".join([*given[at:], *last]), " ".join(given[:at])


def _last_and_first(part: _Part) -> tuple[str, str]:
    """Surname and first names; a particle begins the surname, which is one word otherwise."""
    words = part.names
    end = len(words) - 1 if len(words) > 1 and words[-1].lower() in _JUNIOR else len(words)
    at = part.torn or _surnames_first(words)
    if at:
        return " ".join(words[:at]), " ".join(words[at:])
    at = end - 1
    for n, word in enumerate(words[: end - 1]):
        if word.lower() in _BEGIN and (n or word.islower()):
            at = n - 1 if n and words[n - 1].lower() in _NOBLE else n
            break
    return " ".join(words[at:]), " ".join(words[:at])


def _surnames_first(words: Sequence[str]) -> int:
    """How many words of surnames stand first as their writing tells: "KERN Anna", "Kern A."; else 0."""
    if words[0].isupper():
        loud = sum(1 for _ in takewhile(lambda word: word.isupper() and len(word) > 2 and not _is_initial(word), words))
        if 0 < loud < len(words) and not any(word.isupper() for word in words[loud:]):
            return loud
    if len(words) > 1 and _is_initial(words[-1]):
        return len(words) - sum(1 for _ in takewhile(_is_initial, reversed(words)))
    return 0


def _is_initial(word: str) -> bool:
    """One letter, or several with points: "A.", "J.-P."."""
    return len(word) == 1 or all(len(letter.strip("-")) < 2 for letter in word.split("."))


def _is_called(part: _Part) -> bool:
    """Whether a part behind a whole name is somebody: a place is one word without title."""
    return bool(part.salutation or part.titles or len(part.names) > 1)
