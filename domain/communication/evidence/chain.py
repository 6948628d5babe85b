"""The chain over the contact log: what waits is linked, and the head is what an evidence prints.

The database links (`audit.chain_contacts`): nobody has the right to write a link by hand. A link's hash is
SHA-256 over the hash before it (32 zero bytes for the first), its number and entry (eight bytes each, big-endian)
and the salted hash of the entry's content: all its columns, what it takes back, and of whom it tells.
"""

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import text
from sqlalchemy.orm import Session

START = bytes(32)
BATCH = 10_000  # links a transaction; a killed worker loses at most these, and they wait again


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: how many links, and the hash of the last one."""

    links: int
    link_hash: bytes


def link_hash(before: bytes, number: int, entry_id: int, content_hash: bytes) -> bytes:
    """The hash of a link after the hash before it."""
    return sha256(before + number.to_bytes(8, signed=True) + entry_id.to_bytes(8, signed=True) + content_hash).digest()


def chain_waiting(session: Session, *, many: int = BATCH) -> int:
    """Link what is committed and waits, at most `many` entries; returns how many."""
    linked: int = session.execute(text("SELECT audit.chain_contacts(:many)"), {"many": many}).scalar_one()
    return linked


def link_waiting(session: Session) -> bool:
    """Link one batch of what waits; whether more may wait, for a transaction of its own."""
    return chain_waiting(session, many=BATCH) == BATCH


def chain_head(session: Session) -> Head:
    """Where the chain ends; an empty one has no links and the hash it begins with."""
    row = session.execute(
        text("SELECT number, link_hash FROM audit.contact_link ORDER BY number DESC LIMIT 1")
    ).one_or_none()
    return Head(0, START) if row is None else Head(row.number, bytes(row.link_hash))
