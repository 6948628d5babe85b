"""Whatever a policy does and whatever the world is, the office's rules hold; read anew from what happened."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from math import hypot

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain.simulation.answering import Channel
from domain.simulation.office import Office
from domain.simulation.parameters import world_parameters
from domain.simulation.planned import Planned
from domain.simulation.policies import FirstCome, Nearest
from domain.simulation.record import Act, Kind, RunResult
from domain.simulation.rules import BrokenRule
from domain.simulation.view import Contact, Policy, View
from domain.simulation.world import World, build
from tests.domain.simulation.random_policy import RandomPolicy
from tests.examples import examples

WEEKS = 26
SEEDS = st.integers(0, 10_000)
REGIONS = st.integers(0, 2)
# no shrinking: a seed has no simpler seed, and each try is a world
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
WORLDS = settings(max_examples=examples(4), deadline=None, phases=PHASES)
FEW_WORLDS = settings(max_examples=examples(2), deadline=None, phases=PHASES)


def a_world(seed: int = 7, region: int = 1, weeks: int = WEEKS) -> World:
    return build(world_parameters(), region=region, seed=seed, weeks=weeks)


def by_point(result: RunResult) -> dict[int, list[Act]]:
    acts = defaultdict(list)
    for act in result.acts:
        if act.contact_point_id is not None:
            acts[act.contact_point_id].append(act)
    return acts


@WORLDS
@given(seed=SEEDS, region=REGIONS, dice=SEEDS)
def test_nobody_is_accepted_twice(seed: int, region: int, dice: int) -> None:
    """A second acceptance comes only after the trial sessions of the first have failed."""
    result = Office(a_world(seed, region), RandomPolicy(dice)).run()
    promised: set[int] = set()
    for act in result.acts:
        if act.kind is Kind.ACCEPTANCE:
            assert not promised & set(act.searches)
            promised |= set(act.searches)
        elif act.kind is Kind.TRIAL_FAILED:
            promised -= set(act.searches)
        elif act.kind in {Kind.CONTACT, Kind.LEFT}:
            assert not promised & set(act.searches), "who has a promise is not asked for"
    assert {case.search_id for case in result.cases if case.placed} <= promised


@WORLDS
@given(seed=SEEDS, region=REGIONS, dice=SEEDS)
def test_a_mailbox_has_one_open_inquiry_and_its_rest(seed: int, region: int, dice: int) -> None:
    """No contact while an inquiry is open, none within 28 days of an answer or an expiry."""
    for acts in by_point(Office(a_world(seed, region), RandomPolicy(dice)).run()).values():
        waiting: set[int] = set()
        rest_until = 0
        for act in acts:
            match act.kind:
                case Kind.CONTACT:
                    assert not waiting
                    assert act.day >= rest_until
                    assert 1 <= len(act.searches) <= 6
                    waiting = set(act.searches)
                case Kind.UNREACHED:
                    waiting = set()
                case Kind.WITHDRAWAL:
                    waiting -= set(act.searches)
                case Kind.ANSWER | Kind.EXPIRY:
                    waiting = set()
                    rest_until = act.day + 28


@WORLDS
@given(seed=SEEDS, region=REGIONS, dice=SEEDS)
def test_the_week_is_kept(seed: int, region: int, dice: int) -> None:
    """No more mails and minutes in any week than the office has."""
    world = a_world(seed, region)
    office = world.parameters.office
    weeks: Counter[tuple[int, Channel | None]] = Counter(
        (act.day // 7, act.channel) for act in Office(world, RandomPolicy(dice)).run().acts if act.kind is Kind.CONTACT
    )
    for (_, channel), number in weeks.items():
        if channel is Channel.EMAIL:
            assert number <= office.mails_per_week
        else:
            assert number * office.minutes_per_call <= office.minutes_per_week


@WORLDS
@given(seed=SEEDS, region=REGIONS, dice=SEEDS)
def test_only_fitting_patients_are_asked_for(seed: int, region: int, dice: int) -> None:
    """Everyone in an inquiry is within the radius of somebody there with a wished method and sex, and has come."""
    world = a_world(seed, region)
    for act in Office(world, RandomPolicy(dice)).run().acts:
        if act.kind is not Kind.CONTACT:
            continue
        assert act.contact_point_id is not None
        point = world.contact_points[act.contact_point_id]
        for search in act.searches:
            patient = world.patients[search]
            assert patient.arrives <= act.day < patient.gives_up
            assert hypot(patient.x - point.x, patient.y - point.y) <= patient.radius
            assert any(
                (not patient.methods or patient.methods & therapist.methods)
                and patient.sex_wish in {"any", therapist.sex}
                for therapist in point.therapists
            )


@FEW_WORLDS
@given(seed=SEEDS, region=REGIONS)
def test_all_policies_meet_the_same_world(seed: int, region: int) -> None:
    """The same practice asked on the same day over the same channel is reached or not alike, whoever asks."""
    world = a_world(seed, region, weeks=12)
    met: list[dict[tuple[int | None, int, Channel | None], bool]] = []
    for policy in (FirstCome(), Nearest(), Planned()):
        acts = Office(world, policy).run().acts
        unreached = {(act.contact_point_id, act.day, act.channel) for act in acts if act.kind is Kind.UNREACHED}
        asked = [(act.contact_point_id, act.day, act.channel) for act in acts if act.kind is Kind.CONTACT]
        met.append({one: one in unreached for one in asked})
    for one, other in combinations(met, 2):
        assert one.keys() & other.keys()
        assert all(one[asked] == other[asked] for asked in one.keys() & other.keys())
    assert build(world_parameters(), region=region, seed=seed, weeks=12) == world, "a run changes nothing of it"


@pytest.mark.parametrize("policy", [FirstCome, Nearest, Planned])
def test_the_same_seed_gives_the_same_run(policy: Callable[[], Policy]) -> None:
    """Every act and every case again; another seed gives others."""
    first = Office(a_world(3, weeks=5), policy()).run()
    assert Office(a_world(3, weeks=5), policy()).run() == first
    assert Office(a_world(4, weeks=5), policy()).run() != first


def test_a_longer_run_begins_like_a_shorter_one() -> None:
    """Practices' manners do not depend on how long is looked at."""
    short, long = a_world(weeks=10), a_world(weeks=20)
    for one, other in zip(short.contact_points, long.contact_points, strict=True):
        assert replace(one, therapists=()) == replace(other, therapists=())


