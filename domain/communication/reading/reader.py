"""The reading of an answer: what rules decide of each person, weighed with all else that speaks for or against it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.communication.reading.clauses import Clause
from domain.communication.reading.dates import find_day
from domain.communication.reading.descriptions import PersonFacts
from domain.communication.reading.evidence import evidence_of
from domain.communication.reading.hearing import Heard, Said, hear
from domain.communication.reading.later import puts_off
from domain.communication.reading.meanings import (
    DATED,
    FULL_UNTIL,
    OF_THE_MAILBOX,
    Meaning,
    SharedOffer,
    Suggestion,
)
from domain.communication.reading.paying import only_for_who_pays
from domain.communication.reading.rules import Sign
from domain.communication.reading.sharing import enough_for
from domain.communication.reading.verdict import verdict
from domain.communication.reading.weighing import how_sure

M = Meaning
_UNTIL = re.compile(r"\bbis\b")
_MOVED = re.compile(r"\bwir\b.{0,40}\b(?:umgezogen|verzogen)\b|\b(?:umgezogen|verzogen)\b.{0,20}\bwir\b")
_TELLS_OF_PLACES = frozenset({M.NO_PLACES, M.LIST_CLOSED, Sign.REFUSED})
_NOTHING = frozenset({M.NO_PLACES, Sign.REFUSED})
_OFFERED = frozenset({M.PLACE_FREE, Sign.WELCOME})
_OFFERING = frozenset({M.PLACE_FREE, Sign.WELCOME, Sign.TALK})
CLEAR = 0.85  # how sure a claim about one of several persons is at least
# below it a person gets no suggestion, only the text: by cross-validation on answers held back about 95 of 100 hold
SURE_ENOUGH = 0.9


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rules alone say of a person, and the claims that rests on; None where they are silent."""

    code: str
    meaning: Meaning | None = None
    bearing: Sequence[Said] = ()


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
    return readings_of(hear(body, asked, subject=subject, facts=facts), sent_on=sent_on)


def readings_of(heard: Heard, *, sent_on: date) -> tuple[Suggestion, ...]:
    """As `readings`, of an answer taken apart already."""
    return tuple(
        _suggest(
            decision.code, decision.meaning, how_sure(decision.meaning, evidence_of(heard, decision.code)),
            decision.bearing, heard.spoken, sent_on,
        )
        for decision in decisions(heard) if decision.meaning is not None
    )  # fmt: skip


def decisions(heard: Heard) -> tuple[Decision, ...]:
    """What the rules alone come to for each person asked for, before it is weighed."""
    mailbox = _of_mailbox(heard.said, heard.titled)
    if mailbox is not None:
        return tuple(Decision(code, *mailbox) for code in heard.asked)
    silent = {decision.code for decision in _too_few(heard)}
    found = _of_persons(heard)
    silent |= {d.code for d in found if d.meaning is M.PLACE_FREE and _only_for_who_pays(d, heard)}
    return tuple(Decision(d.code) if d.code in silent else d for d in found)


def offer_to_share(
    body: str, asked: Sequence[str], *, sent_on: date, subject: str = "", facts: Sequence[PersonFacts] = ()
) -> SharedOffer | None:
    """A place offered without saying to which of several persons: the office chooses; None where there is none."""
    heard = hear(body, asked, subject=subject, facts=facts)
    if _of_mailbox(heard.said, heard.titled) is not None:
        return None
    offered = _too_few(heard)
    if not offered:
        return None
    found = _suggest(offered[0].code, M.PLACE_FREE, 0, offered[0].bearing, heard.spoken, sent_on)
    return SharedOffer(tuple(decision.code for decision in offered), found.until, found.quote)


def _of_persons(heard: Heard) -> list[Decision]:
    said = [s for s in heard.said if s.claim.sign not in OF_THE_MAILBOX]
    return [_of_person(code, said, heard) for code in heard.asked]


