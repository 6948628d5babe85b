"""Rows of a file that could not be read, wholly or in part, with the reason: shown, copied, saved as a table."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.acquisition.records import RowError
from ui.errors import describe, describe_row
from ui.import_words import row_number, row_words
from ui.imports.lines import LinesView
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.choosing_files import choose_place
from ui.widgets.columns import ROW_HEIGHT
from ui.widgets.files import put_whole
from ui.widgets.forms import button, row
from ui.widgets.forms import label as words

HIGHEST, FRAME = 110, 12  # px


class RejectedView(QWidget):
    """Hidden where everything was read."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._rows: tuple[RowError, ...] = ()
        self._file = ""
        self.list = LinesView(tr("Abgelehnte Zeilen und fehlende Angaben"), row_words)
        self._head = words("", "fieldlabel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(
            row(
                self._head,
                button(tr("Zeilen &kopieren"), self._copy),
                button(tr("Als &CSV speichern"), self._choose_place, icon="download"),
            )
        )
        column.addWidget(self.list)
        self.list.on_copy(self._copy)
        self.hide()

    def show_rows(self, file: str, rows: Sequence[RowError], noted: Sequence[RowError] = ()) -> None:
        """Rows of a file that were rejected, and what was `noted`: values of others, and sheets, that were left out."""
        self._file, self._rows = file, (*rows, *noted)
        sheets = sum(not note.row for note in noted)
        values = len(noted) - sheets
        parts = [
            ntr(len(rows), "{n} Zeile wurde abgelehnt", "{n} Zeilen wurden abgelehnt") if rows else "",
            ntr(values, "{n} Angabe fehlt, weil sie nicht zu lesen ist", "{n} Angaben fehlen, weil sie nicht zu lesen sind")
            if values
            else "",
            ntr(sheets, "{n} weiteres Blatt wurde nicht gelesen", "{n} weitere Blätter wurden nicht gelesen") if sheets else "",
        ]  # fmt: skip
        self._head.setText("; ".join(filter(None, parts)))
        self.list.show_records(self._rows)
        self.list.setMaximumHeight(min(HIGHEST, ROW_HEIGHT * len(self._rows) + FRAME))
        self.setVisible(bool(self._rows))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(self.list.lines()))

    def _choose_place(self) -> None:
        name = f"{Path(self._file).stem} {tr('abgelehnt')}.csv"
        choose_place(self, self._ui.state, tr("Abgelehnte Zeilen speichern"), name, self.save, ending="csv")

    def save(self, path: Path) -> None:
        """Write them as a table that Excel opens."""
        rows = self._rows

        def refused(error: Exception) -> None:
            self._ui.messages.error(describe(error))

        self._ui.background.local(
            self,
            lambda: put_whole(path, as_csv(rows)),
            lambda _: self._ui.messages.success(tr("Gespeichert: {name}").format(name=path.name)),
            refused,
        )


def as_csv(rows: Sequence[RowError]) -> bytes:
    """Row and reason; the words are the program's own, nothing of the file is repeated."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow((tr("Zeile"), tr("Grund")))
    writer.writerows((row_number(error.row) if error.row else "", describe_row(error.reason)) for error in rows)
    return text.getvalue().encode("utf-8-sig")
