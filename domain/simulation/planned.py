"""Our own way: the weekly plan (`domain.planning`) with the expected answer, fed with what the office knows."""

from collections.abc import Sequence
from math import ceil, log1p

from domain.planning.chance import (
    ANSWER_PRIOR,
    Past,
    capacity_shift,
    expected,
    lift,
    office_lift,
    person_lift,
    promise_shift,
)
from domain.planning.fill import filled
from domain.planning.model import Arc, Budget, Option, Problem, Seeker, share, weight
from domain.planning.solve import plan_week
from domain.simulation.answering import Channel, Saying
from domain.simulation.policies import phone_day
from domain.simulation.view import Contact, KnownPoint, View
from domain.simulation.view import Past as Ended

PRIOR = 0.15  # the office's default (domain rules)
OVERDUE_SHARE = 0.10  # the longest waiting tenth must not be left out
STATES = {Saying.FREE: "free", Saying.CLOSED: "list_closed"}  # Saying → state of domain.planning.chance


class Planned:
    """The plan as the program makes it. Everything learned is read from the view anew each week."""

    def week(self, view: View) -> Sequence[Contact]:
        """The plan's contacts, filled up; in each the longest waiting first, calls on the day with most phone hours."""
        age = {search.search_id: (search.since, search.search_id) for search in view.searches}
        points = {point.contact_point_id: point for point in view.points}
        problem = self._problem(view)
        return [
            Contact(
                contact.option.contact_point_id,
                channel := Channel(contact.option.channel),
                tuple(sorted(contact.searches, key=lambda search: age[search])),
                weekday=phone_day(points[contact.option.contact_point_id]) if channel is Channel.PHONE else 0,
                probability=contact.option.probability,
            )
            for contact in filled(problem, plan_week(problem, bounded=False)).contacts
        ]

    def chance(self, point: KnownPoint, *, day: int, lifted: float, places: float) -> float:
        """The expected answer by the program's formula; both shifts are learned from all inquiries."""
        history = [Past(float(day - p.day), p.answered, p.accepted > 0) for p in point.past if p.reached]
        return expected(
            PRIOR,
            history,
            people=point.people,
            answer_shift=lifted,
            person_shift=places,
            place_shift=_told_shift(point, day),
        ).mean

    def _problem(self, view: View) -> Problem:
        answers, places = _office_lifts(view)
        lifts = {channel: answers + _lift(channel, view.past) for channel in Channel}
        return Problem(
            seekers=_seekers(view),
            options=[
                Option(
                    therapist_id=point.contact_point_id,  # the world asks mailboxes; who inside is chosen there
                    contact_point_id=point.contact_point_id,
                    channel=channel.value,
                    probability=self.chance(point, day=view.day, lifted=lifts[channel], places=places),
                    minutes=view.minutes_per_call if channel is Channel.PHONE else 0.0,
                )
                for point in view.points
                for channel in ((Channel.EMAIL, Channel.PHONE) if point.has_mail else (Channel.PHONE,))
            ],
            arcs=[Arc(search, point) for point, searches in view.fits.items() for search in searches],
            budget=Budget(view.mails, view.minutes, view.size),
        )


def _seekers(view: View) -> list[Seeker]:
    hope = dict.fromkeys((search.search_id for search in view.searches), 0.0)
    for inquiry in view.open_inquiries:
        each = -log1p(-share(inquiry.probability, len(inquiry.searches)))
        for search in inquiry.searches:
            if search in hope:  # somebody asked for may wait no longer
                hope[search] += each
    oldest = sorted(view.searches, key=lambda search: (search.since, search.search_id))
    overdue = {search.search_id for search in oldest[: ceil(len(oldest) * OVERDUE_SHARE)]}
    return [
        Seeker(
            s.search_id, weight(urgency=0, waited_days=view.day - s.since), hope[s.search_id], s.search_id in overdue
        )
        for s in view.searches
    ]


def _lift(channel: Channel, past: Sequence[Ended]) -> float:
    """How contacts over this channel went against all; calls nobody took count as calls without success."""
    own = [one for one in past if one.channel is channel]
    return lift(
        trials=len(own),
        answered=sum(one.answered for one in own),
        all_trials=len(past),
        all_answered=sum(one.answered for one in past),
    )


def _office_lifts(view: View) -> tuple[float, float]:
    """How often inquiries of this office are answered, and what a person brings then, beside the priors."""
    reached = [one for one in view.past if one.reached]
    answered = [one for one in reached if one.answered]
    asked = [point.people for point in view.points for past in point.past if past.answered]
    return (
        office_lift(trials=len(reached), hits=len(answered), prior=ANSWER_PRIOR),
        person_lift(
            answered=len(answered),
            successes=sum(one.accepted > 0 for one in answered),
            people=sum(asked) / len(asked) if asked else 1.0,
            prior=PRIOR,
        ),
    )


def _told_shift(point: KnownPoint, day: int) -> float:
    if point.told is None:
        return 0.0
    if point.told.until is not None:
        return promise_shift(point.told.until - day)
    return capacity_shift(STATES[point.told.saying], day - point.told.day)
