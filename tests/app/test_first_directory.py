"""The first directory read in on a new seat: the work grows with its rows and not with their square."""

import json
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from app.first_run import SeatKeeper
from app.paths import Profile
from domain.acquisition.reading import recognise
from domain.casework.import_undo import undo_import
from domain.casework.imports import import_file
from domain.database import Database
from tests.conftest import NOW
from ui.first_run.ports import OwnSeat

pytestmark = pytest.mark.usefixtures("no_keyring")

# rows the running transaction read without an index
READ = text("SELECT sum(seq_tup_read) FROM pg_stat_xact_all_tables")
FEW = 10_000  # the settings' one row, asked again and again


def directory(folder: Path, count: int, first: int = 0) -> Path:
    """So many people, each at a house of their own."""
    people = [
        {
            "basic_info": {"first_name": "Ina", "last_name": f"Name{n}"},
            "location": {"street": "Weg", "house_number": str(n), "postal_code": "52062", "city": "Aachen"},
            "contact": {"email": f"n{n}@post.example", "phone": f"0241 {1_000_000 + n}"},
        }
        for n in range(first, first + count)
    ]
    path = folder / f"liste{first}.json"
    path.write_text(json.dumps({"metadata": {"scrape_date": "2026-11-23"}, "therapists": people}), "utf-8")
    return path


@pytest.fixture
def seat(home: Path) -> Iterator[Database]:
    """A new seat as it is set up, its server with the configuration that is shipped."""
    profile = Profile(home.parent)
    profile.make()
    keeper = SeatKeeper(profile)
    keeper.work_alone(OwnSeat(person="Ina Amt", office="Vermittlung", email="post@amt.example"), lambda _: None)
    assert keeper.opened is not None
    database = keeper.opened[1].desk_database("test")
    yield database
    database.close()
    keeper.close()


def read_in(database: Database, path: Path) -> list[float]:
    """What each thousand rows made the server read without an index."""
    marks = [0.0]
    with database.write() as session:
        source = recognise(path, today=NOW.date())

        def on_batch(_rows: int) -> None:
            marks.append(float(session.scalar(READ) or 0))

        import_file(session, source, now=NOW, today=date(2026, 11, 23), on_batch=on_batch)
    return [after - before for before, after in pairwise(marks)]


def test_the_second_half_costs_what_the_first_did(
    seat: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the seat is after set-up, and over a connection that made its plans when there were a few people only."""
    monkeypatch.setattr("domain.casework.imports.BATCH", 300)
    read_in(seat, directory(tmp_path, 5))
    with seat.write() as session:
        for n in range(8):  # each leaves a plan of the checks
            session.execute(text("UPDATE therapist_service.therapist SET note = :n"), {"n": str(n)})
    first, second = read_in(seat, directory(tmp_path, 600, first=100))
    assert second <= first + FEW
    with seat.write() as session:
        number = session.scalar(text("SELECT max(id) FROM scraping_service.import_file"))
        assert undo_import(session, int(number or 0), now=NOW).removed == 600
        assert float(session.scalar(READ) or 0) < first + FEW
