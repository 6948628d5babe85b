"""Light, dark, or as the system: chosen in the window, kept for the profile, seen at once wherever one looks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ui import icons, theme
from ui.appearance import Appearance, AppearanceButton
from ui.global_search import GlobalSearch
from ui.main_window import MainWindow
from ui.map.view import MapView
from ui.navigation import PageSpec
from ui.page import PageWidget
from ui.ports import UiContext
from ui.theme import DARK, LIGHT
from ui.widgets.forms import EmptyState, button
from ui.window_state import WindowState


class Shown(PageWidget):
    """A button, a picture and a map."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__(ui)
        self.plain = button("Drucken", lambda: None, icon="save")
        self.primary = button("Senden", lambda: None, role="primary", icon="send")
        self.empty = EmptyState("mail", "Nichts", "Hier liegt nichts.")
        self.map = MapView()
        self.map.hide()
        for widget in (self.plain, self.primary, self.empty, self.map):
            self.body.addWidget(widget)


@pytest.fixture
def window(ui: UiContext, qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    """With that page, in the light."""
    made = MainWindow(background=ui.background, messages=ui.messages, state=ui.state)
    qtbot.addWidget(made)
    made.install((PageSpec("shown", "Seite", "mail", lambda: Shown(ui)),), GlobalSearch(ui.background, made.show_page))
    made.show()
    qtbot.waitUntil(lambda: made._stack.count() == 1)
    yield made
    qapp.styleHints().unsetColorScheme()
    theme.apply(qapp, dark=False)


def colour(picture: QIcon | QPixmap) -> str:
    """The strongest colour of a picture."""
    image = (picture.pixmap(20) if isinstance(picture, QIcon) else picture).toImage()
    dots = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(dots, key=QColor.alpha).name()


def entries(appearance: Appearance) -> dict[str, bool]:
    """The words of the choice, and which is ticked."""
    choice = AppearanceButton(appearance)
    return {action.text().replace("&", ""): action.isChecked() for action in choice.menu().actions()}


def test_a_choice_is_seen_at_once_everywhere(window: MainWindow, ui: UiContext, qapp: QApplication) -> None:
    """Ground, icons on buttons and in the rail, pictures, the map; and pages ask again for what they coloured."""
    page = window.page("shown")
    assert isinstance(page, Shown)
    told: list[str] = []
    ui.messages.info("Da.")
    choice = AppearanceButton(Appearance(window, ui.state, lambda: told.append("x")))
    choice.menu().actions()[1].trigger()
    assert qapp.palette().window().color().name() == DARK.window
    assert DARK.surface in window.styleSheet()
    assert colour(page.plain.icon()) == DARK.text
    assert colour(page.primary.icon()) == DARK.accent_text
    assert colour(page.empty.findChildren(QLabel)[0].pixmap()) == DARK.muted
    assert colour(ui.messages._icon.pixmap()) == DARK.info
    assert page.map._dark
    rail = window._rail
    assert rail is not None
    assert colour(rail._buttons["shown"].icon()) == DARK.rail_text
    assert told == ["x"]
    choice.menu().actions()[0].trigger()
    assert colour(page.plain.icon()) == LIGHT.text
    assert not page.map._dark


def test_it_is_kept_for_the_profile(window: MainWindow, ui: UiContext, tmp_path: Path) -> None:
    """The next start of this profile shows it; another profile's does not."""
    assert entries(Appearance(window, ui.state, lambda: None)) == {
        "Hell": False, "Dunkel": False, "Wie das System": True,
    }  # fmt: skip
    Appearance(window, ui.state, lambda: None).choose("dark")
    again = Appearance(window, WindowState(tmp_path / "window.ini"), lambda: None)
    assert entries(again)["Dunkel"]
    again.begin()
    assert theme.is_dark()
    other = Appearance(window, WindowState(tmp_path / "other.ini"), lambda: None)
    assert entries(other)["Wie das System"]


def test_the_system_is_followed_while_it_is_asked_for(
    window: MainWindow, ui: UiContext, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A system that turns dark in the evening darkens the window; a choice of one's own stays."""
    appearance = Appearance(window, ui.state, lambda: None)
    appearance.begin()
    monkeypatch.setattr(theme, "system_is_dark", lambda: True)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.is_dark()
    appearance.choose("light")
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert not theme.is_dark()


def test_what_is_kept_wrongly_is_as_the_system(window: MainWindow, ui: UiContext) -> None:
    """A file somebody edited."""
    ui.state.remember("window/appearance", "lila")
    assert Appearance(window, ui.state, lambda: None).chosen == "system"


def test_a_picture_of_ones_own_stays(window: MainWindow, qtbot: QtBot) -> None:
    """Only what was made of the program's icons is made anew."""
    own = QPixmap(4, 4)
    own.fill(QColor("#123456"))
    around = QWidget()
    qtbot.addWidget(around)
    bare, label = QPushButton(around), QLabel(around)
    label.setPixmap(own)
    Appearance(window, window._state, lambda: None).choose("dark")
    assert bare.icon().isNull()
    assert colour(label.pixmap()) == "#123456"


def test_lines_of_lists_and_trees_are_coloured_anew(window: MainWindow, ui: UiContext, qtbot: QtBot) -> None:
    """However deep, without asking the database again."""
    around = QWidget()
    qtbot.addWidget(around)
    tree, lines = QTreeWidget(around), QListWidget(around)
    above, below = QTreeWidgetItem(["Grund"]), QTreeWidgetItem(["Praxis"])
    below.setIcon(0, icons.icon("ban", "muted"))
    above.addChild(below)
    tree.addTopLevelItem(above)
    lines.addItem(QListWidgetItem(icons.icon("clock"), "Eintrag"))
    Appearance(window, ui.state, lambda: None).choose("dark")
    assert above.icon(0).isNull()
    assert colour(below.icon(0)) == DARK.muted
    assert colour(lines.item(0).icon()) == DARK.text
