"""The chain over the contact log: what waits is linked, and the head is what an evidence prints.

The database links (`audit.chain_contacts`): nobody has the right to write a link by hand. A link (`domain.chain_walk`)
is over the salted hash of the entry's content: all its columns, what it takes back, and of whom it tells.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.chain_walk import START, Head

BATCH = 10_000  # links a transaction; a killed worker loses at most these, and they wait again


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
