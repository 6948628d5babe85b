"""The small grammar rules are written in: families of words in their order, and what must not stand beside them.

    92 NO PLACE              a word of NO, then one of PLACE (at most five words between)
    90 FULL ~ BE             directly after another
    90 LIST .. CLOSED        anywhere later in the clause
    90 LIST ... CLOSED       anywhere later in the same part of the clause (between commas)
    95 LIST & CLOSED         in either order, near each other
    85 ^YES   YES$           first word of the clause (behind who is named), last word of it
    90 OFFER|TAKE            one of several families; a word in small letters stands for itself
    90 PLACE FREE -NEG       not where one of NEG stands in the same part of the clause (between commas)
    90 PLACE FREE --NEG      not where one of NEG stands anywhere in the clause

The number is how sure the rule is, in percent. Matching tries each word against each step once: no text makes it slow.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations

from domain.communication.reading.lexicon import FAMILIES, Word

GAP = 5  # words between two steps
FAR = 80
ALIASES = {
    "NEG": ("NO", "NOT", "NEIN", "NEITHER", "NOBODY", "NOTHING"),
    "TIME": ("DATE", "MONTH", "SEASON", "SOON", "WEEKDAY"),
    "TIMETABLE": ("WEEKDAY",),
    "LISTS": ("LIST", "SHORT_LIST", "NOTE", "WAIT"),
    "BESIDES": ("LIST", "SHORT_LIST", "NOTE", "CONSULT", "NO", "NOT", "NEIN", "NOBODY", "NOTHING"),
}
# what the reader of a clause adds to words: who is named, what a negation turned round, how the clause begins
MARKS = frozenset({"PERSON", "DATE", "NOT_FULL", "NOT_CLOSED", "NOT_DECLINE", "CAPITAL"})


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a pattern: any of these families or words, at most `gap` words behind the step before."""

    names: frozenset[str]
    gap: int
    first: bool = False
    last: bool = False

    def fits(self, word: Word) -> bool:
        """Whether a word is meant."""
        return not self.names.isdisjoint(word.tags) or word.text in self.names


@dataclass(frozen=True, slots=True)
class Pattern:
    """Steps in their order, and the families that must not stand in the same part or in the whole clause."""

    confidence: float
    steps: tuple[Step, ...]
    not_near: frozenset[str]
    not_anywhere: frozenset[str]
    source: str


def read_patterns(lines: str) -> tuple[Pattern, ...]:
    """The patterns of a table; a misspelled family is an error when the program starts."""
    found: list[Pattern] = []
    for line in lines.splitlines():
        words = line.split("#")[0].split()
        if words:
            found += _read_line(int(words[0]) / 100, words[1:], " ".join(words[1:]))
    return tuple(found)


def _read_line(confidence: float, words: Sequence[str], source: str) -> Iterable[Pattern]:
    near: set[str] = set()
    anywhere: set[str] = set()
    steps: list[tuple[str, str]] = []  # how it is joined to the step before, and the step
    joint = ""
    for word in words:
        if word.startswith("--"):
            anywhere |= _names(word[2:])
        elif word.startswith("-") and len(word) > 1:
            near |= _names(word[1:])
        elif word in {"~", "..", "...", "&"}:
            joint = word
        else:
            steps.append((joint, word))
            joint = ""
    orders: Iterable[Sequence[tuple[str, str]]] = [steps]
    if any(how == "&" for how, _ in steps):
        orders = permutations([("", name) for _, name in steps])
    for order in orders:
        yield Pattern(
            confidence, tuple(_step(how, name) for how, name in order), frozenset(near), frozenset(anywhere), source
        )


def _step(how: str, name: str) -> Step:
    gap = {"~": 0, "..": FAR, "...": FAR - 1}.get(how, GAP)
    return Step(frozenset(_names(name.strip("^$"))), gap, first=name.startswith("^"), last=name.endswith("$"))


def _names(text: str) -> set[str]:
    found: set[str] = set()
    for name in text.split("|"):
        if name in ALIASES:
            found |= {*ALIASES[name]}
        elif name.isupper() and name not in FAMILIES and name not in MARKS:
            raise ValueError(f"no family of words is called {name}")
        else:
            found.add(name)
    return found


def _ranks(parts: Sequence[int]) -> list[int]:
    """The place of each word in its own part: what stands in brackets keeps nothing apart."""
    seen: dict[int, int] = {}
    found: list[int] = []
    for part in parts:
        seen[part] = seen.get(part, 0) + 1
        found.append(seen[part])
    return found


def said_in(words: Sequence[Word]) -> frozenset[str]:
    """All families and words of a clause."""
    return frozenset(name for word in words for name in (*word.tags, word.text))


def find(
    pattern: Pattern,
    words: Sequence[Word],
    present: frozenset[str],
    usable: Sequence[bool],
    parts: Sequence[int],
    begin: int,
) -> bool:
    """Whether a pattern is in a clause.

    `present` is what `said_in` tells of it, `usable` words may be matched, `parts` numbers what stands between commas,
    and at `begin` it begins to say something.
    """
    if any(step.names.isdisjoint(present) for step in pattern.steps) or not pattern.not_anywhere.isdisjoint(present):
        return False
    first, *more = pattern.steps
    ranks = _ranks(parts)
    reached = [
        (at, at) for at, w in enumerate(words) if usable[at] and first.fits(w) and _edge(first, at, words, begin)
    ]
    for step in more:
        if not reached:
            return False
        reached = [
            (start, at)
            for at, w in enumerate(words)
            if usable[at] and step.fits(w) and _edge(step, at, words, begin)
            for start in (_latest(reached, at, step, parts, ranks),)
            if start is not None
        ]
    return any(_free(pattern, words, parts, start, at) for start, at in reached)


def _latest(
    reached: Sequence[tuple[int, int]], at: int, step: Step, parts: Sequence[int], ranks: Sequence[int]
) -> int | None:
    for start, before in reversed(reached):
        if before < at and (step.gap == FAR or parts[before] == parts[at]):
            return start if step.gap == FAR or ranks[at] - ranks[before] <= step.gap + 1 else None
    return None


def _edge(step: Step, at: int, words: Sequence[Word], begin: int) -> bool:
    if step.first and at != begin:
        return False
    return not step.last or all(not w.text[0].isalnum() for w in words[at + 1 :])


def _free(pattern: Pattern, words: Sequence[Word], parts: Sequence[int], start: int, end: int) -> bool:
    if not pattern.not_near:
        return True
    return not any(
        parts[start] <= part <= parts[end] and (not pattern.not_near.isdisjoint(w.tags) or w.text in pattern.not_near)
        for w, part in zip(words, parts, strict=True)
    )
