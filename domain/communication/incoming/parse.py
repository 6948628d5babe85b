"""Reading the source of a mail (RFC 5322, MIME), however broken, without trusting a byte of it.

The standard library reads MIME; what it stumbles over in the wild is caught here. Nothing is executed, no address in
a mail is ever asked for anything. It knows no database.
"""

import hashlib
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime

from domain.communication.incoming.bodies import content_of, is_body, text_of
from domain.communication.incoming.headers import BROKEN, CutHeaders, address, file_name, header, media_type, words_of
from domain.communication.incoming.parsed import Bounce, ParsedAttachment, ParsedMail
from domain.errors import Invalid

log = logging.getLogger(__name__)
LARGEST = 40 * 1024 * 1024  # bytes: 25 MB of attachments as they travel (base64)
MOST_PARTS = 200
LARGEST_HEAD = 100_000  # bytes of the headers of a mail that came back
MAILS_FROM, MAILS_UNTIL = 2000, 2100  # years; a clock that says others is wrong
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
_POLICY = CutHeaders()


def parse_mail(source: bytes) -> ParsedMail:
    """The mail in a source. Raises Invalid (mail.empty, mail.too_large, mail.too_nested, mail.no_mail) alone."""
    if not source.strip():
        raise Invalid("mail.empty")
    if len(source) > LARGEST:
        raise Invalid("mail.too_large", megabytes=LARGEST // 1024 // 1024)
    try:
        return _parsed(source)
    except Invalid:
        raise
    # anybody may send us a source made to hit a fault of the library that nobody knows yet: it costs this one mail
    except Exception as exc:
        log.warning("a mail cannot be read: %s", type(exc).__name__)
        raise Invalid("mail.no_mail") from exc


def _parsed(source: bytes) -> ParsedMail:
    try:
        message = message_from_bytes(source, policy=_POLICY)
        parts = list(_parts(message))
    except RecursionError as exc:
        raise Invalid("mail.too_nested") from exc
    if not any(message.get(name) for name in ("From", "To", "Subject", "Message-ID", "Date", "Received")):
        raise Invalid("mail.no_mail")
    from_name, from_address = _sender(message)
    return ParsedMail(
        sha256=hashlib.sha256(source).digest(),
        size=len(source),
        message_id=next(iter(_message_ids(message, "Message-ID")), ""),
        answers=_answers(message),
        from_address=from_address,
        from_name=from_name,
        to_address=address(message, "To")[1].lower(),
        subject=header(message, "Subject")[:500],
        sent_at=_date(message),
        automatic=_automatic(message),
        text=text_of(parts),
        attachments=tuple(_attachments(parts)),
        bounce=_bounce(message, parts),
    )


def _parts(message: Message) -> Iterator[Message]:
    """The leaves, and embedded mails as leaves: what somebody forwarded is an attachment, not the answer."""
    waiting = [message]
    seen = 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if seen > MOST_PARTS:
            raise Invalid("mail.too_nested")
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting.extend(reversed(_within(part)))
        else:
            yield part


def _within(part: Message) -> list[Message]:
    """The parts of a part that has some; its text is left alone, whatever charset it names."""
    payload = part.get_payload() if part.is_multipart() else []
    return [inner for inner in payload if isinstance(inner, Message)] if isinstance(payload, list) else []


def _sender(message: Message) -> tuple[str, str]:
    """Name and address; no address where what stands there is none."""
    name, found = address(message, "From")
    return (name, found.lower()) if "@" in found else ((name or found)[:200], "")


def _message_ids(message: Message, name: str) -> list[str]:
    return _MESSAGE_ID.findall(header(message, name))


def _answers(message: Message) -> tuple[str, ...]:
    nearest_first = [*_message_ids(message, "In-Reply-To"), *reversed(_message_ids(message, "References"))]
    return tuple(dict.fromkeys(nearest_first))[:50]


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


def _bounce(message: Message, parts: list[Message]) -> Bounce | None:
    report = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if report is None:
        return None
    fields = {name.lower(): words_of(str(value)) for block in _within(report)[:50] for name, value in block.items()}
    action, status = fields.get("action", "").strip().lower(), fields.get("status", "").strip()
    if action not in {"failed", "delayed"}:
        return None
    recipient = fields.get("final-recipient", fields.get("original-recipient", "")).partition(";")[2].strip().lower()
    returned = next((part for part in parts if part.get_content_type() in _RETURNED), None)
    return Bounce(
        recipient=recipient[:320],
        hard=action == "failed" and not status.startswith("4"),
        message_id=_returned_id(returned) or next(iter(_answers(message)), ""),
        status=status[:20],
    )


_RETURNED = {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"}


def _returned_id(part: Message | None) -> str:
    if part is None:
        return ""
    inner = next(iter(_within(part)), None)
    if inner is None:
        inner = message_from_bytes(content_of(part)[:LARGEST_HEAD], policy=_POLICY)
    return next(iter(_message_ids(inner, "Message-ID")), "")
