"""Which of two files is the newer one: an older one fills gaps only, and what a newer one repeats is as of it."""

import io
from datetime import date, timedelta

import pytest
from openpyxl import Workbook
from sqlalchemy import text

from domain.acquisition.reading import recognise
from domain.casework.imports import ImportReport, import_file
from domain.therapists.changes import NONE, Became
from domain.therapists.models import Therapist
from domain.therapists.sites import sites_of
from tests.conftest import NOW
from tests.domain.acquisition.therapist_files import USERSCRIPT
from tests.domain.casework.test_import_diff import Desk, desk, entry

__all__ = ["desk"]

HEAD = USERSCRIPT.split("\r\n", 1)[0].split(';"Mo ', 1)[0]


def export(desk: Desk, on: str, *, phone: str, house: str, web: str = "") -> ImportReport:
    """A userscript's list of that week with Ina Sommer, read today."""
    path = desk.folder / f"{on}.csv"
    line = f"p1;;Ina;Sommer;Frau;W;{phone};;ina@post.example;{web};Weg;{house};52062;Aachen;12;;;;;Tel: 08:30-10:10"
    path.write_text(f"{HEAD};Mo {on}\n{line}\n", "utf-8")
    desk.day += 1
    now = NOW + timedelta(days=desk.day)
    source = recognise(path, today=now.date())
    with desk.database.write() as session:
        return import_file(session, source, now=now, today=now.date())


def known(desk: Desk) -> tuple[str, str, date | None]:
    """Number, web page and day of the one known."""
    with desk.database.read() as session:
        one = session.query(Therapist).one()
        return one.phone, one.web, one.source_as_of


def test_an_older_export_fills_gaps_only(desk: Desk) -> None:
    """A list is as of its columns: one of January read in November moves nobody, and goes on being the older one."""
    export(desk, "23.11.2026", phone="0241 1111222", house="77")
    for expected in ("web", None):
        report = export(desk, "12.01.2026", phone="0241 7654321", house="3", web="www.sommer.example")
        assert [field.name for change in report.changes for field in change.fields] == ([expected] if expected else [])
    assert known(desk) == ("+492411111222", "www.sommer.example", date(2026, 11, 23))
    with desk.database.read() as session:
        assert [site.form.house_number for site in sites_of(session, report.changes[0].therapist_id)] == ["77"]
    export(desk, "24.11.2026", phone="0241 7654321", house="77")
    assert known(desk)[0] == "+492417654321"


@pytest.mark.parametrize(
    ("days", "as_of"),
    [
        (["02.11.2026", "04.11.2026"], date(2026, 11, 4)),
        (["Montag", "Dienstag"], NOW.date()),
        (["23.11.2026", "29.11.2026"], NOW.date()),
        (["01.01.1900", "02.01.1900"], NOW.date()),
    ],
    ids=["days", "weekdays", "to come", "nonsense"],
)
def test_a_workbook_is_as_of_its_newest_day(desk: Desk, days: list[object], as_of: date) -> None:
    """As far as it has come."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Name", "Adresse", "Telefon", "E-Mail", *days])
    sheet.append(["Ina Sommer", "Weg 3, 52062 Aachen", "0241 1234567", "ina@post.example", "07:30-08:00", ""])
    file = io.BytesIO()
    book.save(file)
    path = desk.folder / "liste.xlsx"
    path.write_bytes(file.getvalue())
    assert recognise(path, today=NOW.date()).as_of == as_of


def test_who_is_named_unchanged_is_known_as_of_that_day(desk: Desk) -> None:
    """Without a new version, so that nobody's open form is refused; and it is undone without a word."""
    desk.take(entry())
    before = desk.rows()
    version = text("SELECT version, source_as_of, source_file_id FROM therapist_service.therapist")
    with desk.database.read() as session:
        first = session.execute(version).one()
    assert desk.take(entry(), choice=NONE).unchanged == 1
    with desk.database.read() as session:
        assert session.execute(version).one() == first
    report = desk.take(entry())
    assert [(change.became, change.fields) for change in report.changes] == [(Became.UNCHANGED, ())]
    with desk.database.read() as session:
        then = session.execute(version).one()
    assert (then.version, then.source_file_id) == (first.version, report.import_id)
    assert then.source_as_of == first.source_as_of + timedelta(days=2)
    undone = desk.undo(report)
    assert (undone.restored, undone.kept) == (0, ())
    assert desk.rows() == before
