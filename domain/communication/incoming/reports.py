"""What a machine reports of a mail of ours: it did not arrive, it waits, it arrived (RFC 3464), was opened (RFC 8098).

Only what is sent as such a report is one, and only a mail server says that a mail did not arrive: words of a person
that carry the parts of a report are words of a person.
"""

import re
from email import message_from_bytes, message_from_string
from email.message import Message
from email.utils import unquote

from domain.communication.incoming.bodies import content_of
from domain.communication.incoming.headers import BROKEN, CutHeaders, header, words_of
from domain.communication.incoming.parsed import Delivery, Report
from domain.communication.incoming.source import within
from domain.communication.incoming.writers import sender

MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
MOST_BLOCKS = 50  # of a report: one for each address
LARGEST_RETURNED_HEAD = 100_000  # bytes of the headers of a mail that came back
_POLICY = CutHeaders()
_STATUS = {"message/delivery-status", "message/global-delivery-status"}
_DISPOSITION = {"message/disposition-notification", "message/global-disposition-notification"}
_RETURNED = {
    "message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers",
}  # fmt: skip
_ACTIONS = {"failed", "delayed", "delivered", "relayed", "expanded"}
_DAEMON = re.compile(
    r"(mailer|mail|mda)?[-_.]?daemon|postmaster|(double-)?bounces?([-+=_.].*)?|microsoftexchange[0-9a-f]{8,}"
)
_XTEXT = re.compile(r"\+([0-9a-f]{2})")


def report_type(message: Message) -> str:
    """Which kind of report a mail is sent as; empty for any other mail."""
    if message.get_content_type() != "multipart/report":
        return ""
    try:
        said = message.get_param("report-type", "")
    except BROKEN:
        return ""
    return unquote(said).strip().lower() if isinstance(said, str) else ""


def report_of(message: Message) -> Report | None:
    """What a mail reports; None where it is no report, or says nothing that can be understood."""
    said = report_type(message)
    if said == "disposition-notification":
        return _opened(message)
    return _delivered(message) if said == "delivery-status" else None


def _opened(message: Message) -> Report:
    fields = next((block for part in _parts(message, _DISPOSITION) for block in _blocks(part)), {})
    about = next(iter(MESSAGE_ID.findall(fields.get("original-message-id", ""))), "")
    return Report((), about or _returned_id(message) or _answered(message), opened=True)


def _delivered(message: Message) -> Report | None:
    deliveries = tuple(
        Delivery(
            addresses=_addresses(block), final=_address(block.get("final-recipient", "")),
            action=block["action"].strip().lower(), status=block.get("status", "").strip()[:20],
        )
        for part in _parts(message, _STATUS)
        for block in _blocks(part)
        if block.get("action", "").strip().lower() in _ACTIONS
    )  # fmt: skip
    if not deliveries or not (_of_a_server(message) or all(one.arrived for one in deliveries)):
        return None
    return Report(deliveries, _returned_id(message) or _answered(message))


def _of_a_server(message: Message) -> bool:
    """Whether it comes from no person: without a way back (RFC 5321, 4.5.5), or from a name of a mail server."""
    if header(message, "Return-Path").replace(" ", "") == "<>":
        return True
    writer = sender(message)
    local, at, _ = writer.address.partition("@")
    name = writer.name.strip("<> ").lower()
    return _DAEMON.fullmatch(local if at else name) is not None or (not at and not name)


def _parts(message: Message, kinds: set[str]) -> list[Message]:
    """The parts of the report itself, none of a mail that lies in it."""
    return [part for part in within(message) if part.get_content_type() in kinds]


def _blocks(part: Message) -> list[dict[str, str]]:
    """The fields of each paragraph of a report."""
    found = within(part)
    if part.get_content_type() != "message/delivery-status":
        # the library reads these as a mail: its first paragraph as headers, the others as text
        text = "\n".join(f"{name}: {value}" for block in found for name, value in block.items())
        for block in found:
            text += "\n\n" + content_of(block)[:LARGEST_RETURNED_HEAD].decode("utf-8", "replace")
        if not found:
            text = content_of(part)[:LARGEST_RETURNED_HEAD].decode("utf-8", "replace")
        found = [
            message_from_string(paragraph, policy=_POLICY)
            for paragraph in re.split(r"\n\r?\n", text[:LARGEST_RETURNED_HEAD], maxsplit=MOST_BLOCKS)
        ]
    return [{name.lower(): words_of(str(value)) for name, value in block.items()} for block in found[:MOST_BLOCKS]]


def _addresses(block: dict[str, str]) -> frozenset[str]:
    """Every way a report writes the address it speaks of: by itself, and as it was given (xtext, RFC 3461)."""
    given = {_address(block.get(name, "")) for name in ("final-recipient", "original-recipient")}
    return frozenset((given | {_XTEXT.sub(lambda code: chr(int(code[1], 16)), one) for one in given}) - {""})


def _address(value: str) -> str:
    kind, separator, address = value.partition(";")
    return (address if separator else kind).strip().strip("<>").lower()[:320]


def _returned_id(message: Message) -> str:
    part = next(iter(_parts(message, _RETURNED)), None)
    if part is None:
        return ""
    inner = next(iter(within(part)), None)
    if inner is None:
        inner = message_from_bytes(content_of(part)[:LARGEST_RETURNED_HEAD], policy=_POLICY)
    return next(iter(MESSAGE_ID.findall(header(inner, "Message-ID"))), "")


def _answered(message: Message) -> str:
    return next((i for name in ("In-Reply-To", "References") for i in MESSAGE_ID.findall(header(message, name))), "")
