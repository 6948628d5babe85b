"""Who a mail says it is from: taken apart as it stands, and decoded only then.

What an encoded word (RFC 2047) holds is a name, whatever it looks like; so is what stands before angle brackets.
Otherwise a comma in a name would end it, and a name would forge an address.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from domain.communication.incoming.charsets import clean
from domain.communication.incoming.headers import LONGEST_SOURCE, as_letters, words_of

MOST_HEADERS = 5  # of one name; a mail has one From
_ADDRESS = re.compile(r'(?:[^\s<>()\[\],;:"\\@]{1,64}|"[^"\\@]{1,62}")@[^\s<>(),;:"\\@]{1,255}')
_ENCODED = re.compile(r"=\?|\?=")
_ROUTE = re.compile(r"@[^:]{1,300}:")
_WORD = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]{0,500}\?=")
_NAMES = ("", '"')  # signs of what may be a name, or an address without brackets
_CLOSING = {'"': '"', "<": ">"}


@dataclass(frozen=True, slots=True)
class Writer:
    """Name and address; no address where what stands there is none."""

    name: str
    address: str


def sender(message: Message) -> Writer:
    """Who wrote a mail. Of several addresses none counts, unless the header Sender names one of them."""
    found = writers(message, "From")
    addresses = {one.address for one in found if one.address}
    if len(addresses) > 1:
        named = {one.address for one in writers(message, "Sender") if one.address}
        one = next(iter(named)) if len(named) == 1 else ""
        chosen = next((writer for writer in found if writer.address == one), None) if one else None
        return chosen or Writer(", ".join(writer.name or writer.address for writer in found)[:200], "")
    return next((one for one in found if one.address), found[0] if found else Writer("", ""))


def recipient(message: Message) -> str:
    """The first address a mail was written to."""
    return next((one.address for one in writers(message, "To") if one.address), "")


def writers(message: Message, name: str) -> list[Writer]:
    """Everybody a header of addresses names; a piece without an address belongs to the name behind it."""
    found: list[Writer] = []
    for value in message.get_all(name, [])[:MOST_HEADERS]:
        names: list[str] = []
        for shown, given in _entries(clean(as_letters(str(value)[:LONGEST_SOURCE]), " ")):
            if shown:
                names.append(shown)
            if given:
                found.append(Writer(", ".join(names)[:200], given))
                names = []
        if names:
            found.append(Writer(", ".join(names)[:200], ""))
    return found


def _entries(raw: str) -> Iterator[tuple[str, str]]:
    """Name and address of each entry between commas."""
    entry: list[tuple[str, str]] = []
    for sign, piece in _pieces(raw):
        if sign == ",":
            yield from _entry(entry)
            entry = []
        else:
            entry.append((sign, piece))
    yield from _entry(entry)


def _entry(pieces: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    brackets = [piece for sign, piece in pieces if sign == "<"]
    plain = "".join(piece for sign, piece in pieces if sign in _NAMES).strip()
    comment = _name(" ".join(piece for sign, piece in pieces if sign == "("))
    quoted = any(sign == '"' and "@" in piece for sign, piece in pieces)
    if brackets:
        yield _name(plain) or comment, _address(brackets[0])
        yield from (("", _address(bracket)) for bracket in brackets[1:])
    elif not quoted and (found := _address(plain)):
        yield comment, found
    elif plain or comment:
        yield _name(plain) or comment, ""


def _pieces(raw: str) -> Iterator[tuple[str, str]]:
    """What stands in quotes, brackets and parentheses, each whole; separators; the rest letter by letter.

    What is opened and never closed is a letter like others.
    """
    place, unclosed = 0, set[str]()
    while place < len(raw):
        sign = raw[place]
        if sign == "=" and (word := _WORD.match(raw, place)):
            yield "", word.group()
            place = word.end()
            continue
        end = _end(raw, place) if sign in '"<(' and sign not in unclosed else -1
        if end > 0:
            inner = raw[place + 1 : end]
            yield (sign, inner) if sign != '"' else (sign, re.sub(r"\\(.)", r"\1", inner))
            place = end + 1
            continue
        if sign in '"<(':
            unclosed.add(sign)
        yield (",", sign) if sign in ",;" else ("", sign)
        place += 1


def _end(raw: str, start: int) -> int:
    """Where what opens at a place closes; -1 where nowhere."""
    opened, depth, place = raw[start], 0, start
    while place < len(raw):
        sign = raw[place]
        if sign == "\\" and opened != "<":
            place += 1
        elif opened == "(":
            depth += (sign == "(") - (sign == ")")
            if depth == 0:
                return place
        elif place > start and sign == _CLOSING[opened]:
            return place
        place += 1
    return -1


def _address(given: str) -> str:
    found = given.strip()
    if found.startswith("@"):
        found = _ROUTE.sub("", found, count=1).strip()
    fits = len(found) <= 320 and _ADDRESS.fullmatch(found) is not None and not _ENCODED.search(found)
    return found.lower() if fits else ""


def _name(raw: str) -> str:
    return words_of(raw).strip(" \"'")
