"""Karten und Wege in Verwaltung: off at first, entered, tried through the worker, and told when a server is away."""

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.database import Database
from domain.geocoding.map_settings import MapForm, read_maps, save_maps
from domain.geocoding.server_tests import note_server_answer, take_server_test
from domain.outside import note_failure
from tests.ui.hands import fill, find, press, scalar
from ui.admin.maps_tab import MapsTab
from ui.ports import UiContext

SETTING = "SELECT {} FROM geocoding_service.map_settings"


@pytest.fixture
def tab(ui: UiContext, qtbot: QtBot) -> MapsTab:
    """The tab, as the first to see it."""
    made = MapsTab(ui)
    qtbot.addWidget(made)
    made.resize(1160, 690)
    made.show()
    made.refresh()
    qtbot.waitUntil(lambda: made._seen is not None)
    return made


def use(session: Session) -> None:
    """A Nominatim of one's own."""
    form = MapForm(geocoder="nominatim", geocoder_url="http://karten.example")
    save_maps(session, form, version=read_maps(session).version)


def allow(session: Session) -> None:
    """A router with a key that may be asked about patients."""
    form = MapForm(router="openrouteservice", router_url="https://wege.example", patients_to_router=True)
    save_maps(session, form, version=read_maps(session).version, sealed_key=b"versiegelt")


def test_everything_is_off_at_first(tab: MapsTab) -> None:
    """No server, nothing of patients may go out, nothing to try."""
    assert tab._kinds["geocoder"].code() == "none"
    assert not tab._patients["geocoder"].isEnabled()
    assert not tab._patients["geocoder"].isChecked()
    assert not tab.tests["geocoder"].button.isEnabled()
    assert "0 Adressen warten" in tab._progress.text()
    assert "kein Dienst gefragt" in tab._hosts.text()


def test_a_server_is_entered_and_patients_allowed(tab: MapsTab, qtbot: QtBot, database: Database) -> None:
    """Choosing a server makes its fields usable; saved as a whole, it is offered to look for what is known already."""
    tab._kinds["geocoder"].choose("nominatim")
    assert tab._patients["geocoder"].isEnabled()
    tab._urls["geocoder"].setText("https://karten.example/")
    tab._patients["geocoder"].setChecked(True)
    assert tab.tests["geocoder"].said.text() == "Erst speichern, dann testen."
    assert tab.tests["router"].said.text() == ""
    press(qtbot, tab, "Speichern")
    qtbot.waitUntil(lambda: not tab._dirty)
    assert scalar(database, SETTING.format("geocoder_url || patients_to_geocoder")) == "https://karten.exampletrue"
    find(qtbot, tab._ui.messages, "Alle Adressen suchen")
    qtbot.waitUntil(lambda: tab.tests["geocoder"].said.text() == "")


def test_another_server_has_to_be_allowed_anew(tab: MapsTab, qtbot: QtBot, database: Database) -> None:
    """The window says what went with the old one, and shows the box without its tick."""
    fill(database, allow)
    tab.refresh()
    qtbot.waitUntil(tab._patients["router"].isChecked)
    tab._urls["router"].setText("https://anderswo.example")
    tab._on_edit()
    press(qtbot, tab, "Speichern")
    qtbot.waitUntil(tab._refused_words.isVisible)
    assert "Freigabe für Patienten" in tab._refused_words.text()
    assert "Schlüssel galt dem alten" in tab._refused_words.text()
    qtbot.waitUntil(lambda: not tab._patients["router"].isChecked())
    assert scalar(database, SETTING.format("sealed_router_key")) is None
    tab._patients["router"].setChecked(True)
    press(qtbot, tab, "Speichern")
    qtbot.waitUntil(lambda: bool(scalar(database, SETTING.format("patients_to_router"))))
    assert not tab._refused_words.isVisible()


def test_patients_go_nowhere_unencrypted(tab: MapsTab, qtbot: QtBot, database: Database) -> None:
    """Said at the address; nothing is saved."""
    tab._kinds["geocoder"].choose("nominatim")
    tab._urls["geocoder"].setText("http://192.168.1.5")
    tab._patients["geocoder"].setChecked(True)
    press(qtbot, tab, "Speichern")
    qtbot.waitUntil(lambda: "nur verschlüsselt" in tab.fields["geocoder_url"]._error.text())
    assert scalar(database, SETTING.format("geocoder")) == "none"


def test_a_wrong_address_is_told_at_its_field(tab: MapsTab, qtbot: QtBot, database: Database) -> None:
    """In German, and nothing is saved."""
    tab._kinds["router"].choose("valhalla")
    tab._urls["router"].setText("valhalla")
    press(qtbot, tab, "Speichern")
    qtbot.waitUntil(lambda: "keine Adresse eines Dienstes" in tab.fields["router_url"]._error.text())
    assert scalar(database, SETTING.format("router")) == "none"


