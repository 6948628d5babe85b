"""Hours on the phone as a page writes them: those behind a word for the telephone, not those behind another one.

A heading counts for the lines below it until the next; where one names both, as the head of a table does, nothing is
clearly said of what follows.
"""

import re
from collections.abc import Iterator, Sequence

from domain.acquisition.written_hours import written_hours
from domain.casework.page_lines import Line
from domain.values import WeekSpan

_BELOW = 8  # lines a heading counts for
_PHONE = re.compile(
    r"\btele(?:f|ph)onische?[nrs]?\s+(?:sprech|erreich)\w*|\btele(?:f|ph)on\w*(?:-\s?\w+)?|\btel\b|erreich\w*|anruf\w*"
    r"|(?:sprech|erreich)\w*\s+(?:am|per)\s+telefon",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"öffnungszeit|geöffnet|sprechzeit|sprechstund|praxiszeit|therapiezeit|behandlung|\bgruppe|\bkurs|seminar|vor ort",
    re.IGNORECASE,
)


def phone_hours(lines: Sequence[Line]) -> tuple[tuple[WeekSpan, ...], str]:
    """The first hours a page names for the telephone, and the words they stand in; nothing where it names none."""
    spans: set[WeekSpan] = set()
    quotes: list[str] = []
    left = 0  # lines the last word for the telephone still counts for
    for line in lines:
        words = sorted(_words(line.text))
        here = {span for span, _, end in written_hours(line.text) if _is_meant(end, words, carried=left > 0)}
        if here:
            spans |= here
            quotes.append(line.text)
        elif quotes and not any(phone for _, phone in words):
            break
        if words:
            phone = words[-1][1] and (bool(here) or all(by_phone for _, by_phone in words))
            left = _BELOW if phone else 0
        else:
            left = 0 if line.heading else left - 1
    return tuple(sorted(spans)), " · ".join(quotes)


def _words(text: str) -> Iterator[tuple[int, bool]]:
    """Where a line speaks of hours, and whether of those on the telephone."""
    taken = [(found.start(), found.end()) for found in _PHONE.finditer(text)]
    yield from ((start, True) for start, _ in taken)
    for found in _OTHER.finditer(text):
        if not any(start <= found.start() < end for start, end in taken):
            yield found.start(), False


def _is_meant(end: int, words: Sequence[tuple[int, bool]], *, carried: bool) -> bool:
    """Hours up to a place belong to the word before in their line, else to the one behind, else to a line above."""
    before = [phone for start, phone in words if start < end]
    if before:
        return before[-1]
    return words[0][1] if words else carried
