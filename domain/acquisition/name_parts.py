"""What stands between two commas of a name's cell, read word by word. Pure.

The rules look at the row of the words' letters (`Kind`): "Frau Dr. Anna Kern" is "CTNN".
"""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import ClassVar

from domain.acquisition.name_order import BEGIN, NOBLE, WHERE, is_given, is_initial
from domain.acquisition.name_words import Kind, kind, salutation, titles
from domain.acquisition.text import PARTICLES

_AROUND = '*!?:"„“”…'
_WITHIN = frozenset({"de", "del"})  # first names: "Maria del Carmen"
_INITIALS = frozenset({"M.A.", "B.A."})  # or a title
_BEGINS = BEGIN | NOBLE

_SEVERAL = re.compile(
    r"B"  # "Dres. Kern"
    r"|^[^WTN]*F.*N"  # a house: "Psychotherapie Kern"
    r"|N[^N]*[^NTS]N"  # "Anna Kern Psychotherapeutin Jan Berg"
    r"|N[^N]*TN.*TN"  # "Kern Dr. Anna Dr. Jan"
)
_TORN = re.compile(r"N[^N]*TN")  # "Kern Dr. Anna"
_TITLED = re.compile(r"[^N]*T")  # "Dr. Kern"
_NUMBERED = re.compile(r"N.*#")  # "Markt 5"


