"""What an answer says before it is weighed: its clauses, and what rules claim of whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.communication.reading.claims import Claim, claims_of, unexplained
from domain.communication.reading.clauses import Clause, clauses_of
from domain.communication.reading.descriptions import PersonFacts
from domain.communication.reading.quotes import own_words


@dataclass(frozen=True, slots=True)
class Said:
    """A claim and the passage it stands in."""

    claim: Claim
    passage: str


@dataclass(frozen=True, slots=True)
class Heard:
    """All that an answer says; `titled` is what its subject says of an absence, `open` what no rule understood."""

    asked: tuple[str, ...]
    said: tuple[Said, ...]
    titled: tuple[Said, ...]
    spoken: tuple[Clause, ...]
    open: tuple[Clause, ...]

    def of(self, code: str) -> tuple[list[Clause], list[Clause]]:
        """The clauses about one person, and those about nobody in particular beside them."""
        if len(self.asked) == 1:
            return list(self.spoken), []
        own = [c for c in self.spoken if code in c.codes and len(c.codes) < len(self.asked)]
        general = [c for c in self.spoken if speaks_of_all(c, self.asked)]
        return (own, general) if own else (general, [])


def speaks_of_all(clause: Clause, asked: Sequence[str]) -> bool:
    """Whether a clause is about nobody in particular or about everybody."""
    return not clause.codes or len(clause.codes) == len(asked)


def hear(body: str, asked: Sequence[str], *, subject: str = "", facts: Sequence[PersonFacts] = ()) -> Heard:
    """The clauses and claims of an answer (plain text) to a letter about the persons asked for."""
    said: list[Said] = []
    open_: list[Clause] = []
    spoken: list[Clause] = []
    for part in own_words(body):
        clauses = clauses_of(part.text, asked, facts=facts, below=part.code)
        claims = claims_of(clauses)
        said += [Said(claim, part.text) for claim in claims]
        open_ += unexplained(clauses, claims)
        spoken += clauses
    titled = tuple(Said(claim, "") for claim in claims_of(clauses_of(subject, ()), title=True))
    return Heard(tuple(asked), tuple(said), titled, tuple(spoken), tuple(open_))
