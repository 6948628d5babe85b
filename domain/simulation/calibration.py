"""Patients who search on their own, without any office: what the world's calibrated numbers are held against.

Run as a module it prints model and published figures side by side. No policy is looked at here, so that none can be
favoured: `python -m domain.simulation.calibration`.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

from domain.simulation.answering import Channel, Places, reaction, reaction_to_reminder, suits
from domain.simulation.parameters import Parameters, world_parameters
from domain.simulation.streams import Draw, stream
from domain.simulation.world import WORKING_DAYS, ContactPoint, Patient, World, build, wishes_met

MONTH, HALF_YEAR = 30, 182
MOST_CALLS = 50  # published: 1 to 50 calls a patient
WEEKS = 78


@dataclass(frozen=True)
class Figures:
    """Of many patients on their own; shares 0-1."""

    placed_in_month: float
    placed_in_half_year: float
    calls_per_patient: float
    calls_answered: float
    mails_answered: float


@dataclass(frozen=True)
class _Alone:
    """One patient's own search: days until a place (None: never), calls made and calls answered."""

    days: int | None
    calls: int
    answered: int


def figures(parameters: Parameters, *, seeds: Iterable[int]) -> Figures:
    """All regions alike; patients whose half year lies within the world."""
    alone: list[_Alone] = []
    mails: list[bool] = []
    for seed in seeds:
        for region in range(len(parameters.regions)):
            world = build(parameters, region=region, seed=seed, weeks=WEEKS)
            places = Places(world)  # a patient alone takes a place from nobody we look at: nothing is given here
            alone += [
                _search_alone(world, places, patient)
                for patient in world.patients
                if patient.arrives + HALF_YEAR < world.days
            ]
            mails += [_mail_answered(world, point, 7 * (1 + point.contact_point_id % 50)) for point in _mailed(world)]
    return Figures(
        placed_in_month=fmean(one.days is not None and one.days <= MONTH for one in alone),
        placed_in_half_year=fmean(one.days is not None and one.days <= HALF_YEAR for one in alone),
        calls_per_patient=fmean(one.calls for one in alone),
        calls_answered=sum(one.answered for one in alone) / sum(one.calls for one in alone),
        mails_answered=fmean(mails),
    )


def _mailed(world: World) -> list[ContactPoint]:
    return [point for point in world.contact_points if point.has_mail]


def _mail_answered(world: World, point: ContactPoint, day: int) -> bool:
    """Within the clocks of the office: mail, reminder, expiry."""
    rules = world.parameters.rules
    first = reaction(world, point, channel=Channel.EMAIL, day=day)
    second = reaction_to_reminder(world, point, day=day + rules.follow_up_days)
    return any(one.answer_day is not None and one.answer_day < day + rules.expiry_days for one in (first, second))


def _search_alone(world: World, places: Places, patient: Patient) -> _Alone:
    """Calls in phone hours at practices within reach in any order, each once, until a place or the calls run out."""
    chance = stream(world.seed, world.number, Draw.SELF_SEARCH, patient.search_id)
    own = world.parameters.self_search
    meant = min(int(chance.geometric(1 / own.calls_meant)), MOST_CALLS)
    near = [point for point in world.contact_points if patient.search_id in world.fits[point.contact_point_id]]
    clock, calls, answered = 0.0, 0, 0
    for number in chance.permutation(len(near))[:meant]:
        point = near[number]
        day = _phone_day(point, patient.arrives + int(clock))
        if day >= world.days:
            break
        calls += 1
        if reaction(world, point, channel=Channel.PHONE, day=day).answer_day is not None:
            answered += 1
            if _place_for(world, places, point, patient, day):
                return _Alone(day - patient.arrives, calls, answered)
        clock += chance.exponential(own.gap_days)
    return _Alone(None, calls, answered)


def _phone_day(point: ContactPoint, day: int) -> int:
    return next(one for one in range(day, day + 7) if one % 7 < WORKING_DAYS and point.hours[one % 7])


def _place_for(world: World, places: Places, point: ContactPoint, patient: Patient, day: int) -> bool:
    return any(
        (place.setting == "individual" or patient.group_ok)
        and wishes_met(therapist, patient)
        and suits(world, therapist, patient)
        for therapist, _, place in places.free(point, day)
    )


def main() -> None:
    """Model beside published, for 20 seeds."""
    parameters = world_parameters()
    published, model = parameters.published, figures(parameters, seeds=range(20))
    rows = (
        ("place within a month", model.placed_in_month, published.placed_in_month),
        ("place within six months", model.placed_in_half_year, published.placed_in_half_year),
        ("calls per patient", model.calls_per_patient, published.calls_per_patient),
        ("calls answered", model.calls_answered, published.answered),
        ("mails answered", model.mails_answered, published.answered),
    )
    for name, simulated, given in rows:
        sys.stdout.write(f"{name:<26}{simulated:>8.3f}{given:>8.3f}\n")


if __name__ == "__main__":
    main()
