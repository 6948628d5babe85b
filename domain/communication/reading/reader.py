"""The reading of an answer: which words speak of whom, and what they come to; silent where they contradict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

from domain.communication.reading.clauses import Clause, clauses_of
from domain.communication.reading.dates import find_day
from domain.communication.reading.meanings import DATED, OF_THE_MAILBOX, Meaning, Suggestion
from domain.communication.reading.quotes import own_words
from domain.communication.reading.rules import RULES

M = Meaning
SURE_ENOUGH = 0.85  # below it a person gets no suggestion, only the text

# What two meanings said of the same person come to; a pair that is not listed contradicts itself.
_TOGETHER: Mapping[frozenset[Meaning], Meaning] = {
    frozenset({M.NO_PLACES, M.LIST_CLOSED}): M.LIST_CLOSED,
    frozenset({M.NO_PLACES, M.WAITING_LIST}): M.WAITING_LIST,
    frozenset({M.NO_PLACES, M.CONSULTATION_ONLY}): M.CONSULTATION_ONLY,
    frozenset({M.LIST_CLOSED, M.CONSULTATION_ONLY}): M.CONSULTATION_ONLY,
    frozenset({M.NO_PLACES, M.UNSUITABLE}): M.UNSUITABLE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Evidence:
    meaning: Meaning
    confidence: float
    clause: Clause
    passage: str


def read_answer(body: str, asked: Sequence[str], *, sent_on: date, subject: str = "") -> tuple[Suggestion, ...]:
    """What an answer (plain text) says of each person asked for, by code, in their order.

    Nobody is listed of whom nothing can be said with enough certainty. An absence, a wrong address and "no more
    letters" are said of everybody. `sent_on` is the day the answer was written: "in six weeks" counts from it.
    """
    found = [evidence for part in own_words(body) for evidence in _evidence(part.text, asked, part.code)]
    mailbox = [e for e in found if e.meaning in OF_THE_MAILBOX]
    if any(e.meaning is M.OUT_OF_OFFICE for e in _evidence(subject, (), None)):
        mailbox += [e for e in _evidence(subject, (), None) if e.meaning is M.OUT_OF_OFFICE]
    of_mailbox = _of_mailbox(mailbox, found)
    if of_mailbox is not None:
        return tuple(_suggest(code, of_mailbox.meaning, [of_mailbox], sent_on) for code in asked)
    if any(e.clause.vague for e in found) and len(asked) > 1 and not any(e.clause.codes for e in found):
        return ()  # somebody is meant who is not named
    said = [e for e in found if e.meaning not in OF_THE_MAILBOX]
    suggestions = (_of_person(code, said, asked, sent_on) for code in asked)
    return tuple(s for s in suggestions if s is not None and s.confidence >= SURE_ENOUGH)


def _evidence(text: str, asked: Sequence[str], below: str | None) -> list[_Evidence]:
    found: list[_Evidence] = []
    for clause in clauses_of(text, asked, below=below):
        matched = {
            rule.meaning: rule.confidence
            for rule in reversed(RULES)
            if rule.pattern.search(clause.text) and not any(u.search(clause.text) for u in rule.unless)
        }
        if clause.question:
            # whoever asks has not decided; "ob Sie noch suchen?" offers nothing
            matched = {m: c for m, c in matched.items() if m is M.NEEDS_INFO}
        found += [_Evidence(meaning, confidence, clause, text) for meaning, confidence in matched.items()]
    return found


def _of_mailbox(mailbox: Sequence[_Evidence], found: Sequence[_Evidence]) -> _Evidence | None:
    kinds = {e.meaning for e in mailbox}
    for meaning in (M.OPT_OUT, M.WRONG_ADDRESS):
        if meaning in kinds:
            # somebody who offers a place wants the next letter, too
            if any(e.meaning in {M.PLACE_FREE, M.WAITING_LIST} for e in found):
                return None
            return next(e for e in mailbox if e.meaning is meaning)
    if M.OUT_OF_OFFICE in kinds and not any(e.meaning not in OF_THE_MAILBOX for e in found):
        return max((e for e in mailbox), key=lambda e: e.confidence)
    return None


def _of_person(code: str, said: Sequence[_Evidence], asked: Sequence[str], sent_on: date) -> Suggestion | None:
    own = [e for e in said if code in e.clause.codes and (len(e.clause.codes) < len(asked) or len(asked) == 1)]
    general = [e for e in said if not e.clause.codes or set(e.clause.codes) == set(asked)]
    if len(asked) == 1:
        own = list(said)
    if own:
        chosen = own
    else:
        if any(e.clause.vague for e in said):
            return None
        chosen = general
    meaning = _combined({e.meaning for e in chosen})
    if meaning is None:
        return None
    bearing = [e for e in chosen if e.meaning is meaning]
    return _suggest(code, meaning, bearing, sent_on)


def _combined(meanings: set[Meaning]) -> Meaning | None:
    if not meanings:
        return None

    def two(a: Meaning | None, b: Meaning) -> Meaning | None:
        return a if a is b else _TOGETHER.get(frozenset({a, b})) if a is not None else None

    first, *others = sorted(meanings, key=list(Meaning).index)
    start: Meaning | None = first
    return reduce(two, others, start)


def _suggest(code: str, meaning: Meaning, bearing: Sequence[_Evidence], sent_on: date) -> Suggestion:
    best = max(bearing, key=lambda e: e.confidence)
    until = None
    if meaning in DATED:
        last = meaning is not M.PLACE_FREE
        days = (find_day(e.clause.text, sent_on=sent_on, last=last) for e in bearing)
        until = next((day for day in days if day is not None), None)
    quote = best.passage[best.clause.start : best.clause.end]
    return Suggestion(code, meaning, until, quote, best.confidence)