@pytest.mark.parametrize("rate", ["", "0", "viele", "6001", "²"])
def test_a_rate_is_a_number(tab: MapsTab, qtbot: QtBot, database: Database, rate: str) -> None:
    """From 1 to 6000; said at its field."""
    tab._kinds["geocoder"].choose("photon")
    tab._urls["geocoder"].setText("http://karten.example")
    tab._rates["geocoder"].setText(rate)
    tab._on_edit()
    press(qtbot, tab, "Speichern")
    qtbot.waitUntil(lambda: "1 bis 6000" in tab.fields["geocoder_per_minute"]._error.text())
    assert scalar(database, SETTING.format("geocoder")) == "none"


def test_a_key_without_a_worker_is_told(tab: MapsTab, qtbot: QtBot) -> None:
    """It cannot be sealed before a worker ran."""
    tab._kinds["router"].choose("openrouteservice")
    tab._urls["router"].setText("https://ors.example")
    tab._key.setText("geheim")
    tab._on_edit()
    press(qtbot, tab, "Speichern")
    qtbot.waitUntil(tab._refused_words.isVisible)
    assert "Hintergrunddienst" in tab._refused_words.text()


@pytest.mark.parametrize(
    ("trouble", "params", "said"),
    [
        ("", {"known": 1, "milliseconds": 312, "address": "x"}, "antwortet (0,3 s)."),
        ("", {"known": 0, "milliseconds": 312, "address": "Markt 1"}, "„Markt 1“ kennt er nicht"),
        ("outside.unreachable", {"host": "karten.example"}, "karten.example ist nicht zu erreichen"),
    ],
)
def test_a_server_is_tried_through_the_worker(
    tab: MapsTab, ui: UiContext, qtbot: QtBot, database: Database, worker_database: Database,
    trouble: str, params: dict[str, int | str], said: str,
) -> None:  # fmt: skip
    """The answer is a sentence, and one may ask again."""
    fill(database, use)
    tab.refresh()
    test = tab.tests["geocoder"]
    qtbot.waitUntil(test.button.isEnabled)
    press(qtbot, tab, "Dienst für Adressen testen")
    qtbot.waitUntil(lambda: scalar(database, "SELECT count(*) FROM geocoding_service.server_test") == 1)

    def answer(session: Session) -> None:
        taken = take_server_test(session, now=ui.now())
        assert taken is not None
        note_server_answer(session, taken[0], now=ui.now(), trouble=trouble, params=params)

    fill(worker_database, answer)
    # the window may hear of the answer before it was told that its question arrived
    qtbot.waitUntil(lambda: test._asked is not None or said in test.said.text())
    tab.refresh()
    qtbot.waitUntil(lambda: said in test.said.text())
    assert test.button.isEnabled()


def test_a_silent_worker_is_told(tab: MapsTab, qtbot: QtBot, database: Database) -> None:
    """Nobody waits for ever."""
    fill(database, use)
    tab.refresh()
    test = tab.tests["geocoder"]
    qtbot.waitUntil(test.button.isEnabled)
    press(qtbot, tab, "Dienst für Adressen testen")
    qtbot.waitUntil(test._patience.isActive)
    test._patience.setInterval(1)
    qtbot.waitUntil(lambda: "antwortet nicht" in test.said.text())


def test_a_host_that_is_away_is_shown_with_its_reason(
    tab: MapsTab, ui: UiContext, qtbot: QtBot, database: Database, worker_database: Database
) -> None:
    """Until when it is not asked, and what it said last."""
    fill(database, use)
    fill(worker_database, lambda s: note_failure(s, "karten.example:80", "outside.refused", now=ui.now(), at_once=True))
    tab.refresh()
    qtbot.waitUntil(lambda: "karten.example: antwortet nicht" in tab._hosts.text())
    assert "lehnt unsere Fragen ab. Prüfen" in tab._hosts.text()
    assert "10:01" in tab._hosts.text()  # a minute later, by the office's clock


def test_all_addresses_are_asked_for(tab: MapsTab, qtbot: QtBot, database: Database) -> None:
    """With a button, once there is a server."""
    assert not tab._all.isEnabled()
    fill(database, use)
    tab.refresh()
    qtbot.waitUntil(tab._all.isEnabled)
    press(qtbot, tab, "Alle Adressen suchen")
    qtbot.waitUntil(
        lambda: scalar(database, "SELECT count(*) FROM platform.event WHERE event_type = 'place.asked'") == 1
    )
