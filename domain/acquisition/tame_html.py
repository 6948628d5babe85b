"""HTML of somebody else made tame: well-formed, shallow and of a bounded size, in one walk over its text.

The parser behind it takes hours over what no browser would show ("<a " a thousand times, a tree ten thousand deep).
Scripts, styles and comments are left out; a tag that does not end is text, what lies too deep loses its tags.
"""

import re
from collections.abc import Iterator
from html import escape, unescape

DEEPEST = 150  # elements inside each other
VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905 - a list of words
)
_RAW = frozenset({"script", "style", "template", "noscript", "textarea", "iframe", "xmp", "svg"})
# who begins ends its sibling, which nobody closed
_ENDED_BY = {
    "li": {"li"}, "p": {"p"}, "dt": {"dt", "dd"}, "dd": {"dt", "dd"}, "tr": {"tr", "td", "th"}, "td": {"td", "th"},
    "th": {"td", "th"}, "option": {"option"},
}  # fmt: skip
_TAG = re.compile(
    r"""<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30}+)(?=[\s/>])
        ((?:[^<>"'=]++|=\s{0,20}+(?:"[^"]{0,20000}+"|'[^']{0,20000}+')?+|["'])*+)>""",
    re.VERBOSE,
)
_ATTRIBUTE = re.compile(
    r"""([a-zA-Z_:][\w:.-]{0,60}+)(?:\s{0,20}+=\s{0,20}+(?:"([^"]*+)"|'([^']*+)'|([^\s"'=<>`]++)))?+""", re.VERBOSE
)
_MOST_ATTRIBUTES = 60


class TooManyTags(Exception):
    """More tags than a page of this kind may have."""


def tamed(html: str, *, most_tags: int, cut: bool = False) -> str:
    """The page for the parser. Raises TooManyTags, or ends there where it may be `cut`."""
    return "".join(_Walk(html, most_tags, cut).parts())


class _Walk:
    def __init__(self, html: str, most_tags: int, cut: bool) -> None:
        self._html, self._left, self._cut = html.replace("\0", " "), most_tags, cut
        self._open: list[str] = []
        self._dropped: dict[str, int] = {}  # how many begun too deep are not ended yet, by name

    def parts(self) -> Iterator[str]:
        html, at = self._html, 0
        while at < len(html):
            sign = html.find("<", at)
            text = _text(html[at:] if sign < 0 else html[at:sign])
            found = _TAG.match(html, sign) if sign >= 0 else None
            # the parser behind takes as long over a sign that is written out as over a tag
            self._left -= text.count("&") + (sign >= 0)
            if self._left < 0:
                if self._cut:
                    break
                raise TooManyTags
            yield text
            if sign < 0:
                break
            if found is None:
                at = self._aside(sign)
                if at == sign + 1:
                    yield "&lt;"
                continue
            at, name = found.end(), found[2].lower()
            if found[1]:
                yield self._ended(name)
            elif name in _RAW:
                at = self._behind(name, at)
            else:
                yield self._begun(name, found[3])

    def _aside(self, sign: int) -> int:
        """Where it goes on behind a comment or a declaration; right behind the sign where it is but a sign."""
        html = self._html
        if html.startswith("<!--", sign):
            end = html.find("-->", sign + 4)
            return len(html) if end < 0 else end + 3
        if html[sign + 1 : sign + 2] in {"!", "?"} or html.startswith("</", sign):
            end = html.find(">", sign)
            return len(html) if end < 0 else end + 1
        return sign + 1

    def _behind(self, name: str, at: int) -> int:
        """Behind what is not to be read; with no end it goes on to the end of the page, as in a browser."""
        end = re.compile(rf"</{name}(?=[\s/>])[^>]*+>", re.IGNORECASE).search(self._html, at)
        return len(self._html) if end is None else end.end()

    def _begun(self, name: str, attributes: str) -> str:
        if name in VOID:
            return f"<{name}{_attributes(attributes)}>"
        before = ""
        while self._open and self._open[-1] in _ENDED_BY.get(name, ()):
            before += f"</{self._open.pop()}>"
        if len(self._open) >= DEEPEST:
            self._dropped[name] = self._dropped.get(name, 0) + 1
            return f"{before} "
        self._open.append(name)
        return f"{before}<{name}{_attributes(attributes)}>"

    def _ended(self, name: str) -> str:
        if self._dropped.get(name):
            self._dropped[name] -= 1
            return " "
        if name not in self._open:
            return ""
        ended = ""
        while True:
            last = self._open.pop()
            ended += f"</{last}>"
            if last == name:
                return ended


def _text(text: str) -> str:
    return escape(unescape(text), quote=False)


def _attributes(text: str) -> str:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text):
        if len(found) >= _MOST_ATTRIBUTES:
            break
        value = next((group for group in match.groups()[1:] if group is not None), "")
        found.setdefault(match[1].lower(), unescape(value))
    return "".join(f' {name}="{escape(value)}"' for name, value in found.items())
