"""The journal of imports allows deleting, so it believes nobody: tried by hand over a caseworker's own connection."""

from collections.abc import Iterator

import psycopg
import psycopg.sql
import pytest
from sqlalchemy.engine import make_url

from domain.casework.import_undo import undo_import
from domain.casework.imports import ImportReport
from domain.database import Database
from domain.therapists.models import Therapist
from domain.therapists.service import set_status
from tests.builders import add_therapist
from tests.conftest import NOW, Office
from tests.domain.casework.test_import_diff import Desk, desk, entry

__all__ = ["desk"]

Connection = psycopg.Connection[tuple[object, ...]]
LINE = """INSERT INTO scraping_service.import_change (import_file_id, row, therapist_id, became, version, before, after)
    VALUES (%s, 1, %s, %s, 9999, '{}', '{}') RETURNING version"""
FILE = """INSERT INTO scraping_service.import_file (file_name, kind, sha256, as_of, imported_at, began_at)
    VALUES ('x', 'arztsuche', repeat('0', 64), current_date, now(), '2026-01-01') RETURNING id"""
DELETE = "DELETE FROM therapist_service.therapist WHERE id = %s"


@pytest.fixture
def psql(office: Office) -> Iterator[Connection]:
    """A caseworker's own connection, as psql has it; each statement is a transaction unless a test says otherwise."""
    url = make_url(office.url("jana")).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        yield connection


def own_import(psql: Connection) -> object:
    """An import made by hand."""
    row = psql.execute(FILE).fetchone()
    assert row is not None
    return row[0]


def test_a_hand_made_line_deletes_nobody(database: Database, desk: Desk, psql: Connection) -> None:
    """Not in somebody's import, which is over, and not in an own one: whoever was there before is not new."""
    with database.write() as session:
        number = add_therapist(session)
    report = desk.take(entry())
    with pytest.raises(psycopg.errors.CheckViolation) as error:
        psql.execute(LINE, (report.import_id, number, "new"))
    assert error.value.diag.constraint_name == "import_is_over"
    with pytest.raises(psycopg.errors.CheckViolation) as error, psql.transaction():
        psql.execute(LINE, (own_import(psql), number, "new"))
    assert error.value.diag.constraint_name == "import_not_new"
    with psql.transaction():  # whatever version it claims
        row = psql.execute(LINE, (own_import(psql), number, "changed")).fetchone()
        assert row == (1,)
    assert psql.execute(DELETE, (number,)).rowcount == 0


def test_an_import_that_is_over_is_not_begun_again(desk: Desk, psql: Connection) -> None:
    """Its beginning is the database's, and stays."""
    report = desk.take(entry())
    begin = psycopg.sql.SQL("UPDATE scraping_service.import_file SET began_at = now() WHERE id = {}")
    psql.autocommit = False
    psql.execute(begin.format(report.import_id))
    with pytest.raises(psycopg.errors.CheckViolation) as error:
        psql.execute(LINE, (report.import_id, report.ids[0], "changed"))
    psql.rollback()
    assert error.value.diag.constraint_name == "import_is_over"


def objected(desk: Desk) -> tuple[ImportReport, int]:
    """Somebody an import brought who objected (Art. 21)."""
    report = desk.take(entry())
    with desk.database.write() as session:
        set_status(session, report.ids[0], "opted_out")
    return report, report.ids[0]


def test_an_objection_is_not_deleted(desk: Desk, psql: Connection) -> None:
    """Nor with the version set back by hand, nor with the status."""
    _, number = objected(desk)
    assert psql.execute(DELETE, (number,)).rowcount == 0
    psql.execute("UPDATE therapist_service.therapist SET version = 1 WHERE id = %s", (number,))
    assert psql.execute(DELETE, (number,)).rowcount == 0
    psql.execute("UPDATE therapist_service.therapist SET status = 'active', version = 1 WHERE id = %s", (number,))
    assert psql.execute(DELETE, (number,)).rowcount == 0


def test_an_objection_outlives_the_undoing(desk: Desk) -> None:
    """Whom the import brought stays for their objection, and that is told."""
    report, number = objected(desk)
    with desk.database.write() as session:
        undone = undo_import(session, report.import_id, now=NOW)
    assert (undone.removed, [kept.reason for kept in undone.kept]) == (0, ["import.kept.edited"])
    with desk.database.read() as session:
        assert session.get_one(Therapist, number).status == "opted_out"


def test_who_an_import_brought_is_still_deleted_with_it(desk: Desk) -> None:
    """As long as nobody touched them."""
    assert desk.undo(desk.take(entry())).removed == 1
