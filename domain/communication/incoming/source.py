"""The source of a mail taken apart by the standard library, within limits.

A library that makes objects of lines, headers and parts needs far more memory than they are long, so all of them are
counted: lines and the head before it begins, the rest while it works.
"""

import re
from collections.abc import Callable, Iterator
from email.message import Message
from email.parser import BytesFeedParser
from email.policy import Policy

from domain.communication.incoming.headers import CutHeaders
from domain.errors import Invalid

LARGEST = 40 * 1024 * 1024  # bytes: 25 MB of attachments as they travel (base64)
LARGEST_HEAD = 256 * 1024  # bytes of the headers of a mail
MOST_LINES = 1_000_000  # of a whole mail; 40 MB of base64 have little more than half of them
MOST_PARTS = 200
MOST_BOXES = 1_000  # parts, mails within mails and blocks of a report, all together
MOST_HEADERS = 20_000  # of all of these
_CHUNK = 1024 * 1024  # bytes
_HEAD_ENDS = re.compile(rb"\n\r?\n|\r\r")
_POLICY = CutHeaders()


def check_size(source: bytes) -> None:
    """Raises Invalid (mail.empty, mail.too_large, mail.head_too_large, mail.too_many_lines) alone."""
    if not source.strip():
        raise Invalid("mail.empty")
    if len(source) > LARGEST:
        raise Invalid("mail.too_large", megabytes=LARGEST // 1024 // 1024)
    if len(head_of(source)) > LARGEST_HEAD:
        raise Invalid("mail.head_too_large")
    # a lone CR ends a line, too
    if source.count(b"\n") + source.count(b"\r") - source.count(b"\r\n") > MOST_LINES:
        raise Invalid("mail.too_many_lines")


def head_of(source: bytes) -> bytes:
    """The headers of a mail, up to the first empty line; of longer ones no more than tells that they are too long."""
    beginning = source[: LARGEST_HEAD + 2]
    found = _HEAD_ENDS.search(beginning)
    return beginning[: found.start() + 1] if found is not None else beginning


def message_of(source: bytes) -> Message:
    """The parts of a mail as the library reads them. Raises Invalid (mail.too_nested, mail.head_too_large)."""
    budget = _Budget()
    # typeshed does not know that a factory is given the policy
    factory: Callable[..., Message] = budget.box
    parser = BytesFeedParser(factory, policy=_POLICY)
    for start in range(0, len(source), _CHUNK):
        parser.feed(source[start : start + _CHUNK])
    message: Message = parser.close()
    return message


def leaves(message: Message) -> Iterator[Message]:
    """The leaves, and embedded mails as leaves: what somebody forwarded is an attachment, not the answer."""
    waiting = [message]
    seen = 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if seen > MOST_PARTS:
            raise Invalid("mail.too_nested")
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting.extend(reversed(within(part)))
        else:
            yield part


def within(part: Message) -> list[Message]:
    """The parts of a part that has some; its text is left alone, whatever charset it names."""
    payload = part.get_payload() if part.is_multipart() else []
    return [inner for inner in payload if isinstance(inner, Message)] if isinstance(payload, list) else []


class _Budget:
    """How much of a mail was made so far."""

    def __init__(self) -> None:
        self._boxes = self._headers = 0

    def box(self, *, policy: Policy) -> Message:
        self._boxes += 1
        if self._boxes > MOST_BOXES:
            raise Invalid("mail.too_nested")
        return _Counted(self, policy)

    def header(self) -> None:
        self._headers += 1
        if self._headers > MOST_HEADERS:
            raise Invalid("mail.head_too_large")


class _Counted(Message):
    """A part whose headers are counted as the library puts them in."""

    def __init__(self, budget: _Budget, policy: Policy) -> None:
        super().__init__(policy=policy)
        self._budget = budget

    def set_raw(self, name: str, value: str) -> None:
        """One header more."""
        self._budget.header()
        super().set_raw(name, value)
