"""What an answer is read with and tells besides: facts of the persons asked for, and a practice's places."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from domain.casework.letters import profiles_of
from domain.communication.reading.descriptions import PersonFacts
from domain.communication.reading.meanings import Meaning, PlacesSaid
from domain.communication.templates.contexts import PatientProfile
from domain.communication.wording import SEXES
from domain.matching.models import InquiryItem

OLDEST = 120
NOTE_LENGTH = 200  # letters of the answer kept with the note
# a place goes to whom it was promised: no news
_NOTED: Mapping[Meaning, str] = {
    Meaning.LIST_CLOSED: "list_closed",
    Meaning.WAITING_LIST: "waiting_list",
    Meaning.NO_PLACES: "full",
}


@dataclass(frozen=True, slots=True)
class CapacityNote:
    """What a practice said of its places (`capacity` as in therapists), from when, its words, the day.

    `agreed` says that nothing else in its answer speaks against it.
    """

    capacity: str
    from_day: date | None
    note: str
    as_of: date
    agreed: bool = True


def facts_of(session: Session, items: Sequence[InquiryItem], *, today: date) -> tuple[PersonFacts, ...]:
    """What the letter told of the persons of an inquiry, in the order it named them, and nothing besides."""
    return tuple(_facts(profile) for profile in profiles_of(session, items, today=today))


def _facts(profile: PatientProfile) -> PersonFacts:
    sex = next((code for code, word in SEXES.items() if word == profile.sex and code in {"female", "male"}), "")
    years = [int(number) for number in re.findall(r"\d+", profile.age_band)]
    first, last = (
        (0, years[0] - 1) if profile.age_band.startswith("unter") else (*years, OLDEST)[:2] if years else (None, None)
    )
    return PersonFacts(profile.code, sex, first, last, profile.complaints)


def capacity_said(said: PlacesSaid | None, *, as_of: date) -> CapacityNote | None:
    """What is noted of a practice's places; None where nothing was said of them."""
    if said is None:
        return None
    return CapacityNote(_NOTED[said.meaning], said.from_day, said.quote[:NOTE_LENGTH], as_of, said.agreed)
