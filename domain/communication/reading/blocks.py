"""Paragraphs and list items of an answer, without the lines that only greet."""

import re

from domain.communication.reading.folding import Folded, fold

WRAPPED_FROM = 45  # letters: a shorter line was not wrapped by a mail program
LONGEST_GREETING = 70  # letters
_ITEM = re.compile(
    r"^\s*(?:[-*•·]|\d\s?[.):]|[a-f]\))\s?(?!\d)|^\s*(?:kennung\s|person\s|nr\.?\s?|patient(?:in)?\s)?\S{1,8}\s?(?:[:=)-]|=>|->)\s"
)
_GREETING = re.compile(
    r"^\s*(?:sehr geehrte|liebe[rsn]?\b|guten (?:tag|morgen|abend)|hallo|moin|servus|gruess gott|hi\b|hey\b|"
    r"werte|sg\.).{0,60}$"
)


def blocks(passage: str, folded: Folded) -> list[tuple[int, int, bool]]:
    """Paragraphs and list items: lines that go on are joined. True: a blank line stands before."""
    found: list[tuple[int, int, bool]] = []
    starts = {place: number for number, place in reversed(list(enumerate(folded.origin)))}
    position, open_from, was_item, before, blank, fresh = 0, None, False, "", True, True
    for line in [*passage.split("\n"), ""]:
        low = fold(line).text
        item = bool(_ITEM.match(low))
        begin = starts.get(position, len(folded.text))
        ended = open_from is not None and (not line.strip() or item or was_item or _ended(before))
        if ended and open_from is not None:
            found.append((open_from, begin, fresh))
            open_from = None
        if not line.strip():
            blank = True
        elif open_from is None and not _greets(low):
            open_from, was_item, fresh, blank = begin, item, blank or (fresh and not found), False
        position, before = position + len(line) + 1, line
    if open_from is not None:
        found.append((open_from, len(folded.text), fresh))
    return found


def _greets(low: str) -> bool:
    """A line of its own that greets and says nothing else."""
    alone = len(low) < LONGEST_GREETING and low.rstrip().endswith((",", "!", ":", "."))
    return (
        alone
        and bool(_GREETING.match(low))
        and not re.search(r"\b(?:ich|wir|ist|sind|kann|kein\w*|leider|platz|nehm\w*|hab\w*)\b", low)
    )


def _ended(before: str) -> bool:
    # a comma ends a line that was not wrapped there: a greeting
    stripped = before.rstrip()
    return stripped.endswith((".", "!", "?", ":")) or (len(before) < WRAPPED_FROM)
