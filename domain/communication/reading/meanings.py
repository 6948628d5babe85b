"""What one sentence of an answer may mean, and what a person is shown of it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Meaning(StrEnum):
    """What a practice says of one person, or (the last three) of itself."""

    PLACE_FREE = "place_free"
    NO_PLACES = "no_places"
    LIST_CLOSED = "list_closed"
    WAITING_LIST = "waiting_list"
    CONSULTATION_ONLY = "consultation_only"
    UNSUITABLE = "unsuitable"
    NEEDS_INFO = "needs_info"
    WRONG_ADDRESS = "wrong_address"
    OUT_OF_OFFICE = "out_of_office"
    OPT_OUT = "opt_out"


OF_THE_MAILBOX = frozenset({Meaning.WRONG_ADDRESS, Meaning.OUT_OF_OFFICE, Meaning.OPT_OUT})
DATED = frozenset({Meaning.WAITING_LIST, Meaning.OUT_OF_OFFICE, Meaning.PLACE_FREE})
FULL_UNTIL = frozenset({Meaning.NO_PLACES, Meaning.LIST_CLOSED})  # dated only where the words say until when


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One reading: of a person (by code) what it means, the words it rests on, until or from when, how sure (0–1).

    `quote` is found in the text as it stands.
    """

    code: str
    meaning: Meaning
    until: date | None
    quote: str
    confidence: float


@dataclass(frozen=True, slots=True)
class SharedOffer:
    """A place offered that several persons (`codes`) may be meant by, from when, and the words that offer it."""

    codes: tuple[str, ...]
    from_day: date | None
    quote: str


@dataclass(frozen=True, slots=True)
class PlacesSaid:
    """What an answer says of the practice's places, apart from the persons asked for.

    `meaning` is one of NO_PLACES, LIST_CLOSED and WAITING_LIST (of a page PLACE_FREE, too); `from_day` the day from
    which there are places.

    `agreed` says that nothing else in the answer speaks against it. `quote` is found in the text as it stands.
    """

    meaning: Meaning
    from_day: date | None
    quote: str
    agreed: bool
