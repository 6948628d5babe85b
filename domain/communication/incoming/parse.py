"""Reading the source of a mail (RFC 5322, MIME), however broken, without trusting a byte of it.

The standard library reads MIME; what it stumbles over in the wild is caught here. Nothing is executed, no address in
a mail is ever asked for anything. It knows no database.
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import parseaddr, parsedate_to_datetime

from domain.communication.incoming.parsed import Bounce, ParsedAttachment, ParsedMail
from domain.errors import Invalid

LARGEST = 40 * 1024 * 1024  # bytes: 25 MB of attachments as they travel (base64)
MOST_PARTS = 200
LONGEST_TEXT = 200_000  # letters kept of a body
LONGEST_HEADER = 2_000
# what German mail programs write when they name no charset, or a wrong one
WRITTEN_IN = ["utf_8", "cp1252", "utf_16", "utf_7", "mac_roman"]
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
# whatever the library raises on what no mail program ever wrote
_BROKEN = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)


def parse_mail(source: bytes) -> ParsedMail:
    """The mail in a source. Raises Invalid (mail.empty, mail.too_large, mail.too_nested, mail.no_mail)."""
    if not source.strip():
        raise Invalid("mail.empty")
    if len(source) > LARGEST:
        raise Invalid("mail.too_large", megabytes=LARGEST // 1024 // 1024)
    try:
        message = message_from_bytes(source, policy=policy.compat32)
        parts = list(_parts(message))
    except RecursionError as exc:
        raise Invalid("mail.too_nested") from exc
    if not any(message.get(name) for name in ("From", "To", "Subject", "Message-ID", "Date", "Received")):
        raise Invalid("mail.no_mail")
    name, address = _sender(message)
    return ParsedMail(
        sha256=hashlib.sha256(source).digest(),
        size=len(source),
        message_id=next(iter(_message_ids(message, "Message-ID")), ""),
        answers=_answers(message),
        from_address=address,
        from_name=name,
        to_address=parseaddr(_header(message, "To"))[1].strip().lower()[:320],
        subject=_header(message, "Subject")[:500],
        sent_at=_date(message),
        automatic=_automatic(message),
        text=_text(parts),
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
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting.extend(reversed([inner for inner in payload if isinstance(inner, Message)]))
        else:
            yield part


def _header(message: Message, name: str) -> str:
    raw = message.get(name)
    if raw is None:
        return ""
    try:
        text = str(make_header(decode_header(raw)))
    except _BROKEN:
        text = str(raw)
    # lone surrogates stand for bytes outside of ASCII that no header may have
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return " ".join(_CONTROL.sub(" ", text).split())[:LONGEST_HEADER]


def _sender(message: Message) -> tuple[str, str]:
    """Name and address; no address where what stands there is none."""
    name, address = parseaddr(_header(message, "From"))
    if "@" not in address:
        return (name or address).strip()[:200], ""
    return name.strip()[:200], address.strip().lower()[:320]


def _message_ids(message: Message, name: str) -> list[str]:
    return _MESSAGE_ID.findall(_header(message, name))


def _answers(message: Message) -> tuple[str, ...]:
    nearest_first = [*_message_ids(message, "In-Reply-To"), *reversed(_message_ids(message, "References"))]
    return tuple(dict.fromkeys(nearest_first))[:50]


def _date(message: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(_header(message, "Date"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (*_BROKEN, OverflowError):
        return None


def _automatic(message: Message) -> bool:
    marked = _header(message, "Auto-Submitted").lower()
    return bool(
        (marked and not marked.startswith("no"))
        or message.get("X-Autoreply")
        or message.get("X-Autorespond")
        or _header(message, "Precedence").lower() in {"auto_reply", "bulk", "junk"}
        or _header(message, "X-Auto-Response-Suppress").lower() == "all"
    )


def _text(parts: list[Message]) -> str:
    bodies = [part for part in parts if _is_body(part)]
    plain = [_decoded(part) for part in bodies if part.get_content_subtype() == "plain"]
    text = "\n".join(plain)
    if not text.strip():
        # heavy, and needed only for mails of HTML alone
        from domain.communication.incoming.html_text import text_of_html

        text = "\n".join(text_of_html(_decoded(part)) for part in bodies if part.get_content_subtype() == "html")
    lines = (line.rstrip() for line in _CONTROL.sub("", text).replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return "\n".join(lines).strip()[:LONGEST_TEXT]


def _is_body(part: Message) -> bool:
    return (
        part.get_content_type() in {"text/plain", "text/html"}
        and part.get_content_disposition() != "attachment"
        and not part.get_filename()
    )


def _decoded(part: Message) -> str:
    content = _bytes(part)
    charset = _charset(part)
    try:
        text = content.decode(charset or "utf-8")
    except (LookupError, ValueError):  # no such charset, other bytes than it says, a NUL in its name
        # heavy, and needed only for a mail that names no charset, or a wrong one
        from charset_normalizer import from_bytes

        best = from_bytes(content[:50_000], cp_isolation=WRITTEN_IN).best()
        text = content.decode(best.encoding if best is not None else "cp1252", "replace")
    if part.get_param("format", "") == "flowed":
        text = _unflowed(text)
    return text


def _charset(part: Message) -> str:
    try:
        return part.get_content_charset() or ""
    except _BROKEN:
        return ""


def _bytes(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except _BROKEN:
        payload = None
    if isinstance(payload, bytes):
        return payload
    raw = part.get_payload()
    return raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else b""


def _unflowed(text: str) -> str:
    """Lines that a mail program wrapped for sending (RFC 3676), whole again."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if (
            lines
            and lines[-1].endswith(" ")
            and lines[-1] != "-- "
            and line.startswith(">") == lines[-1].startswith(">")
        ):
            lines[-1] += line
        else:
            lines.append(line)
    return "\n".join(lines)


