"""A table before it is read: what it is about, said by a person where its headers leave doubt, and its columns."""

from collections.abc import Mapping

from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.acquisition.reading import FileKind
from domain.acquisition.tables import ABOUT, TablePreview
from ui.imports.mapping import MappingView
from ui.labels import labels
from ui.translation import tr
from ui.widgets.forms import Choice, row, scrolled
from ui.widgets.forms import label as words


class TableView(QWidget):
    """About something else other fields are asked, guessed anew."""

    def __init__(self, preview: TablePreview) -> None:
        super().__init__()
        self._preview = preview
        names = labels("table_about")
        self.about = Choice({kind.value: names[kind] for kind in ABOUT}, tr("Worum es in der Tabelle geht"))
        self.about.choose(preview.about)
        self.about.currentIndexChanged.connect(self._show)
        self._doubt = words(tr("Bitte prüfen: Die Überschriften der Tabelle lassen es offen."), "muted")
        self._doubt.setWordWrap(False)
        self._doubt.setVisible(not preview.certain)
        self._room = QVBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(row(words(tr("Diese Tabelle nennt"), "fieldlabel"), self.about, self._doubt))
        column.addLayout(self._room, 1)
        self._show()

    def choose(self, about: FileKind, mapping: Mapping[str, str]) -> None:
        """What a person said before."""
        self.about.choose(about)
        self.columns.choose(mapping)

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
        self._room.addWidget(scrolled(self.columns))
