"""What a letter may say: the data a template is filled with, and nothing besides.

A profile carries what domain.md allows in a first mail and no more: no name, no birth date, no street, no
insurance number, no free text. Whoever builds a profile cannot add a field that is not declared here.
"""

from dataclasses import dataclass
from datetime import date

from domain.communication.wording import Recipient


@dataclass(frozen=True, slots=True)
class PatientProfile:
    """What a practice may know of a person before it accepts (pseudonymous, by a random code)."""

    code: str
    age_band: str
    sex: str
    insurance: str
    methods: tuple[str, ...]
    group_ok: bool
    complaints: tuple[str, ...]
    availability: str
    waiting_weeks: int
    region: str
    had_consultation: bool
    timely_needed: bool
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PatientCode:
    """All a later letter needs of a person: the code of the first one."""

    code: str


@dataclass(frozen=True, slots=True)
class OfficeContext:
    """The sender's letterhead."""

    name: str
    person: str
    street: str
    plz: str
    city: str
    phone: str
    email: str
    legal_footer: str


@dataclass(frozen=True, slots=True)
class LetterContext:
    """Everything a letter to a practice may say. `source` names the public directory (Art. 14 GDPR).

    `on_paper` says that it is printed: whoever reads it cannot answer "this mail". `still_open` says that others of the
    inquiry are still asked for. `elsewhere` is the place of another practice: ``offered``, ``begun``, or none.
    """

    recipient: Recipient
    office: OfficeContext
    reference: str
    patients: tuple[PatientProfile | PatientCode, ...]
    today: date
    asked_on: date | None
    source: str
    on_paper: bool = False
    still_open: bool = False
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class SearchStatus:
    """Where a search stands, in numbers: practices asked, and what came back; `weeks` since it began.

    Waiting, absent, declined, on a list and without a result are each practice once: together they are those asked.
    """

    weeks: int
    asked: int
    asked_this_week: int
    answered_this_week: int
    waiting_for_answer: int
    declined: int
    waiting_lists: int
    calls: int
    absent: int = 0
    without_result: int = 0


@dataclass(frozen=True, slots=True)
class PatientLetterContext:
    """Everything a letter to a patient may say; `practice` is empty before one accepted.

    `place_from` is the day from which the place is free, None for now.
    """

    recipient: Recipient
    office: OfficeContext
    today: date
    practice: str = ""
    practice_phone: str = ""
    practice_address: str = ""
    place_from: date | None = None
    status: SearchStatus | None = None
    missing: tuple[str, ...] = ()
