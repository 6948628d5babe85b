"""The map as its users meet it: on the real WebEngine."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from gettext import NullTranslations
from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from tests.ui.map.conftest import SLOW_MS
from ui import theme, translation
from ui.map.markers import MapMarker, MarkerState
from ui.map.view import MapView

Ask = Callable[[MapView, str], Any]
COLOGNE = (50.94, 6.96)


def _marker(number: int, **changes: Any) -> MapMarker:
    made = MapMarker(number, *COLOGNE, MarkerState.AVAILABLE, f"Praxis {number}", "Köln, 3,4 km", False)
    return replace(made, **changes)


def _many(count: int) -> list[MapMarker]:
    """Markers spread over Germany, in every state."""
    states = list(MarkerState)
    return [
        _marker(n, lat=47.5 + (n * 37 % 700) / 100, lon=6.5 + (n * 61 % 800) / 100, state=states[n % len(states)])
        for n in range(1, count + 1)
    ]


def _draw(qtbot: QtBot, view: MapView, markers: list[MapMarker]) -> None:
    with qtbot.waitSignal(view.drawn, timeout=SLOW_MS, check_params_cb=lambda n: n == len(markers)):
        view.set_markers(markers)


def _inside(view: MapView) -> QWidget:
    """The widget that takes mouse and keys for the page."""
    assert view._engine is not None
    inside = view._engine.view.focusProxy()
    assert inside is not None
    return inside


def _click(view: MapView, ask: Ask, selector: str) -> None:
    """A real mouse click on the middle of the first such element."""
    spot = ask(
        view,
        f"(() => {{ const r = document.querySelector('{selector}').getBoundingClientRect();"
        " return [r.x + r.width / 2, r.y + r.height / 2]; })()",
    )
    QTest.mouseClick(_inside(view), Qt.MouseButton.LeftButton, pos=QPoint(round(spot[0]), round(spot[1])))


def _press(view: MapView, name: str) -> None:
    next(button for button in view.findChildren(QPushButton) if button.accessibleName() == name).click()


def test_calls_before_the_first_look_are_kept(view: MapView, qtbot: QtBot, ask: Ask) -> None:
    """Markers, centre and selection set on a hidden map are there when it opens."""
    view.set_center(*COLOGNE, 25, "Gesa Wüllner")
    view.set_markers([_marker(1), _marker(2, lat=51.1, state=MarkerState.COOLING)])
    view.set_selected(2)
    with qtbot.waitSignal(view.drawn, timeout=SLOW_MS):
        view.show()
    qtbot.waitUntil(lambda: ask(view, "document.querySelectorAll('.pl-marker').length") == 2, timeout=SLOW_MS)
    assert ask(view, "document.querySelectorAll('.pl-ring').length") == 1
    assert ask(view, "document.querySelectorAll('path.pl-radius').length") == 1
    assert ask(view, "document.querySelector('.pl-centre').getAttribute('aria-label')") == "Gesa Wüllner"


def test_click_on_a_marker_selects(opened: MapView, qtbot: QtBot, ask: Ask) -> None:
    """A click on a practice comes out with its id."""
    opened.set_center(*COLOGNE, 10, "Patient")
    _draw(qtbot, opened, [_marker(77, lon=7.02)])
    with qtbot.waitSignal(opened.selected, timeout=SLOW_MS) as caught:
        _click(opened, ask, ".pl-marker")
    assert caught.args == [77]


def test_enter_on_a_marker_selects(opened: MapView, qtbot: QtBot, ask: Ask) -> None:
    """The keyboard reaches what the mouse reaches."""
    opened.set_center(*COLOGNE, 10, "Patient")
    _draw(qtbot, opened, [_marker(78, lon=7.02)])
    assert ask(opened, "(document.querySelector('.pl-marker').focus(), document.activeElement.tabIndex)") == 0
    with qtbot.waitSignal(opened.selected, timeout=SLOW_MS) as caught:
        QTest.keyClick(_inside(opened), Qt.Key.Key_Return)
    assert caught.args == [78]


def test_a_screen_reader_hears_name_state_and_place(opened: MapView, qtbot: QtBot, ask: Ask) -> None:
    """A marker is a button whose name says all that colour and shape say."""
    opened.set_center(*COLOGNE, 10, "Patient")
    _draw(qtbot, opened, [_marker(5, lon=7.02, state=MarkerState.OPEN_INQUIRY)])
    assert ask(opened, "document.querySelector('.pl-marker').getAttribute('role')") == "button"
    heard = ask(opened, "document.querySelector('.pl-marker').getAttribute('aria-label')")
    assert heard == "Praxis 5, offene Anfrage, Köln, 3,4 km"
    assert opened.accessibleName() == "Karte der Praxen"


def test_five_thousand_markers_are_all_there(opened: MapView, qtbot: QtBot, ask: Ask) -> None:
    """Clusters and single markers add up to what was set."""
    _draw(qtbot, opened, _many(5_000))
    total = (
        "Array.from(document.querySelectorAll('.pl-cluster span'))"
        ".reduce((sum, one) => sum + Number(one.textContent.replaceAll('.', '')), 0)"
        " + document.querySelectorAll('.pl-marker').length"
    )
    qtbot.waitUntil(lambda: ask(opened, total) == 5_000, timeout=SLOW_MS)  # clusters that leave fade out


def test_only_what_differs_is_told(opened: MapView, qtbot: QtBot, ask: Ask) -> None:
    """Changed, moved, new and gone markers arrive in one call without a reload."""
    opened.set_center(*COLOGNE, 10, "Patient")
    before = [_marker(n, lat=50.86 + n / 20) for n in range(4)]
    _draw(qtbot, opened, before)
    ask(opened, "(window.stays = 1)")
    after = [
        before[0],
        replace(before[1], state=MarkerState.FULL),
        replace(before[2], lon=7.05),
        _marker(9, lat=50.86, lon=6.85, uncertain=True),
    ]
    _draw(qtbot, opened, after)
    assert ask(opened, "window.stays") == 1
    names = ask(opened, "Array.from(document.querySelectorAll('.pl-marker'), m => m.getAttribute('aria-label'))")
    assert sorted(name.split(",")[0] for name in names) == ["Praxis 0", "Praxis 1", "Praxis 2", "Praxis 9"]
    assert any("Praxis 1, voll" in name for name in names)
    assert ask(opened, "document.querySelectorAll('.pl-marker .pl-uncertain').length") == 1
    _draw(qtbot, opened, [])
    assert ask(opened, "document.querySelectorAll('.pl-marker, .pl-cluster').length") == 0


def test_a_newer_list_overtakes_one_under_way(opened: MapView, qtbot: QtBot, ask: Ask) -> None:
    """The last list counts, even if an earlier one is still on its way."""
    opened.set_markers(_many(9_000))
    _draw(qtbot, opened, [_marker(1)])
    assert ask(opened, "document.querySelectorAll('.pl-marker, .pl-cluster').length") == 1


def test_the_legend_names_what_is_shown(opened: MapView, qtbot: QtBot, ask: Ask) -> None:
    """The legend speaks of the states on the map, and of nothing else."""
    _draw(qtbot, opened, [_marker(1), _marker(2, lat=53.0, state=MarkerState.COOLING)])
    words = ask(opened, "Array.from(document.querySelectorAll('.pl-legend div span'), e => e.textContent)")
    assert words == ["anfragbar", "Kontaktsperre"]


def test_text_is_text(opened: MapView, qtbot: QtBot, ask: Ask) -> None:
    """A practice named like a tag stays a name."""
    opened.set_center(*COLOGNE, 10, "<img src=x onerror=alert(1)>")
    _draw(qtbot, opened, [_marker(1, lon=7.02, title="<b>Praxis</b></script>")])
    assert ask(opened, "document.querySelectorAll('b, img').length") == 0


def test_the_view_stays_where_the_user_moved_it(opened: MapView, qtbot: QtBot, ask: Ask) -> None:
    """The same centre set again (a refresh) does not take the map back; another one does."""
    opened.set_center(*COLOGNE, 25, "Patient")
    width = "document.querySelector('path.pl-radius').getBoundingClientRect().width"
    before = ask(opened, width)
    ask(opened, "document.querySelector('.leaflet-control-zoom-in').click()")
    qtbot.waitUntil(lambda: ask(opened, width) > 1.9 * before, timeout=SLOW_MS)
    opened.set_center(*COLOGNE, 25, "Patient, neu benannt")
    assert ask(opened, width) > 1.9 * before
    opened.set_center(*COLOGNE, 50, "Patient")
    qtbot.waitUntil(lambda: ask(opened, width) < 1.5 * before, timeout=SLOW_MS)


def test_light_and_dark(opened: MapView, ask: Ask) -> None:
    """The page wears the program's colours."""
    ground = "getComputedStyle(document.querySelector('.leaflet-container')).backgroundColor"
    light = ask(opened, ground)
    opened.set_dark(True)
    assert ask(opened, ground) != light