class Breaker:
    """Plans one week by a rule-breaking recipe."""

    def __init__(self, recipe: Callable[[View], Sequence[Contact]]) -> None:
        self._recipe = recipe

    def week(self, view: View) -> Sequence[Contact]:
        return self._recipe(view)


def legal(view: View, number: int = 0) -> Contact:
    point = [one for one in view.points if one.has_mail][number]
    return Contact(point.contact_point_id, Channel.EMAIL, tuple(view.fits[point.contact_point_id])[:1])


def call(view: View, number: int) -> Contact:
    return replace(legal(view, number), channel=Channel.PHONE)


BREAKERS: dict[str, Callable[[View], Sequence[Contact]]] = {
    "a contact point twice": lambda view: [legal(view), legal(view)],
    "more mails": lambda view: [legal(view, number) for number in range(view.mails + 1)],
    "more minutes": lambda view: [call(view, number) for number in range(8)],
    "may not be asked": lambda view: [replace(legal(view), contact_point_id=10_000)],
    "the size": lambda view: [replace(legal(view), searches=())],
    "the size of": lambda view: [replace(legal(view), searches=legal(view).searches * 2)],
    "does not fit": lambda view: [replace(legal(view), searches=(-1,))],
    "nobody's address": lambda view: [
        Contact(point.contact_point_id, Channel.EMAIL, tuple(view.fits[point.contact_point_id])[:1])
        for point in view.points
        if not point.has_mail
    ][:1],
    "no working day": lambda view: [replace(legal(view), weekday=5)],
}


@pytest.mark.parametrize("words", BREAKERS)
def test_a_policy_that_breaks_a_rule_is_refused(words: str) -> None:
    """It is told which, and nothing is put right in silence."""
    with pytest.raises(BrokenRule, match=words):
        Office(a_world(), Breaker(BREAKERS[words])).run()


def test_a_plan_within_the_rules_is_carried_out() -> None:
    """The recipes above break one rule each; the contact they start from breaks none."""
    result = Office(a_world(weeks=1), Breaker(lambda view: [legal(view)])).run()
    assert result.number(Kind.CONTACT) == 1
