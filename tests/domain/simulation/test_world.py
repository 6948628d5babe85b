"""The world: three densities, postal areas that meet, practices unlike each other."""

from itertools import pairwise
from statistics import fmean

import pytest

from domain.simulation.parameters import world_parameters
from domain.simulation.world import World, build

WORLDS = [build(world_parameters(), region=region, seed=5, weeks=20) for region in range(3)]


def test_cities_offer_more_within_reach_than_the_country() -> None:
    """The mean number of practices that fit a patient falls from city to town to country."""

    def choice(world: World) -> float:
        return fmean(sum(patient.search_id in near for near in world.fits.values()) for patient in world.patients)

    assert all(denser > thinner for denser, thinner in pairwise(map(choice, WORLDS)))


@pytest.mark.parametrize("region", range(3))
def test_patients_live_near_practices_of_another_area(region: int) -> None:
    """Areas adjoin: over several worlds, a part of the practices within reach carry other first two digits."""
    across = []
    for seed in range(8):
        world = build(world_parameters(), region=region, seed=seed, weeks=10)
        across += [
            world.contact_points[point].plz2 != world.patients[search].plz2
            for point, near in world.fits.items()
            for search in near
        ]
    assert 0.1 < fmean(across) < 0.5


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.region.name)
def test_phone_hours_keep_the_duty(world: World) -> None:
    """200 minutes a week for a full seat, 100 for a half, in units of 25, and somewhere two sit behind one mailbox."""
    for point in world.contact_points:
        assert sum(point.hours) in {100, 200}
        assert all(minutes % 25 == 0 for minutes in point.hours)
    assert {len(point.therapists) for point in world.contact_points} == {1, 2, 3}
