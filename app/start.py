"""From the command to the open window: ask how to work if nobody has yet, open the seat, show the program."""

import logging
from collections.abc import Sequence

from PySide6.QtWidgets import QApplication

from app.desktop import Desktop, make_application
from app.first_run import SeatKeeper
from app.paths import Profile
from ui import theme
from ui.first_run.window import FirstRunWindow

LOG = logging.getLogger(__name__)


class Start:
    """The program from its first window to its last."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self.seats = SeatKeeper(profile)
        self.first_run = FirstRunWindow(self.seats)
        self.first_run.opened.connect(self._show_desktop)
        self.desktop: Desktop | None = None

    def begin(self) -> None:
        """Ask on the very first run, else open what was chosen then."""
        if self._profile.settings.exists():
            self.first_run.open()
        else:
            self.first_run.begin()

    def close(self) -> None:
        """End everything, whatever window was the last."""
        self.first_run.wait()
        if self.desktop is not None:
            self.desktop.close()
        self.seats.close()

    def _show_desktop(self) -> None:
        assert self.seats.opened is not None
        try:
            self.desktop = Desktop(*self.seats.opened)
        except Exception:
            # without a window nobody could end the program
            LOG.exception("the main window could not be made")
            QApplication.exit(1)
            raise
        self.desktop.appearance.begin()
        self.desktop.window.show()
        self.first_run.close()


def run_program(profile: Profile, arguments: Sequence[str]) -> int:
    """Show the program and stay until it is closed."""
    app = make_application(list(arguments))
    theme.apply(app, dark=theme.system_is_dark())
    start = Start(profile)
    try:
        start.begin()
        return app.exec()
    finally:
        start.close()
