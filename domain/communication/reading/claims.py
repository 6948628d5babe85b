"""What single clauses claim: rules tried on words after negations, conditions and others' speech are understood."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.communication.reading.clauses import Clause
from domain.communication.reading.lexicon import Word
from domain.communication.reading.mailbox_rules import MAILBOX_RULES
from domain.communication.reading.meanings import OF_THE_MAILBOX, Meaning
from domain.communication.reading.patterns import Pattern, find, said_in
from domain.communication.reading.questions import QUESTIONS
from domain.communication.reading.rules import RULES, Sign
from domain.communication.reading.small_words import BETWEEN, LEADING, LUCK

M = Meaning
_ALL_RULES: Sequence[tuple[Meaning | Sign, tuple[Pattern, ...]]] = (*MAILBOX_RULES.items(), *RULES.items())
# what only somebody who is sure of it and has it can say
_GOOD = frozenset({M.PLACE_FREE, M.WAITING_LIST, M.CONSULTATION_ONLY, Sign.WELCOME, Sign.TALK})
_LUCKY = frozenset({M.PLACE_FREE, Sign.WELCOME, Sign.TALK})
_TURNED = {"FULL": "NOT_FULL", "CLOSED": "NOT_CLOSED", "DECLINE": "NOT_DECLINE"}
_UNTENSED = OF_THE_MAILBOX | {M.LIST_CLOSED}
_CONDITIONAL = frozenset({"IF", "WHETHER"})
SHORT_HEAD = 3  # words before a colon: "Warteliste: nein"
TELLING_FROM = 4  # words: fewer explain nothing
QUOTES = frozenset({'"', "„", "“", "”", "»", "«"})
_PARTICIPLE = re.compile(r"(?:auf|an|ein|vor|unter|ueber|dazu|mit|drauf)?ge\w{3,}(?:t|en)")
_LESS = 0.15  # how much less sure "vielleicht" makes it
_ABSENT_TITLE = 0.9


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing a clause says, how sure, and which rule said so."""

    sign: Meaning | Sign
    confidence: float
    clause: Clause
    rule: str


def claims_of(clauses: Sequence[Clause], *, title: bool = False) -> list[Claim]:
    """What clauses say, in their order. In a title only what concerns the mailbox counts."""
    found: list[Claim] = []
    for at, clause in enumerate(clauses):
        after = clauses[at + 1] if at + 1 < len(clauses) else None
        if after is not None and any("OPPOSITE" in w.tags for w in after.words[:2]):
            continue  # "nicht, dass wir voll wären. Im Gegenteil: …"
        found += _claims(clause, title=title)
    return found


def _claims(clause: Clause, *, title: bool) -> list[Claim]:
    words = turned_round(_unquoted(clause.words))
    parts = _parts(words)
    begin = _begin(words)
    present = said_in(words)
    if "BOUNCE" in present:
        return []  # a mail server tells of a letter, not of places
    claimed = _real(words, parts, _CONDITIONAL | {"UNTRUE"})
    real = _real(words, parts, _CONDITIONAL | {"PAST", "THIRD", "UNTRUE"})
    anything = [True] * len(words)
    if title:
        auto = "AUTO" in present
        return [Claim(M.OUT_OF_OFFICE, _ABSENT_TITLE, clause, "title")] if auto else []
    found: list[Claim] = []
    for sign, patterns in _ALL_RULES:
        if clause.question and sign is not M.NEEDS_INFO and sign is not M.OPT_OUT:
            continue  # whoever asks has not decided
        usable = claimed if sign in _UNTENSED else anything if sign is M.NEEDS_INFO else real
        best = max(
            (p for p in patterns if find(p, words, present, usable, parts, begin)),
            key=lambda p: p.confidence,
            default=None,
        )
        if best is None:
            continue
        if sign is M.OPT_OUT and present & {"BRIEFLY", "UNTIL"} and not present & {"STRIKE", "REGISTER"}:
            continue  # "until Easter" is no "never"
        if sign in _LUCKY and _hangs_on_luck(words, real):
            continue
        sure = best.confidence - (_LESS if sign in _GOOD and "MAYBE" in present else 0)
        found.append(Claim(sign, sure, clause, best.source))
    if clause.question and any("PERSON" not in w.tags and w.text[0].isalnum() for w in words):
        best = max(
            (p for p in QUESTIONS if find(p, words, present, anything, parts, begin)),
            key=lambda p: p.confidence,
            default=None,
        )
        if best is not None:
            found.append(Claim(M.NEEDS_INFO, best.confidence, clause, best.source))
    return found


