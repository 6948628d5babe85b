"""Reading a directory in: the per-PLZ layout, written by the benchmark, at 1,000 to 40,000 therapists."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from domain.acquisition.reading import recognise
from domain.casework.imports import import_file
from domain.database import Database
from tests.conftest import cluster, database, office  # noqa: F401 - fixtures

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def directory(path: Path, count: int) -> Path:
    """A directory file of invented therapists."""
    therapists = [
        {
            "id": f"p{n}",
            "basic_info": {
                "salutation": "Frau",
                "first_name": "Ina",
                "last_name": f"Name{n}",
                "classification": "Psychologische",
            },
            "location": {
                "street": "Ahornweg",
                "house_number": str(n % 300),
                "postal_code": f"{52000 + n % 500:05d}",
                "city": "Aachen",
            },
            "contact": {"phone": "0241 1234567", "email": f"praxis{n}@praxis.example"},
            "telephone_hours": {"Mo": ["09:00-09:50"], "Do": ["14:00-14:25"]},
            "therapy_methods": ["Verhaltenstherapie für Erwachsene in Einzeltherapie"],
        }
        for n in range(count)
    ]
    path.write_text(json.dumps({"metadata": {"scrape_date": "2026-11-23"}, "therapists": therapists}), "utf-8")
    return path


@pytest.mark.parametrize("count", [1_000, 10_000, 40_000])
def test_import(database: Database, tmp_path: Path, benchmark: BenchmarkFixture, count: int) -> None:  # noqa: F811
    """One file in one transaction."""
    source = recognise(directory(tmp_path / "liste.json", count), today=NOW.date())

    def work() -> int:
        with database.write() as session:
            return import_file(session, source, now=NOW, today=NOW.date()).read

    assert benchmark.pedantic(work, rounds=1) == count
