"""Sentences that put places off: after a refusal "Neue Plätze erst ab März" offers nothing now."""

import re
from datetime import date

from domain.communication.reading.clauses import Clause
from domain.communication.reading.dates import find_day

_NOT_BEFORE = re.compile(r"\b(?:erst|fruehestens)\b|\b(?:wieder|neue\w*)\b.*\bab\b|\bab\b.*\bwieder\b")
_OTHER_MATTERS = frozenset({"INQUIRY", "CALL", "AWAY", "REACHABLE", "CONSULT", "TALK", "TRIAL"})


def puts_off(clause: Clause) -> bool:
    """Whether a clause about nobody in particular says "not before" of places."""
    return (
        not (clause.named or clause.vague or clause.question)
        and _NOT_BEFORE.search(clause.text) is not None
        and not any(_OTHER_MATTERS & word.tags for word in clause.words)
    )


def day_put_off_to(clause: Clause, *, sent_on: date) -> date | None:
    """The day from which there are places again, where such a clause names it."""
    day = find_day(clause.text, sent_on=sent_on, last=False) if puts_off(clause) else None
    return day if day is not None and day > sent_on else None
