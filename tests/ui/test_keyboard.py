"""Whoever works without a mouse gets everywhere and away again."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from domain.database import Database
from tests.builders import add_patient, add_search, add_therapist
from tests.ui.hands import fill
from ui.admin.page import AdminPage
from ui.inquiries.page import InquiriesPage
from ui.mail.page import MailPage
from ui.matching.page import MatchingPage
from ui.page import PageWidget
from ui.patients.page import PatientsPage
from ui.phone.page import PhonePage
from ui.ports import UiContext
from ui.therapists.page import TherapistsPage
from ui.today.page import TodayPage

PAGES = (
    TodayPage, PatientsPage, TherapistsPage, MatchingPage, InquiriesPage, MailPage, PhonePage, AdminPage,
)  # fmt: skip


def opened(ui: UiContext, qtbot: QtBot, made: Callable[[UiContext], PageWidget]) -> PageWidget:
    """A page as somebody finds it, its lists filled."""
    page = made(ui)
    qtbot.addWidget(page)
    page.resize(1160, 690)
    page.show()
    page.refresh()
    ui.background.wait()
    return page


def stops(page: QWidget) -> list[QWidget]:
    """What can take the cursor by Tab now."""
    return [
        widget
        for widget in page.findChildren(QWidget)
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
    ]  # fmt: skip


@pytest.mark.parametrize("made", PAGES)
def test_tab_leaves_every_control(
    ui: UiContext, qtbot: QtBot, database: Database, made: Callable[[UiContext], PageWidget]
) -> None:
    """No list and no text keeps the cursor."""
    fill(database, lambda s: (add_search(s, add_patient(s)), add_therapist(s), add_therapist(s)))
    page = opened(ui, qtbot, made)
    if isinstance(page, PatientsPage | TherapistsPage):
        page.begin_new()
    found = stops(page)
    assert found
    for widget in found:
        widget.setFocus()
        QTest.keyClick(widget, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is not widget, (widget, widget.accessibleName())


@pytest.mark.parametrize("made", PAGES)
def test_whatever_takes_the_cursor_has_a_name(
    ui: UiContext, qtbot: QtBot, made: Callable[[UiContext], PageWidget]
) -> None:
    """A screen reader says where one is."""
    page = opened(ui, qtbot, made)
    nameless = [
        widget for widget in stops(page) if not (widget.accessibleName() or str(widget.property("text") or ""))
    ]  # fmt: skip
    assert nameless == []
