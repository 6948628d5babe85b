"""What every page with a list and a record promises, shown on both of them: typing is never lost silently."""

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

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
