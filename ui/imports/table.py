"""A table before it is read: what it is about, said by a person where its headers leave doubt, and its columns.

Where somebody named the columns of such a table before, it begins with these, says so, and forgets them on request.
"""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.acquisition.reading import FileKind
from domain.acquisition.remembered_columns import Remembered
from domain.acquisition.tables import ABOUT, TablePreview
from ui import formats
from ui.imports.mapping import MappingView
from ui.labels import labels
from ui.translation import tr
from ui.widgets.forms import Choice, button, row, scrolled
from ui.widgets.forms import label as words


class TableView(QWidget):
    """About something else other fields are asked, guessed anew. `forgotten` asks to forget what was said before."""

    forgotten = Signal()

    def __init__(self, preview: TablePreview, remembered: Remembered | None = None, *, doubt: bool) -> None:
        super().__init__()
        self._preview, self._remembered, self._in_doubt = preview, remembered, doubt
        names = labels("table_about")
        self.about = Choice({kind.value: names[kind] for kind in ABOUT}, tr("Worum es in der Tabelle geht"))
        self.about.choose(preview.about if remembered is None else remembered.about)
        self.about.currentIndexChanged.connect(self._show)
        self._doubt = words(tr("Bitte prüfen: Überschriften und Seite sagen es nicht sicher."), "muted")
        self._doubt.setWordWrap(False)
        self._before = QWidget()
        self._forget = button(tr("&Vergessen"), self.forgotten.emit)
        self._forget.setToolTip(tr("Die Spalten von Tabellen mit diesen Überschriften künftig wieder neu erraten"))
        told = QVBoxLayout(self._before)
        told.setContentsMargins(0, 0, 0, 0)
        since = words(remembered_words(remembered), "muted")
        since.setWordWrap(False)
        told.addWidget(row(since, self._forget))
        self._room = QVBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(row(words(tr("Diese Tabelle nennt"), "fieldlabel"), self.about, self._doubt))
        column.addWidget(self._before)
        # after they have a parent: else they would open a window of their own for a moment
        self._doubt.setVisible(doubt)
        self._before.setVisible(remembered is not None)
        column.addLayout(self._room, 1)
        self._show()

    def choose(self, about: FileKind, mapping: Mapping[str, str]) -> None:
        """What a person said before."""
        self.about.choose(about)
        self.columns.choose(mapping)

    def forget(self) -> None:
        """Begin with what the headers say."""
        self._remembered = None
        self._before.hide()
        self._doubt.setVisible(self._in_doubt or not self._preview.certain)
        self.about.choose(self._preview.about)
        self._show()

    def kind(self) -> FileKind:
        """What the table is about."""
        return FileKind(self.about.code())

    def mapping(self) -> dict[str, str]:
        """Field → header, for what is to be read."""
        return self.columns.mapping()

    def _show(self) -> None:
        while (item := self._room.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        self.columns = MappingView(self._preview, self.kind())
        if self._remembered is not None and self.kind() is self._remembered.about:
            self.columns.choose(self._remembered.mapping)
        self._room.addWidget(scrolled(self.columns))


def remembered_words(remembered: Remembered | None) -> str:
    """From when the columns are that were taken for a guess; nothing where nobody named any."""
    if remembered is None:
        return ""
    return tr("Zuordnung vom {day} übernommen").format(day=formats.day(remembered.confirmed_at.astimezone().date()))