class Part:
    """What stands between two commas, word by word up to where no name can stand any more.

    `behind`: it is not the cell's first; `worked`: a profession stands before it, later: or in it; `after_all`: first
    name and surname stand before it. `row` has a letter for each word read; `names`, `titles` are what the letters N
    and T stand for, in their order, the latter, as the salutation, in its one spelling.
    """

    def __init__(self, words: Sequence[str], *, behind: bool, worked: bool, after_all: bool) -> None:
        self.words = words
        self.behind = behind
        self._before = Kind.WORK.value if worked else ""
        self.worked = worked
        self._after_all = after_all
        self.row = ""
        self.names: list[str] = []
        self.titles: list[str] = []
        self.salutation = ""
        self._read()

    def _read(self) -> None:
        at = 0
        while at < len(self.words):
            if found := self._titles(at):
                self.titles += found
                self.row += Kind.TITLE.value * len(found)
                at += len(found)
                continue
            word, what = self.words[at], self._kind(at)
            self.row += what.value
            at += 1
            if what is Kind.NAME:
                self.names.append(self._surname(word))
            elif what is Kind.CALLED:
                self.salutation = salutation(word)
            elif what is Kind.WORK:
                self.worked = True
            elif what is Kind.ASIDE or (what is Kind.NUMBER and self.names):
                break

    def _titles(self, at: int) -> list[str]:
        """The titles there; what may be a name is one only behind names, or before them."""
        found, word = titles(self.words, at), self.words[at]
        if not found or found[0] not in _INITIALS or not self.names:
            return found
        ends = at + len(found) == len(self.words)
        return found if ends and ("." in word or len(self.names) > 1 or self.behind) else []

    def _kind(self, at: int) -> Kind:
        """What a word is where it stands: some only tell by what is beside them."""
        what = kind(self.words[at])
        if self._is_salutation(at):
            return Kind.CALLED
        return self._BESIDE[what](self, at) if what in self._BESIDE else what

    def _name(self, at: int) -> Kind:
        word = self.words[at]
        if self.row.endswith(Kind.FOR.value):
            return Kind.FIELD  # "für Anästhesie"
        if not word.islower() or (word in PARTICLES and self.names):
            return Kind.NAME  # "García López, Maria del Carmen"
        is_mark = len(word) == 1 and at + 1 == len(self.words) and (self.behind or len(self.names) > 1)
        return Kind.ASIDE if self._after_all or is_mark else Kind.NAME  # "Anna Kern, telefonisch", "Anna Kern x"

    def _work(self, at: int) -> Kind:
        surname, hyphen, _ = self.words[at].partition("-")
        if hyphen and kind(surname) is Kind.NAME and not self.behind and self._waits:
            return Kind.NAME  # "Anna Kern-Psychotherapie"
        return kind(self.words[at])

    def _maybe(self, at: int) -> Kind:
        ends = at + 1 == len(self.words)
        # "für Kinder"; "Anna Kern, Therapeutin, Kinder Jugendliche"
        is_field = Kind.FOR.value in self.row or (self.behind and self.worked and not self.names and not ends)
        return Kind.FIELD if is_field else Kind.NAME

    def _for(self, _at: int) -> Kind:
        if self.names and kind(self.names[-1]) is Kind.MAYBE:  # "Arzt für"
            self._relabel(1, Kind.WORK)
            self.worked = True
        return Kind.FOR if self.worked or not self.names else Kind.ASIDE

    def _more(self, _at: int) -> Kind:
        return Kind.NAME if self.names or not self.behind else Kind.MORE  # "Anna Partner"; "Kern, Anna + Partner"

    def _nobody(self, at: int) -> Kind:
        return Kind.NAME if self.names or at + 1 == len(self.words) else Kind.NOBODY  # "Familie, Anna"; "Familie Kern"

    def _aside(self, at: int) -> Kind:
        rest = self.words[at + 1 :]
        if rest and kind(rest[0]) is Kind.FIELD:
            return Kind.FIELD  # "in Ausbildung"
        if self.words[at] not in WHERE:
            may_begin = not self.names or (self._waits and (self._after_all or not self.behind))
            return Kind.NAME if may_begin and self.words[at].lower() == "urlaub" else Kind.ASIDE  # "Anna Urlaub"
        if self.behind:  # "Smitten, Jan in der", "Anna Kern, Jan am Ende", not "Kern, Anna in Aachen"
            begins = bool(self.names) and (set(rest) <= PARTICLES or (self._after_all and self._waits))
        elif self.names:  # "Jan in der Smitten", not "Dr. Kern in Aachen"
            begins = self._waits
        else:  # "am Ende, Anna", "in der Smitten, Jan", not "bei Anna Kern"
            begins = not self.worked and sum(1 for word in rest if not word.islower()) == 1
        if begins:
            return Kind.NAME
        is_doubtful = len(self.names) == 1 and not (self.behind or self.worked or self.titles or self.salutation)
        return Kind.NOBODY if is_doubtful else Kind.ASIDE  # "Kern in Aachen": or a first name

    _BESIDE: ClassVar[Mapping[Kind, Callable[["Part", int], Kind]]] = {
        Kind.NAME: _name,
        Kind.WORK: _work,
        Kind.FIELD: _work,
        Kind.MAYBE: _maybe,
        Kind.FOR: _for,
        Kind.MORE: _more,
        Kind.NOBODY: _nobody,
        Kind.ASIDE: _aside,
    }

    @property
    def _waits(self) -> bool:
        """Whether only first names stand there yet."""
        return bool(self.names) and all(map(is_given, self.names))

    def _is_salutation(self, at: int) -> bool:
        """One before all, or behind a profession: "Psychotherapeutin Frau Kern"; "Herr, Anna" is a surname.

        Behind a whole name it is another's: "Anna Kern Frau Eva Berg".
        """
        if not salutation(self.words[at]) or (len(self.names) < 2 and (self.names or self.titles)):
            return False
        if len(self.words) > 1:
            return at + 1 < len(self.words)
        return self.behind and self.words[at].capitalize() == salutation(self.words[at])  # "Anna Kern, Frau"

    @staticmethod
    def _surname(word: str) -> str:
        if kind(word) in (Kind.WORK, Kind.FIELD):
            return word.partition("-")[0]  # "Kern-Psychotherapie"
        return word.strip(_AROUND) or word

    def _relabel(self, count: int, what: Kind) -> None:
        """The last of the names are none."""
        for _ in range(count):
            self.names.pop()
            before, _, behind = self.row.rpartition(Kind.NAME.value)
            self.row = before + what.value + behind

    def without_fields(self, *, goes_on: bool) -> None:
        """What may be a surname is none in a part of its own, or where a field goes on behind the sign at its end."""
        names = self.names
        maybe = sum(1 for _ in takewhile(lambda word: kind(word) is Kind.MAYBE, reversed(names)))
        if maybe == len(names):
            is_field = self.behind or goes_on  # "Kern, Anna, Kinder"; "Kinder- / Jugendlichenpsychotherapeutin Kern"
        else:  # "Anna Kern Kinder / Jugendliche"
            is_field = goes_on and (len(names) - maybe > 1 or names[-1].endswith("-"))
        if is_field:
            self._relabel(maybe, Kind.FIELD)

    @property
    def torn(self) -> int:
        """How many names stand before a title that others follow: of "Kern Dr. Anna" one."""
        found = _TORN.search(self.row)
        return self.row[: found.start() + 1].count(Kind.NAME.value) if found else 0

    @property
    def is_titled(self) -> bool:
        """Whether a title stands before the names."""
        return _TITLED.match(self.row) is not None

    @property
    def is_numbered(self) -> bool:
        """Whether it is, as an address is."""
        return (self.behind and Kind.NUMBER.value in self.row) or _NUMBERED.search(self.row) is not None

    @property
    def is_full(self) -> bool:
        """Whether first name and surname may stand here, so that another such part is another person."""
        names = self.names
        return not (
            len(names) == 1
            or self.torn  # "Kern Dr. Anna"
            or self.is_begun
            or is_initial(names[-1])  # "Kern A."
            or names[-1] in PARTICLES  # "Anna von"
        )

    @property
    def is_begun(self) -> bool:
        """Whether a surname stands first as its particle tells: "von Berg"."""
        return len(self.names) > 1 and self.names[0].lower() in _BEGINS

    @property
    def is_several(self) -> bool:
        """Whether more than one person, or a house, is named between two commas."""
        torn, names = self.torn, self.names
        if _SEVERAL.search(self._before + self.row):
            return True
        return bool(torn) and not _is_torn_one(names[:torn], names[torn:])

    @property
    def is_somebody(self) -> bool:
        """Whether a part behind a whole name is: a place is one word without title."""
        return bool(self.salutation or self.titles or len(self.names) > 1)


def are_one(surname: Sequence[str], given: Sequence[str]) -> bool:
    """Whether only first names follow what begins with none: "García López", "María José"; not "Anna Kern", "Jan"."""
    are_given = all(word in _WITHIN or is_given(word) for word in given)
    return are_given and (len(surname) == 1 or not is_given(surname[0]))


def _is_torn_one(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether names before and behind a title are one person's: "Kern Dr. Anna M.", not "Anna Kern Dr. Jan Berg"."""
    is_surname = len(before) == 1 or before[0].lower() in BEGIN
    return (is_surname and all(map(is_initial, after[1:]))) or are_one(before, after)
