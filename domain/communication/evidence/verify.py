"""Checking the whole chain over the contact log, in a stream: what is told apart is what can happen to a log.

Contents are not read: the database says the hash an entry has now, so that an auditor checks what they may not see.
One snapshot is one truth: an entry either waits or has a link in it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from domain.communication.evidence.chain import START, Head, link_hash

PAGE = 10_000
TOLD = 50  # faults told one by one; all are counted
ALLOWED_AGE = timedelta(hours=24)
_FOLLOWING = text("SELECT min(number) FROM audit.contact_link WHERE number > :after")
_LINKS = text("SELECT * FROM audit.check_contacts(:after, :many)")


class Fault(StrEnum):
    """What can be wrong."""

    CONTENT_CHANGED = "content_changed"
    ENTRY_GONE = "entry_gone"
    SALT_GONE = "salt_gone"
    ERASED_BY_HALF = "erased_by_half"
    LINK_CHANGED = "link_changed"
    LINKS_GONE = "links_gone"
    LINK_MOVED = "link_moved"
    NEVER_CHAINED = "never_chained"
    WAITS_TOO_LONG = "waits_too_long"
    HEAD_GONE = "head_gone"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: at which link, about which entry; `other` is the last link gone, or the place of a moved one."""

    fault: Fault
    number: int | None = None
    entry_id: int | None = None
    other: int | None = None
    since: datetime | None = None


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


@dataclass(slots=True)
class _State:
    """How far the check is."""

    links: int = 0
    expected: int = 1
    before: bytes = START
    erased: int = 0
    faults: int = 0
    findings: list[Finding] = field(default_factory=list)
    loose: list[tuple[int, int, bytes, bytes, bytes]] = field(default_factory=list)

    def note(self, finding: Finding) -> None:
        self.faults += 1
        if len(self.findings) < TOLD:
            self.findings.append(finding)


def verify(
    session: Session,
    *,
    now: datetime,
    allowed: timedelta = ALLOWED_AGE,
    head: bytes | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Checked:
    """Check every link, its entry, what waits and every printed head. Needs one reading session (one snapshot).

    `head` is a hash printed on an evidence; `progress` hears how many links are through. Raises Forbidden for a role
    that may not.
    """
    state = _State()
    printed = {bytes(row.head): row for row in session.execute(text("SELECT * FROM audit.printed_heads()"))}
    wanted = set(printed) | ({head} if head is not None else set())
    seen: dict[bytes, int] = {START: 0}
    for row in _links(session):
        _check_link(state, row)
        _check_entry(state, row)
        if state.before in wanted:
            seen[state.before] = row.number
        if state.links % PAGE == 0:
            progress(state.links)
    _tell_moved(state)
    for value, row in printed.items():
        if seen.get(value) != row.number:
            state.note(Finding(Fault.HEAD_GONE, number=row.number, since=row.made_at))
    head_at = seen.get(head) if head is not None else None
    if head is not None and head_at is None and head not in printed:
        state.note(Finding(Fault.HEAD_GONE))
    waiting = _check_waiting(state, session, now=now, allowed=allowed)
    return Checked(
        links=state.links, head=Head(state.expected - 1, state.before), erased=state.erased, waiting=waiting,
        printed_heads=len(printed), faults=state.faults,
        findings=tuple(sorted(state.findings, key=lambda f: (f.number is None, f.number or 0))),
        head_at=head_at,
    )  # fmt: skip


def _links(session: Session) -> Iterator[Row[tuple[object, ...]]]:
    """All of them by number; whatever number somebody gave one, no gap takes time."""
    after = -(2**63)
    while True:
        following = session.scalar(_FOLLOWING, {"after": after})
        if following is None:
            return
        after = following - 1
        yield from session.execute(_LINKS, {"after": after, "many": PAGE})
        after += PAGE


def _check_link(state: _State, row: Row[tuple[object, ...]]) -> None:
    """The link against the one before; after a fault it goes on from what the link says of itself."""
    stored, content = bytes(row.link_hash), bytes(row.content_hash)
    if row.number < state.expected:
        state.note(Finding(Fault.LINK_CHANGED, number=row.number, entry_id=row.entry_id))
    elif row.number > state.expected:
        state.note(Finding(Fault.LINKS_GONE, number=state.expected, other=row.number - 1))
    elif link_hash(state.before, row.number, row.entry_id, content) != stored:
        state.loose.append((row.number, row.entry_id, content, stored, state.before))
    state.links += 1
    state.expected, state.before = row.number + 1, stored


def _check_entry(state: _State, row: Row[tuple[object, ...]]) -> None:
    if row.erased:
        if row.emptied and row.found_hash is None:
            state.erased += 1
        else:
            state.note(Finding(Fault.ERASED_BY_HALF, number=row.number, entry_id=row.entry_id))
    elif not row.there:
        state.note(Finding(Fault.ENTRY_GONE, number=row.number, entry_id=row.entry_id))
    elif row.found_hash is None:
        state.note(Finding(Fault.SALT_GONE, number=row.number, entry_id=row.entry_id))
    elif bytes(row.found_hash) != bytes(row.content_hash):
        state.note(Finding(Fault.CONTENT_CHANGED, number=row.number, entry_id=row.entry_id))


def _tell_moved(state: _State) -> None:
    """A link that fits at another loose link's place was moved; the others were changed."""
    loose = state.loose
    few = loose if len(loose) <= TOLD else []
    befores = {before for *_, before in few} | {stored for _, _, _, stored, _ in few}
    for number, entry_id, content, stored, _ in loose:
        home = next(
            (
                place
                for place, *_ in few
                if place != number and any(link_hash(b, place, entry_id, content) == stored for b in befores)
            ),
            None,
        )
        fault = Fault.LINK_CHANGED if home is None else Fault.LINK_MOVED
        state.note(Finding(fault, number=number, entry_id=entry_id, other=home))


def _check_waiting(state: _State, session: Session, *, now: datetime, allowed: timedelta) -> int:
    """Entries without a link: those that wait may, for a while; one that nothing waits for was never told."""
    waiting = 0
    for row in session.execute(text("SELECT * FROM audit.unchained_contacts()")):
        if row.since is None:
            state.note(Finding(Fault.NEVER_CHAINED, entry_id=row.entry_id))
            continue
        waiting += 1
        if now - row.since > allowed:
            state.note(Finding(Fault.WAITS_TOO_LONG, entry_id=row.entry_id, since=row.since))
    return waiting
