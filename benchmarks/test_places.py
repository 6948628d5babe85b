"""Places and ways: one patient's surroundings in SQL, all patients' in memory, and a short list's ways."""

from datetime import UTC, datetime

import numpy as np
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import text

from domain.database import Database
from domain.geocoding.boxes import box
from domain.geocoding.plz_data import plz_rows
from domain.travel.pairs import Points
from domain.travel.reach import estimated_reach
from domain.travel.stops import served
from domain.travel.ways import Spot, ways
from domain.values import TravelMode
from ui.map.shapes import circle, within

AACHEN = (50.7753, 6.0839)
RADIUS_KM = 25
NEAR = text("""
SELECT st.id, public.distance_km(:lat, :lon, st.lat, st.lon) AS km FROM therapist_service.practice_site st
WHERE st.lat BETWEEN :south AND :north AND st.lon BETWEEN :west AND :east
  AND public.distance_km(:lat, :lon, st.lat, st.lon) <= :km ORDER BY km
""")


def drawn(count: int, step: int) -> np.ndarray:
    """So many places of the PLZ table."""
    centres = np.array([(row[2], row[3]) for row in plz_rows() if row[1] == ""])
    return centres[(np.arange(count) * step) % len(centres)]


def test_radius_of_one_patient(benchmark: BenchmarkFixture, filled: Database) -> None:
    """Who practises within 25 km, nearest first, by the index on (lat, lon)."""
    params = {"lat": AACHEN[0], "lon": AACHEN[1], "km": RADIUS_KM, **box(*AACHEN, RADIUS_KM)}
    with filled.read() as session:
        found = benchmark(lambda: session.execute(NEAR, params).all())
    assert found[0].km <= found[-1].km <= RADIUS_KM


def test_counting_in_memory(benchmark: BenchmarkFixture) -> None:
    """How many therapists each of 20,000 patients has within an own limit of 10 to 50 km."""
    therapists, patients = drawn(40_000, 7919), drawn(20_000, 104729)
    limits = 10.0 + np.arange(20_000) % 40
    benchmark.pedantic(lambda: Points(therapists).count_within(limits, Points(patients)), rounds=3, iterations=1)


def test_ways_of_a_short_list(benchmark: BenchmarkFixture, filled: Database) -> None:
    """1 × 1,000 ways by four modes: the cache is asked, the rest estimated."""
    ends = [Spot(lat, lon, 1500) for lat, lon in drawn(1_000, 13)]
    served(np.array([AACHEN]))  # the table of stops is read once a process
    with filled.read() as session:
        found = benchmark(lambda: ways(session, Spot(*AACHEN, 1500), ends, now=datetime.now(UTC)))
    assert len(found) == 1_000


def test_ring_of_what_can_be_reached(benchmark: BenchmarkFixture) -> None:
    """An hour by bus and train around one place, estimated."""
    served(np.array([AACHEN]))
    found = benchmark(lambda: estimated_reach(TravelMode.PUBLIC_TRANSPORT, Spot(*AACHEN, 1500), 60))
    assert found.far_km > 0


def test_who_is_inside_an_area(benchmark: BenchmarkFixture) -> None:
    """40,000 therapists against an area of 2,000 corners and a hole, about 80 km across."""
    places = [(float(lat), float(lon)) for lat, lon in drawn(40_000, 7919)]
    rings = (circle(*AACHEN, 40, corners=2_000), circle(*AACHEN, 5))
    found = benchmark(lambda: within(places, rings))
    print(f"{sum(found):,} inside")
