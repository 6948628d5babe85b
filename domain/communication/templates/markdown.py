"""Markdown of a letter as HTML and as plain text. HTML inside it is text; pictures and code do not exist.

A value that a template puts in is escaped: whatever a name or a footer contains, it is read, never interpreted.
"""

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

_NEVER = ["code", "fence", "backticks", "image", "reference", "html_block", "html_inline", "autolink", "entity"]
# What is left of Markdown's signs: in a line, and where a line begins. Others stay bare, since people write on in what
# was filled in.
_IN_LINE = re.compile(r"([\\*\[\]]|(?<![^\W_])_|_(?![^\W_]))")
_AT_BEGINNING = re.compile(r"^(\s*\d{0,9})(?=[-+#>.)=])", re.MULTILINE)


class Ready(str):
    """Markdown that a block made: put in as it is."""

    __slots__ = ()


def escaped(value: object) -> object:
    """What a template puts in, with every sign of Markdown taken literally."""
    if isinstance(value, Ready) or not isinstance(value, str):
        return value
    return _AT_BEGINNING.sub(r"\1\\", _IN_LINE.sub(r"\\\1", value))


@cache
def _parser() -> MarkdownIt:
    # a line break somebody types is one: letters are not source code
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(_NEVER)


def to_html(source: str) -> str:
    """HTML without head and styles."""
    return str(_parser().render(source))


def parts(source: str) -> list[Token]:
    """The parts of a text one after the other, for who sets it on paper."""
    return _parser().parse(source)


def to_text(source: str) -> str:
    """Plain text: lists with dashes or numbers, quotes indented, a rule as two dashes."""
    lines = _Lines()
    for token in _parser().parse(source):
        lines.take(token)
    return "\n".join(lines.done).strip("\n") + "\n"


class _Lines:
    """Lines as they come about while the parts of a text go by."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self._indents: list[str] = []  # one for each quote or list point around
        self._bullet = ""
        self._numbers: list[int | None] = []  # the next number of each list around; None where it has dashes

    def take(self, token: Token) -> None:
        match token.type:
            case "inline":
                self._say(_words(token.children or []))
            case "paragraph_close" if not token.hidden:
                self._apart()
            case "heading_close" | "blockquote_close" | "bullet_list_close" | "ordered_list_close":
                self._close(token)
            case "hr":
                self._say("--")
            case "blockquote_open":
                self._indents.append("  ")
            case "bullet_list_open":
                self._numbers.append(None)
            case "ordered_list_open":
                self._numbers.append(int(token.attrGet("start") or 1))
            case "list_item_open":
                self._point()
            case "list_item_close":
                self._indents.pop()

    def _close(self, token: Token) -> None:
        if token.type == "blockquote_close":
            self._indents.pop()
        elif token.type != "heading_close":
            self._numbers.pop()
        if not self._numbers:
            self._apart()

    def _point(self) -> None:
        number = self._numbers[-1]
        self._bullet = "- " if number is None else f"{number}. "
        if number is not None:
            self._numbers[-1] = number + 1
        self._indents.append(" " * len(self._bullet))

    def _say(self, words: str) -> None:
        for line in words.split("\n"):
            before = "".join(self._indents)
            if self._bullet:
                before, self._bullet = before[: -len(self._bullet)] + self._bullet, ""
            self.done.append((before + line).rstrip())

    def _apart(self) -> None:
        if self.done and self.done[-1]:
            self.done.append("")


def _words(parts: list[Token]) -> str:
    said: list[str] = []
    links: list[tuple[str, int]] = []
    for part in parts:
        match part.type:
            case "softbreak" | "hardbreak":
                said.append("\n")
            case "link_open":
                links.append((str(part.attrGet("href") or ""), len(said)))
            case "link_close":
                address, began = links.pop()
                shown = "".join(said[began:])
                said.append("" if address.removeprefix("mailto:") == shown else f" ({address})")
            case _:
                said.append(part.content)
    return "".join(said)
