"""Which column of a table is which field: guessed, shown with examples, changed by a person."""

from collections.abc import Mapping

from PySide6.QtWidgets import QGridLayout, QWidget

from domain.acquisition.reading import FileKind
from domain.acquisition.tables import TablePreview, fields_of
from ui.labels import labels
from ui.translation import tr
from ui.widgets.forms import Choice
from ui.widgets.forms import label as words

EXAMPLES = 3


class MappingView(QWidget):
    """One line a field: the column it is read from, and what stands there in the first rows."""

    def __init__(self, preview: TablePreview, about: FileKind) -> None:
        super().__init__()
        self._preview = preview
        self._choices: dict[str, Choice] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setColumnStretch(2, 1)
        for column, head in enumerate((tr("Angabe"), tr("Spalte der Datei"), tr("Beispiele"))):
            grid.addWidget(words(head, "fieldlabel"), 0, column)
        headers = {"": tr("nicht einlesen"), **{header: header for header in preview.headers if header}}
        names = labels("table_field" if about is FileKind.OFFICE_TABLE else "therapist_column")
        guess = preview.guess(about)
        for line, (field, name) in enumerate(((field, names[field]) for field in fields_of(about)), start=1):
            choice = Choice(headers, tr("Spalte für {field}").format(field=name))
            choice.choose(guess.get(field, ""))
            example = words("", "muted")
            example.setWordWrap(False)
            choice.currentIndexChanged.connect(
                lambda _, field=field, example=example: example.setText(self._example(field))
            )
            self._choices[field] = choice
            example.setText(self._example(field))
            grid.addWidget(words(name), line, 0)
            grid.addWidget(choice, line, 1)
            grid.addWidget(example, line, 2)

    def _example(self, field: str) -> str:
        header = self._choices[field].code()
        if not header:
            return ""
        at = self._preview.headers.index(header)
        found = [row[at] for row in self._preview.rows[:EXAMPLES] if at < len(row) and row[at]]
        return " · ".join(text[:24] for text in found) or tr("in den ersten Zeilen leer")

    def choose(self, mapping: Mapping[str, str]) -> None:
        """Columns as they were chosen before; a field that is not named is not read."""
        for field, choice in self._choices.items():
            choice.choose(mapping.get(field, ""))

    def mapping(self) -> dict[str, str]:
        """Field → header, for what is to be read."""
        return {field: choice.code() for field, choice in self._choices.items() if choice.code()}
