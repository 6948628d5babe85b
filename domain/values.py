"""Small values shared by all slices: codes stored in the database and their sets.

Codes are the field's English terms (GLOSSARY.md); German words for them live in `ui.labels`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Sex(StrEnum):
    """Sex as registered; `not_stated` where a person or a directory gives none."""

    FEMALE = "female"
    MALE = "male"
    DIVERSE = "diverse"
    NOT_STATED = "not_stated"


class SexWish(StrEnum):
    """Whom a patient or a therapist wishes to work with."""

    ANY = "any"
    FEMALE = "female"
    MALE = "male"


class Method(StrEnum):
    """The four psychotherapies of the German directive (Psychotherapie-Richtlinie § 15)."""

    CBT = "cbt"
    PSYCHODYNAMIC = "psychodynamic"
    ANALYTIC = "analytic"
    SYSTEMIC = "systemic"


class AgeGroup(StrEnum):
    """Age group an approval covers; `unknown` where the source names none."""

    ADULT = "adult"
    CHILD_YOUTH = "child_youth"
    UNKNOWN = "unknown"


class Setting(StrEnum):
    """Single or group treatment; `unknown` where the source names none."""

    INDIVIDUAL = "individual"
    GROUP = "group"
    UNKNOWN = "unknown"


class Licence(StrEnum):
    """Professional licence; it decides the age group where a directory gives none."""

    PSYCHOLOGICAL = "psychological"
    MEDICAL = "medical"
    CHILD_YOUTH = "child_youth"
    UNKNOWN = "unknown"


class TravelMode(StrEnum):
    """How a patient travels."""

    CAR = "car"
    PUBLIC_TRANSPORT = "public_transport"
    BICYCLE = "bicycle"
    FOOT = "foot"


class Channel(StrEnum):
    """How a contact took place."""

    EMAIL = "email"
    PHONE = "phone"
    LETTER = "letter"
    VISIT = "visit"


class GeoQuality(StrEnum):
    """What a coordinate stands for, best first; `none` has no coordinate."""

    HOUSE = "house"
    STREET = "street"
    PLZ = "plz"
    ORT = "ort"
    NONE = "none"


@dataclass(frozen=True, slots=True, order=True)
class Offer:
    """One approved kind of treatment: method × age group × setting."""

    method: Method
    age_group: AgeGroup
    setting: Setting

    @property
    def code(self) -> str:
        """Stored form, e.g. ``cbt:adult:individual``."""
        return f"{self.method}:{self.age_group}:{self.setting}"

    @classmethod
    def parse(cls, code: str) -> "Offer":
        """Read the stored form; raises ValueError for anything else."""
        method, age_group, setting = code.split(":")
        return cls(Method(method), AgeGroup(age_group), Setting(setting))


@dataclass(frozen=True, slots=True, order=True)
class WeekSpan:
    """A span of the week, in minutes since Monday 00:00; `end` is exclusive, 0 ≤ start < end ≤ 10080."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= MINUTES_PER_WEEK:
            raise ValueError(f"not a span of the week: {self.start}..{self.end}")


MINUTES_PER_DAY = 24 * 60
MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY


@dataclass(frozen=True, slots=True)
class Coordinate:
    """A place in degrees (WGS 84) with what is known about its precision.

    `uncertainty_m` is a radius in metres; `source` names the data, e.g. ``plz_table`` or ``directory``.
    """

    lat: float
    lon: float
    quality: GeoQuality
    uncertainty_m: int
    source: str
