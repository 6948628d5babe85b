"""Sentences and clauses of an answer, and of whom each of them speaks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.communication.reading.blocks import blocks
from domain.communication.reading.descriptions import PersonFacts
from domain.communication.reading.folding import fold
from domain.communication.reading.lexicon import Word, tagged
from domain.communication.reading.persons import Mention, code_pattern, mentions_in
from domain.communication.reading.small_words import (
    ABBREVIATIONS,
    CONTRAST,
    GREETS,
    LINKS,
    STAYING,
    TURNS,
    TURNS_BEHIND_A_MARK,
)

LONGEST_CLAUSE = 80  # words: more is no sentence
_WORDS = (
    r"\d{1,2}\. ?\d{1,2}\.(?: ?\d{2,4}(?!\d))?|\d{1,2}[:.]\d\d(?!\d)|\d{1,3}\.|kw ?\d{1,2}|q[1-4]|'\d\d\b|"
    r"=>|->|[a-z0-9]+(?:-[a-z0-9]+)*-?|[^\s]"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause, where it stands in the passage, and of whom it speaks.

    `codes` is empty where nobody is named (it speaks of all). `named` says that they are named in the clause itself
    or in the one it goes on about; `vague` that somebody is meant, but not whom.
    """

    words: tuple[Word, ...]
    text: str
    start: int
    end: int
    codes: frozenset[str]
    vague: bool
    question: bool
    fresh: bool  # the first of its paragraph
    named: bool


@dataclass(frozen=True, slots=True)
class _Stretch:
    first: int
    last: int
    mentions: tuple[Mention, ...]
    ends_with: str


def clauses_of(
    passage: str, asked: Sequence[str], *, facts: Sequence[PersonFacts] = (), below: str | None = None
) -> list[Clause]:
    """The clauses of a passage. `below` is the person whose quoted line it answers."""
    folded = fold(passage)
    token = re.compile(rf"{code_pattern(asked).pattern}|{_WORDS}")
    under: frozenset[str] = frozenset({below} if below is not None and below in asked else ())
    found: list[Clause] = []
    carried, named, vague_before = under, set[str](), False
    for start, end, fresh in blocks(passage, folded):
        words = tagged([(m.group(), m.start(), m.end()) for m in token.finditer(folded.text, start, end)])
        mentions = mentions_in(words, asked, facts)
        first = fresh
        if fresh:
            carried, vague_before = under, False
        for stretch in _stretches(words, mentions):
            contrast = any(w.text in CONTRAST for w in words[stretch.first : stretch.last])
            codes, everybody, open_ = _whom(stretch.mentions, asked, named, carried, contrast=contrast)
            if codes or open_:
                carried, vague_before = codes, open_
            if codes and not everybody:
                named |= codes
            part = _as_persons(words[stretch.first : stretch.last], stretch)
            if not part:
                continue
            low, high = part[0].start, part[-1].end
            where = folded.where(low, high)
            found.append(
                Clause(
                    tuple(part[:LONGEST_CLAUSE]), folded.text[low:high], *where, codes or carried,
                    vague=open_ or (vague_before and not codes), question=stretch.ends_with == "?", fresh=first,
                    named=bool(stretch.mentions),
                )
            )  # fmt: skip
            first = False
    return found


def _as_persons(words: Sequence[Word], stretch: _Stretch) -> list[Word]:
    """The words of a stretch without marks at its edges; who is named is tagged so, and nothing else."""
    part = list(words)
    for mention in stretch.mentions:
        for at in range(mention.first - stretch.first, mention.last + 1 - stretch.first):
            part[at] = replace(part[at], tags=frozenset({"PERSON"}))
    part = _without_greeting(part)
    while part and not (part[0].text[0].isalnum() or part[0].text == '"'):
        part.pop(0)
    while part and not part[-1].text[0].isalnum() and part[-1].text not in {")", '"'}:
        part.pop()
    return part


def _without_greeting(part: list[Word]) -> list[Word]:
    """Whom a letter greets says nothing: "Liebe Frau Becker, ich habe …"."""
    if part and part[0].text in GREETS:
        for at, word in enumerate(part[:9]):
            if word.text in {",", ":", "!"}:
                return part[at + 1 :]
    return part


