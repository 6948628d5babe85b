"""The team of a patient in the window: told, given from the record or for several, gone from who sees it no more."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QItemSelectionModel
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from domain.access import Team
from domain.database import Database
from domain.patients.teams import put_into_team
from domain.persons import ensure_person
from tests.builders import add_patient
from tests.conftest import PASSWORD, Office
from tests.ui.hands import choose, confirm, enter, fill, press, scalar
from ui.closing import losses
from ui.patients.page import PatientsPage
from ui.ports import UiContext
from ui.widgets.reason import ReasonDialog

LEADS = {"lead": {"supervisor"}, "north": {"caseworker"}}
TEAM_OF = "SELECT t.name FROM patient_service.patient p LEFT JOIN platform.team t ON t.id = p.team_id WHERE p.id = {}"


@pytest.fixture
def teams(office: Office) -> Iterator[dict[str, int]]:
    """Nord and Süd, somebody who leads and somebody of Nord."""
    owner = office.database("owner")
    with owner.write() as session:
        made = {}
        for name in ("Nord", "Süd"):
            team = Team(name=name)
            session.add(team)
            session.flush()
            made[name] = team.id
        for name, roles in LEADS.items():
            ensure_person(
                session, role_name=f"test_{name}", display_name=name, password=PASSWORD, roles=roles,
                team_id=made["Nord"] if name == "north" else None,
            )  # fmt: skip
    yield made
    with owner.write() as session:
        for name in LEADS:
            session.execute(text(f"DROP OWNED BY test_{name}"))
            session.execute(text(f"DROP ROLE test_{name}"))
    owner.close()


@pytest.fixture
def database(office: Office, teams: dict[str, int], request: pytest.FixtureRequest) -> Iterator[Database]:
    """Who sits at the window: who leads, unless the test names somebody else."""
    assert teams
    made = office.database(getattr(request, "param", "lead"))
    yield made
    made.close()


@pytest.fixture
def other(office: Office, teams: dict[str, int]) -> Iterator[Database]:
    """Who leads, at another desk."""
    assert teams
    made = office.database("lead")
    yield made
    made.close()


def opened(ui: UiContext, qtbot: QtBot, count: int) -> PatientsPage:
    """The page with its list."""
    page = PatientsPage(ui)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    qtbot.waitUntil(lambda: page._table.model.total == count)
    return page


def mark(page: PatientsPage, *rows: int) -> None:
    """Choose rows as with the Ctrl key."""
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    model = page._table.view.selectionModel()
    for row in rows:
        model.select(page._table.model.index(row, 0), flags)


def test_a_record_tells_its_team_and_is_given_to_another(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """By the menu of the record; the consequence is named before, the head tells afterwards."""
    patient = fill(database, add_patient)
    page = opened(ui, qtbot, 1)
    page.open_item(patient)
    qtbot.waitUntil(lambda: "ohne Team" in page._detail._facts.text())
    choose(qtbot, page, "Akte", "Team zuweisen …")
    number = str(scalar(database, "SELECT id FROM platform.team WHERE name = 'Süd'"))
    confirm(qtbot, page, kind=number)
    qtbot.waitUntil(lambda: scalar(database, TEAM_OF.format(patient)) == "Süd")
    qtbot.waitUntil(lambda: "Team Süd" in page._detail._facts.text())
    qtbot.waitUntil(lambda: ui.messages._text.text() == "1 Patient gehört jetzt zum Team Süd.")


def test_several_are_given_at_once(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Marked in the list, they stay marked while it is read anew; the record at the right stays as it is."""
    patients = [fill(database, add_patient) for _ in range(4)]
    page = opened(ui, qtbot, 4)
    assert page._to_team.isHidden()
    page._table.view.selectRow(0)
    qtbot.waitUntil(lambda: page._detail._record is not None)
    shown = page._detail._record
    mark(page, 1, 2)
    assert page._to_team.text().replace("&", "").strip() == "Team zuweisen (3)"
    with qtbot.waitSignal(page._table.model.modelReset):
        page._table.refresh()
    chosen = page._table.chosen_ids()
    assert chosen is not None
    assert len(chosen) == 3
    assert shown is not None
    assert page._detail._record is not None
    assert page._detail._record.patient_id == shown.patient_id
    press(qtbot, page, page._to_team.accessibleName())
    number = str(scalar(database, "SELECT id FROM platform.team WHERE name = 'Nord'"))
    confirm(qtbot, page, kind=number)
    moved = "SELECT count(*) FROM patient_service.patient WHERE team_id IS NOT NULL"
    qtbot.waitUntil(lambda: scalar(database, moved) == 3)
    assert {scalar(database, TEAM_OF.format(number)) for number in chosen} == {"Nord"}
    (left,) = set(patients) - set(chosen)
    assert scalar(database, TEAM_OF.format(left)) is None


def test_another_desk_was_first(ui: UiContext, qtbot: QtBot, database: Database, other: Database) -> None:
    """What was chosen of an older state is refused with a sentence."""
    patient = fill(database, add_patient)
    page = opened(ui, qtbot, 1)
    page.open_item(patient)
    choose(qtbot, page, "Akte", "Team zuweisen …")
    north, south = (scalar(database, f"SELECT id FROM platform.team WHERE name = '{name}'") for name in ("Nord", "Süd"))
    assert isinstance(north, int)
    with other.write() as session:
        put_into_team(session, {patient: None}, north)
    confirm(qtbot, page, kind=str(south))
    qtbot.waitUntil(lambda: "patient.team_meanwhile" in ui.messages._text.text())
    assert scalar(database, TEAM_OF.format(patient)) == "Nord"


@pytest.mark.parametrize("database", ["north"], indirect=True)
def test_whose_record_goes_to_another_team_leaves_the_screen(
    ui: UiContext, qtbot: QtBot, database: Database, other: Database, teams: dict[str, int]
) -> None:
    """At the desk of who no longer sees it nothing of it stays to be read, nor what is typed: nobody could save it."""
    patient = fill(database, lambda s: add_patient(s, last_name="Geheimnis"))
    page = opened(ui, qtbot, 1)
    page.open_item(patient)
    qtbot.waitUntil(lambda: "Geheimnis" in page._detail._name.text())
    assert "Team Nord" in page._detail._facts.text()
    enter(page, "Straße", "Halb getippt")
    page._detail._evidence.case.edited.emit()
    assert len(losses(page)) == 2
    with other.write() as session:
        put_into_team(session, {patient: teams["Nord"]}, teams["Süd"])
    ui.changes.changed.emit("patient", patient)
    qtbot.waitUntil(lambda: page._right.currentIndex() == 0)
    qtbot.waitUntil(lambda: page._table.model.total == 0)
    assert "Geheimnis" not in page._detail._name.text()
    assert page._detail._form.fields["last_name"].control.text() == ""  # type: ignore[attr-defined]  # a line
    assert losses(page) == ()
    assert "anderen Team" in ui.messages._text.text()
    assert "nicht mehr speichern" in ui.messages._text.text()


@pytest.mark.parametrize("database", ["north"], indirect=True)
def test_a_caseworker_is_told_who_gives(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """A sentence instead of a dialog without a choice."""
    patient = fill(database, add_patient)
    page = opened(ui, qtbot, 1)
    page.open_item(patient)
    choose(qtbot, page, "Akte", "Team zuweisen …")
    qtbot.waitUntil(lambda: "nur die Leitung" in ui.messages._text.text())
    assert page.findChildren(ReasonDialog) == []
