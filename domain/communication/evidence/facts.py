"""What an evidence says: one patient's attempts, clocks and papers. Plain facts; no database, no layout.

Nothing in here may come from another patient of the same inquiry: free text of a contact that was about several
people has no place in these shapes.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from domain.communication.evidence.chain import Head
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
    PENDING = "pending"
    NEEDS_INFO = "needs_info"
    UNDELIVERABLE = "undeliverable"
    WITHDRAWN = "withdrawn"
    PLACE = "place"
    PLACE_FAILED = "place_failed"


REFUSED = frozenset(
    {Outcome.REJECTION_CAPACITY, Outcome.REJECTION_UNSUITABLE, Outcome.REJECTION_OTHER, Outcome.CONSULTATION_ONLY}
)
SILENT = frozenset({Outcome.NO_RESPONSE, Outcome.UNREACHED})


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
    """Everything the paper says, and what the tab shows."""

    office: tuple[str, ...]
    person: Person
    profile: Profile
    case: CaseForm
    attempts: tuple[Attempt, ...]
    counted: int
    papers: tuple[Paper, ...]
    consent_to_insurer: bool
    tss: Clock | None
    insurer: Clock | None
    made_on: date
    made_by: str
    head: Head

    @property
    def missing(self) -> tuple[Paper, ...]:
        """Papers that are not there."""
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


_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n")
_ABOUT_WAITING = re.compile(r"wart|frühestens|frei werd", re.IGNORECASE)
_NUMBERS = "ein|einem|einen|eine|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf"
_SPAN = re.compile(
    rf"\b(\d{{1,3}}|{_NUMBERS})(?:\s*(?:-|–|bis)\s*(\d{{1,3}}|{_NUMBERS}))?\s*(Tage?n?|Wochen?|Monate?n?|Jahre?n?)\b",
    re.IGNORECASE,
)
_VALUE = dict(zip(_NUMBERS.split("|"), (1, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), strict=True))
_UNITS = {"t": ("Tag", "Tage"), "w": ("Woche", "Wochen"), "m": ("Monat", "Monate"), "j": ("Jahr", "Jahre")}


def stated_wait(note: str, *, others: Collection[str] = ()) -> str:
    """The wait a practice named, as number and unit and nothing else of what was written: "6 bis 9 Monate".

    A sentence that names one of `others` (codes and names of the inquiry's other patients) is not about this one.
    """
    for sentence in _SENTENCE.split(note):
        if not _ABOUT_WAITING.search(sentence) or any(
            word and word.casefold() in sentence.casefold() for word in others
        ):
            continue
        found = _SPAN.search(sentence)
        if found:
            low, high = (_number(part) for part in found.group(1, 2))
            one, many = _UNITS[found.group(3)[0].lower()]
            span = f"{low} bis {high}" if high else f"{low}"
            return f"{span} {one if low == 1 and not high else many}"
    return ""


def _number(word: str | None) -> int | None:
    if word is None:
        return None
    return int(word) if word.isdigit() else _VALUE[word.lower()]
