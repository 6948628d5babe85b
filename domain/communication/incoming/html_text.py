"""The words of an HTML mail: tags go, paragraphs and quotes stay; pictures, styles and scripts are never looked at."""

import re

from bs4 import BeautifulSoup, NavigableString
from bs4.element import Comment, Declaration, Doctype, ProcessingInstruction, Tag

LONGEST = 2_000_000  # letters of HTML looked at
_SILENT = ("script", "style", "head", "title", "template", "noscript", "object", "iframe", "svg", "meta", "link")
_LINES = frozenset({"br", "div", "tr", "li"})
_APART = frozenset(
    {"p", "ul", "ol", "table", "h1", "h2", "h3", "h4", "blockquote", "hr", "pre"}
)  # an empty line beside
_UNSEEN = (Comment, Declaration, Doctype, ProcessingInstruction)


def text_of_html(html: str) -> str:
    """Plain text, one line a paragraph; what stood in a quote begins with ``> ``."""
    soup = BeautifulSoup(html[:LONGEST], "html.parser")
    for silent in soup(_SILENT):
        silent.extract()
    page = _Lines()
    # by hand, since mails nest deeper than Python recurses
    waiting: list[tuple[object, bool]] = [(soup, False)]
    while waiting:
        node, leaving = waiting.pop()
        if isinstance(node, NavigableString):
            page.say(node)
        elif isinstance(node, Tag):
            page.cross(node.name, leaving=leaving)
            if not leaving:
                waiting.append((node, True))
                waiting.extend((child, False) for child in reversed(node.contents))
    return page.text()


class _Lines:
    """Lines as they come about while a page is walked through."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, str]] = []
        self._words: list[str] = []
        self._depth = 0

    def say(self, words: NavigableString) -> None:
        if not isinstance(words, _UNSEEN):
            self._words.append(str(words))

    def cross(self, name: str, *, leaving: bool) -> None:
        """A tag begins or ends."""
        if name in _APART or (name in _LINES and not (name == "br" and leaving)):
            self._end_line(apart=name in _APART)
        if name == "blockquote":
            self._depth += -1 if leaving else 1

    def _end_line(self, *, apart: bool) -> None:
        line = re.sub(r"\s+", " ", "".join(self._words)).strip()
        self._words.clear()
        if line:
            self._lines.append((self._depth, line))
        if apart and self._lines and self._lines[-1][1]:
            self._lines.append((self._depth, ""))

    def text(self) -> str:
        self._end_line(apart=False)
        return "\n".join("> " * depth + line for depth, line in self._lines).strip()
