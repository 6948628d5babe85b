"""Mutated files on a real database: whole or not at all, in every table, and the counts are those of the rows."""

from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from domain.acquisition.reading import recognise, records
from domain.acquisition.records import RowError
from domain.casework.imports import ImportReport, import_file
from domain.database import Database, Session
from domain.errors import PlatzlotseError
from tests.conftest import NOW
from tests.domain.acquisition.test_fuzzed import FILES, MADE, assert_told, mutate

EACH = 4
TABLES = """SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname IN ('platform', 'patient_service', 'therapist_service', 'matching_service',
        'communication_service', 'geocoding_service', 'scraping_service')
      AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1"""
FILE = (
    """SELECT read, imported, updated, unchanged, skipped, rejected FROM scraping_service.import_file WHERE id = :id"""
)


def everything(session: Session) -> dict[str, int]:
    """How many rows each table has that a caseworker may read: all an import could write."""
    tables = session.scalars(text(TABLES)).all()
    assert "scraping_service.import_change" in tables
    counts = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables)
    return {name: int(count) for name, count in session.execute(text(counts))}


def check_taken(session: Session, report: ImportReport, before: dict[str, int], path: Path) -> None:
    """What the report says is what the file's rows are and what the database holds."""
    rows = list(records(recognise(path, today=NOW.date()), today=NOW.date()))
    assert report.read == len(rows)
    errors = [(row.row, row.reason) for row in rows if isinstance(row, RowError)]
    kept = session.execute(
        text("SELECT row, reason FROM scraping_service.rejected_row WHERE import_file_id = :id ORDER BY id"),
        {"id": report.import_id},
    )
    assert [tuple(row) for row in kept] == errors
    counted = (
        report.read, report.imported, report.updated, report.unchanged, report.skipped, len(report.rejected),
    )  # fmt: skip
    assert tuple(session.execute(text(FILE), {"id": report.import_id}).one()) == counted
    after = everything(session)
    table = "patient_service.patient" if report.of_patients else "therapist_service.therapist"
    assert after[table] == before[table] + report.imported
    journal = "scraping_service.import_change"
    assert after[journal] - before[journal] >= (0 if report.of_patients else report.imported)


def take_all(database: Database, path: Path, *, each: int, seed: int) -> int:
    """Import mutations of every file one after the other; returns how many were refused."""
    random = Random(seed)  # noqa: S311 - invented damage
    refused = 0
    for content in MADE.values():
        for _ in range(each):
            path.write_bytes(mutate(content, random))
            with database.read() as session:
                before = everything(session)
            try:
                source = recognise(path, today=NOW.date())
                with database.write() as session:
                    report = import_file(session, source, now=NOW, today=NOW.date())
            except PlatzlotseError as error:
                refused += 1
                assert_told(error, path)
                with database.read() as session:
                    assert everything(session) == before
                continue
            with database.read() as session:
                check_taken(session, report, before, path)
    return refused


def test_a_mutated_file_comes_in_whole_or_not_at_all(database: Database, tmp_path: Path) -> None:
    """Some of every kind, one after the other, into one database."""
    refused = take_all(database, tmp_path / "geprueft.dat", each=EACH, seed=1)
    assert refused < EACH * len(FILES)


def test_a_file_that_breaks_off_late_leaves_nothing(database: Database, tmp_path: Path) -> None:
    """After two batches are written already: every table is as it was."""
    path = tmp_path / "liste.csv"
    rows = "".join(f"Ada Muster{n};0241 {n:06};Mo 8-9;{n:05}\n" for n in range(2100))
    path.write_text(f'Name;Telefon;Sprechzeiten;PLZ\n{rows}Karl;"2;\n', "utf-8")
    with database.read() as session:
        before = everything(session)
    source = recognise(path, today=NOW.date())
    with pytest.raises(PlatzlotseError) as error, database.write() as session:
        import_file(session, source, now=NOW, today=NOW.date())
    assert_told(error.value, path)
    assert error.value.params["row"] == 2102
    with database.read() as session:
        assert everything(session) == before


@pytest.mark.soak
def test_a_thousand_mutated_files_come_in_whole_or_not_at_all(database: Database, tmp_path: Path) -> None:
    """A hundred of every kind."""
    take_all(database, tmp_path / "geprueft.dat", each=100, seed=2)
