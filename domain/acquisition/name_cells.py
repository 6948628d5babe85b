"""Whether the parts of a cell are one person's, and which are surname and first names. Pure; knows no institution.

A cell comes parted: into pieces by signs that stand between people ("/", "und"), these at commas (`Part`), these into
words.
"""

from collections.abc import Sequence

from domain.acquisition.first_names import is_first_name
from domain.acquisition.name_order import NOBLE, WHERE, is_given, last_and_first
from domain.acquisition.name_parts import Part, are_one
from domain.acquisition.name_words import Kind, kind, salutation, titles
from domain.acquisition.text import PARTICLES
from domain.geocoding.plz_data import known_places
from domain.languages import language


class Cell:
    """Somebody's name as it is written, or several people's."""

    def __init__(self, pieces: Sequence[Sequence[Sequence[str]]]) -> None:
        read: list[list[Part]] = []
        worked = after_all = False
        for piece in pieces:
            read.append([])
            for words in piece:
                part = Part(words, behind=bool(read[0]), worked=worked, after_all=after_all)
                worked, after_all = part.worked, after_all or (bool(part.names) and part.is_full)
                read[-1].append(part)
        # only what goes on tells a field from a surname: "Anna Kern Kinder / Jugendliche"
        for n, parts in enumerate(read):
            goes_on = n + 1 < len(read) and kind(pieces[n + 1][0][0]) in (Kind.WORK, Kind.FIELD, Kind.MAYBE)
            for part in parts:
                if part.names and kind(part.names[-1]) is Kind.MAYBE:
                    part.without_fields(goes_on=goes_on and part is parts[-1])
        self._parts = [part for piece in read for part in piece]
        self._named = [named for piece in read if (named := [part for part in piece if part.names])]

    @property
    def of_several(self) -> bool:
        """Whether it may name more than one person, or names a house."""
        if any(part.is_several for part in self._parts) or sum(1 for part in self._parts if part.salutation) > 1:
            return True
        return bool(self._named) and (self._is_followed or not self._is_pair)

    @property
    def _is_followed(self) -> bool:
        """Whether somebody else stands behind the name; a place may: "Kern, Anna, Aachen / Düren"."""
        first, *others = self._named
        whole = 1 if self._is_placed else 2
        return (
            (bool(others) and len(first) <= whole)  # "Kern / Berg"
            or any(len(other) > 1 for other in others)  # "Kern, Anna, Aachen / Berg, Jan"
            or any(part.is_somebody for part in [*first[2:], *(other[0] for other in others)])  # "Kern, Anna, Dr. Berg"
        )

    @property
    def _is_pair(self) -> bool:
        """Whether what stands before and behind the first comma is one person's."""
        if len(self._named[0]) == 1 or self._is_placed:
            return True
        one, two = self._named[0][:2]
        if are_one(one.names, two.names):
            # "Dipl.-Psych. Kern, Dr. Anna", "García López, María José", not "Dr. Berg, Dr. Martin"
            return not (one.is_titled and two.is_titled and set(one.titles) & set(two.titles))
        if two.is_titled or two.salutation:
            return not (one.is_titled or one.is_full)  # "Kern, Dr. Xu", not "Dr. Kern, Dr. Berg"
        return not (one.is_full and (two.is_full or two.is_begun))  # not "Anna Kern, Jan Berg", "Anna Kern, von Berg"

    @property
    def _is_placed(self) -> bool:
        """Whether a place, an address, a language or a remark stands behind the whole name: "Anna Kern, Englisch"."""
        if len(self._named[0]) == 1:
            return False
        one, two = self._named[0][:2]
        if one.is_full and two.is_numbered and not two.is_titled:
            return True
        is_called = one.is_full and is_given(one.names[0])
        place = " ".join(two.words)
        district = "-" in place and place.partition("-")[0] in known_places()  # "Köln-Ehrenfeld"
        if is_called and (kind(place) is Kind.ASIDE or language(place) or district):
            return True
        if place not in known_places() or not (one.is_full or one.is_titled):
            return False
        # "Müller Schmidt, Rosa" is somebody, "Anna Schmidt, Rosa" lives there
        return not is_first_name(place) or is_called

    @property
    def is_beside(self) -> bool:
        """Whether anything is written but titles and a salutation."""
        return any(part.row.strip("CTN") for part in self._parts)

    @property
    def titles(self) -> str:
        """All titles, in their order."""
        return " ".join(title for part in self._parts for title in part.titles)

    @property
    def salutation(self) -> str:
        """As it is written; else empty."""
        return next((part.salutation for part in self._parts if part.salutation), "")

    @property
    def name(self) -> tuple[str, str]:
        """Surname and first names; empty where there is none."""
        if not self._named:
            return "", ""
        first = self._named[0]
        if len(first) == 1 or self._is_placed:
            return last_and_first(first[0].names, first[0].torn)
        # "Heide, Anna von der" as lists sorted by surname have it
        last, given = first[0].names, first[1].names
        at = len(given)
        while at > 1 and (given[at - 1] in PARTICLES | WHERE or (at < len(given) and given[at - 1].lower() in NOBLE)):
            at -= 1
        return " ".join([*given[at:], *last]), " ".join(given[:at])


def goes_on(above: Sequence[str], below: Sequence[str]) -> bool:
    """Whether a name goes on in the next line: "Frau | Dr. Anna Kern", "Anna Maria | Kern"; not "Anna Kern | Jan"."""
    at, begun = 0, False
    while at < len(above):
        found = len(titles(above, at))
        if not found and not salutation(above[at]):
            if not is_first_name(above[at]):
                return False
            begun = True
        at += found or 1
    return not begun or (len(below) == 1 and not is_first_name(below[0]))
