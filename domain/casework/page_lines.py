"""The lines of a page as a reader sees them: the texts between its blocks, a small table row or entry in one.

"Montag | 9-10 Uhr" is one thing said; a row that holds a whole page, as old pages are laid out, is none.
"""

from dataclasses import dataclass
from itertools import islice

from bs4 import BeautifulSoup, NavigableString, PageElement, Tag

from domain.acquisition.text import clean

MOST_TEXT = 60_000  # characters of a page that are looked at
MOST_LINE = 1000  # characters of one line
_ROW = 200  # characters of a row or an entry that is one line
_ROW_PARTS = 60  # elements in it
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "caption", "summary", "legend"})
_JOINED = frozenset({"tr", "dd"})
_BLOCKS = (
    frozenset({"p", "li", "div", "td", "th", "tr", "address", "section", "br", "dt", "dd", "dl", "table"}) | _HEADINGS
)
_APART = _HEADINGS | {"table", "dl", "ul", "ol"}  # what makes a row more than one thing said


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and whether it stands as a heading over what follows."""

    text: str
    heading: bool = False


class _Walk:
    """The lines so far, the one that is being gathered, the blocks that are open, and the row that is one line."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.length = 0
        self._parts: list[str] = []
        self._around: list[Tag] = []
        self._row: Tag | None = None

    def add(self, text: str) -> None:
        text = text[: MOST_TEXT - self.length]
        self._parts.append(text)
        self.length += len(text)

    def open(self, block: Tag) -> None:
        goes_on = self._row is not None
        if not goes_on and block.name in _JOINED and _is_small(block):
            self._row, goes_on = block, block.name == "dd"  # which goes on with its term
        if not goes_on:
            self._end()
        self._around.append(block)

    def leave(self, element: PageElement) -> None:
        """Close the blocks an element is no longer within."""
        while self._around and not _is_within(element, self._around[-1]):
            left = self._around.pop()
            if left is self._row:
                self._row = None
            if self._row is None and not (left.name == "dt" and _is_entry(element, left)):
                self._end(heading=left.name in _HEADINGS)

    def close(self) -> list[Line]:
        self._end(heading=any(block.name in _HEADINGS for block in self._around))
        return self.lines

    def _end(self, *, heading: bool = False) -> None:
        """A line nobody wrote by hand is cut into pieces."""
        text = clean(" ".join(self._parts))
        self._parts = []
        self.lines += [Line(text[at : at + MOST_LINE], heading) for at in range(0, len(text), MOST_LINE)]


def lines_of(page: BeautifulSoup) -> list[Line]:
    """The texts between blocks, in one walk."""
    walk = _Walk()
    for element in page.descendants:
        walk.leave(element)
        if isinstance(element, Tag):
            if element.name in _BLOCKS:
                walk.open(element)
        elif type(element) is NavigableString:
            walk.add(str(element))
        if walk.length >= MOST_TEXT:
            break
    return walk.close()


def _is_entry(element: PageElement, term: Tag) -> bool:
    """Whether an element belongs to what a term is followed by: the line goes on."""
    follower = term.find_next_sibling()
    if element.parent is term.parent and isinstance(element, NavigableString) and not element.strip():
        return isinstance(follower, Tag) and follower.name == "dd" and _is_small(follower)
    return element is follower and follower.name == "dd" and _is_small(follower)


def _is_small(block: Tag) -> bool:
    length = 0
    for count, part in enumerate(islice(block.descendants, _ROW_PARTS + 1)):
        if isinstance(part, Tag):
            if part.name in _APART:
                return False
        else:
            length += len(clean(str(part)[: 2 * _ROW]))
        if length > _ROW or count == _ROW_PARTS:
            return False
    return True


def _is_within(element: PageElement, block: Tag) -> bool:
    return any(parent is block for parent in element.parents)
