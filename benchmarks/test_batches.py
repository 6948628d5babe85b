"""A batch at 5,000 practices and 5,000 searches: gathering, looking through, and making it line by line.

Nobody waits for a long transaction: the longest single one is printed beside the whole.
"""

import time
from datetime import UTC, datetime, timedelta

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from domain.casework.batches.checking import check_lines
from domain.casework.batches.gathering import gather_plan
from domain.casework.batches.listing import Ways, get_batch, open_lines_of
from domain.casework.batches.making import make_next
from domain.casework.batches.steering import release, take_back, take_back_next
from domain.casework.week_plan import monday_of, propose, save
from domain.database import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CHECKED = 25


@pytest.mark.parametrize("filled", [(5_000, 5_000)], indirect=True, ids=["5000x5000"])
@pytest.mark.parametrize("wanted", [100, 500])
def test_a_batch(filled: Database, wanted: int, benchmark: BenchmarkFixture) -> None:
    """Checked, released, made; then taken back, which is the same number of transactions."""
    database = filled
    with database.read() as session:
        proposal = propose(session, now=NOW, mails=wanted, minutes=0)
    with database.write() as session:
        save(session, proposal, now=NOW)
    begin = time.perf_counter()
    with database.write() as session:
        batch = gather_plan(session, monday=monday_of(NOW.date())).batch_id
    gathered = time.perf_counter() - begin
    longest = {"check": 0.0, "make": 0.0, "take back": 0.0}
    whole = dict(longest)

    def timed(what: str, begin: float) -> None:
        took = time.perf_counter() - begin
        longest[what], whole[what] = max(longest[what], took), whole[what] + took

    with database.read() as session:
        lines = open_lines_of(session, batch)
    for start in range(0, len(lines), CHECKED):
        begin = time.perf_counter()
        with database.read() as session:
            check_lines(session, lines[start : start + CHECKED], now=NOW)
        timed("check", begin)
    with database.write() as session:
        release(session, batch, now=NOW, shown=Ways(len(lines), len(lines), len(lines)))

    def make() -> None:
        more = True
        while more:
            begin = time.perf_counter()
            with database.write() as session:
                more = make_next(session, batch, now=NOW)
            timed("make", begin)

    benchmark.pedantic(make, rounds=1)
    with database.read() as session:
        made = get_batch(session, batch)
    with database.write() as session:
        take_back(session, batch)
    after: int | None = 0
    while after is not None:
        begin = time.perf_counter()
        with database.write() as session:
            after = take_back_next(session, batch, after=after, now=NOW + timedelta(seconds=5))
        timed("take back", begin)
    told = ", ".join(f"{what} {whole[what]:.2f} s (longest {longest[what] * 1000:.0f} ms)" for what in whole)
    print(
        f"\n{wanted} mails wanted, {made.lines} lines gathered in {gathered * 1000:.0f} ms, {made.waiting} made, {made.refused} refused: {told}"
    )
    assert made.waiting + made.refused == made.lines
