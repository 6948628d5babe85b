"""Our own way: the weekly plan (`domain.planning`) with the expected answer, fed with what the office knows."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil, log1p

from domain.planning.chance import capacity_shift, expected, lift, promise_shift
from domain.planning.model import Arc, Budget, Option, Problem, Seeker, share
from domain.planning.solve import plan_week
from domain.simulation.answering import Channel, Saying
from domain.simulation.policies import phone_day
from domain.simulation.view import Contact, KnownPoint, Past, View

PRIOR = 0.15  # the office's default (domain rules)
ANSWER_PRIOR = 0.25  # one inquiry in four is answered (published)
PLACE_PRIOR = 0.22  # an answer brings a place, by person behind the mailbox (assumption: between 0.15 and 0.3)
OVERDUE_SHARE = 0.10  # the longest waiting tenth must not be left out
STATES = {Saying.FREE: "free", Saying.CLOSED: "list_closed"}  # Saying → state of domain.planning.chance


class Planned:
    """The plan as the program makes it. Everything learned is read from the view anew each week."""

    def week(self, view: View) -> Sequence[Contact]:
        """The plan's contacts; in each the longest waiting first, calls on the day with most phone hours."""
        age = {search.search_id: (search.since, search.search_id) for search in view.searches}
        points = {point.contact_point_id: point for point in view.points}
        return [
            Contact(
                contact.option.contact_point_id,
                channel := Channel(contact.option.channel),
                tuple(sorted(contact.searches, key=lambda search: age[search])),
                weekday=phone_day(points[contact.option.contact_point_id]) if channel is Channel.PHONE else 0,
                probability=contact.option.probability,
            )
            for contact in plan_week(self._problem(view), bounded=False).contacts
        ]

    def chance(self, point: KnownPoint, *, day: int, lifted: float) -> float:
        """The expected answer by the program's formula: acceptances of earlier inquiries, and what was said."""
        history = [(float(day - past.day), past.accepted > 0) for past in point.past if past.reached]
        return expected(PRIOR, history, shift=lifted + _told_shift(point, day)).mean

    def _problem(self, view: View) -> Problem:
        lifts = {channel: _lift(channel, view.past) for channel in Channel}
        return Problem(
            seekers=_seekers(view),
            options=[
                Option(
                    therapist_id=point.contact_point_id,  # the world asks mailboxes; who inside is chosen there
                    contact_point_id=point.contact_point_id,
                    channel=channel.value,
                    probability=self.chance(point, day=view.day, lifted=lifts[channel]),
                    minutes=view.minutes_per_call if channel is Channel.PHONE else 0.0,
                )
                for point in view.points
                for channel in ((Channel.EMAIL, Channel.PHONE) if point.has_mail else (Channel.PHONE,))
            ],
            arcs=[Arc(search, point) for point, searches in view.fits.items() for search in searches],
            budget=Budget(view.mails, view.minutes, view.size),
        )


class Attentive(Planned):
    """The plan with three more things an office knows: a proposal for the program, measured here first.

    Silence and refusal are told apart (a practice that answers at all is worth asking again); where several persons
    share a mailbox any of them may have a place; an inquiry is filled up to its size with the longest waiting who fit,
    since a practice may have more than one place.
    """

    def week(self, view: View) -> Sequence[Contact]:
        """The plan's contacts, filled up."""
        age = {search.search_id: (search.since, search.search_id) for search in view.searches}
        contacts = []
        for contact in super().week(view):
            others = view.fits[contact.contact_point_id].keys() - set(contact.searches)
            more = sorted(others, key=lambda search: age[search])[: view.size - len(contact.searches)]
            contacts.append(replace(contact, searches=(*contact.searches, *more)))
        return contacts

    def chance(self, point: KnownPoint, *, day: int, lifted: float) -> float:
        """That it answers at all, times that an answer brings a place."""
        ended = [(float(day - past.day), past) for past in point.past if past.reached]
        answers = expected(ANSWER_PRIOR, [(age, past.answered) for age, past in ended])
        places = expected(
            1 - (1 - PLACE_PRIOR) ** point.people,
            [(age, past.accepted > 0) for age, past in ended if past.answered],
            shift=lifted + _told_shift(point, day),
        )
        return answers.mean * places.mean


def _seekers(view: View) -> list[Seeker]:
    hope = dict.fromkeys((search.search_id for search in view.searches), 0.0)
    for inquiry in view.open_inquiries:
        each = -log1p(-share(inquiry.probability, len(inquiry.searches)))
        for search in inquiry.searches:
            hope[search] += each
    oldest = sorted(view.searches, key=lambda search: (search.since, search.search_id))
    overdue = {search.search_id for search in oldest[: ceil(len(oldest) * OVERDUE_SHARE)]}
    return [Seeker(search, hope=one, overdue=search in overdue) for search, one in hope.items()]


def _lift(channel: Channel, past: Sequence[Past]) -> float:
    """How contacts over this channel went against all; calls nobody took count as calls without success."""
    own = [one for one in past if one.channel is channel]
    return lift(
        trials=len(own),
        successes=sum(one.accepted > 0 for one in own),
        all_trials=len(past),
        all_successes=sum(one.accepted > 0 for one in past),
        prior=PRIOR,
    )


def _told_shift(point: KnownPoint, day: int) -> float:
    if point.told is None:
        return 0.0
    if point.told.until is not None:
        return promise_shift(point.told.until - day)
    return capacity_shift(STATES[point.told.saying], day - point.told.day)
