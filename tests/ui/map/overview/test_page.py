"""The page Karte by hand, on the real WebEngine and a real database."""

import contextlib
import logging
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken
from sqlalchemy.orm import Session

from domain.casework.preparing import create_and_send
from domain.database import Database
from domain.therapists.service import set_status
from domain.values import Channel
from tests.builders import AACHEN, add_patient, add_search, add_therapist
from tests.conftest import NOW
from tests.ui.conftest import Visits
from tests.ui.hands import choose, enter, fill, find, press, scalar
from tests.ui.map.conftest import SLOW_MS
from ui.lock.idle import IdleWatch
from ui.map.markers import MarkerState
from ui.map.overview.areas import CircleDialog
from ui.map.overview.news import News
from ui.map.overview.page import MapPage
from ui.map.overview.patient import PatientChoice, PatientTools
from ui.map.overview.spots import find_spot
from ui.map.overview.store import MapStore
from ui.map.view import MapView
from ui.ports import UiContext
from ui.widgets.exporting import Target

Ask = Callable[[MapView, str], Any]
COLOGNE, BERLIN = (50.94, 6.96), (52.52, 13.4)
SITE = "therapist_service.practice_site s JOIN therapist_service.therapist t ON t.site_id = s.id"


@pytest.fixture
def people(database: Database) -> dict[str, int]:
    """Five in Aachen, Köln and Berlin, each standing differently, and one without a place."""

    def work(session: Session) -> dict[str, int]:
        made = {
            "ada": add_therapist(session, last_name="Ada", first_name="Ina"),
            "bär": add_therapist(session, last_name="Bär", place=COLOGNE, offers=["systemic:adult:group"]),
            "cem": add_therapist(session, last_name="Cem", place=COLOGNE, languages=["Türkisch"], capacity="full"),
            "dorn": add_therapist(session, last_name="Dorn", place=BERLIN, seat="private"),
            "eis": add_therapist(session, last_name="Eis", place=(50.78, 6.1)),
            "fern": add_therapist(session, last_name="Fern", place=None),
        }
        create_and_send(
            session, therapist_id=made["eis"], search_ids=[add_search(session)], channel=Channel.EMAIL, now=NOW
        )
        return made

    return fill(database, work)


@pytest.fixture
def page(ui: UiContext, people: dict[str, int], caplog: pytest.LogCaptureFixture) -> Iterator[MapPage]:
    """The page, not shown yet; deleted at once, since its map must not outlive the test's last event loop."""
    del people
    made = MapPage(ui)
    made.resize(1160, 660)
    yield made
    made.close()
    Shiboken.delete(made)
    assert not [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING and "map" in r.name]


@pytest.fixture
def shown(page: MapPage, qtbot: QtBot) -> MapPage:
    """The page with all who have a place on its map."""
    with qtbot.waitSignal(page._view.drawn, timeout=SLOW_MS, check_params_cb=lambda n: n == 5):
        page.show()
    return page


def _names(page: MapPage) -> list[str]:
    return [one.marker.title.split(",")[0] for one in page._list.model.rows]


def _until(qtbot: QtBot, page: MapPage, names: list[str]) -> None:
    qtbot.waitUntil(lambda: sorted(n.split()[-1] for n in _names(page)) == sorted(names), timeout=SLOW_MS)


def test_all_are_shown_with_how_they_stand(shown: MapPage, people: dict[str, int]) -> None:
    """List and map have the same; who has no place is counted."""
    states = {one.place.therapist_id: one.marker.state for one in shown._list.model.rows}
    assert states == {
        people["ada"]: MarkerState.AVAILABLE, people["bär"]: MarkerState.AVAILABLE, people["cem"]: MarkerState.FULL,
        people["dorn"]: MarkerState.AVAILABLE, people["eis"]: MarkerState.OPEN_INQUIRY,
    }  # fmt: skip
    assert shown._count.text() == "5 Praxen · 1 ohne Ort"


