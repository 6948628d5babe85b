"""The numbers of the simulated world, read from `resources/simulation/world.toml`, where each names its source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Published:
    """Figures from outside the model, against which it is calibrated."""

    requests_per_week: float
    first_talks_per_week: float
    answered: float
    placed_in_month: float
    placed_in_half_year: float
    calls_per_patient: float
    first_talk_weeks: float
    start_weeks: float


@dataclass(frozen=True)
class Rules:
    """Rules every policy keeps; days and patients."""

    cooling_days: int
    expiry_days: int
    follow_up_days: int
    inquiry_size: int


@dataclass(frozen=True)
class Office:
    """What the office has each week, and how many patients come."""

    open_at_start: int
    arrivals_per_week: float
    mails_per_week: int
    minutes_per_week: float
    minutes_per_call: float


@dataclass(frozen=True)
class Practices:
    """How practices are made; shares 0-1, places a year."""

    shared_mailbox: float
    full_seat: float
    has_mail: float
    informed: float
    places_per_year: float
    places_shape: float
    group_offer: float
    group_places_per_year: float
    taken_share: float
    suits: float
    female: float
    methods: Mapping[str, float]


@dataclass(frozen=True)
class Answers:
    """How practices answer; shares 0-1, days."""

    mail: float
    mail_spread: float
    reminder: float
    mail_delay: float
    reached: float
    reached_outside: float
    reached_spread: float
    phone: float
    phone_spread: float
    tells: float
    truthful: float
    horizon_days: int
    date_error_days: float
    told_before: float


@dataclass(frozen=True)
class Patients:
    """What patients wish and how long they stay."""

    any_method: float
    methods: Mapping[str, float]
    second_method: float
    female_wish: float
    male_wish: float
    group_ok: float
    patience_weeks: float
    trial_fails: float


@dataclass(frozen=True)
class SelfSearch:
    """How patients search who have no office; only the calibration looks at them."""

    calls_meant: float
    gap_days: float


@dataclass(frozen=True)
class Region:
    """The shape of one region; kilometres."""

    name: str
    practices: int
    width: float
    clusters: int
    spread: float
    areas: int
    radius: tuple[float, ...]


@dataclass(frozen=True)
class Parameters:
    """The whole world's numbers."""

    published: Published
    rules: Rules
    office: Office
    practices: Practices
    answers: Answers
    patients: Patients
    self_search: SelfSearch
    regions: tuple[Region, ...]

    @property
    def taken_after_days(self) -> float:
        """Mean days until a free place is given to somebody who is not the office's."""
        return 7 / (self.published.first_talks_per_week * self.practices.taken_share)


@cache
def world_parameters() -> Parameters:
    """The frozen file."""
    read = tomllib.loads(files("resources").joinpath("simulation", "world.toml").read_text("utf-8"))
    regions = tuple(
        Region(**{**numbers, "name": name, "radius": tuple(numbers["radius"])})
        for name, numbers in read["regions"].items()
    )
    return Parameters(
        published=Published(**read["published"]),
        rules=Rules(**read["rules"]),
        office=Office(**read["office"]),
        practices=Practices(**read["practices"]),
        answers=Answers(**read["answers"]),
        patients=Patients(**read["patients"]),
        self_search=SelfSearch(**read["self_search"]),
        regions=regions,
    )
