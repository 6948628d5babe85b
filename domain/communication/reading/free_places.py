"""Whether a practice's own page says that there are places. Pure, and careful: a page speaks to everybody and stays.

A mail that offers a place means somebody in particular; of a page only what is said plainly, of everybody, of now or
of a day that is near or ahead, counts. Places in a group, for who pays alone, or only for a talk are not meant by it.
"""

import re
from datetime import date, timedelta

from domain.communication.reading.clauses import Clause
from domain.communication.reading.dates import find_day
from domain.communication.reading.hearing import hear
from domain.communication.reading.later import day_put_off_to
from domain.communication.reading.meanings import Meaning, PlacesSaid
from domain.communication.reading.rules import Sign

M = Meaning
LATELY = timedelta(days=60)  # a day named longer ago is old news
_AGAINST = frozenset({M.NO_PLACES, M.LIST_CLOSED, M.WAITING_LIST, Sign.REFUSED})
_LIMITED = re.compile(
    r"selbstzahl|privat|grupp|sprechstund|probator|akut|supervis|coaching|paar|\bkurs|seminar|studie|eltern"
    r"|\bkein|\bnur\b|frag|inform|auskunft|auskünfte|erfahren|finden sie|\bwenn\b|falls|sobald|sollte|\bob\b|würde"
    r"|\bbis\b",
    re.IGNORECASE,
)
_FROM = re.compile(r"\bab (.*)")
_AT_ONCE = re.compile(r"\bab (?:sofort|jetzt|heute)\b")
_MONTH_OF_YEAR = re.compile(r"\b(0?[1-9]|1[0-2])/(20\d\d)\b")


def read_free_places(line: str, *, sent_on: date) -> PlacesSaid | None:
    """Places a line of a page offers, from a day where it names one; None where it does not, or not clearly."""
    if _LIMITED.search(line):
        return None
    heard = hear(line, ())
    told = [said for said in heard.said if said.claim.sign is M.PLACE_FREE]
    if not told or any(said.claim.sign in _AGAINST for said in heard.said):
        return None
    if any(said.claim.clause.question or said.claim.clause.vague or said.claim.clause.named for said in told):
        return None
    dated = any({"DATE", "MONTH"} & word.tags or word.text == "ab" for said in told for word in said.claim.clause.words)
    dated = dated and not any(_AT_ONCE.search(said.claim.clause.text) for said in told)
    days = {_day_of(said.claim.clause, sent_on) for said in told} - {None}
    day = min((day for day in days if day is not None), default=None)
    if len(days) > 1 or (dated and day is None) or (day is not None and day < sent_on - LATELY):
        return None
    first = told[0]
    quote = first.passage[first.claim.clause.start : first.claim.clause.end]
    return PlacesSaid(M.PLACE_FREE, day if day is not None and day > sent_on else None, quote, agreed=True)


def _day_of(clause: Clause, sent_on: date) -> date | None:
    """The day a clause names from which there are places: "wieder ab März", or right behind "ab"."""
    said = _FROM.search(clause.text)
    if said is None or _AT_ONCE.search(clause.text):
        return day_put_off_to(clause, sent_on=sent_on)
    return find_day(_MONTH_OF_YEAR.sub(r"1.\1.\2", said[1]), sent_on=sent_on, last=False)
