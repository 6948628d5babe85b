"""Our own way: the weekly plan (`domain.planning`) with the expected answer, fed with what the office knows."""

from collections.abc import Sequence
from math import ceil, log1p

from domain.planning.chance import capacity_shift, expected, lift, promise_shift
from domain.planning.model import Arc, Budget, Option, Problem, Seeker, share
from domain.planning.solve import plan_week
from domain.simulation.answering import Channel, Saying
from domain.simulation.policies import phone_day
from domain.simulation.view import Contact, KnownPoint, Past, View

PRIOR = 0.15  # the office's default (domain rules)
OVERDUE_SHARE = 0.10  # the longest waiting tenth must not be left out
STATES = {Saying.FREE: "free", Saying.CLOSED: "list_closed"}  # Saying → state of domain.planning.chance


class Planned:
    """Everything learned is read from the view anew each week."""

    def week(self, view: View) -> Sequence[Contact]:
        """The plan's contacts; in each the longest waiting first, calls on the day with most phone hours."""
        since = {search.search_id: (search.since, search.search_id) for search in view.searches}
        points = {point.contact_point_id: point for point in view.points}
        plan = plan_week(_problem(view), bounded=False)
        return [
            Contact(
                contact.option.contact_point_id,
                channel := Channel(contact.option.channel),
                tuple(sorted(contact.searches, key=lambda search: since[search])),
                weekday=phone_day(points[contact.option.contact_point_id]) if channel is Channel.PHONE else 0,
                probability=contact.option.probability,
            )
            for contact in plan.contacts
        ]


def _problem(view: View) -> Problem:
    lifts = {channel: _lift(channel, view.past) for channel in Channel}
    return Problem(
        seekers=_seekers(view),
        options=[
            Option(
                therapist_id=point.contact_point_id,  # the world asks mailboxes; who inside is chosen there
                contact_point_id=point.contact_point_id,
                channel=channel.value,
                probability=_chance(point, lifts[channel], day=view.day),
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


def _chance(point: KnownPoint, lifted: float, *, day: int) -> float:
    history = [(float(day - past.day), past.accepted > 0) for past in point.past if past.reached]
    return expected(PRIOR, history, shift=lifted + _told_shift(point, day)).mean


def _told_shift(point: KnownPoint, day: int) -> float:
    if point.told is None:
        return 0.0
    if point.told.until is not None:
        return promise_shift(point.told.until - day)
    return capacity_shift(STATES[point.told.saying], day - point.told.day)
