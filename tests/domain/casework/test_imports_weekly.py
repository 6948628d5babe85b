"""A directory read in week after week: what nobody changed costs nothing, nobody comes in twice, nothing flips."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from domain.therapists.changes import Became
from tests.domain.casework.test_import_diff import Desk, desk, entry

__all__ = ["desk"]

HOURS = {"telephone_hours": {"Montag": ["09:00 - 10:00"]}}


def counted(desk: Desk) -> tuple[int, int]:
    """Lines of the imports' journal, and entries of the audit about therapists."""
    with desk.database.read() as session:
        lines: int = session.scalars(text("SELECT count(*) FROM scraping_service.import_change")).one()
        entries: int = session.scalars(
            text("SELECT count(*) FROM audit.entry WHERE table_name = 'therapist_service.therapist'")
        ).one()
    return lines, entries


def test_whom_a_file_names_as_they_are_known_has_no_line_of_their_own(desk: Desk) -> None:
    """Twenty people, half with hours: two lines for all of them, and the audit tells of the one who changed."""
    people = [entry(f"Name{n}", "Ina", house_number=str(n + 1)) | (HOURS if n % 2 else {}) for n in range(20)]
    desk.take(*people)
    states, reports = [], []
    for week in range(3):
        states.append(desk.rows())
        before = counted(desk)
        people[0]["contact"]["phone"] = f"0241 123450{week}"
        reports.append(desk.take(*people))
        lines, entries = (now - then for now, then in zip(counted(desk), before, strict=True))
        assert (reports[-1].updated, reports[-1].unchanged) == (1, 19)
        assert (lines, entries) == (3, 1)
        days = {(t["source_file_id"], t["source_as_of"]) for t in desk.rows()["therapist"]}
        assert len(days) == 1
        assert next(iter(days))[0] == reports[-1].import_id
    for state, report in zip(states[::-1], reports[::-1], strict=True):
        undone = desk.undo(report)
        assert (undone.restored, undone.kept) == (1, ())
        assert desk.rows() == state


def test_whom_a_later_file_only_confirmed_stays_till_that_is_undone(desk: Desk) -> None:
    """It names them, too; then they go."""
    first, second = desk.take(entry()), desk.take(entry())
    assert [kept.reason for kept in desk.undo(first).kept] == ["import.kept.later"]
    assert desk.undo(second).removed == 1
    assert desk.rows()["therapist"] == []


def test_a_day_set_by_hand_is_audited(desk: Desk) -> None:
    """Only what an import writes stands in its journal instead."""
    desk.take(entry())
    _, before = counted(desk)
    with desk.database.write() as session:
        session.execute(text("UPDATE therapist_service.therapist SET source_as_of = '2026-01-01'"))
    assert counted(desk)[1] == before + 1


def test_somebody_moves_with_the_first_hours_of_theirs(desk: Desk) -> None:
    """Known without any till now; the file has hours on the phone, and none of the office."""
    desk.take(entry(), entry("Winter", "Eva"))
    moved: dict[str, Any] = entry(street="Allee", house_number="9") | HOURS
    report = desk.take(moved, entry("Winter", "Eva"))
    assert [change.became for change in report.changes] == [Became.MOVED, Became.UNCHANGED]
    one = next(t for t in desk.rows()["therapist"] if t["last_name"] == "Sommer")
    assert one["phone_hours"] == "{[540,600)}"
    again = desk.take(moved, entry("Winter", "Eva"), dry=True)
    assert (again.imported, again.updated, again.unchanged) == (0, 0, 2)


def test_of_two_of_one_name_and_mailbox_the_one_at_that_address_is_meant(desk: Desk) -> None:
    """Else they would come in once more with every file."""
    here = {"house_number": "3", "postal_code": "50667", "city": "Köln"}
    desk.take(entry("Berg", phone="0221 1234561", email="alt@post.example", **here))
    rows = [
        entry("Berg", "", phone="0221 1234561", email="berg@post.example", **here),
        entry("Berg", phone="", email="berg@post.example", postal_code="52064"),
    ]
    desk.take(*rows)
    known = len(desk.rows()["therapist"])
    for _ in range(2):
        assert desk.take(*rows).imported == 0
    assert len(desk.rows()["therapist"]) == known == 2