def test_a_change_of_appearance_reaches_the_page(opened: MapView, qtbot: QtBot, ask: Ask, qapp: QApplication) -> None:
    """While it is open."""
    ground = "getComputedStyle(document.querySelector('.leaflet-container')).backgroundColor"
    light = ask(opened, ground)
    theme.apply(qapp, dark=True)
    try:
        qtbot.waitUntil(lambda: ask(opened, ground) != light, timeout=SLOW_MS)
    finally:
        theme.apply(qapp, dark=False)
    qtbot.waitUntil(lambda: ask(opened, ground) == light, timeout=SLOW_MS)


def test_german_words_and_attribution(opened: MapView, ask: Ask) -> None:
    """Buttons speak German and the sources are named."""
    assert ask(opened, "document.querySelector('.leaflet-control-zoom-in').title") == "Vergrößern"
    assert "OpenStreetMap" in ask(opened, "document.querySelector('.leaflet-control-attribution').textContent")
    assert "ODbL" in ask(opened, "document.querySelector('.leaflet-control-attribution').title")


def test_words_follow_the_language(opened: MapView, ask: Ask, monkeypatch: Any) -> None:
    """A change of language while running reaches the page."""

    class Shouting(NullTranslations):
        def gettext(self, message: str) -> str:
            return message.upper()

    monkeypatch.setattr(translation, "_catalogue", Shouting())
    QApplication.sendEvent(opened, QEvent(QEvent.Type.LanguageChange))
    assert ask(opened, "document.querySelector('.leaflet-control-zoom-in').title") == "VERGRÖẞERN".replace("ẞ", "SS")
    assert ask(opened, "document.querySelectorAll('.leaflet-control-zoom-in').length") == 1


