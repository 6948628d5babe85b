"""What an answer says of a practice: full, from when there are places again, its waiting list.

Only sentences about nobody in particular count. What is promised to one person is no word about the practice, and a
practice that gives somebody a place is not called full.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

from domain.communication.reading.clauses import Clause
from domain.communication.reading.dates import find_day
from domain.communication.reading.descriptions import PersonFacts
from domain.communication.reading.hearing import Heard, Said, hear
from domain.communication.reading.later import day_put_off_to
from domain.communication.reading.meanings import OF_THE_MAILBOX, Meaning, PlacesSaid
from domain.communication.reading.reader import readings_of
from domain.communication.reading.rules import Sign

M = Meaning
# of several statements the first is the more exact one: who keeps a list, or closed it, is full anyhow
_TOLD = (M.LIST_CLOSED, M.WAITING_LIST, M.NO_PLACES)
_CONTRADICTED: Mapping[Meaning, frozenset[Meaning]] = {
    M.LIST_CLOSED: frozenset({M.WAITING_LIST, M.PLACE_FREE}),
    M.WAITING_LIST: frozenset({M.LIST_CLOSED, M.PLACE_FREE}),
    M.NO_PLACES: frozenset({M.WAITING_LIST, M.PLACE_FREE}),
}
_NONE = frozenset({M.NO_PLACES, Sign.REFUSED})
_OFFERED = frozenset({M.PLACE_FREE, Sign.WELCOME})
_UNTIL = re.compile(r"\bbis\b")
# "ich setze sie auf die Liste" is about one person; "Sie" with a capital letter speaks to us
_SOMEBODY = re.compile(
    r"\bsie\b|\b[Ee]r\b|\b[Ii]h[nm]\b|\b(?:[Ii]hre?n?|[Dd]ie|[Dd]er|[Dd]en|[Dd]iese[nr]?)"
    r" (?:Patient(?:in|en)?|Klient(?:in|en)?|Frau|Dame|Herrn?|Mann|Person)\b"
)
_PUT_ON_IT = re.compile(r"\b[Ss]ie\b")
_SHORT = 8  # words: what goes on about places just named


def read_places(
    body: str, asked: Sequence[str], *, sent_on: date, subject: str = "", facts: Sequence[PersonFacts] = ()
) -> PlacesSaid | None:
    """What an answer (plain text) says of the practice's places; None where that is nothing, or not clear enough."""
    heard = hear(body, asked, subject=subject, facts=facts)
    if any(s.claim.sign in OF_THE_MAILBOX for s in (*heard.said, *heard.titled)):
        return None
    persons = {r.meaning for r in readings_of(heard, sent_on=sent_on)}
    later = list(_later(heard, sent_on))
    offers = {s.claim.sign for s in heard.said if s.claim.sign in _OFFERED and s.claim.clause not in later}
    if offers:
        persons.add(M.PLACE_FREE)
    told = [s for s in heard.said if s.claim.sign in _TOLD and _of_practice(s, heard.asked)]
    claimed = {Meaning(s.claim.sign) for s in told}
    told = [s for s in told if s.claim.sign is M.NO_PLACES or not _both_ways(s.claim.clause, told)]
    kinds = {Meaning(s.claim.sign) for s in told}
    if later and (M.NO_PLACES in kinds or any(s.claim.sign in _NONE for s in heard.said)):
        kinds.add(M.NO_PLACES)
    meaning = next((m for m in _TOLD if m in kinds), None)
    if meaning is None or (meaning is M.NO_PLACES and M.PLACE_FREE in persons):
        return None
    own = [s for s in told if s.claim.sign is meaning]
    days = _days((s.claim.clause for s in own), later, sent_on, full=meaning is not M.WAITING_LIST)
    agreed = len(days) <= 1 and not _CONTRADICTED[meaning] & (persons | claimed)
    quote = _quote(own, later, heard)
    return PlacesSaid(meaning, min(days) if days else None, quote, agreed)


def _of_practice(said: Said, asked: Sequence[str]) -> bool:
    clause, sign = said.claim.clause, said.claim.sign
    if clause.named or clause.vague or clause.question:
        return False
    if sign is M.WAITING_LIST and any("CONSULT" in word.tags for word in clause.words):
        return False  # a wait for the consultation
    sentence = _sentence(said)
    if _SOMEBODY.search(sentence) or (sign is M.WAITING_LIST and _PUT_ON_IT.search(sentence)):
        return False
    # who was named before may still be meant, except of a closed list: a practice has only one
    return sign is M.LIST_CLOSED or (
        clause.codes in (frozenset(), frozenset(asked)) and not (sign is M.WAITING_LIST and clause.codes)
    )


def _sentence(said: Said) -> str:
    """The clause with what stands before it in its sentence: "ich setze sie / aber auf die Warteliste"."""
    before = re.split(r"[.!?\n]", said.passage[: said.claim.clause.start])[-1]
    return before + said.passage[said.claim.clause.start : said.claim.clause.end]


def _both_ways(clause: Clause, told: Iterable[Said]) -> bool:
    """Whether one clause seems to open and to close the list: it was not understood."""
    return {M.LIST_CLOSED, M.WAITING_LIST} <= {s.claim.sign for s in told if s.claim.clause is clause}


def _later(heard: Heard, sent_on: date) -> Iterable[Clause]:
    """Clauses that say from when there are places again: "Neue Plätze erst ab März"."""
    signs: dict[int, set[Meaning | Sign]] = {}
    for said in heard.said:
        signs.setdefault(id(said.claim.clause), set()).add(said.claim.sign)
    before: Collection[Meaning | Sign] = ()
    for clause in heard.spoken:
        own = signs.get(id(clause), set())
        goes_on = not own and M.NO_PLACES in before and len(clause.words) <= _SHORT
        if (
            (goes_on or (own and own <= _OFFERED))
            and clause.codes in (frozenset(), frozenset(heard.asked))
            and day_put_off_to(clause, sent_on=sent_on) is not None
        ):
            yield clause
        before = own


def _days(told: Iterable[Clause], later: Iterable[Clause], sent_on: date, *, full: bool) -> set[date]:
    found = {day_put_off_to(clause, sent_on=sent_on) for clause in later}
    for clause in told:
        if not full:
            found.add(find_day(clause.text, sent_on=sent_on, last=True))
        elif _UNTIL.search(clause.text):
            until = find_day(clause.text, sent_on=sent_on, last=True)
            # full until the last of March: places from the first of April
            found.add(until + timedelta(days=1) if until is not None else None)
        else:
            found.add(day_put_off_to(clause, sent_on=sent_on))
    return {day for day in found if day is not None}


def _quote(told: Sequence[Said], later: Sequence[Clause], heard: Heard) -> str:
    resting = [s for s in heard.said if s.claim.clause in later] or [s for s in heard.said if s.claim.sign in _NONE]
    best = max(told or resting, key=lambda s: s.claim.confidence)
    return best.passage[best.claim.clause.start : best.claim.clause.end]
