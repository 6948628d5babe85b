"""Distances in memory are those of the database."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from domain.database import Database
from domain.travel.pairs import Points

PLACE = st.tuples(st.floats(47, 55.2), st.floats(5.5, 15.5))
SQL = text("""
SELECT a.n - 1, b.n - 1, public.distance_km(a.lat, a.lon, b.lat, b.lon)
FROM unnest(cast(:lats AS float[]), cast(:lons AS float[])) WITH ORDINALITY AS a (lat, lon, n),
     unnest(cast(:others_lat AS float[]), cast(:others_lon AS float[])) WITH ORDINALITY AS b (lat, lon, n)
WHERE public.distance_km(a.lat, a.lon, b.lat, b.lon) <= :km
""")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PLACE, min_size=1, max_size=20), st.lists(PLACE, min_size=1, max_size=20), st.floats(1, 400))
def test_pairs_are_those_of_the_database(
    database: Database, ones: list[tuple[float, float]], others: list[tuple[float, float]], km: float
) -> None:
    """The same pairs, the same kilometres; a pair at the very edge may fall either way."""
    values = {
        "lats": [p[0] for p in ones], "lons": [p[1] for p in ones],
        "others_lat": [p[0] for p in others], "others_lon": [p[1] for p in others], "km": km,
    }  # fmt: skip
    with database.read() as session:
        wanted = {(int(i), int(j)): distance for i, j, distance in session.execute(SQL, values)}
    found = Points(ones).pairs_within(Points(others), km)
    got = {(int(i), int(j)): float(d) for i, j, d in zip(found.first, found.second, found.km, strict=True)}
    edge = {pair for pair, d in (wanted | got).items() if abs(d - km) < 1e-6}
    assert set(wanted) - edge == set(got) - edge
    assert all(abs(got[pair] - wanted[pair]) < 1e-4 for pair in set(wanted) & set(got))


def test_each_has_its_own_limit() -> None:
    """Counts with one distance for each."""
    places = Points([(51.0, 7.0), (51.1, 7.0), (52.0, 7.0)])
    asking = Points([(51.0, 7.0), (51.0, 7.0)])
    assert list(places.count_within(np.array([5.0, 20.0]), asking)) == [1, 2]


def test_no_points_are_no_pairs() -> None:
    """Nothing to compare."""
    assert len(Points([]).pairs_within(Points([(51.0, 7.0)]), 10).km) == 0
