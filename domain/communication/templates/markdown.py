"""Markdown of a letter as HTML and as plain text. HTML inside it is text; pictures and code do not exist.

A value that a template puts in is escaped: whatever a name or a footer contains, it is read, never interpreted. Within
a word a sign is no markup, whoever typed it (5*3, Therapeut*innen, a_b), and a list keeps its numbers as typed.
"""

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

# a line of dashes is a rule and never makes a heading of the words above it
_NEVER = [
    "code", "fence", "backticks", "image", "reference", "html_block", "html_inline", "autolink", "entity", "lheading",
]  # fmt: skip
# What is left of Markdown's signs: in a line, and where a line begins. Others stay bare, since people write on in what
# was filled in.
_IN_LINE = re.compile(r"([\\\[\]]|(?<![^\W_])[*_]|[*_](?![^\W_]))")
_AT_BEGINNING = re.compile(r"(?:^|(?<=\r))([^\S\r\n]*\d{0,9})(?=[-+#>.)=])", re.MULTILINE)
# The same in a mail that is quoted, which a person reads with its signs: only what would be taken for markup.
_IN_QUOTE = re.compile(r"((?<![^\W_])[*_]|[*_](?![^\W_])|\\(?=[!-/:-@\[-`{-~])|\](?=\())")
_BEGINS_IN_QUOTE = re.compile(r"^(\s*)(?=#|-[ \t]*-[ \t]*-)")


class Ready(str):
    """Markdown that a block made: put in as it is."""

    __slots__ = ()


def escaped(value: object) -> object:
    """What a template puts in, with every sign of Markdown taken literally."""
    # Jinja marks the template's own words so (language.py)
    if isinstance(value, Ready) or not isinstance(value, str) or hasattr(value, "__html__"):
        return value
    return _AT_BEGINNING.sub(r"\1\\", _IN_LINE.sub(r"\\\1", value))


def quoted(text: str) -> str:
    """A mail's words as a quote: read as they were written."""
    lines = (_BEGINS_IN_QUOTE.sub(r"\1\\", _IN_QUOTE.sub(r"\\\1", line)) for line in text.splitlines())
    return "\n".join(f"> {line}" for line in lines)


@cache
def _parser() -> MarkdownIt:
    # a line break somebody types is one: letters are not source code
    made = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(_NEVER)
    made.inline.ruler.at("emphasis", _emphasis)
    made.core.ruler.after("block", "typed_numbers", _number_as_typed)
    return made


def _emphasis(state: StateInline, silent: bool) -> bool:
    """The parser's own rule, but that a star splits no word, as an underscore never did."""
    sign = state.src[state.pos]
    if silent or sign not in "*_":
        return False
    scanned = state.scanDelims(state.pos, False)
    for _ in range(scanned.length):
        state.push("text", "", 0).content = sign
        state.delimiters.append(
            Delimiter(ord(sign), scanned.length, len(state.tokens) - 1, -1, scanned.can_open, scanned.can_close)
        )
    state.pos += scanned.length
    return True


def _number_as_typed(state: StateCore) -> None:
    """24. and 26. stay what they are, though a list counts on."""
    due: list[int] = []  # of each list around
    for token in state.tokens:
        if token.type == "ordered_list_open":
            due.append(int(token.attrGet("start") or 1))
        elif token.type == "ordered_list_close":
            due.pop()
        elif token.type == "list_item_open" and token.info:
            if int(token.info) != due[-1]:
                token.attrSet("value", token.info)
            due[-1] = int(token.info) + 1


def to_html(source: str) -> str:
    """HTML without head and styles."""
    return str(_parser().render(source))


def parts(source: str) -> list[Token]:
    """The parts of a text one after the other, for who sets it on paper."""
    return _parser().parse(source)


def to_text(source: str) -> str:
    """Plain text: lists with the signs they were typed with, quotes indented, a rule as two dashes."""
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
        self._lists = 0  # around

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
            case "bullet_list_open" | "ordered_list_open":
                self._lists += 1
            case "list_item_open":
                sign = f"{token.info}{token.markup} "
                self._bullet += sign  # a point that begins with a point has both
                self._indents.append(" " * len(sign))
            case "list_item_close":
                if self._bullet:  # a sign alone on its line
                    self._say("")
                self._indents.pop()

    def _close(self, token: Token) -> None:
        if token.type == "blockquote_close":
            self._indents.pop()
        elif token.type != "heading_close":
            self._lists -= 1
        if not self._lists:
            self._apart()

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
