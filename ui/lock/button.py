"""The way to lock by the mouse, in the window's top line."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from ui import icons
from ui.translation import tr


class LockButton(QToolButton):
    """Does what Strg+L does."""

    def __init__(self, lock: Callable[[], None]) -> None:
        super().__init__()
        self.setText(" " + tr("Spe&rren"))
        self.setAccessibleName(tr("Sperren"))
        self.setToolTip(tr("Inhalt verdecken, bis das Kennwort eingegeben ist (Strg+L)"))
        self.setIcon(icons.icon("lock"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(lambda: lock())
