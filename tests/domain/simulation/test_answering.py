"""What practices do: they answer on working days, at the phone in their hours, and give each place once."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.simulation.answering import Channel, Places, Saying, reaction, reaction_to_reminder
from domain.simulation.parameters import world_parameters
from domain.simulation.world import ContactPoint, Patient, Place, Therapist, World, build
from tests.examples import examples

ALWAYS = replace(
    world_parameters(),
    practices=replace(world_parameters().practices, suits=1.0),
    answers=replace(world_parameters().answers, tells=1.0, truthful=1.0, date_error_days=0.0),
)
WORLD = build(world_parameters(), region=0, seed=1, weeks=30)


def practice(*places: Place, methods: frozenset[str] = frozenset({"cbt"})) -> ContactPoint:
    therapist = Therapist(0, "female", methods, places, group=False)
    return replace(WORLD.contact_points[0], therapists=(therapist,))


def patient(number: int, **changes: object) -> Patient:
    plain = replace(WORLD.patients[0], search_id=number, methods=frozenset(), sex_wish="any", group_ok=False)
    return replace(plain, **changes)  # type: ignore[arg-type]  # fields by name


def kind_world(*points: ContactPoint) -> World:
    return replace(WORLD, parameters=ALWAYS, contact_points=points)


@settings(max_examples=examples(50))
@given(point=st.sampled_from(WORLD.contact_points), day=st.integers(0, 200), mail=st.booleans())
def test_answers_come_later_and_on_working_days(point: ContactPoint, day: int, mail: bool) -> None:
    """A mail is answered on a working day after it; the same question gets the same reaction again."""
    found = (
        reaction(WORLD, point, channel=Channel.EMAIL, day=day) if mail else reaction_to_reminder(WORLD, point, day=day)
    )
    assert found.reached
    assert found.answer_day is None or (found.answer_day > day and found.answer_day % 7 < 5)
    if mail:
        assert found == reaction(WORLD, point, channel=Channel.EMAIL, day=day)


def test_phones_are_picked_up_in_phone_hours() -> None:
    """Calls inside the hours reach somebody much more often than calls beside them."""
    reached: dict[bool, list[bool]] = {True: [], False: []}
    for point in WORLD.contact_points:
        for day in range(5):
            found = reaction(WORLD, point, channel=Channel.PHONE, day=day)
            reached[point.hours[day] > 0].append(found.reached)
            assert found.answer_day in {None, day}
    inside, outside = (sum(reached[one]) / len(reached[one]) for one in (True, False))
    assert inside > 0.45
    assert outside < 0.2


def test_a_place_is_given_once_and_to_the_first_who_suits() -> None:
    """The first in the inquiry gets it; the next inquiry finds nothing."""
    point = practice(Place("individual", 0, 50))
    places = Places(kind_world(point))
    first = places.offer(point, [patient(1), patient(2)], day=10)
    assert [match.patient.search_id for match in first] == [1]
    assert places.offer(point, [patient(3)], day=11) == []


def test_a_place_taken_by_others_is_gone() -> None:
    """Neither before it is free nor once somebody else has it."""
    point = practice(Place("individual", 20, 30))
    places = Places(kind_world(point))
    assert [bool(places.free(point, day)) for day in (19, 20, 29, 30)] == [False, True, True, False]


def test_places_go_to_whom_they_fit() -> None:
    """Method, sex and setting hold at the practice, too; two free places serve two patients."""
    point = practice(Place("individual", 0, 50), Place("group", 0, 50))
    world = kind_world(point)
    wrong = [patient(1, methods=frozenset({"analytic"})), patient(2, sex_wish="male")]
    assert Places(world).offer(point, wrong, day=1) == []
    both = Places(world).offer(point, [patient(3), patient(4), patient(5, group_ok=True)], day=1)
    assert [match.patient.search_id for match in both] == [3, 5]


def test_a_truthful_practice_says_how_things_stand() -> None:
    """Places free, full until the next one, or closed when none is in sight."""
    point = practice(Place("individual", 10, 20), Place("individual", 60, 70))
    places = Places(kind_world(point))
    said = [places.says(point, day) for day in (12, 30, 100)]
    assert [told.saying for told in said if told] == [Saying.FREE, Saying.FULL_UNTIL, Saying.CLOSED]
    assert said[1] is not None
    assert said[1].until == 60
