"""A mail as a program may handle it: plain words, addresses, attachments; nothing that could be executed or loaded."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.communication.incoming.remarks import Remark


@dataclass(frozen=True, slots=True)
class ParsedAttachment:
    """A file that came with a mail; the name is only shown, never used as a path."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a mail server reports of one address: `action` failed, delayed, delivered, relayed or expanded (RFC 3464).

    `addresses` are all it names it by; `final` is where the mail was brought in the end.
    """

    addresses: frozenset[str]
    final: str
    action: str
    status: str

    @property
    def arrived(self) -> bool:
        """Whether it is good news."""
        return self.action not in {"failed", "delayed"}

    @property
    def hard(self) -> bool:
        """Whether the address is refused for good."""
        return self.action == "failed" and not self.status.startswith("4")

    def is_of(self, address: str) -> bool:
        """Whether it speaks of an address we wrote to, and not of one that mail was passed on to elsewhere."""
        ours = _spelled(address)
        final = _spelled(self.final)
        elsewhere = bool(self.final) and final.rpartition("@")[2] != ours.rpartition("@")[2]
        return not elsewhere and ours in {_spelled(one) for one in self.addresses}


@dataclass(frozen=True, slots=True)
class Report:
    """What a machine reports of a mail, whose Message-ID is `message_id` where the report has it.

    `opened`: somebody's mail program says what became of it there (RFC 8098).
    """

    deliveries: tuple[Delivery, ...]
    message_id: str
    opened: bool = False

    def of(self, addresses: Iterable[str]) -> Delivery | None:
        """What it says of one of our recipients."""
        ours = list(addresses)
        return next((one for one in self.deliveries if any(one.is_of(address) for address in ours)), None)

    @property
    def bad_news(self) -> Delivery | None:
        """The first address it says is not reached."""
        return next((one for one in self.deliveries if not one.arrived), None)


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """One mail. `answers` are the Message-IDs it refers to, the nearest first; `automatic` as in RFC 3834.

    `sha256` is of the source, byte by byte: the same mail seen twice is the same mail. With a `remark` it could not be
    read: nothing follows from it but that a person sees it.
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
    report: Report | None
    remark: Remark | None = None


def _spelled(address: str) -> str:
    """An address in the one way it is compared in: small letters, umlauts of a domain as they are read."""
    local, _, domain = address.strip().lower().rpartition("@")
    return unicodedata.normalize("NFC", f"{local}@{'.'.join(map(_label, domain.split('.')))}")


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label