def _whom(
    mentions: Sequence[Mention], asked: Sequence[str], named: set[str], carried: frozenset[str], *, contrast: bool
) -> tuple[frozenset[str], bool, bool]:
    """Whom the mentions of a clause mean, whether everybody, and whether it stays open."""
    codes: set[str] = set()
    everybody = open_ = False
    for mention in mentions:
        everybody = everybody or mention.everybody
        if mention.others:
            rest = set(asked) - named - codes
            known = bool(named or codes)
            codes |= rest if known else set()
            open_ = open_ or not rest or not known
        elif mention.codes:
            codes |= mention.codes
        elif len(carried) == 2 and not mention.everybody:
            codes |= carried  # "beide" after two were named
        else:
            # somebody is described whom the facts do not tell: the one just named, or by contrast the only other one
            left = set(asked) - named - codes
            if (contrast or mention.count > 1) and len(left) == mention.count and (named or codes):
                codes |= left
            elif len(carried) == 1 and not contrast:
                codes |= carried
            elif not codes:
                open_ = True
    return frozenset(codes), everybody, open_ and not codes


def _stretches(words: Sequence[Word], mentions: Sequence[Mention]) -> list[_Stretch]:
    """Cut where a sentence ends, where it turns ("aber"), and where it begins to speak of somebody else."""
    found: list[_Stretch] = []
    own: list[Mention] = []
    first = 0
    starts = {mention.first: mention for mention in mentions}

    def cut(at: int, ends_with: str = "") -> None:
        nonlocal first, own
        if at > first:
            inside = tuple(m for m in own if m.first < at)
            found.append(_Stretch(first, at, inside, ends_with))
            own = [m for m in own if m.first >= at]
        first = at

    for at, word in enumerate(words):
        if at in starts:
            if own and _somebody_else(own[-1], starts[at]) and not _linked(words, own[-1].last + 1, at):
                cut(max(_turn(words, own[-1].last + 1, at), first))
            own.append(starts[at])
        elif _ends(words, at):
            cut(at + 1, word.text)
        elif (_turns(words, at) and at > first and not _linked(words, own[-1].last + 1 if own else first, at)) or (
            word.text == "-" and _stands_alone(words, at) and not (own and own[-1].last == at - 1)
        ):
            cut(at)
    cut(len(words))
    return found


def _somebody_else(before: Mention, now: Mention) -> bool:
    return now.others or bool(now.codes and now.codes != before.codes)


def _linked(words: Sequence[Word], first: int, at: int) -> bool:
    return all(word.text in LINKS for word in words[first:at])


def _turns(words: Sequence[Word], at: int) -> bool:
    behind_a_mark = at > 0 and not words[at - 1].text[0].isalnum()
    if words[at].text in TURNS_BEHIND_A_MARK:
        return behind_a_mark
    follows = words[at + 1].text if at + 1 < len(words) else ""
    # "das ist aber kein Platz" does not turn, "voll aber ich setze ihn auf die Liste" does
    return words[at].text in TURNS and (behind_a_mark or follows not in STAYING)


def _turn(words: Sequence[Word], first: int, at: int) -> int:
    """Where the talk of the next person begins: behind the last comma or "und", else with the words before the name."""
    for place in range(at - 1, first, -1):
        if words[place].text in {",", "und", "(", "-", "sowie", "*"}:
            return place
    begin = at
    while begin > first and words[begin - 1].text in LINKS:
        begin -= 1
    return begin


def _stands_alone(words: Sequence[Word], at: int) -> bool:
    if not 0 < at < len(words) - 1 or ("DATE" in words[at - 1].tags and "DATE" in words[at + 1].tags):
        return False  # "03.08. - 28.08."
    return words[at - 1].end < words[at].start and words[at].end < words[at + 1].start


def _ends(words: Sequence[Word], at: int) -> bool:
    text = words[at].text
    if text in {"...", "…"} and at + 1 < len(words) and words[at + 1].text in {'"', "“", "”", "«"}:
        return False  # what is quoted goes on or ends
    if text in {"!", "?", ";", "...", "…"}:
        return True
    if text != ".":
        return len(text) == 5 and text[-1] == "." and text[:4].isdecimal()
    before = words[at - 1].text if at else ""
    glued = at + 1 < len(words) and words[at + 1].start == words[at].end
    return not glued and before not in ABBREVIATIONS