def test_a_name_known_before_outlives_the_undoing(desk: Desk) -> None:
    """A further street at the same number is known by the same key; whichever import goes first, the other keeps it."""
    there = {"postal_code": "52064", "house_number": "5"}
    rows = [entry(), entry(street="Allee", **there)]
    desk.take(*rows)
    before = desk.rows()
    second = desk.take(entry(), entry(street="Gasse", phone="0241 1234567", **there))
    assert len(desk.rows()["practice_site"]) == 3
    desk.undo(second)
    assert desk.rows() == before


def test_two_rows_that_contradict_each_other_flip_nothing(desk: Desk) -> None:
    """The first counts, the second fills what is unknown and adds its hours; read again nothing changes."""
    later = {"telephone_hours": {"Dienstag": ["11:00 - 12:00"]}}
    rows = [entry(phone="0241 1234561") | HOURS, entry(phone="0241 7654322", title="Dr.") | later]
    desk.take(*rows)
    known = desk.rows()["therapist"][0]
    assert (known["phone"], known["title"], known["phone_hours"]) == (
        "+492411234561", "Dr.", "{[540,600),[2100,2160)}",
    )  # fmt: skip
    del rows[0]["telephone_hours"], rows[1]["telephone_hours"]
    again = desk.take(*rows)
    assert (again.imported, again.updated, again.unchanged) == (0, 0, 2)
    rows[0]["contact"]["phone"] = "0241 1234563"
    changed = desk.take(*rows)
    assert [[field.name for field in change.fields] for change in changed.changes] == [["phone"], []]


def test_a_file_nobody_read_hides_no_change_from_the_audit(desk: Desk) -> None:
    """By a tool of one's own: a row of a file, then a day of somebody; the file is in one's own name, and stays so."""
    desk.take(entry(), entry("Winter", "Eva"))
    _, before = counted(desk)
    file = """INSERT INTO scraping_service.import_file (file_name, kind, sha256, as_of, imported_at, imported_by)
              SELECT 'x', kind, repeat('0', 64), as_of, imported_at, (SELECT max(id) FROM platform.person)
              FROM scraping_service.import_file LIMIT 1"""
    with desk.database.write() as session:
        session.execute(text(file))
        session.execute(text("UPDATE therapist_service.therapist SET source_as_of = '2026-01-01', hours_as_of = NULL"))
    assert counted(desk)[1] == before + 2
    with desk.database.write() as session:
        session.execute(text("UPDATE scraping_service.import_file SET undone_at = now(), undone_by = NULL"))
        session.execute(text("UPDATE therapist_service.therapist SET source_as_of = '2026-02-02'"))
    assert counted(desk)[1] == before + 4
    with desk.database.write() as session:
        session.execute(text("UPDATE scraping_service.import_file SET imported_by = NULL, undone_at = NULL"))
    who = text("SELECT DISTINCT imported_by, undone_by, undone_at IS NULL FROM scraping_service.import_file")
    with desk.database.read() as session:
        mine = session.scalars(text("SELECT platform.current_person_id()")).one()
        assert session.execute(who).all() == [(mine, mine, False)]


def test_a_line_that_names_nobody_hides_no_change_from_the_audit(desk: Desk) -> None:
    """By a tool of one's own, too: no line has a gap among its names, and who is named by none is audited."""
    desk.take(entry(), entry("Winter", "Eva"))
    _, before = counted(desk)
    file = """INSERT INTO scraping_service.import_file (file_name, kind, sha256, as_of, imported_at)
              SELECT 'x', kind, repeat('0', 64), as_of, imported_at FROM scraping_service.import_file LIMIT 1"""
    line = """INSERT INTO scraping_service.import_change (import_file_id, "row", became, before, after, therapist_ids)
              SELECT max(id), 1, 'changed', '{}', '{}', (SELECT array_append(array_agg(id), NULL) FROM named)
              FROM scraping_service.import_file"""
    named = "WITH named AS (SELECT min(id) AS id FROM therapist_service.therapist) "
    with desk.database.write() as session:
        session.execute(text(file))
        with pytest.raises(IntegrityError, match="ck_import_change_together"), session.begin_nested():
            session.execute(text(named + line))
        session.execute(text("UPDATE therapist_service.therapist SET source_as_of = '2026-01-01'"))
    assert counted(desk)[1] == before + 2
    with desk.database.write() as session:
        session.execute(text(file))
        session.execute(text(named + line.replace("array_append(array_agg(id), NULL)", "array_agg(id)")))
        session.execute(text("UPDATE therapist_service.therapist SET source_as_of = '2026-02-02'"))
    assert counted(desk)[1] == before + 3
