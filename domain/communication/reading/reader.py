"""The reading of an answer: what its clauses say of whom, and what that comes to; silent where they contradict."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.communication.reading.claims import Claim, claims_of, unexplained
from domain.communication.reading.clauses import Clause, clauses_of
from domain.communication.reading.dates import find_day
from domain.communication.reading.descriptions import PersonFacts
from domain.communication.reading.meanings import DATED, FULL_UNTIL, OF_THE_MAILBOX, Meaning, Suggestion
from domain.communication.reading.quotes import own_words
from domain.communication.reading.rules import Sign
from domain.communication.reading.verdict import verdict

M = Meaning
_UNTIL = re.compile(r"\bbis\b")
SURE_ENOUGH = 0.85  # below it a person gets no suggestion, only the text; see benchmarks/reply_reading.py


@dataclass(frozen=True, slots=True)
class _Said:
    claim: Claim
    passage: str


def read_answer(
    body: str, asked: Sequence[str], *, sent_on: date, subject: str = "", facts: Sequence[PersonFacts] = ()
) -> tuple[Suggestion, ...]:
    """What an answer (plain text) says of each person asked for, by code, in their order.

    Nobody is listed of whom nothing can be said with enough certainty. An absence, a wrong address and "no more
    letters" are said of everybody. `sent_on` is the day the answer was written: "in six weeks" counts from it.
    `facts` is what the inquiry told of the persons, so that "the younger one" is known.
    """
    return tuple(
        s for s in readings(body, asked, sent_on=sent_on, subject=subject, facts=facts) if s.confidence >= SURE_ENOUGH
    )


def readings(
    body: str, asked: Sequence[str], *, sent_on: date, subject: str = "", facts: Sequence[PersonFacts] = ()
) -> tuple[Suggestion, ...]:
    """As `read_answer`, with what is not sure enough to be suggested."""
    found: list[_Said] = []
    open_: list[Clause] = []
    spoken: list[Clause] = []
    for part in own_words(body):
        clauses = clauses_of(part.text, asked, facts=facts, below=part.code)
        claims = claims_of(clauses)
        found += [_Said(claim, part.text) for claim in claims]
        open_ += unexplained(clauses, claims)
        spoken += clauses
    titled = [_Said(claim, "") for claim in claims_of(clauses_of(subject, ()), title=True)]
    mailbox = _of_mailbox(found, titled)
    if mailbox is not None:
        return tuple(_suggest(code, mailbox[0], mailbox[1], mailbox[2], spoken, sent_on) for code in asked)
    said = [s for s in found if s.claim.sign not in OF_THE_MAILBOX]
    results = (_of_person(code, said, open_, spoken, asked, sent_on) for code in asked)
    return tuple(s for s in results if s is not None)


def _of_mailbox(found: Sequence[_Said], titled: Sequence[_Said]) -> tuple[Meaning, float, list[_Said]] | None:
    kinds = {s.claim.sign for s in found}
    offers = [
        s
        for s in found
        if s.claim.sign in {M.PLACE_FREE, M.WAITING_LIST, M.CONSULTATION_ONLY} and (s.claim.clause.named or not titled)
    ]
    for meaning in (M.WRONG_ADDRESS, M.OPT_OUT):
        if meaning in kinds:
            # somebody who offers a place wants the next letter, too
            return None if kinds & {M.PLACE_FREE, M.WAITING_LIST} else _rests_on(meaning, found)
    away = [s for s in (*found, *titled) if s.claim.sign is M.OUT_OF_OFFICE]
    if not away:
        return None
    if titled and not offers and not any("abschlaegig" in s.claim.clause.text for s in found):
        return _rests_on(M.OUT_OF_OFFICE, away)
    decided = kinds - OF_THE_MAILBOX - {Sign.LATER, Sign.WELCOME}
    return None if decided else _rests_on(M.OUT_OF_OFFICE, away)


def _rests_on(meaning: Meaning, found: Sequence[_Said]) -> tuple[Meaning, float, list[_Said]]:
    bearing = [s for s in found if s.claim.sign is meaning]
    return meaning, max(s.claim.confidence for s in bearing), bearing


def _of_person(
    code: str,
    said: Sequence[_Said],
    open_: Sequence[Clause],
    spoken: Sequence[Clause],
    asked: Sequence[str],
    sent_on: date,
) -> Suggestion | None:
    if len(asked) == 1:
        chosen = list(said)
    else:
        everybody = frozenset(asked)
        chosen = [
            s
            for s in said
            if code in s.claim.clause.codes and s.claim.clause.codes != everybody and s.claim.confidence >= SURE_ENOUGH
        ]
        if not chosen:
            if any(s.claim.clause.vague for s in said):
                return None  # somebody is meant who is not named
            named = any(s.claim.clause.codes not in (frozenset(), everybody) for s in said)
            general = [s for s in said if s.claim.clause.codes in (frozenset(), everybody)]
            # a sentence about nobody in particular tells of the others only that there is nothing
            chosen = [
                s for s in general
                if not named or s.claim.clause.codes == everybody or s.claim.sign in {M.NO_PLACES, M.LIST_CLOSED}
            ]  # fmt: skip
    own = sum(1 for clause in open_ if not clause.codes or code in clause.codes)
    topics = frozenset(
        tag
        for clause in spoken
        if not clause.codes or code in clause.codes
        for word in clause.words
        for tag in word.tags
    )
    found = verdict([s.claim for s in chosen], unexplained=own, topics=topics)
    if found is None:
        return None
    meaning, confidence, claims = found
    return _suggest(code, meaning, confidence, [s for s in chosen if s.claim in claims], spoken, sent_on)


def _suggest(
    code: str, meaning: Meaning, confidence: float, bearing: Sequence[_Said], spoken: Sequence[Clause], sent_on: date
) -> Suggestion:
    best = max(bearing, key=lambda s: s.claim.confidence)
    until = None
    if meaning in DATED | FULL_UNTIL:
        last = meaning is not M.PLACE_FREE
        texts = _texts(bearing, spoken, meaning)
        if meaning in FULL_UNTIL:
            texts = [text for text in texts if _UNTIL.search(text)]
        days = (find_day(text, sent_on=sent_on, last=last) for text in texts)
        until = next((day for day in days if day is not None), None)
    quote = best.passage[best.claim.clause.start : best.claim.clause.end]
    return Suggestion(code, meaning, until, quote, confidence)


def _texts(bearing: Sequence[_Said], spoken: Sequence[Clause], meaning: Meaning) -> list[str]:
    """Where a day may stand: in the words themselves, else in what follows them or stands before."""
    own = [s.claim.clause for s in bearing]
    near = [
        clause
        for step in (1, 2, -1)
        for at, clause in enumerate(spoken)
        if 0 <= at - step < len(spoken)
        and any(spoken[at - step] is c for c in own)
        and clause.codes in {c.codes for c in own} | {frozenset()}
    ]
    if meaning in FULL_UNTIL:
        near = []
    return [clause.text for clause in (*own, *near)]
