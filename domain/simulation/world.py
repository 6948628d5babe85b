"""One region as it is before any office acts: practices, their free places to come, patients to come.

Built from seed and parameters alone; nothing in here changes during a run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot

import numpy as np

from domain.simulation.parameters import Parameters, Region
from domain.simulation.streams import Draw, stream

BURN_IN = 200  # days before day 0 in which places already came and went, and practices said things
WORKING_DAYS = 5
HOURS_UNIT = 25  # minutes; the shortest phone hour that counts for the duty
INITIALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Place:
    """One free place: from the first day on, until somebody else has it (both days, the end not included)."""

    setting: str
    start: int
    end: int


@dataclass(frozen=True)
class Therapist:
    """A person who treats: what is offered, and the places to come, in order of their start."""

    therapist_id: int
    sex: str
    methods: frozenset[str]
    places: tuple[Place, ...]
    group: bool


@dataclass(frozen=True)
class ContactPoint:
    """A mailbox or phone and who sits behind it; `hours` are minutes of phone hours from Monday to Friday."""

    contact_point_id: int
    name: str
    x: float
    y: float
    plz2: int
    has_mail: bool
    informed: bool
    hours: tuple[int, ...]
    therapists: tuple[Therapist, ...]
    mail_answer: float
    reached: float
    phone_answer: float


@dataclass(frozen=True)
class Patient:
    """A search as the office takes it down; `gives_up` is the day patience ends."""

    search_id: int
    arrives: int
    gives_up: int
    x: float
    y: float
    plz2: int
    methods: frozenset[str]
    sex_wish: str
    group_ok: bool
    radius: float


@dataclass(frozen=True)
class World:
    """One region over a span of days."""

    seed: int
    region: Region
    number: int
    days: int
    parameters: Parameters
    contact_points: tuple[ContactPoint, ...]
    patients: tuple[Patient, ...]
    fits: Mapping[int, Mapping[int, float]]  # contact point → searches that pass its hard rules → kilometres


def build(parameters: Parameters, *, region: int, seed: int, weeks: int) -> World:
    """The region with this number as it will be for `weeks` weeks under this seed."""
    shape = parameters.regions[region]
    days = weeks * 7
    layout = _Layout(shape, stream(seed, region, Draw.PLACES_ON_MAP))
    points = tuple(
        _contact_point(parameters, layout, number, seed=seed, region=region, days=days)
        for number in range(shape.practices)
    )
    arrivals = stream(seed, region, Draw.ARRIVALS)
    coming = arrivals.poisson(parameters.office.arrivals_per_week / 7, size=days)
    arrives = [0] * parameters.office.open_at_start + [day for day in range(1, days) for _ in range(coming[day])]
    patients = tuple(
        _patient(parameters, layout, number, arrives=day, chance=stream(seed, region, Draw.PATIENT, number))
        for number, day in enumerate(arrives)
    )
    return World(seed, shape, region, days, parameters, points, patients, _fits(points, patients))


def wishes_met(therapist: Therapist, patient: Patient) -> bool:
    """The hard rules between two people: method and sex; the setting is the place's."""
    return (not patient.methods or bool(patient.methods & therapist.methods)) and patient.sex_wish in {
        "any",
        therapist.sex,
    }


def _fits(points: Sequence[ContactPoint], patients: Sequence[Patient]) -> dict[int, dict[int, float]]:
    fits: dict[int, dict[int, float]] = {}
    for point in points:
        fits[point.contact_point_id] = near = {}
        for patient in patients:
            km = hypot(patient.x - point.x, patient.y - point.y)
            if km <= patient.radius and any(wishes_met(therapist, patient) for therapist in point.therapists):
                near[patient.search_id] = km
    return fits


class _Layout:
    """Where people live in a region, and where its postal areas meet."""

    def __init__(self, shape: Region, chance: np.random.Generator) -> None:
        self.shape = shape
        inner = (0.25, 0.75) if shape.clusters == 1 else (0.05, 0.95)
        self._towns = chance.uniform(*inner, size=(shape.clusters, 2)) * shape.width
        self._weights = chance.dirichlet(np.full(shape.clusters, 2.0))
        # The areas' middles lie anywhere: borders cut through towns, as the real ones do.
        self._middles = chance.uniform(0.1, 0.9, size=(shape.areas, 2)) * shape.width

    def spot(self, chance: np.random.Generator) -> tuple[float, float, int]:
        """A place where somebody lives or works, and its postal area."""
        town = self._towns[chance.choice(len(self._weights), p=self._weights)]
        x, y = np.clip(town + chance.normal(0, self.shape.spread, 2), 0, self.shape.width)
        area = int(np.argmin(((self._middles - (x, y)) ** 2).sum(axis=1)))
        return float(x), float(y), area


