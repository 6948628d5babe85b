"""Checking the whole chain over the contact log, in a stream: what is told apart is what can happen to a log.

Contents are not read: the database says the hash an entry has now, so that an auditor checks what they may not see.
One snapshot is one truth: an entry either waits or has a link in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from domain.chain_walk import ALLOWED_AGE, PAGE, START, Fault, Finding, Head, Known, Walk, links_of, restores_of


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked and what was found. `head_at` is the link whose hash was asked for, None where there is none."""

    links: int
    head: Head
    erased: int
    waiting: int
    printed_heads: int
    faults: int
    findings: tuple[Finding, ...]
    head_at: int | None = None

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.faults == 0


def verify(
    session: Session,
    *,
    now: datetime,
    allowed: timedelta = ALLOWED_AGE,
    head: bytes | None = None,
    known: tuple[Known, ...] = (),
    progress: Callable[[int], None] = lambda _: None,
) -> Checked:
    """Check every link, its entry, what waits and every printed head. Needs one reading session (one snapshot).

    `head` is a hash printed on an evidence, `known` are ends of the chain that were kept elsewhere; `progress` hears
    how many links are through. Raises Forbidden for a role that may not.
    """
    walk = Walk(known=known)
    erased = 0
    printed = {bytes(row.head): row for row in session.execute(text("SELECT * FROM audit.printed_heads()"))}
    wanted = set(printed) | ({head} if head is not None else set())
    seen: dict[bytes, int] = {START: 0}
    for row in links_of(session, "audit.contact_link", "audit.check_contacts"):
        walk.step(row.number, row.entry_id, bytes(row.content_hash), bytes(row.link_hash))
        erased += _check_entry(walk, row)
        if walk.before in wanted:
            seen[walk.before] = row.number
        if walk.links % PAGE == 0:
            progress(walk.links)
    walk.arrive()
    walk.look_at_known(restores_of(session, "contacts"))
    for value, row in printed.items():
        if seen.get(value) != row.number:
            walk.note(Finding(Fault.HEAD_GONE, number=row.number, since=row.made_at))
    head_at = seen.get(head) if head is not None else None
    if head is not None and head_at is None and head not in printed:
        walk.note(Finding(Fault.HEAD_GONE))
    waiting = walk.look_at_waiting(session, "audit.unchained_contacts", now=now, allowed=allowed)
    return Checked(
        links=walk.links, head=walk.head, erased=erased, waiting=waiting, printed_heads=len(printed),
        faults=walk.faults, findings=walk.findings, head_at=head_at,
    )  # fmt: skip


def _check_entry(walk: Walk, row: Row[tuple[object, ...]]) -> bool:
    """The entry against its link; whether it was erased, with a note."""
    if row.erased:
        if row.emptied and row.found_hash is None:
            return True
        walk.note(Finding(Fault.ERASED_BY_HALF, number=row.number, entry_id=row.entry_id))
    elif not row.there:
        walk.note(Finding(Fault.ENTRY_GONE, number=row.number, entry_id=row.entry_id))
    elif row.found_hash is None:
        walk.note(Finding(Fault.SALT_GONE, number=row.number, entry_id=row.entry_id))
    elif bytes(row.found_hash) != bytes(row.content_hash):
        walk.note(Finding(Fault.CONTENT_CHANGED, number=row.number, entry_id=row.entry_id))
    return False
