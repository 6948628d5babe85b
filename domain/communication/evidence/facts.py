"""What an evidence says: one patient's attempts, clocks and papers. Plain facts; no database, no layout.

Nothing in here may come from another patient of the same inquiry: free text of a contact that was about several
people has no place in these shapes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from domain.chain_walk import Head
from domain.matching.reimbursement import CaseForm, Profile
from domain.matching.reimbursement_clocks import Clock


class Outcome(StrEnum):
    """What became of an attempt."""

    REJECTION_CAPACITY = "rejection_capacity"
    REJECTION_UNSUITABLE = "rejection_unsuitable"
    REJECTION_OTHER = "rejection_other"
    WAITLISTED = "waitlisted"
    CONSULTATION_ONLY = "consultation_only"
    NO_RESPONSE = "no_response"
    UNREACHED = "unreached"
    WRONG_NUMBER = "wrong_number"
    TRYING = "trying"
    PENDING = "pending"
    UNREAD = "unread"
    NEEDS_INFO = "needs_info"
    UNDELIVERABLE = "undeliverable"
    WITHDRAWN = "withdrawn"
    PLACE = "place"
    PLACE_FAILED = "place_failed"


REFUSED = frozenset(
    {Outcome.REJECTION_CAPACITY, Outcome.REJECTION_UNSUITABLE, Outcome.REJECTION_OTHER, Outcome.CONSULTATION_ONLY}
)
SILENT = frozenset({Outcome.NO_RESPONSE, Outcome.UNREACHED})
OPEN = frozenset(
    {Outcome.PENDING, Outcome.NEEDS_INFO, Outcome.TRYING, Outcome.UNREAD}
)  # nobody can say yet what becomes of it


@dataclass(frozen=True, slots=True)
class Step:
    """One contact of an attempt: when, how, which way, what, who of the office, with whom, and its link in the chain."""

    at: datetime
    channel: str
    direction: str
    kind: str
    person: str
    counterpart: str
    link: int | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One inquiry for this patient at one practice. `until`: the day silence was taken for an answer, or of the answer."""

    practice_id: int
    practice: str
    therapist: str
    address: str
    steps: tuple[Step, ...]
    outcome: Outcome
    until: date | None
    waitlisted_until: date | None
    stated_wait: str
    counts: bool = False

    @property
    def begun(self) -> datetime:
        """When it began."""
        return self.steps[0].at

    @property
    def contacts(self) -> tuple[Step, ...]:
        """What went out to the practice. A call stands in the log with its result and with what it counted for: once."""
        seen: set[datetime] = set()
        found = []
        for step in self.steps:
            called = step.channel == "phone"
            if step.direction == "out" and not (called and step.at in seen):
                found.append(step)
            if called:
                seen.add(step.at)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper the insurer wants: since when it is there (None: not entered), and whether one lies with the files."""

    kind: str
    dated_on: date | None
    filed_on: date | None

    @property
    def there(self) -> bool:
        """Whether it is there."""
        return self.dated_on is not None or self.filed_on is not None


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the evidence is about."""

    name: str
    birth_date: date | None
    insurer: str
    statutory: bool
    insurance_number: str
    methods: tuple[str, ...]
    searching_since: date


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the paper says, and what the tab shows.

    `silent_after` is after how many days without an answer the office takes an inquiry as unanswered.
    """

    office: tuple[str, ...]
    person: Person
    profile: Profile
    case: CaseForm
    attempts: tuple[Attempt, ...]
    counted: int
    papers: tuple[Paper, ...]
    consent_to_insurer: bool
    silent_after: int
    tss: Clock | None
    insurer: Clock | None
    made_on: date
    made_by: str
    head: Head

    @property
    def unread(self) -> int:
        """How many attempts have an answer that nobody has read yet."""
        return sum(attempt.outcome is Outcome.UNREAD for attempt in self.attempts)

    @property
    def missing(self) -> tuple[Paper, ...]:
        """Papers of the insurer's that are not there; the consent to hand them over is none of them."""
        return tuple(paper for paper in self.papers if not paper.there)


def failed(outcome: Outcome, profile: Profile) -> bool:
    """Whether an attempt counts as failed for this insurer."""
    if outcome in SILENT:
        return profile.form.silence_counts
    if outcome is Outcome.WAITLISTED:
        return profile.form.waiting_list_counts
    return outcome in REFUSED


def counted(attempts: Sequence[Attempt], profile: Profile) -> tuple[tuple[Attempt, ...], int]:
    """The attempts with whether each counts, and how many do: where practices are counted, each counts once."""
    seen: set[int] = set()
    judged = []
    for attempt in attempts:
        counts = failed(attempt.outcome, profile)
        if counts and profile.form.count_by == "practice":
            counts = attempt.practice_id not in seen
            seen.add(attempt.practice_id)
        judged.append(replace(attempt, counts=counts))
    return tuple(judged), sum(attempt.counts for attempt in judged)
