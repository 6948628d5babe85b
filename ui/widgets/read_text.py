"""Words to be read and copied, not changed, in a column that scrolls."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPlainTextEdit


class ReadText(QPlainTextEdit):
    """Takes the height that is left, and no less than `lowest`: what stands below stays in sight on a small screen."""

    def __init__(self, name: str, lowest: int) -> None:
        super().__init__(readOnly=True)
        self._lowest = lowest
        self.setMinimumHeight(lowest)
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        """Qt would ask for twelve lines, and let the column scroll for them."""
        return QSize(super().sizeHint().width(), self._lowest)
