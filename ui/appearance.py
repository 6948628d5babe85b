"""Light, dark or as the system has it: chosen in the window, kept in the profile, shown at once wherever one looks."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QApplication, QMenu, QToolButton, QWidget

from ui import icons, theme
from ui.translation import tr
from ui.window_state import WindowState

KEY = "window/appearance"
LIGHT, DARK, SYSTEM = "light", "dark", "system"
_SCHEMES = {LIGHT: Qt.ColorScheme.Light, DARK: Qt.ColorScheme.Dark, SYSTEM: Qt.ColorScheme.Unknown}


class Appearance(QObject):
    """The appearance of the program; `repaint` tells who builds colours into what they show to do so again."""

    def __init__(self, window: QWidget, state: WindowState, repaint: Callable[[], None]) -> None:
        super().__init__(window)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._app, self._state, self._repaint = app, state, repaint

    @property
    def chosen(self) -> str:
        """``light``, ``dark`` or ``system``."""
        kept = self._state.text(KEY, SYSTEM)
        return kept if kept in _SCHEMES else SYSTEM

    def begin(self) -> None:
        """Show what was chosen in this profile, and follow the system from now on."""
        self._app.styleHints().colorSchemeChanged.connect(self._show)
        self._follow()

    def choose(self, appearance: str) -> None:
        """Another one, kept."""
        self._state.remember(KEY, appearance)
        self._follow()

    def _follow(self) -> None:
        # frames of windows and pages of the web take it from here
        self._app.styleHints().setColorScheme(_SCHEMES[self.chosen])
        self._show()

    def _show(self) -> None:
        dark = theme.system_is_dark() if self.chosen == SYSTEM else self.chosen == DARK
        if dark == theme.is_dark():
            return
        theme.apply(self._app, dark=dark)
        for widget in self._app.allWidgets():
            icons.recolour(widget)
        for window in self._app.topLevelWidgets():
            if window.styleSheet():
                theme.dress(window)
        self._repaint()


class AppearanceButton(QToolButton):
    """The choice in the window's top line."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setText(" " + tr("Ans&icht"))
        self.setAccessibleName(tr("Ansicht"))
        self.setToolTip(tr("Hell, dunkel oder wie das System"))
        self.setIcon(icons.icon("sun"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self)
        one = QActionGroup(menu)
        words = {LIGHT: tr("&Hell"), DARK: tr("&Dunkel"), SYSTEM: tr("Wie das &System")}
        for code, said in words.items():
            action = one.addAction(said)
            action.setCheckable(True)
            action.setData(code)
            action.triggered.connect(partial(self._choose, appearance, code))
            menu.addAction(action)
        self.setMenu(menu)
        self._appearance = appearance
        menu.aboutToShow.connect(self._tick)
        self._tick()

    def _tick(self) -> None:
        """What another window of this profile chose is ticked, too."""
        for action in self.menu().actions():
            action.setChecked(action.data() == self._appearance.chosen)

    @staticmethod
    def _choose(appearance: Appearance, code: str, _checked: bool = True) -> None:
        appearance.choose(code)
