"""Suggestions while an address is typed: from the PLZ table and known streets, never from patients."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.address_suggestions import suggest_streets, suggest_towns
from domain.casework.suggesting import Suggestion, note_suggestions, take_suggestion
from domain.database import Database
from domain.geocoding.map_settings import MapForm, read_maps, save_maps
from tests.builders import add_patient, add_therapist
from tests.ui.hands import fill, scalar
from ui.ports import UiContext
from ui.widgets.address_help import AddressHelp
from ui.widgets.forms import Field


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that comes late on a busy machine is no outage here."""
    monkeypatch.setattr("ui.widgets.address_suggestions.PATIENCE", 600.0)


@pytest.fixture
def fields(ui: UiContext, qtbot: QtBot) -> Iterator[dict[str, QLineEdit]]:
    """Three fields in a window."""
    window = QWidget()
    layout = QVBoxLayout(window)
    made = {name: QLineEdit() for name in ("street", "plz", "city")}
    for field in made.values():
        layout.addWidget(field)
    AddressHelp(ui.background, made)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    yield made
    window.close()


def offered(field: QLineEdit) -> list[str]:
    """What stands in the list below a field."""
    completer = field.findChild(QCompleter)
    assert completer is not None
    model = completer.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def type_in(field: QLineEdit, typed: str) -> None:
    """As a person does."""
    field.setText(typed)
    field.textEdited.emit(typed)


def test_a_town_fills_plz_and_town(fields: dict[str, QLineEdit], qtbot: QtBot) -> None:
    """By the beginning of its PLZ or its name."""
    type_in(fields["plz"], "5206")
    qtbot.waitUntil(lambda: "52062 Aachen" in offered(fields["plz"]))
    type_in(fields["city"], "würse")
    qtbot.waitUntil(lambda: "52146 Würselen" in offered(fields["city"]))
    completer = fields["city"].findChild(QCompleter)
    assert completer is not None
    completer.activated.emit("52146 Würselen")
    assert (fields["plz"].text(), fields["city"].text()) == ("52146", "Würselen")


def test_streets_are_those_of_practices(database: Database) -> None:
    """Of the same PLZ, found to the street at least; patients' streets stay out; signs of patterns are letters."""

    def work(session: Session) -> tuple[object, ...]:
        add_therapist(session)
        session.execute(
            text(
                "UPDATE therapist_service.practice_site SET street = 'Größenweg', geo_quality = 'house', plz = '52062'"
            )
        )
        add_patient(session, street="Größter Geheimweg", plz="52062")
        return (
            suggest_streets(session, "52062", "gros"),
            suggest_streets(session, "52064", "gros"),
            suggest_streets(session, "52062", "%%%"),
            suggest_towns(session, "5"),
            suggest_towns(session, "__"),
        )

    assert fill(database, work) == (("Größenweg",), (), (), (), ())


def network(database: Database, *, patients: bool = False) -> None:
    """A Photon is entered in Verwaltung."""

    def work(session: Session) -> None:
        form = MapForm(geocoder="photon", geocoder_url="https://photon.example", patients_to_geocoder=patients)
        save_maps(session, form, version=read_maps(session).version)

    fill(database, work)


def answer(database: Database, *found: Suggestion, cause: str = "") -> str:
    """What the worker does with the question: returns what it asks for."""

    def work(session: Session) -> str:
        asked = take_suggestion(session)
        if asked is None:
            return ""
        note_suggestions(session, asked, found, cause=cause)
        return asked.typed.street

    return fill(database, work)


POPUP = ("does not support raise", "does not support grabbing the keyboard")  # the offscreen platform, of a list
HOUSE = Suggestion("Hauptstraße", "17", "52062", "Aachen")


@pytest.fixture
def form(ui: UiContext, qtbot: QtBot) -> Iterator[dict[str, Field]]:
    """A practice's four fields."""
    window = QWidget()
    layout = QVBoxLayout(window)
    made = {name: Field(name, QLineEdit()) for name in ("street", "house_number", "plz", "city")}
    for field in made.values():
        layout.addWidget(field)
    AddressHelp(ui.background, {name: line(field) for name, field in made.items()})
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    yield made
    window.close()


