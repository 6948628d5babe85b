"""A mail as a program may handle it: plain words, addresses, attachments; nothing that could be executed or loaded."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ParsedAttachment:
    """A file that came with a mail; the name is only shown, never used as a path."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a mail server reports of one address (RFC 3464). `hard`: it is refused for good.

    `message_id` is that of the mail which came back, where the report has it.
    """

    recipient: str
    hard: bool
    message_id: str
    status: str


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """One mail. `answers` are the Message-IDs it refers to, the nearest first; `automatic` as in RFC 3834.

    `sha256` is of the source, byte by byte: the same mail seen twice is the same mail.
    """

    sha256: bytes
    size: int
    message_id: str
    answers: tuple[str, ...]
    from_address: str
    from_name: str
    to_address: str
    subject: str
    sent_at: datetime | None
    automatic: bool
    text: str
    attachments: tuple[ParsedAttachment, ...]
    bounce: Bounce | None
