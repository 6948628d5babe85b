"""Distances in memory are those of the database."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from domain.database import Database
from domain.travel.pairs import Points
from tests.examples import examples

PLACE = st.tuples(st.floats(47, 55.2), st.floats(5.5, 15.5))
SQL = text("""
SELECT a.n - 1, public.distance_km(a.lat, a.lon, :lat, :lon)
FROM unnest(cast(:lats AS float[]), cast(:lons AS float[])) WITH ORDINALITY AS a (lat, lon, n) ORDER BY a.n
""")


@settings(max_examples=examples(13), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PLACE, min_size=1, max_size=20), PLACE, st.floats(1, 400))
def test_distances_are_those_of_the_database(
    database: Database, places: list[tuple[float, float]], asking: tuple[float, float], km: float
) -> None:
    """The same kilometres, and as many within a distance; one at the very edge may fall either way."""
    values = {"lats": [p[0] for p in places], "lons": [p[1] for p in places], "lat": asking[0], "lon": asking[1]}
    with database.read() as session:
        wanted = [float(distance) for _, distance in session.execute(SQL, values)]
    points = Points(places)
    assert all(abs(one - other) < 1e-4 for one, other in zip(points.km_to(*asking), wanted, strict=True))
    surely, perhaps = (sum(distance <= km + edge for distance in wanted) for edge in (-1e-6, 1e-6))
    assert surely <= points.count_within(km, Points([asking]))[0] <= perhaps


def test_each_has_its_own_limit() -> None:
    """Counts with one distance for each."""
    places = Points([(51.0, 7.0), (51.1, 7.0), (52.0, 7.0)])
    asking = Points([(51.0, 7.0), (51.0, 7.0)])
    assert list(places.count_within(np.array([5.0, 20.0]), asking)) == [1, 2]


def test_no_points_are_never_near() -> None:
    """Nothing to count."""
    assert list(Points([]).count_within(10, Points([(51.0, 7.0)]))) == [0]
