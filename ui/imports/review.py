"""What a file would change: chips that filter, the list of records, and the fields of one, all to be taken or left."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QIcon
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSplitter, QVBoxLayout, QWidget

from domain.therapists.changes import Became, FieldChange, RecordChange
from ui import formats, icons
from ui.import_words import like_words
from ui.imports.checked import CheckedRows, CheckedView
from ui.imports.counting import kind_words
from ui.imports.selection import KINDS, LIKE, LOCKED, Selection
from ui.labels import label
from ui.therapist_values import value_words
from ui.translation import ntr, tr
from ui.widgets.cells import chip_room
from ui.widgets.columns import Column
from ui.widgets.forms import button, row
from ui.widgets.forms import label as words
from ui.widgets.row_view import RowView

COLOURS = {
    "new": "success", "changed": "info", "moved": "info", "unchanged": "neutral", "gone": "warning", LIKE: "warning",
}  # fmt: skip
Index = QModelIndex | QPersistentModelIndex


class ReviewView(QWidget):
    """`changed` tells that something was taken or left; `origin` is what the new values come from."""

    changed = Signal()

    def __init__(self, selection: Selection, *, origin: str = "") -> None:
        super().__init__()
        self.selection = selection
        self._records = _Records(selection)
        self._fields = _Fields(selection, origin or tr("Datei"))
        self.list = CheckedView(self._records, tr("Was sich ändern würde"))
        self.fields = CheckedView(self._fields, tr("Angaben, vorher und nachher"))
        self._of = words("", "heading")
        self._note = words("", "muted")
        counts = selection.counts()
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)  # `filter` says which one is chosen
        kinds = ("", *(kind for kind in KINDS if counts[kind]))
        chips = [self._chip(kind, counts[kind] if kind else len(selection.changes)) for kind in kinds]
        self._taken = words("", "muted")
        self._taken.setWordWrap(False)
        left, right = QWidget(), QWidget()
        for side, parts in ((left, (self.list,)), (right, (self._of, self._note, self.fields))):
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
            return
        number = self._records.rows[at]
        change = self.selection.changes[number]
        self._fields.number = number
        self._fields.show([(entry, False) for entry in change.fields] + [(entry, True) for entry in change.locked])
        self.fields.setColumnHidden(1, change.became is Became.NEW)  # nothing was known
        self.fields.setColumnHidden(3, not change.locked)
        self._of.setText(", ".join(part for part in (change.name, change.place) if part))
        note = _note(change)
        self._note.setText(note)
        self._note.setVisible(bool(note))


def _note(change: RecordChange) -> str:
    if change.like:
        return like_words(change)
    if change.second_site:
        return tr("Die Anschrift kommt als weiterer Standort hinzu; der bisherige bleibt.")
    if change.became is Became.GONE:
        return tr("Diese Person steht nicht mehr dort. Mit Häkchen wird sie nicht mehr vorgeschlagen.")
    if change.became is Became.UNCHANGED and not change.locked:
        return tr("Alles ist schon so bekannt.")
    return ""


class _Records(CheckedRows):
    def __init__(self, selection: Selection) -> None:
        self._selection = selection

        def change(number: int) -> RecordChange:
            return selection.changes[number]

        super().__init__(
            (
                Column(tr("Name"), 0, text=lambda n: change(n).name, second=lambda n: change(n).place),
                Column(tr("Was"), 130, chip=lambda n: _chip_of(change(n))),
                Column(tr("Zeile"), 66, text=lambda n: str(change(n).row or ""), right=True),
            )
        )

    def chip_width(self, font: QFont) -> int:
        """Pixels the chips of the rows shown need."""
        chips = {_chip_of(self._selection.changes[number]) for number in self.rows}
        return max((chip_room(font, words, kind) for words, kind in chips), default=130)

    def state(self, record: int) -> Qt.CheckState | None:
        """Wholly, in part or not."""
        if not self._selection.may_choose(record):
            return None
        if self._selection.is_part(record):
            return Qt.CheckState.PartiallyChecked
        return Qt.CheckState.Checked if self._selection.takes(record) else Qt.CheckState.Unchecked

    def spoken(self, record: int) -> str:
        """Taken wholly, in part or not; of what did not change nothing."""
        if not self._selection.may_choose(record):
            return ""
        if self._selection.is_part(record):
            return tr("wird zum Teil übernommen")
        return _taken_words(taken=self._selection.takes(record))

    def toggle(self, record: int) -> None:
        """A record taken in part is taken wholly."""
        whole = self._selection.takes(record) and not self._selection.is_part(record)
        self._selection.take([record], wanted=not whole)


class _Fields(CheckedRows):
    def __init__(self, selection: Selection, origin: str) -> None:
        self._selection = selection
        self.number = 0
        super().__init__(
            (
                Column(tr("Angabe"), 168, text=lambda f: label("therapist_field", f[0].name)),
                Column(tr("bisher"), 0, text=_old, tooltip=_old),
                Column(origin, 0, text=_new, tooltip=_new),
                Column("", 112, chip=lambda f: (tr("gesperrt"), "danger") if f[1] else ("", "neutral")),
            )
        )

    def state(self, record: tuple[FieldChange, bool]) -> Qt.CheckState | None:
        """A locked field has no box."""
        entry, locked = record
        if locked or not self._selection.may_choose_field(self.number):
            return None
        return (
            Qt.CheckState.Checked
            if self._selection.takes_field(self.number, entry.name)
            else Qt.CheckState.Unchecked
        )  # fmt: skip

    def spoken(self, record: tuple[FieldChange, bool]) -> str:
        """A field of somebody new is taken with them; a locked one never."""
        entry, locked = record
        if locked:
            return tr("gesperrt, wird nicht übernommen")
        if not self._selection.may_choose(self.number):
            return ""
        return _taken_words(taken=self._selection.takes_field(self.number, entry.name))

    def toggle(self, record: tuple[FieldChange, bool]) -> None:
        """Take or leave the field."""
        name = record[0].name
        self._selection.take_field(self.number, name, wanted=not self._selection.takes_field(self.number, name))


def _chip_of(change: RecordChange) -> tuple[str, str]:
    if change.like:
        return tr("neu, vielleicht bekannt"), COLOURS[LIKE]
    return label("became", change.became), COLOURS[change.became]


def _taken_words(*, taken: bool) -> str:
    return tr("wird übernommen") if taken else tr("wird nicht übernommen")


def _old(record: tuple[FieldChange, bool]) -> str:
    return value_words(record[0].name, record[0].old)


def _new(record: tuple[FieldChange, bool]) -> str:
    return value_words(record[0].name, record[0].new)
