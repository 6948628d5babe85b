"""Fields of forms."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui import theme
from ui.widgets.forms import TextArea


@pytest.mark.parametrize("height", [40, 60, 90])
def test_a_field_of_lines_is_not_cut_off_below(qtbot: QtBot, qapp: QApplication, height: int) -> None:
    """However low it is wished, the layout gives it what the sheet asks for."""
    theme.apply(qapp, dark=False)
    page = QWidget()
    qtbot.addWidget(page)
    area, below = TextArea(height), QLabel("darunter")
    column = QVBoxLayout(page)
    column.addWidget(area)
    column.addWidget(below)
    page.show()
    qtbot.waitExposed(page)
    assert area.maximumHeight() >= area.minimumSizeHint().height()
    assert area.geometry().bottom() < below.geometry().top()
