"""Imports taken back one after the other, in any order, between edits: nothing of them stays, nobody's work goes."""

import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from domain.casework.import_undo import UndoReport
from domain.casework.imports import ImportReport
from domain.therapists.models import Therapist
from domain.therapists.service import set_contact
from tests.conftest import NOW
from tests.domain.casework.test_import_diff import Desk, desk, entry
from ui.import_words import kept_words

__all__ = ["desk"]

HOURS = {"telephone_hours": {"Montag": ["09:00 - 10:00"]}}


def week(*, phone: str = "0241 1234567", count: int = 10) -> list[dict[str, Any]]:
    """The same people, every week."""
    return [entry(f"Name{n}", "Ina", house_number=str(n + 1), phone=phone) | HOURS for n in range(count)]


def test_three_weeks_are_undone_the_newest_first(desk: Desk) -> None:
    """Nobody edited anything: each undoing leaves what was before, and the last nobody."""
    states, reports = [], []
    for _ in range(3):
        states.append({table: rows for table, rows in desk.rows().items() if table != "contact_point"})
        reports.append(desk.take(*week()))
    for state, report in zip(states[::-1], reports[::-1], strict=True):
        assert desk.undo(report).kept == ()
        assert {table: rows for table, rows in desk.rows().items() if table != "contact_point"} == state
    assert states[0]["therapist"] == []


def test_three_weeks_are_undone_the_oldest_first(desk: Desk) -> None:
    """Whom a later import still names stays, and that is said, not that somebody edited them; the last takes them."""
    reports = [desk.take(*week(phone=f"0241 123456{n}")) for n in range(3)]
    for report in reports[:2]:
        undone = desk.undo(report)
        assert {kept.reason for kept in undone.kept} == {"import.kept.later"}
        assert kept_words(undone.kept[0]).startswith("Ina Name0: auch von einem späteren Import genannt")
    last = desk.undo(reports[2])
    assert (last.removed, last.restored, last.kept) == (10, 0, ())
    assert desk.rows()["therapist"] == []


def test_where_somebody_is_known_from_stays_true(desk: Desk) -> None:
    """Undoing an earlier import does not put the source of a later one back; undoing that names no undone file."""
    first = desk.take(entry())
    second, third = desk.take(entry(phone="0241 7654321")), desk.take(entry(phone="0241 7654321", title="Dr."))

    def source() -> int | None:
        with desk.database.read() as session:
            return session.query(Therapist).one().source_file_id

    desk.undo(second)
    assert source() == third.import_id
    desk.undo(third)
    assert source() == first.import_id
    with desk.database.read() as session:
        one = session.query(Therapist).one()
        assert (one.phone, one.title, one.source_as_of) == (
            "+492411234567",
            "",
            (NOW + timedelta(days=1)).date(),
        )


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("import"), st.sampled_from(["0241 1234561", "0241 1234562"]), st.sampled_from(["", "Dr."])),
        st.tuples(st.just("edit"), st.sampled_from(["0241 1234562", "0241 1234563"]), st.just("")),
        st.tuples(st.just("undo"), st.integers(0, 3), st.just("")),
    ),
    min_size=2,
    max_size=7,
)
NUMBERS = itertools.count(1)


@dataclass
class Model:
    """What must be true of the one person, whatever happened."""

    standing: list[ImportReport] = field(default_factory=list)
    by_hand: str = ""


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.randoms(use_true_random=False))
def test_any_order_of_imports_edits_and_undoings(desk: Desk, steps: list[tuple[str, Any, str]], dice: Any) -> None:
    """At the end all is undone: without an edit nobody is left, with one they stay with what was entered."""
    name = f"Wechsel{next(NUMBERS)}"
    model = Model()
    undone: list[UndoReport] = []

    def one() -> Any:
        columns = select(Therapist.id, Therapist.email, Therapist.phone, Therapist.mobile)
        with desk.database.read() as session:
            return session.execute(columns.where(Therapist.last_name == name)).one_or_none()

    for what, value, title in steps:
        person = one()
        if what == "import":
            model.standing.append(desk.take(entry(name, "Ina", phone=value, title=title) | HOURS))
        elif what == "edit" and person is not None:
            with desk.database.write() as session:
                set_contact(session, person.id, email=person.email, phone=value, mobile="0170 5555555")
            model.by_hand = value
        elif what == "undo" and model.standing:
            undone.append(desk.undo(model.standing.pop(value % len(model.standing))))
    dice.shuffle(model.standing)
    undone += [desk.undo(report) for report in model.standing]
    person = one()
    if not model.by_hand:
        assert person is None
        assert not any(kept.reason == "import.kept.edited" for report in undone for kept in report.kept)
        return
    assert person is not None
    assert person.phone == "+49" + model.by_hand.replace(" ", "")[1:]
    assert person.mobile == "+491705555555"
    with desk.database.write() as session:  # out of the way of the next example
        session.get_one(Therapist, person.id).status = "inactive"


@pytest.mark.parametrize("edited", [True, False])
def test_an_edit_between_two_imports_is_seen(desk: Desk, *, edited: bool) -> None:
    """Though the later import wrote after it."""
    first = desk.take(entry() | HOURS)
    if edited:
        with desk.database.write() as session:
            set_contact(
                session, first.ids[0], email="ina.sommer@post.example", phone="0241 1234567", mobile="0170 5555555"
            )
    second = desk.take(entry(title="Dr.") | HOURS)
    desk.undo(second)
    last = desk.undo(first)
    assert [kept.reason for kept in last.kept] == (["import.kept.edited"] if edited else [])
    assert last.removed == (0 if edited else 1)
