"""Checking the whole chain over the audit, in a stream and without its contents.

Of an entry everything is sealed; its content is sealed by the salted hash in it, and may be erased all the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.chain_walk import ALLOWED_AGE, PAGE, Fault, Finding, Head, Known, Restore, Walk, links_of, restores_of


@dataclass(frozen=True, slots=True)
class AuditChecked:
    """What was checked and found; `restores` are those on record, a moment each, or more where runs of links are gone.

    `bare` entries have no content: readings, and changes whose content was erased.
    """

    links: int
    head: Head
    bare: int
    waiting: int
    faults: int
    findings: tuple[Finding, ...]
    restores: tuple[Restore, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.faults == 0

    @property
    def restored(self) -> int:
        """How many restores are on record."""
        return len({one.at for one in self.restores})


def verify_audit(
    session: Session,
    *,
    now: datetime,
    allowed: timedelta = ALLOWED_AGE,
    known: tuple[Known, ...] = (),
    progress: Callable[[int], None] = lambda _: None,
) -> AuditChecked:
    """Check every link, its entry, the entry's content and what waits. Needs one reading session (one snapshot).

    `known` are ends of the chain that were kept elsewhere; without them an end that was cut off is not missed.
    `progress` hears how many links are through. Raises Forbidden for a role that may not.
    """
    walk = Walk(known=known)
    bare = 0
    for row in links_of(session, "audit.entry_link", "audit.check_entries"):
        content = bytes(row.content_hash)
        walk.step(row.number, row.entry_id, content, bytes(row.link_hash))
        bare += not row.has_content
        if row.found_hash is None:
            walk.note(Finding(Fault.ENTRY_GONE, number=row.number, entry_id=row.entry_id))
        elif bytes(row.found_hash) != content:
            walk.note(Finding(Fault.ENTRY_CHANGED, number=row.number, entry_id=row.entry_id))
        elif not row.content_sound:
            walk.note(Finding(Fault.CONTENT_CHANGED, number=row.number, entry_id=row.entry_id))
        elif row.content_lost:
            walk.note(Finding(Fault.CONTENT_GONE, number=row.number, entry_id=row.entry_id))
        if walk.links % PAGE == 0:
            progress(walk.links)
    walk.arrive()
    restores = restores_of(session, "audit")
    walk.look_at_known(restores)
    given, highest = session.execute(text("SELECT given, highest FROM audit.numbers_given()")).one()
    if given and not highest:  # numbers were given out, and not one entry is left
        walk.note(Finding(Fault.ALL_GONE, number=given))
    waiting = walk.look_at_waiting(session, "audit.unchained_entries", now=now, allowed=allowed)
    return AuditChecked(walk.links, walk.head, bare, waiting, walk.faults, walk.findings, restores)
