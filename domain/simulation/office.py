"""An office at work in one region: days pass, inquiries run, and the rules hold for every policy alike.

A policy that breaks a rule is refused (`rules.BrokenRule`); it is never corrected in silence.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush

from domain.simulation.answering import Channel, Match, Places, Reaction, reaction, reaction_to_reminder
from domain.simulation.knowledge import Knowledge
from domain.simulation.record import Act, Case, Forecast, Kind, RunResult
from domain.simulation.rules import check
from domain.simulation.view import Contact, OpenInquiry, OpenSearch, Past, Policy, View
from domain.simulation.world import World

# Order within a day: patients come and go, answers are read, clocks strike, the week is planned, contacts are made.
_PEOPLE, _ANSWERS, _CLOCKS, _PLAN, _CONTACTS = range(5)


@dataclass
class _Inquiry:
    """Open until answered, emptied or expired; an expired one may still be answered."""

    point: int
    channel: Channel
    sent: int
    probability: float
    searches: list[int]
    asked: int
    number: int
    expired: bool = False


@dataclass(order=True)
class _Event:
    day: int
    order: int
    serial: int
    run: Callable[[], None] = field(compare=False)


class Office:
    """The state of one run."""

    def __init__(self, world: World, policy: Policy) -> None:
        self._world, self._policy = world, policy
        self._rules, self._week = world.parameters.rules, world.parameters.office
        self._places = Places(world)
        self._known = Knowledge(world, self._places)
        self._fits = world.fits
        self._unsuitable: set[tuple[int, int]] = set()
        self._open: set[int] = set()
        self._tentative: dict[int, Match] = {}
        self._left: dict[int, int] = {}
        self._inquiries: dict[int, _Inquiry] = {}
        self._ask_again: dict[int, int] = {}
        self._acts: list[Act] = []
        self._asked = 0
        self._forecasts: dict[int, Forecast] = {}  # by the inquiry's number: a late answer takes the silence's place
        self._events: list[_Event] = []
        self._serial = 0
        self._day = 0

    def run(self) -> RunResult:
        """From day 0 to the world's last day."""
        for patient in self._world.patients:
            self._at(patient.arrives, _PEOPLE, partial(self._open.add, patient.search_id))
            self._at(patient.gives_up, _PEOPLE, partial(self._leave, patient.search_id))
        for monday in range(0, self._world.days, 7):
            self._at(monday, _PLAN, self._plan)
        while self._events:
            event = heappop(self._events)
            self._day = event.day
            event.run()
        cases = tuple(map(self._case, range(len(self._world.patients))))
        return RunResult(cases, tuple(self._acts), tuple(self._forecasts.values()))

    def _at(self, day: int, order: int, run: Callable[[], None]) -> None:
        if day < self._world.days:
            self._serial += 1
            heappush(self._events, _Event(day, order, self._serial, run))

    def _note(self, kind: Kind, inquiry: _Inquiry, *searches: int) -> None:
        self._acts.append(Act(self._day, kind, searches or tuple(inquiry.searches), inquiry.point, inquiry.channel))

    # --- the week

    def _view(self) -> View:
        """What the office can know now."""
        asked_now = [
            point
            for point in self._world.contact_points
            if point.contact_point_id not in self._inquiries
            and self._ask_again.get(point.contact_point_id, 0) <= self._day
        ]
        fits = {
            point.contact_point_id: {
                search: km
                for search, km in self._fits[point.contact_point_id].items()
                if search in self._open and (point.contact_point_id, search) not in self._unsuitable
            }
            for point in asked_now
        }
        patients = self._world.patients
        return View(
            day=self._day,
            searches=[OpenSearch(who, patients[who].plz2, patients[who].arrives) for who in sorted(self._open)],
            points=[self._known.known(point) for point in asked_now if fits[point.contact_point_id]],
            fits={point: searches for point, searches in fits.items() if searches},
            open_inquiries=[
                OpenInquiry(one.point, tuple(one.searches), one.sent, one.probability)
                for one in self._inquiries.values()
            ],
            past=self._known.everything(),
            mails=self._week.mails_per_week,
            minutes=self._week.minutes_per_week,
            minutes_per_call=self._week.minutes_per_call,
            size=self._rules.inquiry_size,
        )

    def _plan(self) -> None:
        view = self._view()
        contacts = self._policy.week(view)
        check(contacts, view)
        for contact in contacts:
            self._at(self._day + contact.weekday, _CONTACTS, partial(self._contact, contact))

    def _contact(self, contact: Contact) -> None:
        """Ask, unless nobody in the inquiry waits any more since Monday."""
        searches = [search for search in contact.searches if search in self._open]
        if not searches:
            return
        number = contact.contact_point_id
        point = self._world.contact_points[number]
        self._asked += 1
        inquiry = _Inquiry(
            number, contact.channel, self._day, contact.probability, searches, len(searches), self._asked
        )
        self._note(Kind.CONTACT, inquiry)
        seen = reaction(self._world, point, channel=contact.channel, day=self._day)
        if not seen.reached:
            vain = Past(self._day, contact.channel, len(searches), answered=False, accepted=0, reached=False)
            self._known.ended(number, vain, late=False)
            self._note(Kind.UNREACHED, inquiry)
            return
        self._known.reached(number)
        self._inquiries[number] = inquiry
        self._await(inquiry, seen)
        if contact.channel is Channel.EMAIL:
            self._at(self._day + self._rules.follow_up_days, _CLOCKS, partial(self._remind, inquiry))
        self._at(self._day + self._rules.expiry_days, _CLOCKS, partial(self._expire, inquiry))

    # --- an inquiry's life

    def _is_open(self, inquiry: _Inquiry) -> bool:
        return self._inquiries.get(inquiry.point) is inquiry

    def _await(self, inquiry: _Inquiry, seen: Reaction) -> None:
        if seen.answer_day == self._day:
            self._answer(inquiry)
        elif seen.answer_day is not None:
            self._at(seen.answer_day, _ANSWERS, partial(self._answer, inquiry))

    def _remind(self, inquiry: _Inquiry) -> None:
        if self._is_open(inquiry):
            self._note(Kind.REMINDER, inquiry)
            point = self._world.contact_points[inquiry.point]
            self._await(inquiry, reaction_to_reminder(self._world, point, day=self._day))

    def _expire(self, inquiry: _Inquiry) -> None:
        if self._is_open(inquiry):
            inquiry.expired = True
            self._note(Kind.EXPIRY, inquiry)
            self._end(inquiry, answered=False, accepted=0)

    def _answer(self, inquiry: _Inquiry) -> None:
        """A practice decides on everyone still in the inquiry; late answers count, answered or emptied ones do not."""
        if not inquiry.searches or not (self._is_open(inquiry) or inquiry.expired):
            return
        point = self._world.contact_points[inquiry.point]
        # an expired inquiry answered late may name somebody who found a place since
        patients = [self._world.patients[search] for search in inquiry.searches if search in self._open]
        had_place = bool(self._places.free(point, self._day))
        matches = self._places.offer(point, patients, day=self._day)
        taken = {match.patient.search_id for match in matches}
        self._note(Kind.ANSWER, inquiry)
        if had_place:
            self._unsuitable |= {(inquiry.point, search) for search in inquiry.searches if search not in taken}
        self._known.heard(inquiry.point, self._places.says(point, self._day))
        self._end(inquiry, answered=True, accepted=len(matches))
        inquiry.expired = False
        for match in matches:
            self._accept(match, inquiry)

    def _end(self, inquiry: _Inquiry, *, answered: bool, accepted: int) -> None:
        past = Past(inquiry.sent, inquiry.channel, inquiry.asked, answered, accepted)
        self._known.ended(inquiry.point, past, late=answered and inquiry.expired)
        self._forecasts[inquiry.number] = Forecast(inquiry.probability, accepted > 0)
        self._ask_again[inquiry.point] = self._day + self._rules.cooling_days
        if self._is_open(inquiry):
            del self._inquiries[inquiry.point]

    # --- a search's life

    def _accept(self, match: Match, inquiry: _Inquiry) -> None:
        search = match.patient.search_id
        self._note(Kind.ACCEPTANCE, inquiry, search)
        self._tentative[search] = match
        self._stop(search)
        if match.fails_on is not None:
            self._at(match.fails_on, _PEOPLE, partial(self._fail, match))

    def _fail(self, match: Match) -> None:
        search = match.patient.search_id
        del self._tentative[search]
        self._acts.append(Act(self._day, Kind.TRIAL_FAILED, (search,)))
        if match.patient.gives_up <= self._day:
            self._left[search] = self._day
        else:
            self._open.add(search)

    def _leave(self, search: int) -> None:
        if search in self._open:
            self._acts.append(Act(self._day, Kind.LEFT, (search,)))
            self._left[search] = self._day
            self._stop(search)

    def _stop(self, search: int) -> None:
        """No longer asked for: out of every other inquiry; one that is empty ends without a cooling period."""
        self._open.discard(search)
        for inquiry in list(self._inquiries.values()):
            if search in inquiry.searches:
                inquiry.searches.remove(search)
                self._note(Kind.WITHDRAWAL, inquiry, search)
                if not inquiry.searches:
                    del self._inquiries[inquiry.point]

    def _case(self, search: int) -> Case:
        patient = self._world.patients[search]
        match = self._tentative.get(search)
        # A trial that will fail after the last day is no placement: the draw is the world's, not the policy's.
        placed = match is not None and match.fails_on is None
        until = match.day if match is not None and placed else self._left.get(search, self._world.days)
        return Case(search, patient.arrives, until - patient.arrives, placed, search in self._left)
