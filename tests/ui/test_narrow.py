"""No page is wider than the smallest screen it is made for: nothing is cut at 1366 × 768."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QScrollArea, QToolButton
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.database import Database
from domain.paging import Page
from tests.builders import add_patient, add_search, add_therapist
from tests.domain.casework.steps import accept, ask
from tests.ui.hands import fill, find
from ui.inquiries.page import InquiriesPage
from ui.labels import label, labels
from ui.list_detail_page import ListDetailPage
from ui.patients.page import PatientsPage
from ui.ports import UiContext
from ui.therapists.page import TherapistsPage
from ui.widgets.cells import chip_room
from ui.widgets.chips import PATIENT_STATES
from ui.widgets.columns import Column
from ui.widgets.paged_table import PagedTable

ROOM = (1160, 690)  # 1366 × 768 less the rail, the top bar and the frame of the window


@pytest.mark.parametrize(
    ("made", "record"), [(PatientsPage, add_patient), (TherapistsPage, add_therapist)], ids=["patient", "therapist"]
)
def test_no_tab_of_a_record_is_cut(
    ui: UiContext,
    qtbot: QtBot,
    database: Database,
    made: Callable[[UiContext], ListDetailPage[Any]],
    record: Callable[[Session], int],
) -> None:
    """Every tab fits beside the list, and every tab's name is seen without scrolling."""
    page = made(ui)
    qtbot.addWidget(page)
    page.resize(*ROOM)
    page.show()
    page.open_item(fill(database, record))
    form = page._detail._form
    qtbot.waitUntil(lambda: page._detail._record is not None)
    assert not [b for b in form.tabBar().findChildren(QToolButton) if b.isVisible()]
    for number in range(form.count()):
        form.setCurrentIndex(number)
        for area in form.currentWidget().parent().findChildren(QScrollArea):
            if area.isVisible():
                content = area.widget().minimumSizeHint().width()
                assert content <= area.viewport().width(), form.tabText(number)


@pytest.mark.parametrize("state", labels("patient_state"))
def test_no_state_is_cut_in_a_list(ui: UiContext, qtbot: QtBot, state: str) -> None:
    """The longest word for where somebody stands is read whole; the column grows to it."""
    columns = (
        Column("Name", 0, text=str),
        Column("Stand", 60, chip=lambda code: (label("patient_state", code), PATIENT_STATES[code])),
    )
    table = PagedTable(
        name="states",
        title="Stände",
        background=ui.background,
        fetch=lambda _session, _query: Page((state,), 1, 0),
        columns=columns,
        row_id=lambda _: 1,
        empty="",
    )
    qtbot.addWidget(table)
    table.resize(400, 200)
    table.show()
    with qtbot.waitSignal(table.model.arrived):
        table.refresh()
    words, kind = label("patient_state", state), PATIENT_STATES[state]
    assert table.view.columnWidth(1) >= chip_room(table.view.font(), words, kind)
    assert table.view.horizontalHeader().length() == table.view.viewport().width()


def test_no_step_of_an_accepted_patient_is_cut(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Writing and phoning the patient, beginning and failing stand beside the list without the scroll bar over them."""

    def work(session: Session) -> int:
        search = add_search(session, add_patient(session, last_name="Wartend-Lindenbaum"))
        inquiry = ask(session, search, now=ui.now(), therapist=add_therapist(session))
        accept(session, inquiry, now=ui.now())
        return inquiry.id

    page = InquiriesPage(ui)
    qtbot.addWidget(page)
    page.resize(*ROOM)
    page.show()
    page.open_item(fill(database, work))
    call = find(qtbot, page, "Lea Wartend-Lindenbaum: Patienten anrufen")
    area = next(area for area in page.findChildren(QScrollArea) if area.isAncestorOf(call))
    content = area.widget()
    assert content is not None
    qtbot.waitUntil(lambda: content.width() == area.viewport().width())
    assert content.minimumSizeHint().width() <= area.viewport().width()
    assert call.mapTo(content, call.rect().topRight()).x() < area.viewport().width()
