"""From a mail to the record of whoever wrote it or got it."""

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import button


class RecordLinks(QWidget):
    """Each is seen where there is such a record; the pages open it."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._ids: dict[str, int | None] = {}
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        self._links = {
            "patients": button(tr("Zum &Patienten"), partial(self._go, "patients"), role="link"),
            "therapists": button(tr("Zur Pra&xis"), partial(self._go, "therapists"), role="link"),
        }
        for link in self._links.values():
            line.addWidget(link)

    def show_records(self, *, patient_id: int | None, therapist_id: int | None) -> None:
        """Whose mail it is."""
        self._ids = {"patients": patient_id, "therapists": therapist_id}
        for page, link in self._links.items():
            link.setVisible(self._ids[page] is not None)
        self.setVisible(any(number is not None for number in self._ids.values()))

    def _go(self, page: str) -> None:
        if (number := self._ids.get(page)) is not None:
            self._ui.navigate(page, number)
