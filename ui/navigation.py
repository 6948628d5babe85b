"""The rail at the left: one entry a page, with icon and word, Strg+1…9, and how much waits there."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QLabel, QToolButton, QVBoxLayout, QWidget

from ui import icons
from ui.theme import SPACE
from ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.page import PageWidget


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A page of the window: its key, word, icon, and how it is made when first shown."""

    key: str
    title: str
    icon: str
    factory: "Callable[[], PageWidget]"


class Rail(QFrame):
    """The list of pages."""

    chosen = Signal(str)

    def __init__(self, specs: tuple[PageSpec, ...], window: QWidget) -> None:
        super().__init__()
        self.setProperty("role", "rail")
        self.setAccessibleName(tr("Seiten"))
        self.setFixedWidth(190)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 2 * SPACE, 12, 2 * SPACE)
        column.setSpacing(4)
        brand = QLabel("Platzlotse")
        brand.setProperty("role", "brand")
        column.addWidget(brand)
        column.addSpacing(2 * SPACE)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        self._titles = {spec.key: spec.title for spec in specs}
        for number, spec in enumerate(specs, start=1):
            button = QToolButton()
            button.setProperty("role", "nav")
            button.setCheckable(True)
            button.setText("  " + spec.title)
            button.setIcon(icons.icon(spec.icon, "rail_text"))
            button.setIconSize(QSize(18, 18))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setFixedWidth(166)
            button.setAccessibleName(spec.title)
            button.setToolTip(f"{spec.title} (Strg+{number})")
            # toggled, not clicked: a screen reader toggles
            button.toggled.connect(partial(self._on_toggled, spec.key))
            QShortcut(QKeySequence(f"Ctrl+{number}"), window, lambda key=spec.key: self._on_key(key))
            self._group.addButton(button)
            self._buttons[spec.key] = button
            column.addWidget(button)
        column.addStretch(1)

    def mark(self, key: str) -> None:
        """Show which page is open."""
        button = self._buttons[key]
        blocked = button.blockSignals(True)
        button.setChecked(True)
        button.blockSignals(blocked)

    def _on_key(self, key: str) -> None:
        # whoever was here goes to the page; its arrows would else go on through the pages
        for button in self._buttons.values():
            button.clearFocus()
        self.chosen.emit(key)

    def _on_toggled(self, key: str, checked: bool) -> None:
        if checked:
            self.chosen.emit(key)

    def show_count(self, key: str, count: int) -> None:
        """Show how much waits on a page."""
        if key in self._buttons:
            title = self._titles[key]
            self._buttons[key].setText(f"  {title}  ({count})" if count else f"  {title}")
