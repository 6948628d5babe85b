"""What of a mail its sender wrote now: without the quoted or forwarded mail, the signature and the small print.

An answer written between the lines of the quote counts, with the code of the person whose line it follows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from domain.communication.reading.signatures import where_it_ends

LONGEST = 20_000  # letters looked at: no answer is longer
_QUOTED = re.compile(r"^\s*[>|]")
_CODE = re.compile(r"\b[2-9A-HJ-KM-NP-TV-Z]{5}\b")
LONGEST_HEAD = 300  # letters of a line that heads a quote
HEAD_LINES = 3  # a head may be wrapped
# how the programs of offices, phones and web mailers head what they quote
_RULE = re.compile(
    r"[-_*]{0,12}\s?(?:ursprüngliche nachricht|urspruengliche nachricht|original[ -]?nachricht|original message|"
    r"original[ -]?mail|weitergeleitete nachricht|forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|"
    r"begin forwarded message)\s?:?\s?[-_*]*",
    re.IGNORECASE,
)
_DAY_WROTE = re.compile(r"(?:am|on)\s[^\n]*\d[^\n]*(?:schrieb|wrote|geschrieben)\b[^\n]*:", re.IGNORECASE)
_SOMEBODY_WROTE = re.compile(r"[^\n<>]*<[^\n<>]+>\s(?:schrieb|wrote)\b[^\n]*:", re.IGNORECASE)
_FIELD = re.compile(
    r"\*{0,2}(von|from|gesendet|datum|date|sent|an|to|cc|betreff|subject)(?: am)?\s?:\*{0,2}\s", re.IGNORECASE
)
_EMPTY_LINES = re.compile(r"\n{4,}")


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch the sender wrote; `code` is the person whose quoted line it stands below."""

    text: str
    code: str | None


def own_words(body: str) -> tuple[Passage, ...]:
    """The stretches the sender wrote now, in their order; stretches are found in `body` line by line."""
    text = _EMPTY_LINES.sub("\n\n\n", body[:LONGEST].replace("\r\n", "\n").replace("\r", "\n"))
    lines = text.split("\n")
    head = next((at for at in range(len(lines)) if _heads(lines, at)), None)
    above, below = (text, "") if head is None else ("\n".join(lines[:head]), "\n".join(lines[head + 1 :]))
    return tuple(_between_quotes(above) + _answers_inside(below))


def _heads(lines: Sequence[str], at: int) -> bool:
    """Whether what a mail quotes begins at a line."""
    line = _bare(lines[at])
    if not line:
        return False
    if _RULE.fullmatch(line) or _SOMEBODY_WROTE.match(line):
        return True
    if line[:3].lower() in {"am ", "on "}:
        rest = takewhile(_goes_on, (_bare(following) for following in lines[at + 1 : at + HEAD_LINES]))
        wrapped = [line, *(rest if line[-1] not in ".!?" else ())]
        return any(_DAY_WROTE.match(" ".join(wrapped[:number])) for number in range(1, len(wrapped) + 1))
    fields = {
        m.group(1).lower() for following in lines[at : at + HEAD_LINES] if (m := _FIELD.match(_bare(following) + " "))
    }
    return len(fields) > 1 and _FIELD.match(line + " ") is not None


def _goes_on(line: str) -> bool:
    return bool(line) and line[:3].lower() not in {"am ", "on "}


def _bare(line: str) -> str:
    return line[:LONGEST_HEAD].strip().lstrip(">| \t")


def _answers_inside(quoted: str) -> list[Passage]:
    """Only a quote marked line by line tells an answer inside or below it from the quote itself."""
    lines = quoted.split("\n")
    marked = [number for number, line in enumerate(lines) if _QUOTED.match(line)]
    if not marked:
        return []
    inside = _between_quotes("\n".join(lines[marked[0] :]))
    after_all = bool("".join(lines[marked[-1] + 1 :]).strip())
    if len(inside) == 1 and after_all:
        return [Passage(inside[0].text, None)]  # written below the whole quote, not below one person's line
    return [passage for passage in inside if passage.code is not None]


def _between_quotes(text: str) -> list[Passage]:
    found: list[Passage] = []
    lines: list[str] = []
    code: str | None = None

    def keep() -> None:
        # what stands below the farewell is no answer
        words = "\n".join(lines[: where_it_ends(lines)]).strip()
        if words:
            found.append(Passage(words, code))
        lines.clear()

    for line in text.split("\n"):
        if _QUOTED.match(line):
            keep()
            mentioned = _CODE.search(line)
            code = mentioned.group() if mentioned else code
        else:
            lines.append(line)
    keep()
    return found
