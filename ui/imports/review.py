"""What a file would change: chips that filter, the list of records, and the fields of one, all to be taken or left."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSplitter, QVBoxLayout, QWidget

from domain.therapists.changes import Became, RecordChange
from ui import formats, icons
from ui.import_words import like_words, objection_words
from ui.imports.changed_rows import ChangedFields, ChangedRecords
from ui.imports.checked import CheckedView
from ui.imports.counting import kind_words
from ui.imports.selection import KINDS, LIKE, LOCKED, Selection
from ui.translation import ntr, tr
from ui.widgets.forms import button, row
from ui.widgets.forms import label as words
from ui.widgets.row_view import RowView


class ReviewView(QWidget):
    """`changed` tells that something was taken or left; `origin` is what the new values come from."""

    changed = Signal()

    def __init__(self, selection: Selection, *, origin: str = "") -> None:
        super().__init__()
        self.selection = selection
        self._records = ChangedRecords(selection)
        self._fields = ChangedFields(selection, origin or tr("Datei"))
        self.list = CheckedView(self._records, tr("Was sich ändern würde"))
        self.fields = CheckedView(self._fields, tr("Angaben, vorher und nachher"))
        self._of = words("", "heading")
        self._note = words("", "muted")
        self._apart = words("", "muted")
        counts = selection.counts()
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)  # `filter` says which one is chosen
        kinds = ("", *(kind for kind in KINDS if counts[kind]))
        chips = [self._chip(kind, counts[kind] if kind else len(selection.changes)) for kind in kinds]
        self._taken = words("", "muted")
        self._taken.setWordWrap(False)
        left, right = QWidget(), QWidget()
        for side, parts in ((left, (self.list,)), (right, (self._of, self._note, self.fields, self._apart))):
            inner = QVBoxLayout(side)
            inner.setContentsMargins(0, 0, 0, 0)
            for part in parts:
                inner.addWidget(part, int(isinstance(part, RowView)))
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(right)
        split.setSizes([520, 610])
        split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(row(*chips))
        column.addWidget(split, 1)
        column.addWidget(
            row(
                button(tr("A&lle gezeigten nehmen"), lambda: self._take_shown(wanted=True), icon="check"),
                button(tr("&Keine der gezeigten"), lambda: self._take_shown(wanted=False), icon="x"),
                self._taken,
            )
        )
        self.list.selectionModel().currentRowChanged.connect(lambda at, _: self._show(at.row()))
        self.fields.selectionModel().currentRowChanged.connect(lambda at, _: self._tell_apart(at.row()))
        self._records.toggled.connect(self._on_toggle)
        self._fields.toggled.connect(self._on_toggle)
        first = next((kind for kind in kinds if kind), "")
        self.filter("" if len(kinds) > 2 else first)

    def _chip(self, kind: str, count: int) -> QPushButton:
        made = QPushButton(f"{kind_words(kind)} {formats.thousands(count)}")
        made.setAccessibleName(made.text())
        made.setCheckable(True)
        # assistive technology toggles what can be checked, and never clicks it
        made.toggled.connect(lambda _: self.filter(kind))
        made.setProperty("kind", kind)
        made.setToolTip(
            {
                LOCKED: tr("Von Hand geändert: wird gezeigt und nicht überschrieben"),
                LIKE: tr("Neu in der Datei, aber jemand Bekanntem ähnlich: kommt nach dem Übernehmen zu den Dubletten"),
            }.get(kind, "")
        )
        self._group.addButton(made)
        return made

    def filter(self, kind: str) -> None:
        """Show one kind of change, or all."""
        for chip in self._group.buttons():
            chip.blockSignals(True)
            chip.setChecked(chip.property("kind") == kind)
            chip.blockSignals(False)
            chip.setIcon(icons.icon("check") if chip.isChecked() else QIcon())
        self._records.show(self.selection.numbers(kind))
        self.list.setColumnWidth(1, self._records.chip_width(self.list.font()))
        if self._records.rows:
            self.list.selectRow(0)
        self._show(self.list.currentIndex().row())
        self._tell()

    def _take_shown(self, *, wanted: bool) -> None:
        self.selection.take(self._records.rows, wanted=wanted)
        self._on_toggle()

    def _on_toggle(self) -> None:
        self._records.repaint_all()
        self._fields.repaint_all()
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        n = self.selection.wanted()
        self._taken.setText(
            ntr(n, "1 Eintrag wird übernommen", "{n} Einträge werden übernommen").format(n=formats.thousands(n))
        )

    def _show(self, at: int) -> None:
        if not 0 <= at < len(self._records.rows):
            self._fields.show(())
            self._of.setText("")
            self._note.hide()
            self._apart.hide()
            return
        number = self._records.rows[at]
        change = self.selection.changes[number]
        self._fields.number = number
        self._fields.show([(entry, False) for entry in change.fields] + [(entry, True) for entry in change.locked])
        self.fields.setColumnHidden(1, change.became is Became.NEW)  # nothing was known
        self.fields.setColumnHidden(3, not change.locked)
        first = self._fields.first_apart()
        if first >= 0:
            self.fields.selectRow(first)
        self._tell_apart(first)
        self._of.setText(", ".join(part for part in (change.name, change.place) if part))
        note = _note(change)
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def _tell_apart(self, at: int) -> None:
        """What of a long value changes: a cell shows its beginning only, which may be the same before and after."""
        said = self._fields.apart(at)
        self._apart.setText(said)
        self._apart.setVisible(bool(said))


def _note(change: RecordChange) -> str:
    if change.objected is not None:
        return objection_words(change)
    if change.like:
        return like_words(change)
    if change.second_site:
        return tr("Die Anschrift kommt als weiterer Standort hinzu; der bisherige bleibt.")
    if change.became is Became.GONE:
        return tr("Diese Person steht nicht mehr dort. Mit Häkchen wird sie nicht mehr vorgeschlagen.")
    if change.became is Became.UNCHANGED and not change.locked:
        return tr("Alles ist schon so bekannt.")
    return ""
