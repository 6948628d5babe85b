"""What every form of a record shares: named fields, "edited by hand", filling without noise, reading with complaints.

A form says which fields it has and how they become its dataclass; it knows neither database nor page.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QTabWidget, QWidget

from ui.background import Background
from ui.typed import Unreadable
from ui.widgets.address_help import AddressHelp
from ui.widgets.faults import bring_into_sight
from ui.widgets.forms import Choice, DateField, Field, TextArea

F = TypeVar("F")


def grid(*lines: tuple[QWidget, ...]) -> QWidget:
    """Fields in lines of equal columns."""
    made = QWidget()
    layout = QGridLayout(made)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setHorizontalSpacing(12)
    layout.setVerticalSpacing(8)
    for number, line in enumerate(lines):
        for place, field in enumerate(line):
            span = 6 // len(line)
            # at the top: a neighbour with several lines, or with a complaint, leaves label and control together
            side = Qt.AlignmentFlag.AlignTop if isinstance(field, Field) else Qt.AlignmentFlag(0)
            layout.addWidget(field, number, place * span, 1, span, side)
    for place in range(6):
        layout.setColumnStretch(place, 1)
    return made


class RecordForm(QTabWidget, Generic[F]):
    """Fields on tabs. `edited` is emitted when anything changes by hand, never while a record is filled in."""

    edited = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.tabBar().setAccessibleName(name)
        self._loading = False
        self.fields: dict[str, Field] = {}
        self.places: dict[str, QWidget] = {}

    def show_form(self, form: F) -> None:
        """Fill the controls."""
        raise NotImplementedError

    def form(self) -> F | None:
        """What the controls say; None after marking a field that cannot be read."""
        raise NotImplementedError

    def focus(self, name: str) -> None:
        """Bring a field's tab to the front and let somebody type at once; `places` has what is no plain field."""
        field = self.fields.get(name)
        control = field.control if field is not None else self.places.get(name)
        if control is None:
            return
        bring_into_sight(control if field is None else field, control)

    def help_with_address(self, background: Background, *, of_patient: bool = False) -> None:
        """Suggest addresses in the fields street, plz and city; a patient's over the network only where allowed."""
        controls = {name: self.fields[name].control for name in ("street", "house_number", "plz", "city")}
        lines = {name: line for name, line in controls.items() if isinstance(line, QLineEdit)}
        AddressHelp(background, lines, of_patient=of_patient)

    def _text(self, name: str, title: str, placeholder: str = "") -> Field:
        control = QLineEdit()
        control.setPlaceholderText(placeholder)
        control.textChanged.connect(self._touched)
        return self._add(name, Field(title, control))

    def _day(self, name: str, title: str) -> Field:
        control = DateField(title)
        control.textChanged.connect(self._touched)
        return self._add(name, Field(title, control))

    def _choice(self, name: str, title: str, options: Mapping[str, str]) -> Field:
        control = Choice(options, title)
        control.currentIndexChanged.connect(self._touched)
        return self._add(name, Field(title, control))

    def _check(self, text: str) -> QCheckBox:
        control = QCheckBox(text)
        control.setAccessibleName(text)
        control.toggled.connect(self._touched)
        return control

    def _lines(self, height: int) -> TextArea:
        control = TextArea(height)
        control.textChanged.connect(self._touched)
        return control

    def _add(self, name: str, field: Field) -> Field:
        self.fields[name] = field
        return field

    def _touched(self) -> None:
        if not self._loading:
            self.edited.emit()

    @contextmanager
    def _filling(self) -> Iterator[None]:
        """Controls change meanwhile without counting as edited by hand."""
        self._loading = True
        try:
            yield
        finally:
            self._loading = False

    def _fill(self, values: Mapping[str, Any]) -> None:
        """Put values into the fields; lists are written with commas, None and 0 leave a text empty."""
        for name, field in self.fields.items():
            field.complain("")
            control, value = field.control, values[name]
            if isinstance(control, DateField):
                control.show_date(value)
            elif isinstance(control, Choice):
                control.choose("" if value is None else str(value))
            elif isinstance(control, QLineEdit):
                control.setText(", ".join(value) if isinstance(value, tuple) else str(value or ""))

    def _read(self) -> dict[str, Any] | None:
        """What the fields hold; None after marking every date that is none."""
        values: dict[str, Any] = {}
        good = True
        for name, field in self.fields.items():
            field.complain("")
            control = field.control
            if isinstance(control, DateField):
                try:
                    values[name] = control.date()
                except Unreadable as wrong:
                    field.complain(str(wrong))
                    good = False
            elif isinstance(control, Choice):
                values[name] = control.code()
            elif isinstance(control, QLineEdit):
                values[name] = control.text().strip()
        return values if good else None


def listed(text: str) -> tuple[str, ...]:
    """The parts of a text written with commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