def _attachments(parts: list[Message]) -> Iterator[ParsedAttachment]:
    for number, part in enumerate(parts, start=1):
        if _is_body(part) or part.get_content_maintype() == "message":
            continue
        content = _bytes(part)
        if content:
            yield ParsedAttachment(_file_name(part) or f"Anlage {number}", part.get_content_type(), content)


def _file_name(part: Message) -> str:
    try:
        raw = part.get_filename() or ""
        name = str(make_header(decode_header(raw)))
    except _BROKEN:
        return ""
    name = _CONTROL.sub("", name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    return re.split(r"[\\/]", name)[-1].strip(". ")[:150]


def _bounce(message: Message, parts: list[Message]) -> Bounce | None:
    report = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if report is None:
        return None
    blocks = report.get_payload()
    fields = {
        name.lower(): str(value)
        for block in (blocks if isinstance(blocks, list) else [])
        if isinstance(block, Message)
        for name, value in block.items()
    }
    action, status = fields.get("action", "").strip().lower(), fields.get("status", "").strip()
    if action not in {"failed", "delayed"}:
        return None
    recipient = fields.get("final-recipient", fields.get("original-recipient", "")).partition(";")[2].strip().lower()
    returned = next((part for part in parts if part.get_content_type() in _RETURNED), None)
    return Bounce(
        recipient=recipient,
        hard=action == "failed" and not status.startswith("4"),
        message_id=_returned_id(returned) or next(iter(_answers(message)), ""),
        status=status[:20],
    )


_RETURNED = {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"}


def _returned_id(part: Message | None) -> str:
    if part is None:
        return ""
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if isinstance(inner, Message) and not isinstance(inner, EmailMessage):
        return next(iter(_message_ids(inner, "Message-ID")), "")
    headers = message_from_bytes(_bytes(part), policy=policy.compat32)
    return next(iter(_message_ids(headers, "Message-ID")), "")
