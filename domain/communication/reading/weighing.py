"""How sure a reading is: what speaks for and against each meaning, added up by weights learned from labelled answers.

A rule matches or not; whether it is right depends on all else a mail says. So a second reader, who knows no rule,
weighs the families of all words: each has a weight for each meaning (`weights`, made by
`benchmarks/fit_reading.py`), and their sums, as shares of one, are how likely a meaning is. Only what both readers
find is suggested.
"""

import math
from collections.abc import Iterable, Mapping

from domain.communication.reading.evidence import IN_BRIEF, TITLED
from domain.communication.reading.meanings import Meaning
from domain.communication.reading.weights import WEIGHTS

OTHER = "other"
MEANINGS = (*(meaning.value for meaning in Meaning), OTHER)
ALWAYS = "always"  # how frequent each meaning is
RULES_COUNT = 8  # how many times likelier the words find what rules decided
BRIEF_COUNTS = 8  # ... and how much more where few words leave little to misread, or a subject says "absent"
_HUNDREDTHS = 100


def read_weights(table: str) -> Mapping[str, tuple[float, ...]]:
    """The weights of a table, one piece of evidence a line: its name and hundredths for each of `MEANINGS`."""
    rows = (line.split() for line in table.strip().splitlines())
    return {name: tuple(int(number) / _HUNDREDTHS for number in numbers) for name, *numbers in rows}


_WEIGHTS = read_weights(WEIGHTS)


def how_sure(meaning: Meaning, evidence: Iterable[str], weights: Mapping[str, tuple[float, ...]] = _WEIGHTS) -> float:
    """How likely a meaning that rules decided on is, given all the words."""
    found = frozenset(evidence)
    share = likelihoods(found, weights)[meaning.value]
    rules = RULES_COUNT * (
        BRIEF_COUNTS if IN_BRIEF in found or (TITLED in found and meaning is Meaning.OUT_OF_OFFICE) else 1
    )
    return rules * share / (rules * share + 1 - share)


def likelihoods(evidence: Iterable[str], weights: Mapping[str, tuple[float, ...]] = _WEIGHTS) -> Mapping[str, float]:
    """How likely each meaning is, `OTHER` among them; together one."""
    rows = [row for name in (*sorted(evidence), ALWAYS) if (row := weights.get(name)) is not None]
    sums = [math.fsum(column) for column in zip(*rows, strict=True)] if rows else [0.0] * len(MEANINGS)
    highest = max(sums)
    raised = [math.exp(value - highest) for value in sums]
    return {meaning: value / math.fsum(raised) for meaning, value in zip(MEANINGS, raised, strict=True)}
