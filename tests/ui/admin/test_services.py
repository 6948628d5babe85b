"""Dienste in Verwaltung: what is entered stands there, what fails says so in German, and may be asked again at once."""

import pytest
from pytestqt.qtbot import QtBot

from domain.communication.accounts import AccountForm, save_account
from domain.database import Database, Session
from domain.geocoding.map_settings import MapForm, read_maps, save_maps
from domain.outside import FAILURES_BEFORE_OPEN, key_of, note_failure, note_success
from tests.conftest import NOW
from tests.ui.hands import fill, find, press, scalar
from ui.admin.services_tab import ServicesTab, number_of
from ui.ports import UiContext


@pytest.fixture
def tab(ui: UiContext, qtbot: QtBot, database: Database, worker_database: Database) -> ServicesTab:
    """A geocoder that is silent, a mailbox that is well, an account whose server was never asked, and two pages."""

    def enter(session: Session) -> None:
        form = MapForm(geocoder="nominatim", geocoder_url="https://Karten.example")
        save_maps(session, form, version=read_maps(session).version)
        account = AccountForm(
            name="Büro", address="buero@buero.example", smtp_host="mail.buero.example", imap_host="mail.buero.example"
        )
        save_account(session, account)

    def happen(session: Session) -> None:
        for _ in range(FAILURES_BEFORE_OPEN):
            note_failure(session, "karten.example:443", "outside.timeout", now=NOW)
        note_success(session, key_of("mail.buero.example", 993), now=NOW)
        note_success(session, "praxis-eins.example:443", now=NOW)
        note_failure(session, "praxis-zwei.example:443", "outside.refused", now=NOW, at_once=True)

    fill(database, enter)
    fill(worker_database, happen)
    made = ServicesTab(ui)
    qtbot.addWidget(made)
    made.resize(1160, 640)
    made.show()
    made.refresh()
    qtbot.waitUntil(lambda: made.table.model.total == 4 and bool(made.pages.text()))
    return made


def lines(tab: ServicesTab) -> list[tuple[str, str, str]]:
    """Service, state and last error as they read."""
    return [
        (tab.table.model.columns[0].words(one), tab.table.model.columns[1].words(one), one.host)
        for number in range(tab.table.model.total)
        if (one := tab.table.model.row_at(number)) is not None
    ]


def test_whoever_is_in_trouble_stands_first(tab: ServicesTab) -> None:
    """By what it is for and its name; pages of practices that are well are only counted."""
    assert lines(tab) == [
        ("Adressen: Nominatim", "antwortet nicht", "karten.example:443"),
        ("Webseite einer Praxis", "lehnt ab", "praxis-zwei.example:443"),
        ("E-Mails senden: Büro", "noch nicht gefragt", "mail.buero.example:587"),
        ("Postfach lesen: Büro", "in Ordnung", "mail.buero.example:993"),
    ]
    assert tab.pages.text() == "Dazu 1 Webserver einer Praxis ohne Störung."
    first = tab.table.model.row_at(0)
    assert first is not None
    said = [column.words(first) for column in tab.table.model.columns[3:5]]
    assert "karten.example" in said[0]
    assert "outside" not in said[0]
    assert said[1] == "23.11.2026, 10:01"


def test_a_service_is_asked_again_at_once(tab: ServicesTab, qtbot: QtBot, database: Database) -> None:
    """Only one that rests; its error stays to be read, its state is told anew."""
    well, silent = tab.table.model.row_at(3), tab.table.model.row_at(0)
    assert well is not None
    assert silent is not None
    tab.table.select(number_of(well))
    tab._show_chosen()
    assert not tab.again.isEnabled()
    tab.table.select(number_of(silent))
    tab._show_chosen()
    find(qtbot, tab, "Jetzt wieder versuchen")
    assert "karten.example" in tab.said.text()
    press(qtbot, tab, "Jetzt wieder versuchen")

    qtbot.waitUntil(lambda: not tab.again.isEnabled())
    query = "SELECT state FROM platform.outside_host WHERE host = 'karten.example:443'"
    assert scalar(database, query) == "closed"
