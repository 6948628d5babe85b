"""The words of an HTML mail: tags go, paragraphs and quotes stay; pictures, styles and scripts are never looked at."""

import re

from bs4 import BeautifulSoup, NavigableString, ParserRejectedMarkup
from bs4.element import Comment, Declaration, Doctype, ProcessingInstruction, Tag

LONGEST = 300_000  # letters of HTML looked at
_SILENT = frozenset(
    {"script", "style", "head", "title", "template", "noscript", "object", "iframe", "svg", "meta", "link"}
)
_LINES = frozenset({"br", "div", "tr", "li"})
_APART = frozenset(
    {"p", "ul", "ol", "table", "h1", "h2", "h3", "h4", "blockquote", "hr", "pre"}
)  # an empty line beside
MOST_QUOTED = 20  # a quote in a quote, and so on; beyond that nobody reads it
# comments and declarations (a broken one goes to the end): the library stumbles over them, none is ever shown
_ASIDE = re.compile(r"<!--.*?(?:-->|\Z)|<[!?][^>]*(?:>|\Z)", re.DOTALL)
# a tag that never ends makes the library search the whole page for its end
_NO_TAG = re.compile(r"<(?=[^<>]*(?:<|\Z))")
# what only looks like a number of a letter makes the library search the whole page
_NO_LETTER = re.compile(r"&#(?!(?:[0-9]+|[xX][0-9a-fA-F]+)[^0-9a-fA-F])")
_HIDDEN_BY = re.compile(
    r"(?:^|;)(?:display:none|visibility:(?:hidden|collapse)|font-size:0+(?:\.0+)?(?:[a-z]+|%)?"
    r"|max-height:0+(?:\.0+)?(?:[a-z]+|%)?|opacity:0*(?:\.0+)?%?|mso-hide:all)(?:!important)?(?=;|$)"
)
_SPACE_OR_REMARK = re.compile(r"\s+|/\*.*?\*/", re.DOTALL)
_LONGEST_STYLE = 5_000
_UNSEEN = (Comment, Declaration, Doctype, ProcessingInstruction)


def text_of_html(html: str) -> str:
    """Plain text, one line a paragraph; what stood in a quote begins with ``> ``."""
    html = _NO_TAG.sub("&lt;", _NO_LETTER.sub("&amp;#", _ASIDE.sub("", html[:LONGEST])))
    try:
        soup = BeautifulSoup(html, "html.parser")
    except (ParserRejectedMarkup, AssertionError, RecursionError):
        return re.sub(r"<[^<>]*>", " ", html)
    page = _Lines()
    # by hand, since mails nest deeper than Python recurses
    waiting: list[tuple[object, bool]] = [(soup, False)]
    while waiting:
        node, leaving = waiting.pop()
        if isinstance(node, NavigableString):
            page.say(node)
        elif isinstance(node, Tag) and not _is_silent(node):
            page.cross(node.name, leaving=leaving)
            if not leaving:
                waiting.append((node, True))
                waiting.extend((child, False) for child in reversed(node.contents))
    return page.text()


def _is_silent(tag: Tag) -> bool:
    """Whether a reader sees nothing of what stands in a tag."""
    style = str(tag.get("style") or "")[:_LONGEST_STYLE].lower()
    return (
        tag.name in _SILENT
        or tag.has_attr("hidden")
        or (bool(style) and _HIDDEN_BY.search(_SPACE_OR_REMARK.sub("", style)) is not None)
    )


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
        return "\n".join("> " * min(depth, MOST_QUOTED) + line for depth, line in self._lines).strip()
