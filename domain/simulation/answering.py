"""What a practice does with an inquiry: whether it answers, when, whom it takes, and what it says about its list.

Whether and when depend on (seed, practice, day) alone; whether a person suits on (seed, therapist, patient) alone.
Only the places already given to patients of the office are kept here as the run goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log

from domain.simulation.streams import Draw, stream
from domain.simulation.world import WORKING_DAYS, ContactPoint, Patient, Place, Therapist, World, wishes_met

GAMMA_SHAPE = 2.0  # waits for a first talk gather around their mean instead of being shortest most often


class Channel(StrEnum):
    """How a practice is asked; codes as in domain.values."""

    EMAIL = "email"
    PHONE = "phone"


class Saying(StrEnum):
    """What a practice says about its list."""

    FREE = "free"
    FULL_UNTIL = "full_until"
    CLOSED = "closed"


@dataclass(frozen=True)
class Told:
    """A practice's word on a day; `until` only with FULL_UNTIL."""

    saying: Saying
    day: int
    until: int | None = None


@dataclass(frozen=True)
class Reaction:
    """Whether a message arrived, and the day of the answer (None: silence)."""

    reached: bool
    answer_day: int | None


@dataclass(frozen=True)
class Match:
    """A therapist takes a patient on a day; `fails_on` if the trial sessions will not go on."""

    patient: Patient
    therapist: Therapist
    day: int
    fails_on: int | None


def reaction(world: World, point: ContactPoint, *, channel: Channel, day: int) -> Reaction:
    """To a first mail or a call on this day."""
    chance = stream(world.seed, world.number, Draw.ANSWER, point.contact_point_id, day, channel == Channel.PHONE)
    reached, answers, delay = chance.random(3)
    if channel == Channel.PHONE:
        weekday = day % 7
        open_now = weekday < WORKING_DAYS and point.hours[weekday] > 0
        connected = bool(reached < (point.reached if open_now else world.parameters.answers.reached_outside))
        return Reaction(connected, day if connected and answers < point.phone_answer else None)
    return _by_mail(world, day, answers=answers < point.mail_answer, chance=delay)


def reaction_to_reminder(world: World, point: ContactPoint, *, day: int) -> Reaction:
    """To the one reminder of an unanswered mail."""
    chance = stream(world.seed, world.number, Draw.ANSWER, point.contact_point_id, day, 2)
    answers, delay = chance.random(2)
    return _by_mail(world, day, answers=answers < point.mail_answer * world.parameters.answers.reminder, chance=delay)


def _by_mail(world: World, day: int, *, answers: bool, chance: float) -> Reaction:
    if not answers:
        return Reaction(reached=True, answer_day=None)
    due = day + 1 + int(-log(1 - chance) * world.parameters.answers.mail_delay)
    weekday = due % 7
    return Reaction(reached=True, answer_day=due if weekday < WORKING_DAYS else due + 7 - weekday)


def suits(world: World, therapist: Therapist, patient: Patient) -> bool:
    """Whether the two would begin, were a place free."""
    chance = stream(world.seed, world.number, Draw.PAIR, therapist.therapist_id, patient.search_id)
    return bool(chance.random() < world.parameters.practices.suits)


def trial_failure(world: World, therapist: Therapist, patient: Patient, *, day: int) -> int | None:
    """The day on which trial sessions end without going on, or None: between first talk and start."""
    chance = stream(world.seed, world.number, Draw.PAIR, therapist.therapist_id, patient.search_id, 1)
    if chance.random() >= world.parameters.patients.trial_fails:
        return None
    published = world.parameters.published
    first_talk = chance.gamma(GAMMA_SHAPE, published.first_talk_weeks * 7 / GAMMA_SHAPE)
    until_start = chance.uniform(0, (published.start_weeks - published.first_talk_weeks) * 7)
    return day + 1 + int(first_talk + until_start)


class Places:
    """Free places of a region in one run: those to come are the world's, those given away the office's doing."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._given: set[tuple[int, int]] = set()

    def free(self, point: ContactPoint, day: int) -> list[tuple[Therapist, int, Place]]:
        """Places that are free behind this contact point on a day."""
        return [
            (therapist, number, place)
            for therapist in point.therapists
            for number, place in enumerate(therapist.places)
            if place.start <= day < place.end and (therapist.therapist_id, number) not in self._given
        ]

    def offer(self, point: ContactPoint, patients: Sequence[Patient], *, day: int) -> list[Match]:
        """Give what is free to the first in the list who suits; each patient gets one place at most."""
        matches: list[Match] = []
        waiting = list(patients)
        for therapist, number, place in self.free(point, day):
            for patient in waiting:
                if place.setting == "group" and not patient.group_ok:
                    continue
                if wishes_met(therapist, patient) and suits(self._world, therapist, patient):
                    self._given.add((therapist.therapist_id, number))
                    fails_on = trial_failure(self._world, therapist, patient, day=day)
                    matches.append(Match(patient, therapist, day, fails_on))
                    waiting.remove(patient)
                    break
        return matches

    def says(self, point: ContactPoint, day: int) -> Told | None:
        """What the practice says about its list when it answers on this day; often nothing."""
        answers = self._world.parameters.answers
        chance = stream(self._world.seed, self._world.number, Draw.TALK, point.contact_point_id, day + 1000)
        tells, truthful, lie = chance.random(3)
        error = chance.normal(0, answers.date_error_days)
        if tells >= answers.tells:
            return None
        if truthful >= answers.truthful:
            return Told(Saying.FREE if lie < 0.2 else Saying.CLOSED, day)
        if self.free(point, day):
            return Told(Saying.FREE, day)
        starts = [
            place.start
            for therapist in point.therapists
            for place in therapist.places
            if day < place.start <= day + answers.horizon_days
        ]
        if not starts:
            return Told(Saying.CLOSED, day)
        return Told(Saying.FULL_UNTIL, day, max(day + 1, min(starts) + round(error)))
