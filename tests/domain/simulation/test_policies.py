"""The plain policies choose as an office with a list would."""

from dataclasses import replace

from domain.simulation.answering import Channel, Saying, Told
from domain.simulation.planned import Planned
from domain.simulation.policies import FirstCome, Nearest, phone_day
from domain.simulation.view import KnownPoint, OpenSearch, Past, View


def point(
    number: int, name: str, *, mail: bool = True, informed: bool = False, free: bool = False, plz2: int = 0
) -> KnownPoint:
    return KnownPoint(
        contact_point_id=number,
        name=name,
        plz2=plz2,
        people=1,
        has_mail=mail,
        informed=informed,
        hours=(0, 50, 150, 0, 0),
        told=Told(Saying.FREE, 0) if free else None,
        past=(),
    )


def view(points: list[KnownPoint], *, searches: int = 8, mails: int = 20, minutes: float = 80.0) -> View:
    waiting = [OpenSearch(number, plz2=0, since=100 - number) for number in range(searches)]
    return View(
        day=200,
        searches=waiting,
        points=points,
        fits={one.contact_point_id: {who.search_id: 1.0 + one.contact_point_id for who in waiting} for one in points},
        open_inquiries=[],
        past=[],
        mails=mails,
        minutes=minutes,
        minutes_per_call=8.0,
        size=6,
    )


def test_tiers_come_before_the_alphabet() -> None:
    """Mail before informed before free; within a tier by name."""
    points = [
        point(1, "A", mail=False, informed=True, free=True),
        point(2, "D"),
        point(3, "C"),
        point(4, "F", free=True),
        point(5, "G", informed=True),
        point(6, "H", informed=True, free=True),
        point(7, "B", mail=False),
    ]
    contacts = FirstCome().week(view(points))
    assert [contact.contact_point_id for contact in contacts] == [6, 5, 4, 3, 2, 1, 7]
    assert [contact.channel for contact in contacts] == [Channel.EMAIL] * 5 + [Channel.PHONE] * 2


def test_the_oldest_six_go_together() -> None:
    """Every inquiry carries the six who wait longest; eight wait."""
    (contact,) = FirstCome().week(view([point(1, "A")]))
    assert contact.searches == (7, 6, 5, 4, 3, 2)


def test_the_postal_area_is_a_wall_for_first_come_only() -> None:
    """A practice next door in another area is left out by one, asked by the other."""
    there = view([point(1, "A", plz2=1)])
    assert FirstCome().week(there) == []
    assert len(Nearest().week(there)) == 1


def test_a_used_up_week_ends_the_list() -> None:
    """Two mails and one call: three contacts, the third by phone although there is an address."""
    points = [point(number, chr(65 + number)) for number in range(6)]
    small = view(points, mails=2, minutes=15.0)
    for policy in (FirstCome(), Nearest()):
        contacts = policy.week(small)
        assert [contact.channel for contact in contacts] == [Channel.EMAIL, Channel.EMAIL, Channel.PHONE]
        assert contacts[2].weekday == 2, "the day with most phone hours"


def test_the_nearest_practice_comes_first() -> None:
    """The longest waiting gets the nearest, the next one the nearest that is left."""
    contacts = Nearest().week(view([point(3, "A"), point(1, "B"), point(2, "C")], searches=2, mails=2, minutes=0))
    assert [(contact.contact_point_id, contact.searches[0]) for contact in contacts] == [(1, 1), (2, 0)]


def test_after_vain_calls_another_day_is_tried() -> None:
    """First the day with most hours, then the next best, then the first again."""
    one = point(1, "A")
    vain = Past(0, Channel.PHONE, 1, answered=False, accepted=0, reached=False)
    days = [phone_day(replace(one, past=(vain,) * calls)) for calls in range(3)]
    assert days == [2, 1, 2]


def asked(day: int, *, answered: bool, accepted: int = 0) -> Past:
    return Past(day, Channel.EMAIL, 6, answered=answered, accepted=accepted)


def test_the_plan_goes_where_places_were_and_are() -> None:
    """With one mail to send, the practice that took somebody, or says it has places, goes before one of old silence."""
    silent = replace(point(1, "A"), past=(asked(100, answered=False),) * 3)
    took = replace(point(2, "B"), past=(asked(100, answered=True, accepted=1),) * 3)
    free = replace(point(3, "C"), told=Told(Saying.FREE, 195))
    for better in (took, free):
        (contact,) = Planned().week(view([silent, better], mails=1, minutes=0))
        assert contact.contact_point_id == better.contact_point_id


def test_who_answers_is_asked_before_who_is_silent() -> None:
    """Neither had a place: the plan tells refusal from silence and fills the inquiry, oldest first."""
    refused = replace(point(2, "B"), past=(asked(100, answered=True),) * 3)
    silent = replace(point(1, "A"), past=(asked(100, answered=False),) * 3)
    (contact,) = Planned().week(view([silent, refused], mails=1, minutes=0))
    assert contact.contact_point_id == 2
    assert len(contact.searches) == 6
    assert 7 in contact.searches, "the longest waiting is among them"


def test_the_plan_keeps_within_the_week() -> None:
    """Two mails and one call at most, whatever could be asked."""
    points = [point(number, chr(65 + number)) for number in range(6)]
    contacts = Planned().week(view(points, mails=2, minutes=15.0))
    assert sorted(contact.channel for contact in contacts) == [Channel.EMAIL, Channel.EMAIL, Channel.PHONE]
