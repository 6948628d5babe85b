"""Where a patient lives is rounded in one way, in the database as in the program."""

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from domain.database import Database
from domain.travel.ways import Spot
from tests.examples import examples

ROUNDED = text("SELECT round(cast(:lat AS float)::numeric, 3)::float")


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(51.2865)
@example(51.28649999999999)
@example(47.0005)
@given(st.floats(47, 55.2))
def test_the_raster_is_the_databases(database: Database, lat: float) -> None:
    """Also at its edges: what the worker kept is found again."""
    with database.read() as session:
        assert Spot(lat, 10.0).rounded().lat == session.scalar(ROUNDED, {"lat": lat})
