"""Reading the source of a mail (RFC 5322, MIME), however broken, without trusting a byte of it.

The standard library reads MIME; what it stumbles over in the wild is caught here. Nothing is executed, no address in
a mail is ever asked for anything. It knows no database.
"""

import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from domain.communication.incoming.bodies import content_of, is_body, text_of
from domain.communication.incoming.headers import BROKEN, file_name, header, media_type
from domain.communication.incoming.parsed import ParsedAttachment, ParsedMail
from domain.communication.incoming.remarks import Remark
from domain.communication.incoming.reports import MESSAGE_ID, report_of, report_type
from domain.communication.incoming.source import check_size, head_of, leaves, message_of
from domain.communication.incoming.writers import recipient, sender
from domain.errors import Invalid

log = logging.getLogger(__name__)
MAILS_FROM, MAILS_UNTIL = 2000, 2100  # years; a clock that says others is wrong
MOST_SHOWN = 20  # headers of a mail that cannot be read
_SHOWN = re.compile(rb"(?im)^(?:from|sender|to|subject|date|message-id):[^\n]*(?:\n[ \t][^\n]*)*")


def parse_mail(source: bytes) -> ParsedMail:
    """The mail in a source. Raises Invalid (mail.…) alone: empty, too large, too nested, no mail."""
    check_size(source)
    return _safely(lambda: _parsed(source))


def read_head(source: bytes, *, size: int, remark: Remark) -> ParsedMail:
    """What the headers say of a mail of `size` bytes that cannot be read. Raises nothing."""
    lines = _SHOWN.findall(head_of(source).replace(b"\r\n", b"\n"))[:MOST_SHOWN]
    try:
        said = _safely(lambda: _headers(message_of(b"\n".join(lines) + b"\n\n")))
    except Invalid:
        said = _headers(Message())  # it is told of all the same, with nothing but its size
    return replace(said, sha256=hashlib.sha256(source).digest(), size=size, remark=remark)


def _safely(read: Callable[[], ParsedMail]) -> ParsedMail:
    try:
        return read()
    except Invalid:
        raise
    # anybody may send us a source made to hit a fault of the library that nobody knows yet: it costs this one mail
    except Exception as exc:
        log.warning("a mail cannot be read: %s", type(exc).__name__)
        raise Invalid("mail.no_mail") from exc


def _parsed(source: bytes) -> ParsedMail:
    try:
        message = message_of(source)
        parts = list(leaves(message))
    except RecursionError as exc:
        raise Invalid("mail.too_nested") from exc
    if not any(message.get(name) for name in ("From", "To", "Subject", "Message-ID", "Date", "Received")):
        raise Invalid("mail.no_mail")
    report = report_of(message)
    return replace(
        _headers(message),
        sha256=hashlib.sha256(source).digest(),
        size=len(source),
        # what is sent as a report is no person's answer, whether it can be understood or not
        automatic=_automatic(message) or bool(report_type(message)),
        text=text_of(parts),
        attachments=tuple(_attachments(parts)),
        report=report,
    )


def _headers(message: Message) -> ParsedMail:
    """What a mail says of itself, still without its words."""
    writer = sender(message)
    return ParsedMail(
        sha256=b"",
        size=0,
        message_id=next(iter(_message_ids(message, "Message-ID")), ""),
        answers=_answers(message),
        from_address=writer.address,
        from_name=writer.name,
        to_address=recipient(message),
        subject=header(message, "Subject")[:500],
        sent_at=_date(message),
        automatic=_automatic(message),
        text="",
        attachments=(),
        report=None,
    )


def _answers(message: Message) -> tuple[str, ...]:
    nearest_first = [*_message_ids(message, "In-Reply-To"), *reversed(_message_ids(message, "References"))]
    return tuple(dict.fromkeys(nearest_first))[:50]


def _message_ids(message: Message, name: str) -> list[str]:
    return MESSAGE_ID.findall(header(message, name))


def _date(message: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(header(message, "Date"))
        if not MAILS_FROM < found.year < MAILS_UNTIL:
            return None
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (*BROKEN, OverflowError):
        return None


def _automatic(message: Message) -> bool:
    marked = header(message, "Auto-Submitted").lower()
    return bool(
        (marked and not marked.startswith("no"))
        or message.get("X-Autoreply")
        or message.get("X-Autorespond")
        or header(message, "Precedence").lower() in {"auto_reply", "bulk", "junk"}
        or header(message, "X-Auto-Response-Suppress").lower() == "all"
    )


def _attachments(parts: list[Message]) -> Iterator[ParsedAttachment]:
    for number, part in enumerate(parts, start=1):
        if is_body(part) or part.get_content_maintype() == "message":
            continue
        content = content_of(part)
        if content:
            yield ParsedAttachment(file_name(part) or f"Anlage {number}", media_type(part), content)
