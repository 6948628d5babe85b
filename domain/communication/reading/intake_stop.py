"""Whether a practice's own page says that nobody is taken: "Momentan Aufnahmestopp". Pure, and careful."""

import re
from datetime import date, timedelta

from domain.communication.reading.dates import find_day
from domain.communication.reading.folding import fold
from domain.communication.reading.meanings import Meaning, PlacesSaid

_STOP = re.compile(r"aufnahme-?stop", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[A-Za-zÄÖÜäöüß\d][.!?;])\s+(?=[A-ZÄÖÜ])|\n")
_NOT_NOW = re.compile(
    r"\bkein|\bnicht\b|\bohne\b|aufgehoben|beendet|vorbei|(?<!\bbis )\bende\b|\bwenn\b|falls|\bbei\b|sobald|\bob\b"
    r"|\?|\bab\b|\bgab\b|\bwar\b|\bgruppe|\bkurs|selbstzahl|privat|frag",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\bbis\b")


def mentions_stop(line: str) -> bool:
    """Whether a line speaks of such a stop, in whatever way."""
    return _STOP.search(line) is not None


def read_intake_stop(line: str, *, sent_on: date) -> PlacesSaid | None:
    """Full, from when there are places again where it says until when; None where it is not plainly said of now."""
    said = [sentence for sentence in _SENTENCE.split(line) if _STOP.search(sentence)]
    if not said or any(_NOT_NOW.search(sentence) for sentence in said):
        return None
    quote = said[0].strip()
    folded = fold(quote).text
    if not _UNTIL.search(folded):
        return PlacesSaid(Meaning.NO_PLACES, None, quote, agreed=True)
    until = find_day(folded, sent_on=sent_on, last=True)
    if until is None:  # "bis auf Weiteres"
        return PlacesSaid(Meaning.NO_PLACES, None, quote, agreed=True)
    if until < sent_on:
        return None
    return PlacesSaid(Meaning.NO_PLACES, until + timedelta(days=1), quote, agreed=True)