def _contact_point(
    parameters: Parameters, layout: _Layout, number: int, *, seed: int, region: int, days: int
) -> ContactPoint:
    chance = stream(seed, region, Draw.PRACTICE, number)
    made, answers = parameters.practices, parameters.answers
    people = int(chance.integers(2, 4)) if chance.random() < made.shared_mailbox else 1
    x, y, plz2 = layout.spot(chance)
    return ContactPoint(
        contact_point_id=number,
        name="".join(chance.choice(list(INITIALS), size=8)),
        x=x,
        y=y,
        plz2=plz2,
        has_mail=bool(chance.random() < made.has_mail),
        informed=bool(chance.random() < made.informed),
        hours=_hours(200 if chance.random() < made.full_seat else 100, chance),
        therapists=tuple(
            _therapist(parameters, number * 4 + person, seed=seed, region=region, days=days) for person in range(people)
        ),
        mail_answer=_beta(answers.mail, answers.mail_spread, chance),
        reached=_beta(answers.reached, answers.reached_spread, chance),
        phone_answer=_beta(answers.phone, answers.phone_spread, chance),
    )


def _hours(minutes: int, chance: np.random.Generator) -> tuple[int, ...]:
    week = [0] * WORKING_DAYS
    day = 0
    while minutes > 0:
        day = int(chance.integers(WORKING_DAYS)) if chance.random() < 0.5 else day  # hours lie together
        week[day] += HOURS_UNIT
        minutes -= HOURS_UNIT
    return tuple(week)


def _beta(mean: float, weight: float, chance: np.random.Generator) -> float:
    return float(chance.beta(mean * weight, (1 - mean) * weight))


def _therapist(parameters: Parameters, number: int, *, seed: int, region: int, days: int) -> Therapist:
    chance = stream(seed, region, Draw.FREE_PLACES, number)
    made = parameters.practices
    methods = frozenset(method for method, share in made.methods.items() if chance.random() < share) or {"cbt"}
    group = bool(chance.random() < made.group_offer)
    rate = chance.gamma(made.places_shape, made.places_per_year / made.places_shape)
    places = _places("individual", rate, parameters, days=days, chance=chance)
    if group:
        places += _places("group", made.group_places_per_year, parameters, days=days, chance=chance)
    return Therapist(
        therapist_id=number,
        sex="female" if chance.random() < made.female else "male",
        methods=frozenset(methods),
        places=tuple(sorted(places, key=lambda place: place.start)),
        group=group,
    )


def _places(
    setting: str, per_year: float, parameters: Parameters, *, days: int, chance: np.random.Generator
) -> list[Place]:
    count = int(chance.poisson(per_year * (days + BURN_IN) / 365))
    starts = chance.uniform(-BURN_IN, days, count)
    free_for = chance.exponential(parameters.taken_after_days, count)
    return [
        Place(setting, int(np.floor(start)), int(np.ceil(start + free)))
        for start, free in zip(starts, free_for, strict=True)
    ]


def _patient(
    parameters: Parameters, layout: _Layout, number: int, *, arrives: int, chance: np.random.Generator
) -> Patient:
    likes = parameters.patients
    x, y, plz2 = layout.spot(chance)
    methods: frozenset[str] = frozenset()
    if chance.random() >= likes.any_method:
        names, shares = list(likes.methods), np.array(list(likes.methods.values()))
        count = 2 if chance.random() < likes.second_method else 1
        methods = frozenset(str(name) for name in chance.choice(names, count, replace=False, p=shares / shares.sum()))
    sex = chance.random()
    wish = "female" if sex < likes.female_wish else "male" if sex < likes.female_wish + likes.male_wish else "any"
    return Patient(
        search_id=number,
        arrives=arrives,
        gives_up=arrives + 1 + int(chance.exponential(likes.patience_weeks * 7)),
        x=x,
        y=y,
        plz2=plz2,
        methods=methods,
        sex_wish=wish,
        group_ok=bool(chance.random() < likes.group_ok),
        radius=float(chance.choice(layout.shape.radius)),
    )
