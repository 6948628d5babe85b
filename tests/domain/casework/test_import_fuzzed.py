"""Mutated files on a real database: whole or not at all, and the counts add up."""

from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from domain.acquisition.reading import recognise
from domain.casework.imports import import_file
from domain.database import Database
from domain.errors import PlatzlotseError
from tests.conftest import NOW
from tests.domain.acquisition.test_fuzzed import FILES, MADE, mutate
from ui.errors import describe

EACH = 4
COUNTED = "SELECT count(*) FROM scraping_service.import_file"
PEOPLE = "SELECT count(*) FROM therapist_service.therapist"


def take_all(database: Database, path: Path, *, each: int, seed: int) -> int:
    """Import mutations of every file one after the other; returns how many were refused."""
    random = Random(seed)  # noqa: S311 - invented damage
    refused = 0
    for content in MADE.values():
        for _ in range(each):
            path.write_bytes(mutate(content, random))
            with database.read() as session:
                before = session.scalar(text(COUNTED)), session.scalar(text(PEOPLE))
            try:
                source = recognise(path, today=NOW.date())
                with database.write() as session:
                    report = import_file(session, source, now=NOW, today=NOW.date())
            except PlatzlotseError as error:
                refusal: PlatzlotseError | None = error
            else:
                refusal = None
            if refusal is not None:
                refused += 1
                assert refusal.code not in describe(refusal), refusal
                with database.read() as session:
                    assert (session.scalar(text(COUNTED)), session.scalar(text(PEOPLE))) == before
                continue
            total = report.imported + report.updated + report.unchanged + report.skipped + len(report.rejected)
            assert report.read == total
            if not report.of_patients:
                with database.read() as session:
                    assert session.scalar(text(PEOPLE)) == int(str(before[1])) + report.imported
    return refused


def test_a_mutated_file_comes_in_whole_or_not_at_all(database: Database, tmp_path: Path) -> None:
    """Some of every kind, one after the other, into one database."""
    refused = take_all(database, tmp_path / "x", each=EACH, seed=1)
    assert refused < EACH * len(FILES)


@pytest.mark.soak
def test_a_thousand_mutated_files_come_in_whole_or_not_at_all(database: Database, tmp_path: Path) -> None:
    """A hundred of every kind."""
    take_all(database, tmp_path / "x", each=100, seed=2)