def turned_round(words: Sequence[Word]) -> list[Word]:
    """The negation and its word become one mark: "nicht ausgebucht" is not full."""
    found = list(words)
    nots = [at for at, word in enumerate(words) if "NOT" in word.tags]
    for at, word in enumerate(words):
        for family, mark in _TURNED.items():
            if family not in word.tags:
                continue
            before = next((n for n in reversed(nots) if n < at), None)
            behind = next((n for n in nots if n > at), None)
            if before is not None and all(w.text in BETWEEN for w in words[before + 1 : at]):
                turned = before
            elif (
                behind is not None and family == "FULL" and behind == len(words) - 1
                and any(w.text in {"bin", "sind", "ist"} for w in words[at:behind])
                and not any(w.text == "," for w in words[at:behind])
            ):  # fmt: skip
                turned = behind
            else:
                continue
            found[at] = replace(word, tags=(word.tags - {family, "CLOSED", "FULL", "NEIN"}) | {mark})
            found[turned] = replace(found[turned], tags=frozenset())
    return found


def _parts(words: Sequence[Word]) -> list[int]:
    """What stands between commas and brackets, numbered."""
    found: list[int] = []
    number, opened, highest, told = 0, [0], 0, False
    for word in words:
        told = told or (word.text[0].isalnum() and "PERSON" not in word.tags and word.text not in LEADING)
        if word.text == "(":
            opened.append(number)
            number = highest = highest + 1
        elif word.text == ")" and len(opened) > 1:
            number = opened.pop()
        elif (word.text == "," or (word.text == ":" and len(found) > SHORT_HEAD)) and told:
            number = highest = highest + 1
        found.append(number)
    return found


def _begin(words: Sequence[Word]) -> int:
    """Where a clause begins to say something: behind who is named."""
    for at, word in enumerate(words):
        if word.text[0].isalnum() and "PERSON" not in word.tags and word.text not in LEADING:
            return at
    return 0


def _unquoted(words: Sequence[Word]) -> list[Word]:
    """What is quoted from somebody else or from before says nothing now."""
    found: list[Word] = []
    inside = False
    for word in words:
        mark = word.text in QUOTES
        inside = inside != mark
        found.append(replace(word, tags=frozenset()) if inside else word)
    return found if not inside else list(words)


def _real(words: Sequence[Word], parts: Sequence[int], marks: frozenset[str]) -> list[bool]:
    """Not in a part that one of the marks makes conditional, past or somebody else's."""
    unreal: set[int] = {part for part in set(parts) if _would_have(words, parts, part)} if "PAST" in marks else set()
    for at, word in enumerate(words):
        if (
            {"IF", "WHETHER"} & word.tags
            and (at == 0 or not words[at - 1].text[0].isalnum() or words[at - 1].text in {"und", "also", "oder"})
        ) or (marks - _CONDITIONAL) & word.tags:
            unreal.add(parts[at])
    if "PAST" in marks:
        taken_back = max((parts[at] for at, word in enumerate(words) if "RETRACTED" in word.tags), default=-1)
        unreal |= set(range(taken_back + 1))
    for at in range(1, len(words)):
        # "ich habe gehört, dass …" and what is told of somebody belong to what stands before
        tells_on = words[at].text in {"dass", "die", "der", "den"} or (
            words[at].text in {"sie", "er", "dort"} and at + 1 < len(words) and "HAVE" in words[at + 1].tags
        )
        if (
            tells_on
            and parts[at] != parts[at - 2 if at > 1 else 0]
            and parts[at] - 1 in unreal
            and words[at - 1].text == ","
        ):
            unreal.add(parts[at])
    return [part not in unreal for part in parts]


def _would_have(words: Sequence[Word], parts: Sequence[int], part: int) -> bool:
    """What would have been: "ich hätte ihn gern genommen"."""
    own = [word.text for word, number in zip(words, parts, strict=True) if number == part and word.text[0].isalnum()]
    return bool(own) and not {"haette", "haetten"}.isdisjoint(own) and _PARTICIPLE.fullmatch(own[-1]) is not None


def _hangs_on_luck(words: Sequence[Word], real: Sequence[bool]) -> bool:
    """A condition about the practice's own places: "wenn jemand abspringt"."""
    return any(not ok and word.text in LUCK for word, ok in zip(words, real, strict=True)) and any(
        "IF" in word.tags for word in words
    )


def unexplained(clauses: Sequence[Clause], claims: Sequence[Claim]) -> list[Clause]:
    """Clauses that tell something no rule knows: reason to be less sure of the others."""
    known = {id(claim.clause) for claim in claims}
    return [
        clause
        for clause in clauses
        if id(clause) not in known
        and sum(word.text.isalpha() for word in clause.words) >= TELLING_FROM
        and not any({"COURTESY", "THIRD", "PAST"} & word.tags for word in clause.words)
    ]
