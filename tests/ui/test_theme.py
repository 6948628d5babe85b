"""Colours can be read: every text stands out from its ground in light and dark."""

from typing import get_args

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QStyle, QStyleOptionButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui import theme
from ui.theme import DARK, LIGHT, Token, Tokens

PAIRS = [
    ("text", "window"), ("text", "surface"), ("muted", "surface"), ("muted", "window"), ("accent", "surface"),
    ("accent_text", "accent"), ("rail_text", "rail"), ("rail_muted", "rail"), ("success", "success_soft"),
    ("warning", "warning_soft"), ("danger", "danger_soft"), ("info", "info_soft"), ("text", "neutral_soft"),
    ("text", "accent_soft"), ("text", "hover"), ("text", "danger_soft"),
]  # fmt: skip


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_colour_is_asked_for_by_its_name() -> None:
    """The names mypy lets through (an icon takes no colour itself) are those there are."""
    assert get_args(Token) == Tokens.__slots__


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_contrast_is_at_least_four_and_a_half(tokens: Tokens, text: str, ground: str) -> None:
    """WCAG AA for normal text."""
    one, two = sorted((luminance(getattr(tokens, text)), luminance(getattr(tokens, ground))))
    assert (two + 0.05) / (one + 0.05) >= 4.5


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("checked", [False, True], ids=["empty", "checked"])
def test_a_check_box_is_seen_before_it_is_checked(
    qtbot: QtBot, qapp: QApplication, *, dark: bool, checked: bool
) -> None:
    """Empty or checked, the box stands out from the page three to one (WCAG 2.2, 1.4.11)."""
    theme.apply(qapp, dark=dark)
    page, box = QWidget(), QCheckBox("Angst")
    qtbot.addWidget(page)
    theme.dress(page)
    QVBoxLayout(page).addWidget(box)
    box.setChecked(checked)
    page.show()
    option = QStyleOptionButton()
    box.initStyleOption(option)
    place = box.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, box)
    place.translate(box.pos())
    picture = page.grab(place).toImage()
    ground = luminance(theme.tokens().window)
    shades = [
        luminance(picture.pixelColor(x, y).name()) for x in range(picture.width()) for y in range(picture.height())
    ]
    seen = [(max(shade, ground) + 0.05) / (min(shade, ground) + 0.05) >= 3 for shade in shades]
    assert sum(seen) >= 40  # four sides of sixteen dots, less the round corners
