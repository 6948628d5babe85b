"""Whether what is offered is enough for all it seems to be about: one place is no acceptance of three persons."""

from collections.abc import Sequence

from domain.communication.reading.clauses import Clause
from domain.communication.reading.lexicon import Word
from domain.communication.reading.small_words import words_of

_ONE = words_of("ein einen eine einem einer eins 1 einzigen")
_SOMEBODY = words_of("jemand jemanden jemandem")
_NUMBERS = {"zwei": 2, "drei": 3, "vier": 4, "fuenf": 5, "sechs": 6} | {str(n): n for n in range(2, 10)}
_PLENTY = words_of("genug genuegend ausreichend viele reichlich")
_EACH = words_of("je jeweils jeden jede jedem jeder")
_PLURAL = ("plaetze", "plaetzen", "kapazitaeten", "luecken", "slots", "vakanzen", "stunden", "termine", "terminen")
_PLACES = frozenset({"PLACE", "HOUR", "WEEKDAY"})
_BEFORE = 4  # words between a number and the places it counts
_MANY = 99


def enough_for(clause: Clause, persons: int) -> bool:
    """Whether a clause that offers a place offers it to as many persons as it is about.

    Where it names them, it need not count; where it names nobody, only a number of places says that all are meant.
    """
    texts = {word.text for word in clause.words}
    if texts & _EACH:
        return True
    places = places_in(clause.words)
    if not clause.named:
        return places is not None and places >= persons
    return "oder" not in texts and (places is None or places >= persons)


def places_in(words: Sequence[Word]) -> int | None:
    """How many places are spoken of, at least; None where nothing says so."""
    counted: list[int] = []
    for at, word in enumerate(words):
        if word.text in _SOMEBODY:
            counted.append(1)
        if not _PLACES & word.tags:
            continue
        before = [w.text for w in words[max(0, at - _BEFORE) : at] if "PERSON" not in w.tags]
        number = max((_NUMBERS[text] for text in before if text in _NUMBERS), default=0)
        if number:
            counted.append(number)
        elif _PLENTY & set(before):
            counted.append(_MANY)
        elif word.text.endswith(_PLURAL):
            counted.append(2)
        elif _ONE & set(before):
            counted.append(1)
    return max(counted, default=None)
