"""What is weighed of an answer for one person: the families of its words, about the person or beside."""

from collections.abc import Iterable

from domain.communication.reading.claims import turned_round
from domain.communication.reading.clauses import Clause
from domain.communication.reading.hearing import Heard

BRIEF = 12  # words
IN_BRIEF, TITLED = "brief", "titled"


def evidence_of(heard: Heard, code: str) -> frozenset[str]:
    """The names of what speaks for or against a meaning.

    `word:PLACE` is a family of words in clauses about the person, `beside:PLACE` in clauses about nobody in particular
    that stand beside them; `IN_BRIEF` that few words stand there;
    `titled` that the subject tells of an absence. What rules claim is left out:
    two readers that know the same agree too easily.
    """
    own, beside = heard.of(code)
    found = {f"word:{name}" for name in _families(own)} | {f"beside:{name}" for name in _families(beside)}
    brief = sum(len(clause.words) for clause in own) <= BRIEF
    return frozenset(found | ({IN_BRIEF} if brief else set()) | ({TITLED} if heard.titled else set()))


def _families(clauses: Iterable[Clause]) -> set[str]:
    return {name for clause in clauses for word in turned_round(clause.words) for name in word.tags}
