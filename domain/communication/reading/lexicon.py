"""From words to families: each word of a clause gets the names of the families it belongs to."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from domain.communication.reading.calendar_words import CALENDAR
from domain.communication.reading.occasions import ASKING, FIT, MAILBOX, REFUSING
from domain.communication.reading.vocabulary import CAPACITY, CONSULTING, GRAMMAR, WAITING

FAMILIES: Mapping[str, str] = {
    **GRAMMAR, **CAPACITY, **WAITING, **CONSULTING, **FIT, **ASKING, **MAILBOX, **REFUSING, **CALENDAR,
}  # fmt: skip
LONGEST_WORD = 40  # letters: nothing longer is a word of an answer
_DATE = re.compile(r"\d{1,2}\.(?:\d{1,2}\.(?:\d{2,4})?)?|\d{1,2}:\d\d|20\d\d|'\d\d|kw ?\d+|q[1-4]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a mark of a folded text, where it stands, and its families."""

    text: str
    start: int
    end: int
    tags: frozenset[str]


def _wildcard(form: str) -> str:
    return "".join(".*" if letter == "*" else re.escape(letter) for letter in form)


def _read_families() -> tuple[
    dict[str, set[str]], list[tuple[re.Pattern[str], str]], dict[str, list[tuple[Sequence[str], str]]]
]:
    exact: dict[str, set[str]] = {}
    forms: dict[str, list[str]] = {}
    phrases: dict[str, list[tuple[Sequence[str], str]]] = {}
    for family, words in FAMILIES.items():
        for word in words.split():
            if "_" in word:
                parts = word.split("_")
                phrases.setdefault(parts[0].rstrip("*"), []).append((parts, family))
            elif "*" in word:
                forms.setdefault(family, []).append(_wildcard(word))
            else:
                exact.setdefault(word, set()).add(family)
    for found in phrases.values():
        found.sort(key=lambda phrase: -len(phrase[0]))
    return exact, [(re.compile("|".join(found)), family) for family, found in forms.items()], phrases


ADDING = frozenset({"TELL", "PHONE_ME", "BACK"})  # phrases whose words keep their own meaning, too
_EXACT, _FORMS, _PHRASES = _read_families()
_HEADS = tuple(sorted(_PHRASES, key=len, reverse=True))


@lru_cache(maxsize=20_000)
def families_of(word: str) -> frozenset[str]:
    """The families a single word belongs to."""
    if len(word) > LONGEST_WORD:
        return frozenset()
    dated = {"DATE"} if _DATE.fullmatch(word) else set()
    return frozenset(_EXACT.get(word, set()) | dated | {name for form, name in _FORMS if form.fullmatch(word)})


@lru_cache(maxsize=20_000)
def _phrases_from(word: str) -> tuple[tuple[Sequence[str], str], ...]:
    found = chain.from_iterable(
        _PHRASES[head] for head in _HEADS if word == head or (word.startswith(head) and len(word) <= LONGEST_WORD)
    )
    return tuple(sorted((p for p in found if _same(p[0][0], word)), key=lambda p: -len(p[0])))


@lru_cache(maxsize=20_000)
def _same(form: str, word: str) -> bool:
    return re.fullmatch(_wildcard(form), word) is not None if "*" in form else form == word


def tagged(words: Sequence[tuple[str, int, int]]) -> list[Word]:
    """Words with their families. The words of a set phrase stand for the phrase and for nothing else."""
    found: list[Word] = []
    at = 0
    while at < len(words):
        text, start, end = words[at]
        names: set[str] = set()
        added: set[str] = set()
        length = 1
        for parts, family in _phrases_from(text):
            if len(parts) < length:
                break
            follows = words[at : at + len(parts)]
            if len(follows) == len(parts) and all(_same(f, w) for f, (w, _, _) in zip(parts, follows, strict=True)):
                if family in ADDING:
                    added.add(family)
                else:
                    length = len(parts)
                    names.add(family)
        found.append(Word(text, start, end, frozenset((names or families_of(text)) | added)))
        if names:
            found += [Word(w, s, e, frozenset()) for w, s, e in words[at + 1 : at + length]]
        at += length
    return found
