"""A long list before and after its first rows are there."""

from threading import Event

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.paging import ListQuery, Page
from ui.ports import UiContext
from ui.widgets.columns import Column
from ui.widgets.marking import mark, marked
from ui.widgets.paged_table import PagedTable


def test_a_list_says_that_it_is_empty_only_when_it_knows(ui: UiContext, qtbot: QtBot) -> None:
    """Whoever comes to a record from elsewhere, while many are counted, is not told to begin with an import."""
    counted = Event()

    def fetch(_session: Session, _query: ListQuery) -> Page[str]:
        assert counted.wait(30)
        return Page((), 0, 0)

    table = PagedTable(
        name="nobody",
        title="Niemand",
        background=ui.background,
        fetch=fetch,
        columns=(Column("Name", 0, text=str),),
        row_id=lambda _: 1,
        empty="Noch niemand.",
    )
    qtbot.addWidget(table)
    table.show()
    table.refresh()
    table.select(7)
    assert not table._empty.isVisible()
    counted.set()
    qtbot.waitUntil(table._empty.isVisible)
    assert table._empty.said.text() == "Noch niemand."


@pytest.fixture
def many(ui: UiContext, qtbot: QtBot) -> PagedTable:
    """Three hundred, of whom the first two hundred are there; several may be marked."""
    names = [f"Name {number}" for number in range(300)]

    def fetch(_session: Session, query: ListQuery) -> Page[str]:
        found = [name for name in names if query.text in name]
        return Page(tuple(found[query.offset : query.offset + query.limit]), len(found), query.offset)

    table = PagedTable(
        name="many",
        title="Viele",
        background=ui.background,
        fetch=fetch,
        columns=(Column("Name", 0, text=str),),
        row_id=names.index,
        empty="Noch niemand.",
        several=True,
    )
    qtbot.addWidget(table)
    table.show()
    table.refresh()
    qtbot.waitUntil(lambda: table.model.total == 300)
    return table


def test_a_chosen_row_is_marked_wherever_it_is(many: PagedTable, qtbot: QtBot) -> None:
    """Beyond the first rows too, as soon as they are there; nothing else is marked in its place."""
    table = many
    table.select(230)
    assert marked(table.view) == []
    table.view.scrollToBottom()
    qtbot.waitUntil(lambda: marked(table.view) == [230])
    bar = table.view.verticalScrollBar()
    assert bar.value() == bar.maximum()  # whoever scrolls is not led elsewhere
    table.show_query(text="Name 1")
    qtbot.waitUntil(lambda: table.model.total == 111)
    assert marked(table.view) == []
    table.show_query(text="Name 23")
    qtbot.waitUntil(lambda: table.current() == "Name 230")
    assert table.chosen_id() == 230


def test_a_part_of_what_was_marked_does_not_pass_for_all_of_it(many: PagedTable, qtbot: QtBot) -> None:
    """Read anew, a list that is not all there marks all of them again or none."""
    for rows, left in (([1, 2], [1, 2]), ([198, 199, 225], [])):
        many.view.scrollToBottom()
        qtbot.waitUntil(lambda: many.model.id_at(299) is not None)
        mark(many.view, rows)
        many._on_selection()
        assert sorted(many.chosen_ids() or ()) == rows
        with qtbot.waitSignal(many.model.modelReset):
            many.refresh()
        assert sorted(many.chosen_ids() or ()) == left


def test_a_chosen_row_is_brought_into_view_and_left_there_by_whoever_looks_elsewhere(
    many: PagedTable, qtbot: QtBot
) -> None:
    """With the choice and another search; a list that is read anew stays where it was scrolled to."""
    many.resize(400, 300)
    view = many.view

    def seen() -> bool:
        return view.viewport().rect().intersects(view.visualRect(many.model.index(150, 0)))

    many.select(150)
    qtbot.waitUntil(seen)
    view.scrollToTop()
    assert not seen()
    many.show_query(text="Name")
    qtbot.waitUntil(seen)
    view.scrollToTop()
    with qtbot.waitSignal(many.model.modelReset):
        many.refresh()
    assert not seen()
    assert marked(view) == [150]
