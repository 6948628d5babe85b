"""Suggestions while an address is typed: from the PLZ table and known streets, never from patients."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QCompleter, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.address_suggestions import suggest_streets, suggest_towns
from domain.database import Database
from tests.builders import add_patient, add_therapist
from tests.ui.hands import fill
from ui.ports import UiContext
from ui.widgets.address_help import AddressHelp


@pytest.fixture
def fields(ui: UiContext, qtbot: QtBot) -> Iterator[dict[str, QLineEdit]]:
    """Three fields in a window."""
    window = QWidget()
    layout = QVBoxLayout(window)
    made = {name: QLineEdit() for name in ("street", "plz", "city")}
    for field in made.values():
        layout.addWidget(field)
    AddressHelp(ui.background, **made)
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
