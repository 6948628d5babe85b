"""Whoever works without a mouse gets everywhere and away again."""

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from domain.database import Database
from domain.matching.states import ItemStatus
from tests.builders import add_patient, add_search, add_therapist
from tests.ui.hands import fill
from ui.admin.page import AdminPage
from ui.global_search import GlobalSearch
from ui.inquiries.answer_rows import AnswerRows, Asked
from ui.inquiries.page import InquiriesPage
from ui.mail.page import MailPage
from ui.main_window import MainWindow
from ui.matching.page import MatchingPage
from ui.navigation import PageSpec
from ui.page import PageWidget
from ui.patients.page import PatientsPage
from ui.phone.page import PhonePage
from ui.ports import UiContext
from ui.therapists.page import TherapistsPage
from ui.today.page import TodayPage
from ui.widgets.forms import Choice

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


def test_the_first_arrow_chooses_the_first_row(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Also where it is the only one."""
    patient = fill(database, add_patient)
    page = opened(ui, qtbot, PatientsPage)
    assert isinstance(page, PatientsPage)
    view = page._table.view
    qtbot.waitUntil(lambda: page._table.model.total == 1)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: page._detail._wanted == patient)


def test_the_key_of_a_page_leads_into_it(ui: UiContext, qtbot: QtBot) -> None:
    """Strg and a number put the cursor on the page, also from the rail, whose arrows would go on through the pages."""
    window = MainWindow(background=ui.background, messages=ui.messages, state=ui.state)
    qtbot.addWidget(window)
    specs = (
        PageSpec("patients", "Patienten", "users", lambda: PatientsPage(ui)),
        PageSpec("admin", "Verwaltung", "list-filter", lambda: AdminPage(ui)),
    )
    window.install(specs, GlobalSearch(ui.background, window.show_page))
    window.show()
    qtbot.waitUntil(lambda: window.isActiveWindow() and window._stack.currentWidget() is window.page("patients"))
    rail = window._rail
    assert rail is not None
    for number, (key, first) in enumerate((("patients", "Patienten suchen"), ("admin", "Verwaltung")), start=1):
        rail._buttons["patients"].setFocus()
        QTest.keyClick(window, getattr(Qt.Key, f"Key_{number}"), Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(partial(_is_there, window, key, first))


def _is_there(window: MainWindow, key: str, first: str) -> bool:
    held = QApplication.focusWidget()
    return window._stack.currentWidget() is window.page(key) and held is not None and held.accessibleName() == first


def test_only_what_can_be_entered_is_offered(ui: UiContext, qtbot: QtBot) -> None:
    """Whoever found a place elsewhere cannot wait: neither chosen nor suggested is what would be refused."""
    rows = AnswerRows()
    qtbot.addWidget(rows)
    asked = Asked(1, "Lea Groß", "ABCDE", ItemStatus.MATCHED_ELSEWHERE, 1, suggested=ItemStatus.WAITLISTED)
    rows.show_items([asked])
    assert rows.decisions(today=ui.today()) == ()
    choice = rows.findChild(Choice)
    assert isinstance(choice, Choice)
    offered = {choice.itemData(number) for number in range(choice.count())}
    assert offered == {"nothing", "accepted", "rejection_capacity", "rejection_unsuitable", "rejection_other"}