def line(field: Field) -> QLineEdit:
    """Its control."""
    assert isinstance(field.control, QLineEdit)
    return field.control


def texts(form: dict[str, Field]) -> list[str]:
    """What stands in the four."""
    return [line(field).text() for field in form.values()]


@pytest.mark.qt_log_ignore(*POPUP, extend=True)
def test_a_server_suggests_after_what_is_known_here(
    form: dict[str, Field], qtbot: QtBot, database: Database, worker_database: Database
) -> None:
    """Own streets first, then addresses with their source; one choice by keyboard fills all four fields."""
    network(database)

    def known(session: Session) -> None:
        add_therapist(session)
        session.execute(
            text("UPDATE therapist_service.practice_site SET street = 'Hauptweg', geo_quality = 'house', plz = '52062'")
        )

    fill(database, known)
    line(form["plz"]).setText("52062")
    street = line(form["street"])
    street.setFocus()
    qtbot.waitUntil(street.hasFocus)
    qtbot.keyClicks(street, "Haupt")  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.waitUntil(lambda: offered(street) == ["Hauptweg"])
    qtbot.waitUntil(lambda: answer(worker_database, HOUSE) == "Haupt")
    thanks = "Photon, © OpenStreetMap-Mitwirkende"
    qtbot.waitUntil(lambda: offered(street) == ["Hauptweg", "Hauptstraße 17, 52062 Aachen", thanks])
    completer = street.findChild(QCompleter)
    assert completer is not None
    popup = completer.popup()
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(popup, key)  # type: ignore[no-untyped-call]  # pytest-qt
    assert texts(form) == ["Hauptstraße", "17", "52062", "Aachen"]
    assert form["street"]._hint is None


@pytest.mark.qt_log_ignore(*POPUP, extend=True)
def test_the_number_that_was_typed_stays(
    form: dict[str, Field], qtbot: QtBot, database: Database, worker_database: Database
) -> None:
    """The server knows the street only."""
    network(database)
    type_in(line(form["street"]), "Hauptstr 4 b")
    qtbot.waitUntil(lambda: bool(answer(worker_database, Suggestion("Hauptstraße", "", "52062", "Aachen"))))
    qtbot.waitUntil(lambda: len(offered(line(form["street"]))) == 2)
    completer = line(form["street"]).findChild(QCompleter)
    assert completer is not None
    completer.activated.emit("Hauptstraße, 52062 Aachen")
    assert texts(form) == ["Hauptstraße", "4b", "52062", "Aachen"]


def test_an_outage_is_said_in_passing(
    form: dict[str, Field], qtbot: QtBot, database: Database, worker_database: Database
) -> None:
    """No message, no dialog: a line below the field, gone with the next letter."""
    network(database)
    street = line(form["street"])
    type_in(street, "Hauptstr")
    qtbot.waitUntil(lambda: bool(answer(worker_database, cause="outside.unreachable")))
    hint = "Vorschläge gerade nicht erreichbar"
    qtbot.waitUntil(lambda: form["street"]._hint is not None and form["street"]._hint.text() == hint)
    type_in(street, "Hauptstra")
    assert form["street"]._hint is not None
    assert form["street"]._hint.isHidden()


def test_a_patients_address_is_not_asked_for(
    ui: UiContext, qtbot: QtBot, database: Database, worker_database: Database
) -> None:
    """Not until the office allows it; then it is."""
    network(database)
    rows = "SELECT count(*) FROM geocoding_service.suggest_request"
    patient = {name: QLineEdit() for name in ("street", "plz", "city")}
    for made in patient.values():
        qtbot.addWidget(made)
    AddressHelp(ui.background, patient, of_patient=True)
    type_in(patient["street"], "Geheimweg")
    qtbot.wait(800)
    assert scalar(database, rows) == 0
    network(database, patients=True)
    type_in(patient["street"], "Geheimweg 1")
    qtbot.waitUntil(lambda: scalar(database, rows) == 1)
    assert answer(worker_database) == "Geheimweg 1"
