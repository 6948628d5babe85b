"""Two records side by side: which one stays, and whose value of every field that differs."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QRadioButton, QWidget

from domain.therapists.duplicates.comparing import FieldPair, SideBySide
from domain.therapists.duplicates.suspects import Side
from ui.labels import label
from ui.theme import SPACE
from ui.therapist_values import value_words
from ui.translation import ntr, tr
from ui.widgets.forms import label as words
from ui.widgets.tips import plain

WIDTH = 260  # of a value; what is longer stands in the tip and is read aloud whole


class CompareView(QWidget):
    """One line a difference; the proposed value is chosen at first."""

    def __init__(self, pair: SideBySide, first: Side, second: Side) -> None:
        super().__init__()
        self._sides = {pair.first_id: first, pair.second_id: second}
        self._groups: dict[str, QButtonGroup] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setColumnStretch(3, 1)
        self._grid.setVerticalSpacing(SPACE)
        self._lines = 0
        self._keep = self._line(tr("Dieser Eintrag bleibt"), {n: s.name for n, s in self._sides.items()}, pair.keep, ())
        heading = ntr(len(pair.fields), "{n} Angabe ist verschieden:", "{n} Angaben sind verschieden:")
        heading = heading if pair.fields else tr("Alle Angaben sind gleich.")
        self._grid.addWidget(words(heading, "heading"), self._next(), 0, 1, 3)
        for field in pair.fields:
            self._groups[field.name] = self._field(field)
        self._grid.setRowStretch(self._next(), 1)

    def _next(self) -> int:
        self._lines += 1
        return self._lines

    def _field(self, field: FieldPair) -> QButtonGroup:
        first, second = self._sides
        values = {first: value_words(field.name, field.first), second: value_words(field.name, field.second)}
        group = self._line(label("therapist_field", field.name), values, field.proposed, field.locked)
        if field.settled:
            for choice in group.buttons():
                choice.setEnabled(choice.isChecked())
            told = tr(
                "Wer Anfragen ablehnt, wird auch nach dem Zusammenführen nicht angefragt; was noch wartet, wird gestoppt."
            )
            self._grid.addWidget(words(told, "muted"), self._next(), 1, 1, 2)
        return group

    def _line(self, title: str, values: dict[int, str], chosen: int, locked: tuple[int, ...]) -> QButtonGroup:
        at = self._next()
        self._grid.addWidget(words(title, "fieldlabel"), at, 0)
        group = QButtonGroup(self)
        for place, (number, value) in enumerate(values.items(), start=1):
            said = value + (f" ({tr('von Hand')})" if number in locked else "")
            choice = QRadioButton()
            shown = QFontMetrics(choice.font()).elidedText(said, Qt.TextElideMode.ElideRight, WIDTH)
            choice.setText(shown.replace("&", "&&"))
            choice.setToolTip(plain(said) if shown != said else "")
            which = tr("erster Eintrag") if place == 1 else tr("zweiter Eintrag")
            choice.setAccessibleName(f"{title}: {said}, {which}")
            choice.setChecked(number == chosen)
            group.addButton(choice, number)
            self._grid.addWidget(choice, at, place)
        return group

    def begin(self) -> None:
        """The cursor to the first decision."""
        self._keep.button(self.keep()).setFocus()

    def keep(self) -> int:
        """The record that stays."""
        return self._keep.checkedId()

    def drop(self) -> int:
        """The record that goes into it."""
        return next(number for number in self._sides if number != self.keep())

    def choices(self) -> dict[str, int]:
        """For every field that differs whose value is taken."""
        return {name: group.checkedId() for name, group in self._groups.items()}

    def choose(self, name: str, therapist_id: int) -> None:
        """Take the value of one side."""
        self._groups[name].button(therapist_id).setChecked(True)