def test_the_map_begins_where_the_office_works(shown: MapPage, qtbot: QtBot) -> None:
    """From Aachen to Berlin, not the whole country."""
    qtbot.waitUntil(lambda: shown._areas._seen is not None and shown._areas._seen[2] < 55, timeout=SLOW_MS)
    assert shown._areas._seen is not None
    south, west, north, east = shown._areas._seen
    assert 46 < south < 50.7753
    assert west < 6.0839
    assert north > 52.52
    assert east > 13.4


def test_filters_narrow_map_and_list_and_say_how_many(shown: MapPage, qtbot: QtBot) -> None:
    """Each choice tells what it would leave; the button brings all back."""
    filters = shown._filters
    method, language = filters._choices["method"], filters._choices["language"]
    assert [method.itemText(n) for n in range(3)] == [
        "Alle Verfahren", "Verhaltenstherapie (4)", "Tiefenpsychologisch (0)",
    ]  # fmt: skip
    assert [language.itemText(n) for n in range(language.count())] == ["Jede Sprache", "Türkisch (1)"]
    with qtbot.waitSignal(shown._view.drawn, timeout=SLOW_MS, check_params_cb=lambda n: n == 1):
        filters.choose("method", "systemic")
    assert _names(shown) == ["Bär"]
    filters.choose("seat", "private")
    qtbot.waitUntil(shown._list._empty.isVisible, timeout=SLOW_MS)
    with qtbot.waitSignal(shown._view.drawn, timeout=SLOW_MS, check_params_cb=lambda n: n == 5):
        press(qtbot, shown, "Filter zurücksetzen")
    enter(shown, "Karte durchsuchen", "koeln baer")
    qtbot.waitUntil(lambda: _names(shown) == [], timeout=SLOW_MS)  # its town is called Aachen in the address
    enter(shown, "Karte durchsuchen", "baer")
    _until(qtbot, shown, ["Bär"])


def test_list_and_map_choose_together(
    shown: MapPage, qtbot: QtBot, people: dict[str, int], visits: Visits, ask: Ask
) -> None:
    """A row rings its marker and opens the card; a click on the map marks the row; the card leads on."""
    view = shown._list.view
    view.selectRow(_names(shown).index("Dorn"))
    qtbot.waitUntil(lambda: "Privatpraxis" in shown._card._facts.text(), timeout=SLOW_MS)
    assert ask(shown._view, "document.querySelectorAll('.pl-ring').length") == 1
    press(qtbot, shown, "Akte öffnen")
    press(qtbot, shown, "Passende Patienten")
    assert visits == [("therapists", people["dorn"]), ("matching", -people["dorn"])]
    shown._view.selected.emit(people["eis"])
    assert [shown._list.model.rows[i.row()].marker.title for i in view.selectionModel().selectedRows()] == ["Eis, Ina"]
    press(qtbot, shown, "Zur Anfrage")
    assert visits[-1][0] == "inquiries"


def test_a_click_on_the_map_opens_the_card(shown: MapPage, qtbot: QtBot, people: dict[str, int], ask: Ask) -> None:
    """The mouse on a marker, from the screen to the card."""
    shown._filters.choose("seat", "private")
    _until(qtbot, shown, ["Dorn"])
    marker = "document.querySelector('.pl-marker').getBoundingClientRect()"
    qtbot.waitUntil(lambda: ask(shown._view, "document.querySelectorAll('.pl-marker').length") == 1, timeout=SLOW_MS)
    place = f"[{marker}.x + {marker}.width / 2, {marker}.y + {marker}.height / 2]"
    assert shown._view._engine is not None
    target = shown._view._engine.view.focusProxy()
    assert target is not None
    for _ in range(12):
        at: list[float] = []
        while (now := ask(shown._view, place)) != at:  # Leaflet lets it slide to its place
            at = now
            qtbot.wait(500)
        QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=QPoint(round(at[0]), round(at[1])))
        with contextlib.suppress(qtbot.TimeoutError):  # on a busy machine it may have rested on its way, and is missed
            qtbot.waitUntil(shown._card.isVisible, timeout=5_000)
            break
    qtbot.waitUntil(lambda: shown._card.isVisible() and "Dorn" in shown._card._name.text(), timeout=SLOW_MS)
    assert shown._chosen == people["dorn"]


