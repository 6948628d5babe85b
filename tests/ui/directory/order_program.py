"""Arztsuche is opened before Karte. Says "ready" once the map's page is up; Qt complains on stderr."""

import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from domain.search_page import SearchPage
from ui.map.sandbox import allow_missing_sandbox
from ui.map.view import MapView

PATIENCE_MS = 60_000


def main() -> None:
    """Both, in that order."""
    app = QApplication(sys.argv)
    allow_missing_sandbox()
    from ui.directory.engine import DirectoryEngine

    first = DirectoryEngine(SearchPage("http://localhost:9/", "http://localhost:9", on_this_machine=True), "Seite", app)
    first.load()
    then = MapView()
    then.ready.connect(lambda: (sys.stdout.write("ready"), sys.stdout.flush(), app.quit()))
    then.show()
    QTimer.singleShot(PATIENCE_MS, app.quit)
    app.exec()
    then.close()


if __name__ == "__main__":
    main()
