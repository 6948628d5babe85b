"""Building blocks of forms and pages: cards, headings, labelled fields with their error, buttons, week grids."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ui import icons
from ui.theme import SPACE
from ui.typed import read_day


def label(text: str, role: str = "") -> QLabel:
    """A text in a role: title, heading, muted, error, fieldlabel."""
    made = QLabel()
    # a name such as <b> or <img …> is a name: Qt would read it as markup and load what it names
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(role in {"muted", "error"})
    if role:
        made.setProperty("role", role)
    return made


def button(text: str, clicked: Callable[[], object], *, role: str = "", icon: str = "", name: str = "") -> QPushButton:
    """A button; `role` primary, danger or link. Its accessible name is its text without the mnemonic."""
    made = QPushButton(text)
    made.setAccessibleName(name or text.replace("&", ""))
    if role:
        made.setProperty("role", role)
    if icon:
        made.setText(f" {text}" if text else "")
        made.setIcon(icons.icon(icon, "accent_text" if role == "primary" else "text"))
    made.clicked.connect(lambda: clicked())
    return made


TEXT_WIDTH = 300


class Card(QFrame):
    """A surface with a heading and a column of content."""

    def __init__(self, title: str = "") -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(2 * SPACE, 12, 2 * SPACE, 2 * SPACE)
        self.column.setSpacing(SPACE)
        if title:
            heading = label(title, "heading")
            heading.setWordWrap(True)  # a long one would push its card out of the window
            self.column.addWidget(heading)

    def add(self, widget: QWidget) -> QWidget:
        """Put a widget below the others."""
        self.column.addWidget(widget)
        return widget


class Field(QWidget):
    """A control below its label, with room for what is wrong with it."""

    def __init__(self, title: str, control: QWidget) -> None:
        super().__init__()
        self.control = control
        self.title = title.replace("&", "")
        self.fault = ""
        words = QLabel(title)
        words.setProperty("role", "fieldlabel")
        words.setBuddy(control)
        if not control.accessibleName():
            control.setAccessibleName(self.title)
        self._error = label("", "error")
        self._error.hide()
        self._hint: QLabel | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(words)
        column.addWidget(control)
        column.addWidget(self._error)

    def hint(self, text: str) -> None:
        """Say something in passing below the control, which is no fault of what stands in it; empty takes it away."""
        if self._hint is None:
            if not text:
                return
            self._hint = label("", "muted")
            layout = self.layout()
            assert layout is not None
            layout.addWidget(self._hint)
        self._hint.setText(text)
        self._hint.setVisible(bool(text))

    def complain(self, text: str) -> None:
        """Say what is wrong; an empty text is content again."""
        self.fault = text
        self._error.setText(text)
        self._error.setVisible(bool(text))
        self.control.setAccessibleDescription(text)  # a screen reader says it with the field
        self.control.setProperty("invalid", "true" if text else "false")
        self.control.style().unpolish(self.control)
        self.control.style().polish(self.control)


def row(*widgets: QWidget, stretch: Sequence[int] = ()) -> QWidget:
    """Widgets side by side."""
    made = QWidget()
    layout = QHBoxLayout(made)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACE)
    for number, widget in enumerate(widgets):
        layout.addWidget(widget, stretch[number] if number < len(stretch) else 0)
    if not stretch:
        layout.addStretch(1)
    return made


def tabbed(name: str) -> QTabWidget:
    """Tabs to be filled; whoever comes by Tab hears what is chosen there."""
    made = QTabWidget()
    made.setAccessibleName(name)
    made.tabBar().setAccessibleName(name)
    return made


def scrolled(widget: QWidget) -> QScrollArea:
    """A widget that scrolls when the window is too low for it."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(widget)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it takes the cursor, and the area follows
    return area


def column(*widgets: QWidget, margin: int = 0, stretch_end: bool = True) -> QWidget:
    """Widgets one below the other."""
    made = QWidget()
    layout = QVBoxLayout(made)
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(SPACE + 4)
    for widget in widgets:
        layout.addWidget(widget)
    if stretch_end:
        layout.addStretch(1)
    return made


class Choice(QComboBox):
    """A choice among codes with their words."""

    def __init__(self, words: Mapping[str, str], name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        for code, text in words.items():
            self.addItem(text, code)

    def code(self) -> str:
        """The chosen code."""
        return str(self.currentData() or "")

    def choose(self, code: str) -> None:
        """Choose a code; an unknown one changes nothing."""
        index = self.findData(code)
        if index >= 0:
            self.setCurrentIndex(index)


LEAST_LINES = 70  # what the sheet gives three lines, with padding and border: less would be cut off below


class TextArea(QPlainTextEdit):
    """Several lines of text; Tab goes on to the next field, as everywhere."""

    def __init__(self, height: int = 0) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        if height:
            self.setMaximumHeight(max(height, LEAST_LINES))
            self.setProperty("role", "lines")  # some are always seen, however little room there is


class NumberField(QSpinBox):
    """A whole number between two others, typed or by the arrow keys."""

    def __init__(self, name: str, low: int, high: int) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setRange(low, high)
        # the sheet's padding does not reach the line inside
        self.lineEdit().setTextMargins(SPACE, 0, SPACE, 0)


class DateField(QLineEdit):
    """A date written as 23.11.2026; may be empty."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText("TT.MM.JJJJ")
        self.setMaximumWidth(140)

    def show_date(self, value: date | None) -> None:
        """Show a date."""
        self.setText("" if value is None else f"{value:%d.%m.%Y}")

    def date(self) -> date | None:
        """The date. Raises Unreadable with the sentence when the text is none."""
        return read_day(self.text())


class EmptyState(QWidget):
    """What to do when there is nothing yet: icon, words, one action."""

    acted = Signal()

    def __init__(self, icon: str, title: str, text: str, action: str = "") -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.setSpacing(SPACE)
        picture = QLabel()
        picture.setPixmap(icons.pixmap(icon, "muted", 40))
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head = label(title, "heading")
        head.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words = label(text, "muted")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        # a wrapped label inside an aligned layout is not asked for its height: tell it
        words.setFixedWidth(TEXT_WIDTH)
        words.setMinimumHeight(words.heightForWidth(TEXT_WIDTH) + SPACE)
        for widget in (picture, head, words):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        if action:
            layout.addWidget(button(action, self.acted.emit, role="primary"), 0, Qt.AlignmentFlag.AlignHCenter)