def test_a_patient_brings_radius_and_candidates(
    shown: MapPage, qtbot: QtBot, database: Database, people: dict[str, int], visits: Visits, ask: Ask
) -> None:
    """Chosen in the dialog: the circle, those judged alone, and what can be done for this patient."""
    search = fill(database, lambda s: add_search(s, add_patient(s, last_name="Wartend", wishes={"radius_km": 10})))
    press(qtbot, shown, "Patient wählen …")
    dialog = shown.findChildren(PatientChoice)[0]
    enter(dialog, "Patienten suchen", "Wartend")
    qtbot.waitUntil(lambda: dialog._table.model.total == 1)
    dialog._table.view.selectRow(0)
    press(qtbot, dialog, "Auf der Karte zeigen")
    _until(qtbot, shown, ["Ada", "Eis"])
    qtbot.waitUntil(lambda: ask(shown._view, "document.querySelectorAll('path.pl-radius').length") == 1)
    shown._list.view.selectRow(0)
    press(qtbot, shown, "Für Lea Wartend anfragen")
    assert (visits[-1], visits.field) == (("matching", search), str(people["ada"]))
    press(qtbot, shown, "1 passende Praxis anfragen …")
    qtbot.waitUntil(lambda: visits[-1][0] == "mail")
    assert scalar(database, "SELECT array_agg(therapist_id) FROM communication_service.batch_line") == [people["ada"]]
    press(qtbot, shown, "Ohne Patient")
    _until(qtbot, shown, ["Ada", "Bär", "Cem", "Dorn", "Eis"])
    qtbot.waitUntil(lambda: ask(shown._view, "document.querySelectorAll('path.pl-radius, .pl-centre').length") == 0)


