"""Walking a chain of hashes, link by link: what is told apart is what can happen to one.

A link's hash is SHA-256 over the hash before it (32 zero bytes for the first), its number and its entry (eight bytes
each, big-endian) and the hash of the entry's content. Which log it is, and what an entry is, others know.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

START = bytes(32)
PAGE = 10_000
TOLD = 50  # faults told one by one; all are counted
ALLOWED_AGE = timedelta(hours=24)  # an entry may wait for its link
FIRST = -(2**63)  # whatever number somebody gave a link


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: how many links, and the hash of the last one."""

    links: int
    link_hash: bytes


class Fault(StrEnum):
    """What can be wrong."""

    CONTENT_CHANGED = "content_changed"
    ENTRY_CHANGED = "entry_changed"
    ENTRY_GONE = "entry_gone"
    SALT_GONE = "salt_gone"
    ERASED_BY_HALF = "erased_by_half"
    LINK_CHANGED = "link_changed"
    LINKS_GONE = "links_gone"
    LINK_MOVED = "link_moved"
    NEVER_CHAINED = "never_chained"
    WAITS_TOO_LONG = "waits_too_long"
    HEAD_GONE = "head_gone"
    CONTENT_GONE = "content_gone"
    KEPT_HEAD_GONE = "kept_head_gone"
    ALL_GONE = "all_gone"


@dataclass(frozen=True, slots=True)
class Known:
    """An end of a chain that was kept elsewhere, and when."""

    links: int
    link_hash: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Restore:
    """A restore on record: the links after `after`, up to `before`, stayed behind."""

    at: datetime
    before: int
    after: int

    def explains(self, known: Known) -> bool:
        """Whether an end that is not there any more was left behind by it."""
        return known.at <= self.at and self.after < known.links <= self.before


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: at which link, about which entry; `other` is the last link gone, or the place of a moved one."""

    fault: Fault
    number: int | None = None
    entry_id: int | None = None
    other: int | None = None
    since: datetime | None = None


def link_hash(before: bytes, number: int, entry_id: int, content_hash: bytes) -> bytes:
    """The hash of a link after the hash before it."""
    return sha256(before + number.to_bytes(8, signed=True) + entry_id.to_bytes(8, signed=True) + content_hash).digest()


@dataclass(slots=True)
class Walk:
    """How far it is, and what it found."""

    links: int = 0
    before: bytes = START
    faults: int = 0
    _expected: int = 1
    _findings: list[Finding] = field(default_factory=list)
    _loose: list[tuple[int, int, bytes, bytes, bytes]] = field(default_factory=list)
    known: tuple[Known, ...] = ()
    _met: dict[int, bytes] = field(default_factory=dict)
    _awaited: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self._awaited = frozenset(known.links for known in self.known)

    @property
    def head(self) -> Head:
        """Where the chain ends."""
        return Head(self._expected - 1, self.before)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The first faults, by their links; those without one last."""
        return tuple(sorted(self._findings, key=lambda f: (f.number is None, f.number or 0)))

    def note(self, finding: Finding) -> None:
        """Something is wrong."""
        self.faults += 1
        if len(self._findings) < TOLD:
            self._findings.append(finding)

    def step(self, number: int, entry_id: int, content_hash: bytes, stored: bytes) -> None:
        """The next link against the one before; after a fault it goes on from what the link says of itself."""
        if number < self._expected:
            self.note(Finding(Fault.LINK_CHANGED, number=number, entry_id=entry_id))
        elif number > self._expected:
            self.note(Finding(Fault.LINKS_GONE, number=self._expected, other=number - 1))
        elif link_hash(self.before, number, entry_id, content_hash) != stored:
            self._loose.append((number, entry_id, content_hash, stored, self.before))
        self.links += 1
        if number in self._awaited:
            self._met[number] = stored
        self._expected, self.before = number + 1, stored

    def arrive(self) -> None:
        """At the end: a link that fits at another loose link's place was moved; the others were changed."""
        loose = self._loose
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
            self.note(Finding(fault, number=number, entry_id=entry_id, other=home))

    def look_at_known(self, restores: Iterable[Restore]) -> None:
        """Ends kept elsewhere must be in the chain still, unless a restore on record went back behind them."""
        told = tuple(restores)
        for known in self.known:
            if self._met.get(known.links) != known.link_hash and not any(one.explains(known) for one in told):
                self.note(Finding(Fault.KEPT_HEAD_GONE, number=known.links, since=known.at))

    def look_at_waiting(self, session: Session, unchained: str, *, now: datetime, allowed: timedelta) -> int:
        """Entries without a link: those that wait may, for a while; one that nothing waits for was never told.

        `unchained` is the database's function that says them; returns how many wait.
        """
        waiting = 0
        for row in session.execute(text(f"SELECT * FROM {unchained}()")):
            if row.since is None:
                self.note(Finding(Fault.NEVER_CHAINED, entry_id=row.entry_id))
                continue
            waiting += 1
            if now - row.since > allowed:
                self.note(Finding(Fault.WAITS_TOO_LONG, entry_id=row.entry_id, since=row.since))
        return waiting


def restores_of(session: Session, log: str) -> tuple[Restore, ...]:
    """What the audit says of restores, for one of the chains."""
    query = text("SELECT at, before, after FROM audit.restores() WHERE log = :log ORDER BY at, before")
    rows = session.execute(query, {"log": log})
    return tuple(Restore(row.at, row.before, row.after) for row in rows)


def links_of(session: Session, table: str, check: str) -> Iterator[Row[tuple[object, ...]]]:
    """All links of `table` by number, as the function `check` of the database tells them; no gap takes time."""
    following_one = text(f"SELECT min(number) FROM {table} WHERE number > :after")
    following = text(f"SELECT * FROM {check}(:after, :many)")
    after = FIRST
    while (least := session.scalar(following_one, {"after": after})) is not None:
        after = least - 1
        yield from session.execute(following, {"after": after, "many": PAGE})
        after += PAGE
