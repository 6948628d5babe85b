"""What of a mail its sender wrote now: without the quoted mail, the signature and the small print.

An answer written between the lines of the quote counts, with the code of the person whose line it follows.
"""

import re
from dataclasses import dataclass

LONGEST = 20_000  # letters looked at: no answer is longer, and the library's patterns are slow on huge texts
_QUOTED = re.compile(r"^\s*[>|]")
_CODE = re.compile(r"\b[2-9A-HJ-KM-NP-TV-Z]{5}\b")
# the library knows "Mit freundlichen Grüßen" and its like; these end a letter as well
_CLOSING = re.compile(
    r"^\s*(?:-- ?$|(?:mit )?(?:freundliche[mnr]?|herzliche[mnr]?|beste[mnr]?|liebe[mnr]?|viele|kollegiale[mnr]?|sonnige|schöne)"
    r" (?:und \w+ )?gr(?:u|ü|ue)(?:ß|ss)e?n?\b|(?:mfg|lg|vg|hg|bg|fg)\b\.?,?\s*$|hochachtungsvoll|gru(?:ß|ss),?\s*$|"
    r"gr(?:ü|ue)(?:ß|ss)e(?: aus .{0,30})?,?\s*$|(?:herzlichst|alles gute),?\s*$|i\. ?a\. \w+|gez\. )",
    re.IGNORECASE | re.MULTILINE,
)
_SIGNATURE_LINE = re.compile(r"^\s*(?:tel(?:efon)?\b|fax\b|e-?mail\b|www\.|mobil\b|_{5,}|-{5,}|\*{5,})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch the sender wrote; `code` is the person whose quoted line it stands below."""

    text: str
    code: str | None


def own_words(body: str) -> tuple[Passage, ...]:
    """The stretches the sender wrote now, in their order; stretches are found in `body` line by line."""
    # heavy, and needed only when an answer is read
    from mailparser_reply import EmailReplyParser

    text = body.replace("\r\n", "\n").replace("\r", "\n")[:LONGEST]
    replies = EmailReplyParser(languages=["de", "en"]).read(text).replies
    first = replies[0].content if replies else text
    passages = list(_between_quotes(first))
    for later in replies[1:]:
        # only a quote marked line by line tells an answer inside it from the quote itself
        content = later.content
        if any(_QUOTED.match(line) for line in content.splitlines()):
            passages += [p for p in _between_quotes(_without_head(content, later.headers)) if p.code is not None]
    return tuple(passages)


def _without_head(content: str, headers: str) -> str:
    return content.replace(headers, "", 1) if headers else content


def _between_quotes(text: str) -> list[Passage]:
    found: list[Passage] = []
    lines: list[str] = []
    code: str | None = None
    closed = False

    def keep() -> None:
        words = "\n".join(lines).strip()
        if words:
            found.append(Passage(words, code))
        lines.clear()

    for line in text.split("\n"):
        if _QUOTED.match(line):
            keep()
            closed = False
            mentioned = _CODE.search(line)
            code = mentioned.group() if mentioned else code
            continue
        # what stands below the farewell is no answer; a line of its own ends it, too
        closed = closed or bool(_CLOSING.match(line)) or bool(_SIGNATURE_LINE.match(line))
        if not closed:
            lines.append(line)
    keep()
    return found
