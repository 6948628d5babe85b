"""What every page with a list and a record promises, shown on both of them: typing is never lost silently."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.casework.searches import start_search
from domain.database import Database
from tests.builders import add_patient, add_therapist
from tests.ui.conftest import Visits
from tests.ui.hands import enter, fill, press
from ui.patients.page import PatientsPage
from ui.ports import UiContext
from ui.therapists.page import TherapistsPage


def _add_two(session: Session, kind: str) -> list[int]:
    add = add_patient if kind == "patients" else add_therapist
    return [add(session, last_name=name) for name in ("Erste", "Zweite")]


def _page(ui: UiContext, kind: str) -> PatientsPage | TherapistsPage:
    return PatientsPage(ui) if kind == "patients" else TherapistsPage(ui)


@pytest.mark.parametrize(("kind", "new"), [("patients", "Neuer Patient"), ("therapists", "Neuer Therapeut")])
def test_typing_survives_another_choice_until_it_is_dropped(
    ui: UiContext, qtbot: QtBot, database: Database, visits: Visits, kind: str, new: str
) -> None:
    """Neither another record nor a new one replaces what was typed before "Verwerfen" is pressed."""
    ids = fill(database, lambda s: _add_two(s, kind))
    assert isinstance(ids, list)
    page = _page(ui, kind)
    qtbot.addWidget(page)
    page.show()
    ui.messages.show()
    page.open_item(ids[0])
    qtbot.waitUntil(lambda: page._detail._name.text().endswith("Erste"))
    enter(page, "Nachname", "Getippt")
    press(qtbot, page, new)
    assert "noch nicht gespeichert" in ui.messages.text()
    assert page._detail._form.fields["last_name"].control.property("text") == "Getippt"
    page.open_item(ids[1])
    assert page._detail._form.fields["last_name"].control.property("text") == "Getippt"
    press(qtbot, ui.messages, "Verwerfen")
    qtbot.waitUntil(lambda: page._detail._form.fields["last_name"].control.property("text") == "Zweite")
    assert visits == []


@pytest.mark.parametrize("kind", ["patients", "therapists"])
def test_a_record_that_arrives_late_does_not_fill_a_new_form(
    ui: UiContext, qtbot: QtBot, database: Database, kind: str
) -> None:
    """Whoever asks for a record and at once for a new one gets the new one, however long the reading takes."""
    ids = fill(database, lambda s: _add_two(s, kind))
    assert isinstance(ids, list)
    page = _page(ui, kind)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page._table.model.total == 2)
    page.open_item(ids[0])
    page.begin_new()
    ui.background.wait()
    qtbot.wait(100)
    assert page._detail._form.fields["last_name"].control.property("text") == ""
    assert page._detail._name.text().startswith("Neuer")


@pytest.mark.parametrize(("kind", "field"), [("patients", "previous_therapy_end"), ("therapists", "age_min")])
def test_what_is_wrong_on_another_tab_is_shown(
    ui: UiContext, qtbot: QtBot, database: Database, kind: str, field: str
) -> None:
    """Saving turns to the tab of the field that cannot be read, puts the cursor there and says what is wrong."""
    ids = fill(database, lambda s: _add_two(s, kind))
    page = _page(ui, kind)
    qtbot.addWidget(page)
    page.resize(1160, 690)
    page.show()
    ui.messages.show()
    page.open_item(ids[0])
    qtbot.waitUntil(lambda: page._detail._record is not None)
    form = page._detail._form
    wrong = form.fields[field]
    wrong.control.setProperty("text", "31.06.2020")
    assert not wrong.isVisible()
    press(qtbot, page, "Speichern")
    qtbot.waitUntil(lambda: wrong.visibleRegion().boundingRect() == wrong.rect())
    assert page.window().focusWidget() is wrong.control
    assert f"Nicht gespeichert. {wrong.title}: {wrong.fault}" == ui.messages.text()


def test_another_filter_leaves_the_open_record_where_it_is(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Unmarked beside a list it is not in, marked again with one that has it; last session's record stays away."""
    first, second = fill(database, lambda s: _add_two(s, "patients"))
    fill(database, lambda s: start_search(s, second))
    ui.state.remember("list/patients/selected", str(second))
    page = PatientsPage(ui)
    qtbot.addWidget(page)
    page.show()
    page.open_item(first)
    qtbot.waitUntil(lambda: page._table.model.total == 2 and page._detail._name.text().endswith("Erste"))
    opened: list[int] = []
    page._table.selected.connect(opened.append)
    for code in ("searching", ""):
        with qtbot.waitSignal(page._table.model.modelReset):
            page._filters["state"].choose(code)
        assert page._table.model.total == (1 if code else 2)
        assert page._detail.isVisible()
        assert page._detail._name.text().endswith("Erste")
    marked = page._table.current()
    assert marked is not None
    assert marked.patient_id == first
    assert opened == []


@pytest.mark.parametrize("kind", ["patients", "therapists"])
def test_the_row_marked_is_that_of_the_open_record(ui: UiContext, qtbot: QtBot, database: Database, kind: str) -> None:
    """Typing keeps a record open: its row is marked again, so that the other one can be asked for once more."""
    ids = fill(database, lambda s: _add_two(s, kind))
    page = _page(ui, kind)
    qtbot.addWidget(page)
    page.show()
    ui.messages.show()
    qtbot.waitUntil(lambda: page._table.model.total == 2)
    page.open_item(ids[0])
    qtbot.waitUntil(lambda: page._detail._name.text().endswith("Erste"))
    enter(page, "Nachname", "Getippt")
    rows = [page._table.model.find(number) for number in ids]

    def marked() -> list[int]:
        return [index.row() for index in page._table.view.selectionModel().selectedRows()]

    for _ in range(2):
        assert rows[1] is not None
        at = page._table.view.visualRect(page._table.model.index(rows[1], 0)).center()
        qtbot.mouseClick(page._table.view.viewport(), Qt.MouseButton.LeftButton, pos=at)  # type: ignore[no-untyped-call]  # pytest-qt
        assert "noch nicht gespeichert" in ui.messages.text()
        qtbot.waitUntil(lambda: marked() == [rows[0]])
        ui.messages._close.click()
    page._detail._drop_edits()
    page.begin_new()
    qtbot.waitUntil(lambda: marked() == [])
    with qtbot.waitSignal(page._table.model.modelReset):
        page._table.refresh()
    assert marked() == []
    page._table.view.selectRow(rows[0] or 0)
    qtbot.waitUntil(lambda: page._detail._name.text().endswith("Erste"))
