"""Colours, type and spacing, once. Tokens become a palette and one style sheet; light and dark are the same names.

Contrast of text on its background is at least 4.5:1 (a test computes it).
"""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

SPACE = 8  # all distances are multiples of it, in device-independent pixels

# what a colour is called where it is asked for: a colour itself is none of these, and mypy says so
Token = Literal[
    "window", "surface", "raised", "border", "text", "muted", "accent", "accent_text", "accent_soft", "rail",
    "rail_text", "rail_muted", "rail_active", "success", "success_soft", "warning", "warning_soft", "danger",
    "danger_soft", "info", "info_soft", "neutral_soft", "hover",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one appearance."""

    window: str
    surface: str
    raised: str
    border: str
    text: str
    muted: str
    accent: str
    accent_text: str
    accent_soft: str
    rail: str
    rail_text: str
    rail_muted: str
    rail_active: str
    success: str
    success_soft: str
    warning: str
    warning_soft: str
    danger: str
    danger_soft: str
    info: str
    info_soft: str
    neutral_soft: str
    hover: str


LIGHT = Tokens(
    window="#f4f6f8", surface="#ffffff", raised="#ffffff", border="#d8dee6", text="#1b2530", muted="#566373",
    accent="#0b6b74", accent_text="#ffffff", accent_soft="#d9eff0", rail="#10303a", rail_text="#ffffff",
    rail_muted="#b9ccd2", rail_active="#1d4c59", success="#1d6b3a", success_soft="#dcf2e3", warning="#815200",
    warning_soft="#fdeecb", danger="#a3261f", danger_soft="#fbe1df", info="#1f5aa6", info_soft="#dfeafa",
    neutral_soft="#e9edf1", hover="#eef2f5",
)  # fmt: skip
DARK = Tokens(
    window="#14191e", surface="#1b2229", raised="#232c34", border="#36424d", text="#e8edf2", muted="#a3b1bf",
    accent="#4fc3cc", accent_text="#06262a", accent_soft="#143c42", rail="#0d1317", rail_text="#ffffff",
    rail_muted="#9fb0ba", rail_active="#1f3a43", success="#7fd49a", success_soft="#173523", warning="#f0c061",
    warning_soft="#3c2f10", danger="#ff9d95", danger_soft="#471f1c", info="#8cbcff", info_soft="#1a3050",
    neutral_soft="#2a343d", hover="#222b33",
)  # fmt: skip

_current = LIGHT


def tokens() -> Tokens:
    """The colours in use."""
    return _current


def is_dark() -> bool:
    """Whether the dark appearance is in use."""
    return _current is DARK


def system_is_dark() -> bool:
    """What the system prefers."""
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def apply(app: QApplication, *, dark: bool) -> None:
    """Choose the appearance: style, font and palette of the whole program; windows are dressed by `dress`."""
    global _current  # noqa: PLW0603 - one appearance for the whole program
    _current = DARK if dark else LIGHT
    if app.style().name().lower() != "fusion":  # setting it anew would polish every widget
        app.setStyle("Fusion")
    font = QFont()
    font.setFamilies(["Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans"])
    font.setPointSizeF(10)
    app.setFont(font)
    app.setPalette(_palette(_current))


def dress(window: QWidget) -> None:
    """Give a window (and all dialogs over it) the sheet of the appearance in use.

    Windows wear it, not the application: a page in the making would be styled anew with every widget put into
    another, which took 180 ms for one page instead of 40.
    """
    colours = {name: getattr(_current, name) for name in Tokens.__slots__}
    pictures = {name: _picture(name, dark=is_dark()) for name in ("arrow", "check")}
    window.setStyleSheet(_SHEET.substitute(colours, **pictures))


def _picture(name: str, *, dark: bool) -> str:
    return Path(str(files("resources").joinpath("theme", f"{name}-{'dark' if dark else 'light'}.svg"))).as_posix()


def _palette(t: Tokens) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: t.window,
        QPalette.ColorRole.WindowText: t.text,
        QPalette.ColorRole.Base: t.surface,
        QPalette.ColorRole.AlternateBase: t.hover,
        QPalette.ColorRole.Text: t.text,
        QPalette.ColorRole.PlaceholderText: t.muted,
        QPalette.ColorRole.Button: t.raised,
        QPalette.ColorRole.ButtonText: t.text,
        QPalette.ColorRole.Highlight: t.accent_soft,
        QPalette.ColorRole.HighlightedText: t.text,
        QPalette.ColorRole.ToolTipBase: t.raised,
        QPalette.ColorRole.ToolTipText: t.text,
        QPalette.ColorRole.Link: t.accent,
        QPalette.ColorRole.Accent: t.accent,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(t.muted))
    return palette


_SHEET = Template("""
QWidget { color: $text; }
QMainWindow, QDialog { background: $window; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px 8px; }
QLabel { background: transparent; }
QLabel[role="title"] { font-size: 17pt; font-weight: 600; }
QLabel[role="heading"] { font-size: 12pt; font-weight: 600; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="error"] { color: $danger; }
QLabel[role="fieldlabel"] { color: $muted; }
QFrame[role="card"] { background: $surface; border: 1px solid $border; border-radius: 8px; }
QFrame[role="rail"] { background: $rail; }
QFrame[role="topbar"] { background: $surface; border-bottom: 1px solid $border; }
QFrame[role="line"] { background: $border; max-height: 1px; min-height: 1px; border: none; }
QFrame[role="topbar"] QToolButton { background: transparent; border: none; border-radius: 6px; padding: 6px 10px; }
QFrame[role="topbar"] QToolButton:hover { background: $hover; }
QFrame[role="topbar"] QToolButton:focus { border: 2px solid $accent; padding: 4px 8px; }
QFrame[role="topbar"] QToolButton::menu-indicator { image: none; }
QToolButton[role="nav"] { background: transparent; color: $rail_muted; border: none; border-radius: 6px;
    padding: 8px 12px; text-align: left; font-weight: 500; }
QToolButton[role="nav"]:hover { background: $rail_active; color: $rail_text; }
QToolButton[role="nav"]:checked { background: $rail_active; color: $rail_text; font-weight: 600; }
QToolButton[role="nav"]:focus { border: 1px solid $rail_muted; }
QLabel[role="brand"] { color: $rail_text; font-size: 13pt; font-weight: 700; }
QLabel[role="railtext"] { color: $rail_muted; }
QProgressBar { background: $neutral_soft; border: none; border-radius: 4px; max-height: 8px; }
QProgressBar::chunk { background: $accent; border-radius: 4px; }
QPushButton { background: $raised; border: 1px solid $border; border-radius: 6px; padding: 6px 14px; min-height: 20px; }
QPushButton:hover { background: $hover; }
QPushButton:focus { border: 2px solid $accent; padding: 5px 13px; }
QPushButton:disabled { color: $muted; background: $neutral_soft; }
QPushButton[role="primary"] { background: $accent; color: $accent_text; border: 1px solid $accent; font-weight: 600; }
QPushButton[role="primary"]:hover { border: 1px solid $text; }
QPushButton[role="primary"]:focus { border: 2px solid $text; padding: 5px 13px; }
QPushButton[role="primary"]:disabled { background: $neutral_soft; color: $muted; border: 1px solid $border; }
QPushButton[role="danger"] { color: $danger; }
QPushButton[role="link"] { background: transparent; border: none; color: $accent; padding: 4px 6px; text-align: left; }
QPushButton[role="link"]:hover { text-decoration: underline; }
QPushButton[role="link"]:focus { border: 2px solid $accent; padding: 2px 4px; }
QLineEdit, QPlainTextEdit, QTextBrowser, QComboBox, QSpinBox, QDateEdit {
    background: $surface; border: 1px solid $border; border-radius: 6px; padding: 5px 8px; min-height: 20px;
    selection-background-color: $accent; selection-color: $accent_text; }
QPlainTextEdit[role="lines"] { min-height: 58px; }
QTextBrowser[role="paper"] { background: #ffffff; color: #1d2733; }
QSpinBox QLineEdit, QSpinBox QLineEdit:focus { border: none; padding: 0; background: transparent; }
QSpinBox::up-button, QSpinBox::down-button { width: 0; border: none; }
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QSpinBox:focus, QDateEdit:focus { border: 2px solid $accent; padding: 4px 7px; }
QLineEdit[invalid="true"], QPlainTextEdit[invalid="true"], QComboBox[invalid="true"], QSpinBox[invalid="true"] { border: 2px solid $danger; padding: 4px 7px; }
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled, QSpinBox:disabled { background: $neutral_soft; color: $muted; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: url("$arrow"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $border; selection-background-color: $accent_soft; selection-color: $text; }
QCheckBox, QRadioButton { spacing: 8px; background: transparent; }
QCheckBox::indicator, QListView::indicator, QTableView::indicator { width: 14px; height: 14px; background: $surface; border: 1px solid $muted;
    border-radius: 4px; }
QCheckBox::indicator:hover, QListView::indicator:hover { border: 1px solid $accent; }
QCheckBox::indicator:disabled { background: $neutral_soft; border: 1px solid $border; }
QCheckBox::indicator:checked, QListView::indicator:checked, QTableView::indicator:checked { background: $accent;
    border: 1px solid $accent; image: url("$check"); }
QTableView::indicator:indeterminate { width: 6px; height: 6px; background: $surface; border: 5px solid $accent; }
QRadioButton::indicator { width: 14px; height: 14px; background: $surface; border: 1px solid $muted; border-radius: 8px; }
QRadioButton::indicator:hover { border: 1px solid $accent; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 5px solid $accent; }
QRadioButton:focus { color: $accent; }
QCheckBox::indicator:checked:disabled { background: $muted; border: 1px solid $muted; }
QCheckBox:focus { color: $accent; }
QTableView, QTreeView, QListView { background: $surface; border: 1px solid $border; padding: 1px; border-radius: 8px; gridline-color: transparent;
    alternate-background-color: $surface; outline: none; }
QTableView::item { padding: 4px 8px; border-bottom: 1px solid $neutral_soft; }
QTableView::item:hover { background: $hover; }
QTableView::item:selected, QListView::item:selected, QTreeView::item:selected { background: $accent_soft; color: $text; }
QTableView:focus, QListView:focus, QTreeView:focus { border: 2px solid $accent; padding: 0; }
QListView::item { padding: 6px 8px; }
QTreeView::item { padding: 7px 4px; }
QHeaderView { background: $surface; border: none; }
QHeaderView::section { background: $surface; color: $muted; border: none; border-bottom: 1px solid $border; padding: 7px 8px; font-weight: 600; }
QTabWidget::pane { border: none; }
QTabBar::tab { background: transparent; color: $muted; padding: 8px 10px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; font-weight: 600; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected:focus { background: $accent_soft; border-top-left-radius: 6px; border-top-right-radius: 6px; }
QSplitter::handle { background: transparent; width: 8px; height: 8px; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: $border; border-radius: 5px; min-height: 32px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle:horizontal { background: $border; border-radius: 5px; min-width: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QStatusBar { background: $surface; border-top: 1px solid $border; color: $muted; }
QStatusBar::item { border: none; }
QMenu { background: $raised; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 6px 20px; border-radius: 4px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QFrame[message="info"] { background: $info_soft; border-radius: 6px; }
QFrame[message="success"] { background: $success_soft; border-radius: 6px; }
QFrame[message="warning"] { background: $warning_soft; border-radius: 6px; }
QFrame[message="error"] { background: $danger_soft; border-radius: 6px; }
QLabel[chip="success"] { background: $success_soft; color: $success; }
QLabel[chip="warning"] { background: $warning_soft; color: $warning; }
QLabel[chip="danger"] { background: $danger_soft; color: $danger; }
QLabel[chip="info"] { background: $info_soft; color: $info; }
QLabel[chip="neutral"] { background: $neutral_soft; color: $text; }
QLabel[chip] { border-radius: 9px; padding: 2px 10px; font-weight: 600; }
""")