def test_the_page_dies_and_comes_back(opened: MapView, qtbot: QtBot, ask: Ask) -> None:
    """The end of the page's process leaves a word and a button; the button brings everything back."""
    opened.set_center(*COLOGNE, 25, "Patient")
    _draw(qtbot, opened, [_marker(1), _marker(2, lat=51.1)])
    old = opened.render_process()
    with qtbot.waitSignal(opened.failed, timeout=SLOW_MS):
        os.kill(old, signal.SIGKILL)
    assert opened._broken.isVisible()
    opened.set_markers([_marker(3)])  # what is set meanwhile is not lost
    with qtbot.waitSignal(opened.drawn, timeout=SLOW_MS) as caught:
        _press(opened, "Karte neu laden")
    assert caught.args == [1]
    assert not opened._broken.isVisible()
    assert opened.render_process() not in {0, old}
    qtbot.waitUntil(lambda: ask(opened, "document.querySelectorAll('.pl-marker').length") == 1, timeout=SLOW_MS)


def test_a_page_that_cannot_be_made_says_so(view: MapView, qtbot: QtBot, monkeypatch: Any) -> None:
    """A broken folium is a word on the map, not a crash; the button tries again."""
    with monkeypatch.context() as broken, qtbot.waitSignal(view.failed, timeout=SLOW_MS):
        broken.setattr("ui.map.base_page.base_page", lambda: 1 // 0)
        view.show()
        qtbot.waitUntil(view._broken.isVisible, timeout=SLOW_MS)
    with qtbot.waitSignal(view.ready, timeout=SLOW_MS):
        _press(view, "Karte neu laden")


def test_the_page_goes_before_its_profile(qtbot: QtBot) -> None:
    """Deleting the map draws no warning of Qt (each would fail this test)."""
    view = MapView()
    with qtbot.waitSignal(view.ready, timeout=SLOW_MS):
        view.show()
    engine = view._engine
    view.deleteLater()
    qtbot.waitUntil(lambda: not Shiboken.isValid(engine), timeout=SLOW_MS)


QUIET_START = """
import sys
from PySide6.QtWidgets import QApplication
app = QApplication([])
from ui.map.view import MapView
view = MapView()
view.set_markers([])
loaded = [name for name in sys.modules if "WebEngine" in name or name == "folium"]
sys.exit(f"loaded: {loaded}" if loaded else 0)
"""
WHOLE_LIFE = """
import sys
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QTabWidget
QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
app = QApplication([])
from ui.map.view import MapView
window = QTabWidget()
view = MapView()
window.addTab(view, "Karte")
view.ready.connect(app.quit)
window.show()
code = app.exec()
print("ended")
"""


def _run(program: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_map_nobody_looks_at_costs_nothing() -> None:
    """Neither WebEngine nor folium is loaded before the first look."""
    done = _run(QUIET_START)
    assert done.returncode == 0, done.stderr


def test_a_program_with_a_map_ends_quietly() -> None:
    """At the end of the program no page outlives its profile and nothing crashes."""
    done = _run(WHOLE_LIFE)
    assert done.returncode == 0, done.stderr
    assert "ended" in done.stdout
    assert "profile" not in done.stderr


NO_PAGE_BEGINS = """
import os, signal, sys
from pathlib import Path
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
app = QApplication([])
from ui.map.view import MapView
view = MapView()


def parents():
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            yield int(entry.name), int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            pass


def end_all():
    ours, found = {os.getpid()}, True
    pairs = list(parents())
    while found:
        found = {number for number, parent in pairs if parent in ours} - ours
        ours |= found
    for number in ours - {os.getpid()}:
        os.kill(number, signal.SIGKILL)


def look():
    if view._broken.isVisible():
        view._broken.acted.emit()
    elif view._gone.isVisible():
        print("told", flush=True)
        app.quit()


view.ready.connect(lambda: QTimer.singleShot(0, end_all))
timer = QTimer(interval=100)
timer.timeout.connect(look)
timer.start()
QTimer.singleShot(100_000, app.quit)
view.show()
app.exec()
os._exit(0)
"""


def test_it_is_said_when_no_page_begins_any_more() -> None:
    """Every process of WebEngine was killed: the window lives, and after a try says what brings the map back."""
    done = _run(NO_PAGE_BEGINS)
    assert done.returncode == 0, done.stderr
    assert "told" in done.stdout
