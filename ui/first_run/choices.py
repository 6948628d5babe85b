"""The three ways to work. This page only asks; what follows is the window's."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from ui import icons
from ui.first_run.notice import Notice
from ui.theme import SPACE
from ui.translation import tr
from ui.widgets.forms import Card, button, label


class ChoicesPage(QWidget):
    """Three cards, each with what it means and one button."""

    try_out = Signal()
    alone = Signal()
    office = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Wie möchten Sie arbeiten?"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(label(tr("Willkommen bei Platzlotse"), "title"))
        column.addWidget(label(tr("Wie möchten Sie arbeiten?"), "muted"))
        self.notice = Notice(tr("Hinweis"))
        column.addWidget(self.notice)
        self._try_out = button(tr("&Ausprobieren"), self.try_out.emit)
        self._alone = button(tr("&Einzelplatz einrichten"), self.alone.emit)
        self._office = button(tr("Mit &Büro-Server verbinden"), self.office.emit)
        column.addWidget(
            _choice(
                "play",
                tr("Ausprobieren"),
                tr(
                    "Mit erfundenen Patienten und Praxen, in einem eigenen Ordner. Keine Mail verlässt diesen Rechner. "
                    "Beim nächsten Start wählen Sie neu."
                ),
                self._try_out,
            )
        )
        column.addWidget(
            _choice(
                "users",
                tr("Einzelplatz"),
                tr(
                    "Sie arbeiten allein. Die Datenbank ist eingebaut und liegt auf diesem Rechner; "
                    "einzurichten ist nichts weiter."
                ),
                self._alone,
            )
        )
        column.addWidget(
            _choice(
                "building-2",
                tr("Büro-Server"),
                tr(
                    "Mehrere arbeiten gemeinsam auf einem PostgreSQL-Server. Rechnername, Benutzer und Kennwort "
                    "bekommen Sie von Ihrer Verwaltung."
                ),
                self._office,
            )
        )
        column.addStretch(1)

    def begin(self) -> None:
        """Be ready for the keyboard."""
        self._try_out.setFocus()


def _choice(icon: str, title: str, text: str, act: QWidget) -> Card:
    card = Card()
    card.setAccessibleName(title)
    act.setMinimumWidth(230)
    act.setProperty("autoDefault", True)  # Enter presses the focused button
    act.setAccessibleDescription(text)
    picture = QLabel()
    picture.setPixmap(icons.pixmap(icon, "accent", 32))
    words = label(text, "muted")
    grid = QGridLayout()
    grid.setHorizontalSpacing(2 * SPACE)
    grid.setVerticalSpacing(4)
    grid.addWidget(picture, 0, 0, 2, 1, Qt.AlignmentFlag.AlignTop)
    grid.addWidget(label(title, "heading"), 0, 1)
    grid.addWidget(words, 1, 1)
    grid.addWidget(act, 0, 2, 2, 1, Qt.AlignmentFlag.AlignVCenter)
    grid.setColumnStretch(1, 1)
    card.column.addLayout(grid)
    return card
