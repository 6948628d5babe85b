"""Markdown of a letter as blocks of text, for paper: paragraphs, points of lists, quotes, headings and rules.

The words carry only what paper shows: bold, slanted, and line breaks.
"""

from dataclasses import dataclass
from enum import StrEnum
from html import escape

from markdown_it.token import Token

from domain.communication.templates.markdown import parts


class BlockKind(StrEnum):
    """What a block is; a rule has no words."""

    TEXT = "text"
    HEADING = "heading"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Block:
    """One block. `markup` knows ``<b>``, ``<i>`` and ``<br/>``, everything else in it is escaped.

    `depth` counts the quotes and lists around it, `bullet` is what stands before the first line of a point.
    """

    kind: BlockKind
    markup: str = ""
    depth: int = 0
    quoted: bool = False
    bullet: str = ""


def to_blocks(source: str) -> tuple[Block, ...]:
    """The blocks of a text, in order."""
    reading = _Reading()
    for token in parts(source):
        reading.take(token)
    return tuple(reading.done)


class _Reading:
    def __init__(self) -> None:
        self.done: list[Block] = []
        self._quotes = 0
        self._lists = 0  # around
        self._bullet = ""
        self._heading = False

    def take(self, token: Token) -> None:
        match token.type:
            case "inline":
                kind = BlockKind.HEADING if self._heading else BlockKind.TEXT
                depth = self._quotes + self._lists
                words = _markup(token.children or [])
                self.done.append(Block(kind, words, depth, quoted=self._quotes > 0, bullet=self._bullet))
                self._bullet = ""
            case "heading_open" | "heading_close":
                self._heading = token.type == "heading_open"
            case "hr":
                self.done.append(Block(BlockKind.RULE))
            case "blockquote_open":
                self._quotes += 1
            case "blockquote_close":
                self._quotes -= 1
            case "bullet_list_open" | "ordered_list_open":
                self._lists += 1
            case "bullet_list_close" | "ordered_list_close":
                self._lists -= 1
            case "list_item_open":
                self._bullet = f"{token.info}{token.markup}" if token.info else "–"


_SIGNS = {
    "strong_open": "<b>", "strong_close": "</b>", "em_open": "<i>", "em_close": "</i>", "softbreak": "<br/>",
    "hardbreak": "<br/>",
}  # fmt: skip


def _markup(children: list[Token]) -> str:
    said: list[str] = []
    links: list[tuple[str, int]] = []
    for part in children:
        match part.type:
            case "link_open":
                links.append((str(part.attrGet("href") or ""), len(said)))
            case "link_close":
                address, began = links.pop()
                shown = "".join(said[began:])
                said.append("" if address.removeprefix("mailto:") == shown else f" ({escape(address)})")
            case _:
                said.append(_SIGNS.get(part.type) or escape(part.content, quote=False))
    return "".join(said)
