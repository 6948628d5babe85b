"""The words of a mail: its plain text, or what stands in its HTML; the first few hundred kilobytes of either."""

from email.message import Message

from domain.communication.incoming.charsets import clean, letters
from domain.communication.incoming.headers import BROKEN

LONGEST_TEXT = 200_000  # letters kept of a body
MOST_BYTES = 400_000  # of all bodies of a kind looked at


def is_body(part: Message) -> bool:
    """Whether a part is what somebody wrote, and no file."""
    return (
        part.get_content_type() in {"text/plain", "text/html"}
        and part.get_content_disposition() != "attachment"
        and not part.get_filename()
    )


def text_of(parts: list[Message]) -> str:
    """What somebody wrote."""
    bodies = [part for part in parts if is_body(part)]
    text = "\n".join(_decoded(bodies, "plain"))
    if not text.strip():
        # heavy, and needed only for mails of HTML alone
        from domain.communication.incoming.html_text import text_of_html

        text = "\n".join(text_of_html(html) for html in _decoded(bodies, "html"))
    lines = (line.rstrip() for line in clean(text).replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return "\n".join(lines).strip()[:LONGEST_TEXT]


def content_of(part: Message) -> bytes:
    """The bytes of a part, as they were before they travelled."""
    try:
        payload = part.get_payload(decode=True)
    except BROKEN:
        return b""
    return payload if isinstance(payload, bytes) else b""


def _decoded(bodies: list[Message], kind: str) -> list[str]:
    left, found = MOST_BYTES, []
    for part in bodies:
        if part.get_content_subtype() == kind and left > 0:
            content = content_of(part)[:left]
            left -= len(content)
            text = letters(content, _charset(part))
            found.append(_unflowed(text) if part.get_param("format", "") == "flowed" else text)
    return found


def _charset(part: Message) -> str:
    try:
        return part.get_content_charset() or ""
    except BROKEN:
        return ""


def _unflowed(text: str) -> str:
    """Lines that a mail program wrapped for sending (RFC 3676), whole again."""
    lines: list[list[str]] = []
    goes_on = quoted = False
    for line in text.replace("\r\n", "\n").split("\n"):
        if goes_on and line.startswith(">") == quoted:
            lines[-1].append(line)
        else:
            lines.append([line])
            quoted = line.startswith(">")
        goes_on = line.endswith(" ") and lines[-1] != ["-- "]
    return "\n".join("".join(pieces) for pieces in lines)