def test_who_was_chosen_last_is_shown(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Also where a change arrives before the judgement does."""
    one, other = (fill(database, lambda s: add_search(s, add_patient(s))) for _ in range(2))
    tools = PatientTools(ui)
    qtbot.addWidget(tools)
    with qtbot.waitSignal(tools.judged):
        tools.judge(one)
    tools.judge(other)
    tools.judge_again()
    qtbot.waitUntil(lambda: tools.search is not None and tools.search.search_id == other)


def test_an_area_by_keyboard_lists_who_is_inside(shown: MapPage, qtbot: QtBot, ask: Ask) -> None:
    """A circle around a place, and an unknown place said at the field."""
    choose(qtbot, shown, "Gebiet wählen", "&Umkreis um einen Ort …")
    dialog = shown.findChildren(CircleDialog)[0]
    field = next(f for f in dialog.findChildren(QLineEdit) if f.accessibleName() == "PLZ oder Ort")
    dialog.findChildren(QSpinBox)[0].setValue(5)
    field.setText("Nirgendwo an der Ruhr")
    press(qtbot, dialog, "Zeigen")
    qtbot.waitUntil(lambda: "kennt die Karte nicht" in dialog._field._error.text(), timeout=SLOW_MS)
    field.setText("Köln")
    press(qtbot, dialog, "Zeigen")
    _until(qtbot, shown, ["Bär", "Cem"])
    assert ask(shown._view, "document.querySelectorAll('path.pl-enclosed').length") == 1
    press(qtbot, shown, "Nur: 5 km um Köln – alle zeigen")
    _until(qtbot, shown, ["Ada", "Bär", "Cem", "Dorn", "Eis"])


def test_the_part_that_is_seen_is_an_area(shown: MapPage, qtbot: QtBot) -> None:
    """Go there by the list, take what is seen."""
    shown._list.view.selectRow(_names(shown).index("Dorn"))
    press(qtbot, shown, "Auf der Karte zeigen")
    qtbot.waitUntil(lambda: shown._areas._seen is not None and shown._areas._seen[1] > 13, timeout=SLOW_MS)
    choose(qtbot, shown, "Gebiet wählen", "&Sichtbarer Ausschnitt")
    _until(qtbot, shown, ["Dorn"])


def test_a_drawn_line_lists_who_is_inside(shown: MapPage, qtbot: QtBot) -> None:
    """What the mouse encircled is the list, the drawing ends by itself."""
    choose(qtbot, shown, "Gebiet wählen", "Mit der Maus &zeichnen")
    find(qtbot, shown, "Zeichnen abbrechen")
    shown._view.enclosed.emit([(50.5, 6.5), (51.5, 6.5), (51.5, 7.5), (50.5, 7.5)])
    _until(qtbot, shown, ["Bär", "Cem"])
    assert not shown._areas._drawing.isVisible()


def test_those_at_one_address_are_listed(shown: MapPage, people: dict[str, int]) -> None:
    """Fanned out on the map, named in the list."""
    shown._view.fanned.emit([people["bär"], people["cem"]])
    assert _names(shown) == ["Bär", "Cem"]
    assert shown._count.text() == "2 Praxen"


def test_an_area_keeps_its_name_while_an_address_is_fanned_out(shown: MapPage, people: dict[str, int]) -> None:
    """The list says which it shows; what is printed is the map, which still shows the area."""
    shown._wanted = replace(shown._wanted, area=(((50.5, 6.5), (51.5, 6.5), (51.5, 7.5), (50.5, 7.5)),))
    shown._area_name = "im Ausschnitt"
    shown._view.fanned.emit([people["bär"], people["cem"]])
    assert "an dieser Adresse" in shown._within.text()
    assert shown._heading()[-1].endswith("im Ausschnitt")
    shown._show(shown._selected)
    assert "im Ausschnitt" in shown._within.text()


def test_what_changes_elsewhere_is_seen(
    shown: MapPage,
    qtbot: QtBot,
    second_database: Database,
    people: dict[str, int],
    ui: UiContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Tom blocks a practice: its marker turns without asking for all the others again."""
    asked: list[str] = []
    monkeypatch.setattr(shown._store, "load", lambda: asked.append("everything"))
    fill(second_database, lambda s: set_status(s, people["ada"], "blocked", reason="Beschwerde"))
    ui.changes.changed.emit("therapist", people["ada"])

    def state() -> MarkerState:
        return next(one.marker.state for one in shown._list.model.rows if one.place.therapist_id == people["ada"])

    qtbot.waitUntil(lambda: state() == MarkerState.EXCLUDED, timeout=SLOW_MS)
    assert asked == []


def test_of_two_readings_the_later_one_holds(
    ui: UiContext, qtbot: QtBot, database: Database, people: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it arrives first."""
    store = MapStore(ui, ui.background)
    with qtbot.waitSignal(store.completed):
        store.load()
    came: list[Callable[[], None]] = []

    def read(_: object, work: Callable[[Session], object], done: Callable[[object], None]) -> None:
        found = fill(database, work)
        came.append(lambda: done(found))

    monkeypatch.setattr(ui.background, "read", read)
    news = News(everything=False, therapists=frozenset({people["ada"]}))
    store.hear(news)
    fill(database, lambda s: set_status(s, people["ada"], "blocked", reason="Beschwerde"))
    store.hear(news)
    for arrive in reversed(came):
        arrive()
    ada = store.get(people["ada"])
    assert ada is not None
    assert ada.marker.state == MarkerState.EXCLUDED


def test_a_therapist_is_opened_from_elsewhere(shown: MapPage, qtbot: QtBot, people: dict[str, int]) -> None:
    """A filter that hides them gives way, and the map goes there."""
    shown._filters.choose("seat", "private")
    _until(qtbot, shown, ["Dorn"])
    shown.open_item(people["cem"])
    qtbot.waitUntil(lambda: shown._areas._seen is not None and 6.5 < shown._areas._seen[1] < 7, timeout=SLOW_MS)
    qtbot.waitUntil(lambda: "Cem" in shown._card._name.text(), timeout=SLOW_MS)


def test_the_map_dies_and_the_page_goes_on(
    shown: MapPage, qtbot: QtBot, qapp: QApplication, ask: Ask, ui: UiContext
) -> None:
    """Kill -9: a word and a button; the list works meanwhile; the button brings map, area and filter back."""
    IdleWatch(qapp, shown)  # whoever hears of the cursor hears of the dying map, too
    shown._areas._take([(50.5, 6.5), (51.5, 6.5), (51.5, 7.5), (50.5, 7.5)], "Gebiet")
    _until(qtbot, shown, ["Bär", "Cem"])
    with qtbot.waitSignal(shown._view.failed, timeout=SLOW_MS):
        os.kill(shown._view.render_process(), signal.SIGKILL)
    shown._filters.choose("method", "systemic")
    _until(qtbot, shown, ["Bär"])
    shown.saving.sheet.png_to(Target(Path("nirgends.png")))
    assert "noch nicht bereit" in ui.messages._text.text()
    with qtbot.waitSignal(shown._view.drawn, timeout=SLOW_MS) as drawn:
        press(qtbot, shown, "Karte neu laden")
    assert drawn.args == [1]
    assert ask(shown._view, "document.querySelectorAll('path.pl-enclosed').length") == 1


def test_list_and_map_are_saved(shown: MapPage, qtbot: QtBot, tmp_path: Path, ui: UiContext) -> None:
    """A table, a PDF and a picture, whole or not at all, each told."""

    def told(name: str) -> bool:
        return name in ui.messages._text.text()

    for name, save in (
        ("praxen.csv", shown.saving.list_to),
        ("karte.pdf", shown.saving.sheet.pdf_to),
        ("karte.png", shown.saving.sheet.png_to),
    ):
        save(Target(tmp_path / name))
        qtbot.waitUntil(partial(told, name), timeout=SLOW_MS)
    assert "Ina Bär" in (tmp_path / "praxen.csv").read_text("utf-8-sig")
    assert (tmp_path / "karte.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "karte.png").read_bytes().startswith(b"\x89PNG")
    shown.saving.list_to(Target(tmp_path / "fehlt" / "praxen.csv"))
    qtbot.waitUntil(lambda: "praxen.csv" in ui.messages._text.text(), timeout=SLOW_MS)


def test_a_pin_is_moved_and_kept(
    shown: MapPage, qtbot: QtBot, database: Database, people: dict[str, int], ui: UiContext
) -> None:
    """Taken, moved, saved; the marker follows, and back again. Leaving it changes nothing."""
    shown._list.view.selectRow(_names(shown).index("Ada"))
    press(qtbot, shown, "Pin von Hand setzen")
    save = next(b for b in shown.findChildren(QPushButton) if b.accessibleName() == "Pin speichern")
    assert not save.isEnabled()
    shown._view.moved.emit(50.79, 6.09)
    assert "1,7 km verschoben" in shown._pins._text.text()
    shown._view.ready.emit()  # the map had died and came back: it shows what would be saved
    assert shown._view._page._kept["setPin"][:2] == (50.79, 6.09)
    press(qtbot, shown, "Lassen, wie er war")
    assert scalar(database, f"SELECT lat FROM {SITE} WHERE t.id = {people['ada']}") == AACHEN[0]
    press(qtbot, shown, "Pin von Hand setzen")
    shown._view.moved.emit(50.79, 6.09)
    press(qtbot, shown, "Pin speichern")

    def lat() -> float:
        return next(one.marker.lat for one in shown._list.model.rows if one.place.therapist_id == people["ada"])

    qtbot.waitUntil(lambda: lat() == 50.79, timeout=SLOW_MS)
    assert scalar(database, f"SELECT s.geo_locked FROM {SITE} WHERE t.id = {people['ada']}") is True
    qtbot.waitUntil(lambda: "neuen Ort" in ui.messages._text.text(), timeout=SLOW_MS)
    ui.messages.undo()  # as Strg+Z does
    qtbot.waitUntil(lambda: lat() == AACHEN[0], timeout=SLOW_MS)


def test_places_are_found_by_plz_and_by_name() -> None:
    """The largest of a name; beginnings are enough; nonsense finds nothing."""
    berlin, aachen = find_spot("berlin"), find_spot("52062")
    assert berlin is not None
    assert abs(berlin.lat - 52.5) < 0.2
    assert aachen is not None
    assert aachen.name == "52062 Aachen"
    assert find_spot("Aach") is not None
    assert find_spot("") is None
    assert find_spot("Xyzzy") is None
