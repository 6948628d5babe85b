"""Ways of choosing whom to ask in a week. They see the office's knowledge (`View`), never the world."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor

from domain.simulation.answering import Channel, Saying
from domain.simulation.view import Contact, KnownPoint, View


@dataclass
class Week:
    """What is left of the week's mails and calls; hands out the cheapest way to ask."""

    mails: int
    calls: int

    @classmethod
    def of(cls, view: View) -> "Week":
        """All of the office's week."""
        return cls(view.mails, floor(view.minutes / view.minutes_per_call))

    def can(self, point: KnownPoint) -> bool:
        """Whether this contact point may still be asked this week."""
        return bool(self.calls or (point.has_mail and self.mails))

    def ask(self, point: KnownPoint, searches: Iterable[int]) -> Contact:
        """A mail where there is an address and one is left, else a call; only where `can` says yes."""
        if point.has_mail and self.mails:
            self.mails -= 1
            return Contact(point.contact_point_id, Channel.EMAIL, tuple(searches))
        self.calls -= 1
        return Contact(point.contact_point_id, Channel.PHONE, tuple(searches), weekday=phone_day(point))


def phone_day(point: KnownPoint) -> int:
    """The weekday with most phone hours; after calls nobody took, the next best."""
    days = sorted((day for day, minutes in enumerate(point.hours) if minutes), key=lambda day: -point.hours[day])
    return days[point.vain_calls % len(days)]


class FirstCome:
    """First come, first served, inside the two-digit postal area: practices by alphabet within eight tiers.

    The tiers are three marks: has mail, knows the office, has said that places may be free. Each inquiry carries the
    up to six oldest patients who fit. Once the mails are used up, practices with mail are called like the others:
    the source of this order does not say, and it is the kinder reading.
    """

    def week(self, view: View) -> Sequence[Contact]:
        """Down the list until mails and minutes are used up."""
        week = Week.of(view)
        area = {search.search_id: search.plz2 for search in view.searches}
        age = {search.search_id: (search.since, search.search_id) for search in view.searches}
        contacts = []
        for point in sorted(view.points, key=self._rank):
            here = [search for search in view.fits[point.contact_point_id] if area[search] == point.plz2]
            oldest = sorted(here, key=lambda search: age[search])[: view.size]
            if oldest and week.can(point):
                contacts.append(week.ask(point, oldest))
        return contacts

    @staticmethod
    def _rank(point: KnownPoint) -> tuple[bool, bool, bool, str]:
        free = point.told is not None and point.told.saying is Saying.FREE
        return not point.has_mail, not point.informed, not free, point.name


class Nearest:
    """A plain list across postal borders: for each patient, oldest first, the nearest practice not yet asked."""

    def week(self, view: View) -> Sequence[Contact]:
        """Round after round, so that everybody gets a first contact before anybody a second."""
        week = Week.of(view)
        points = {point.contact_point_id: point for point in view.points}
        oldest = [search.search_id for search in sorted(view.searches, key=lambda one: (one.since, one.search_id))]
        near = {search: _nearest(search, view) for search in oldest}
        contacts: dict[int, Contact] = {}
        found = True
        while found:
            found = False
            for search in oldest:
                number = next((one for one in near[search] if one not in contacts and week.can(points[one])), None)
                if number is None:
                    continue
                others = [one for one in oldest if one != search and one in view.fits[number]]
                contacts[number] = week.ask(points[number], [search, *others[: view.size - 1]])
                found = True
        return list(contacts.values())


def _nearest(search: int, view: View) -> Sequence[int]:
    km = {number: fits[search] for number, fits in view.fits.items() if search in fits}
    return sorted(km, key=lambda number: (km[number], number))
