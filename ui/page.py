"""What every page is: a widget that can be asked again and that can open one record."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.ports import UiContext
from ui.theme import SPACE


class PageWidget(QWidget):
    """Base of all pages; `ui` is what they get from outside."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self.ui = ui
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        self.body.setSpacing(12)

    def refresh(self) -> None:
        """Ask again for what is shown."""

    def open_item(self, item_id: int) -> None:
        """Show one record."""

    def open_field(self, item_id: int, field: str) -> None:  # noqa: ARG002 - pages without fields show the record
        """Show one record with the cursor in one of its fields."""
        self.open_item(item_id)
