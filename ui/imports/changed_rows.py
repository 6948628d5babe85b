"""The rows of a review: records as they would become, and the fields of one; each may be taken or left."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont

from domain.therapists.changes import FieldChange, RecordChange
from ui.import_words import row_number
from ui.imports.checked import CheckedRows
from ui.imports.selection import LIKE, Selection
from ui.labels import label
from ui.therapist_values import difference_words, value_words
from ui.translation import tr
from ui.widgets.cells import chip_room
from ui.widgets.columns import Column

COLOURS = {
    "new": "success", "changed": "info", "moved": "info", "unchanged": "neutral", "gone": "warning", LIKE: "warning",
}  # fmt: skip


class ChangedRecords(CheckedRows):
    """A record a row."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection

        def change(number: int) -> RecordChange:
            return selection.changes[number]

        super().__init__(
            (
                Column(tr("Name"), 0, text=lambda n: change(n).name, second=lambda n: change(n).place),
                Column(tr("Was"), 130, chip=lambda n: _chip_of(change(n))),
                Column(tr("Zeile"), 84, text=lambda n: row_number(change(n).row) if change(n).row else "", right=True),
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


class ChangedFields(CheckedRows):
    """The fields of record `number`, a field a row, with whether it is locked."""

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

    def apart(self, at: int) -> str:
        """What the value in a row has more and less than before; nothing where its cells say it."""
        if not 0 <= at < len(self.rows):
            return ""
        entry = self.rows[at][0]
        said = difference_words(entry.name, entry.old, entry.new)
        return f"{label('therapist_field', entry.name)} – {said}" if said else ""

    def first_apart(self) -> int:
        """The first row of which there is more to tell than its cells do; -1 where there is none."""
        return next((at for at in range(len(self.rows)) if self.apart(at)), -1)

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
    if change.objected is not None:
        return tr("hat vielleicht widersprochen"), "danger"
    if change.like:
        return tr("neu, vielleicht bekannt"), COLOURS[LIKE]
    return label("became", change.became), COLOURS[change.became]


def _taken_words(*, taken: bool) -> str:
    return tr("wird übernommen") if taken else tr("wird nicht übernommen")


def _old(record: tuple[FieldChange, bool]) -> str:
    return value_words(record[0].name, record[0].old)


def _new(record: tuple[FieldChange, bool]) -> str:
    return value_words(record[0].name, record[0].new)