def _too_few(heard: Heard) -> list[Decision]:
    """Who seems to have a place that is not offered to as many (`sharing`)."""
    offered = [decision for decision in _of_persons(heard) if decision.meaning is M.PLACE_FREE]
    enough = [s.claim.clause for s in heard.said if s.claim.sign in _OFFERING]
    found = []
    for decision in offered:
        resting = {id(s.claim.clause) for s in decision.bearing}
        persons = sum(any(id(s.claim.clause) in resting for s in other.bearing) for other in offered)
        about = [c for c in enough if id(c) in resting or (c.named and decision.code in c.codes)]
        if persons > 1 and not any(enough_for(clause, persons) for clause in about):
            found.append(decision)
    return found


def _only_for_who_pays(offered: Decision, heard: Heard) -> bool:
    """Whether a person's place depends on paying for it; of several who are named, what names nobody is of others."""
    named = len(heard.asked) > 1 and any(s.claim.clause.named for s in offered.bearing)
    return any(
        only_for_who_pays(clause.text)
        for clause in heard.spoken
        if offered.code in clause.codes or not (clause.codes or named)
    )


def _of_mailbox(found: Sequence[Said], titled: Sequence[Said]) -> tuple[Meaning, list[Said]] | None:
    kinds = {s.claim.sign for s in found}
    offers = [
        s
        for s in found
        if s.claim.sign in {M.PLACE_FREE, M.WAITING_LIST, M.CONSULTATION_ONLY} and (s.claim.clause.named or not titled)
    ]
    for meaning in (M.WRONG_ADDRESS, M.OPT_OUT):
        if meaning in kinds:
            if meaning is M.WRONG_ADDRESS and kinds & _TELLS_OF_PLACES and _only_moved(found):
                return None  # who moved and says how it is with places there has read the letter
            # somebody who offers a place wants the next letter, too
            return None if kinds & {M.PLACE_FREE, M.WAITING_LIST} else _rests_on(meaning, found)
    away = [s for s in (*found, *titled) if s.claim.sign is M.OUT_OF_OFFICE]
    if not away:
        return None
    if titled and not offers and not any("abschlaegig" in s.claim.clause.text for s in found):
        return _rests_on(M.OUT_OF_OFFICE, away)
    decided = kinds - OF_THE_MAILBOX - {Sign.LATER, Sign.WELCOME}
    return None if decided else _rests_on(M.OUT_OF_OFFICE, away)


def _only_moved(found: Sequence[Said]) -> bool:
    """Whether a wrong address is nothing but that we ourselves moved."""
    return all(_MOVED.search(s.claim.clause.text) for s in found if s.claim.sign is M.WRONG_ADDRESS)


def _rests_on(meaning: Meaning, found: Sequence[Said]) -> tuple[Meaning, list[Said]]:
    return meaning, [s for s in found if s.claim.sign is meaning]


def _of_person(code: str, said: Sequence[Said], heard: Heard) -> Decision:
    asked = heard.asked
    if len(asked) == 1:
        chosen = list(said)
    else:
        everybody = frozenset(asked)
        chosen = [
            s
            for s in said
            if code in s.claim.clause.codes and s.claim.clause.codes != everybody and s.claim.confidence >= CLEAR
        ]
        if not chosen:
            if any(s.claim.clause.vague for s in said):
                return Decision(code)  # somebody is meant who is not named
            named = any(s.claim.clause.codes not in (frozenset(), everybody) for s in said)
            general = [s for s in said if s.claim.clause.codes in (frozenset(), everybody)]
            # a sentence about nobody in particular tells of the others only that there is nothing
            chosen = [
                s for s in general
                if not named or s.claim.clause.codes == everybody or s.claim.sign in {M.NO_PLACES, M.LIST_CLOSED}
            ]  # fmt: skip
    if any(s.claim.sign in _NOTHING for s in chosen):
        chosen = [s for s in chosen if s.claim.sign not in _OFFERED or not puts_off(s.claim.clause)]
    found = verdict([s.claim for s in chosen])
    if found is None:
        return Decision(code)
    meaning, claims = found
    return Decision(code, meaning, [s for s in chosen if s.claim in claims])


def _suggest(
    code: str, meaning: Meaning, confidence: float, bearing: Sequence[Said], spoken: Sequence[Clause], sent_on: date
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


def _texts(bearing: Sequence[Said], spoken: Sequence[Clause], meaning: Meaning) -> list[str]:
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
