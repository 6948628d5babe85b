"""Persons told by what the inquiry said of them: "die 34-jährige", "der Jüngere", "die mit der Magersucht"."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.communication.reading.folding import fold
from domain.communication.reading.lexicon import Word
from domain.communication.reading.small_words import ARTICLES, CALLED, FEMALE, MALE, words_of

LONGEST = 4  # words behind the article
_BEFORE = ARTICLES | {"fuer", "bei"}
_YOUNGER = words_of("juengere juengeren juengerer juengste juengsten")
_OLDER = words_of("aeltere aelteren aelterer aelteste aeltesten")
_MINOR = words_of("jugendliche jugendlichen jugendlicher kind")
_YOUNG = words_of("junge jungen junger")
_YEARS = re.compile(r"(\d\d?)(?:-?jaehrige[nrm]?)?")
OF_AGE = 18
LONG_WORD = 5  # letters that a word of the profile has at least
SAME_START = 6


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What the inquiry told of a person: sex ("female", "male", ""), years from and to, words of the profile."""

    code: str
    sex: str = ""
    age_from: int | None = None
    age_to: int | None = None
    words: tuple[str, ...] = ()


Known = Mapping[str, PersonFacts]


def described(words: Sequence[Word], at: int, facts: Sequence[PersonFacts]) -> tuple[int, frozenset[str], int] | None:
    """Where a description that begins at a word ends, whom it means (nobody where it stays open), and how many.

    None where nobody is described.
    """
    if words[at].text not in _BEFORE:
        return None
    known = {person.code: person for person in facts}
    left, last, count = set(known), at, 1
    for place in range(at + 1, min(at + 1 + LONGEST, len(words))):
        text, following = words[place].text, words[place + 1].text if place + 1 < len(words) else ""
        if text in {"beiden", "zwei"} and place == at + 1:
            count = 2
            continue
        if text in _YOUNG and following in FEMALE | MALE:
            continue
        if text in {"frau", "herr", "herrn"} and words[place - 1].text in {"fuer", "bei"}:
            break  # "für Frau Becker"
        meant = _meant(known, left, text, following)
        if meant is None:
            break
        left, last = meant, place
    if last == at:
        return None
    left, last = _with_complaint(words, last, known, left)
    return last, frozenset(left) if len(left) == count else frozenset(), count


def _meant(known: Known, left: set[str], text: str, following: str) -> set[str] | None:
    """Who is left after one more word; None where the word describes nobody."""
    years = _YEARS.fullmatch(text)
    if text in FEMALE or text in MALE:
        sex = "female" if text in FEMALE else "male"
        return {code for code in left if known[code].sex == sex}
    if years and ("jaehrig" in text or following.startswith("jaehrig")):
        return {code for code in left if _has_age(known[code], int(years.group(1)))}
    if text in _YOUNGER or text in _OLDER:
        return _at_the_edge(known, left, youngest=text in _YOUNGER)
    if text in _MINOR:
        return {code for code in left if (known[code].age_to or OF_AGE) < OF_AGE}
    return _told_by(known, left, text) or None


def _with_complaint(words: Sequence[Word], last: int, known: Known, left: set[str]) -> tuple[set[str], int]:
    """One more thing that tells them apart: "… mit den Panikattacken"."""
    if last + 1 < len(words) and words[last + 1].text in {"mit", "wegen"}:
        for place in range(last + 2, min(last + 5, len(words))):
            told = _told_by(known, set(known), words[place].text)
            if told or "COMPLAINT" in words[place].tags:
                return (left & told) or (left if len(left) == 1 else set()), place
    return left, last


def _has_age(person: PersonFacts, age: int) -> bool:
    return person.age_from is not None and person.age_from <= age <= (person.age_to or person.age_from)


def _at_the_edge(known: Known, left: set[str], *, youngest: bool) -> set[str]:
    ages = {code: age for code in left if (age := known[code].age_from) is not None}
    if len(left) < 2 or len(ages) < len(left):
        return set()
    edge = min(ages.values()) if youngest else max(ages.values())
    return {code for code, age in ages.items() if age == edge}


def _told_by(known: Known, left: set[str], text: str) -> set[str]:
    meant = CALLED.get(text, text)
    return {code for code in left if len(meant) >= LONG_WORD and any(_same(w, meant) for w in _words(known[code]))}


def _words(person: PersonFacts) -> list[str]:
    folded = (fold(word).text for word in person.words)
    return [CALLED.get(word, word) for word in folded if len(word) >= LONG_WORD]


def _same(a: str, b: str) -> bool:
    return a == b or (a[:SAME_START] == b[:SAME_START] and abs(len(a) - len(b)) <= 3)
