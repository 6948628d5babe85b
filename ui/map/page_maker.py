"""Makes the map's page on a thread of the pool; folium's import would hold the window for a third of a second."""

import logging

from PySide6.QtCore import QObject, Signal

from ui.map import base_page

log = logging.getLogger(__name__)


class PageMaker(QObject):
    """`made` carries the page, `failed` says that there is none."""

    made = Signal(bytes)
    failed = Signal()

    def make(self) -> None:
        """Runs on the pool's thread."""
        try:
            page = base_page.base_page()
        except Exception:
            log.exception("the map's page could not be made")
            self.failed.emit()
        else:
            self.made.emit(page)
