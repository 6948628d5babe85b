"""A long list before and after its first rows are there."""

from threading import Event

from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.paging import ListQuery, Page
from ui.ports import UiContext
from ui.widgets.columns import Column
from ui.widgets.marking import marked
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


def test_a_chosen_row_is_marked_wherever_it_is(ui: UiContext, qtbot: QtBot) -> None:
    """Beyond the first rows too, as soon as they are there; nothing else is marked in its place."""
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
    )
    qtbot.addWidget(table)
    table.show()
    table.refresh()
    qtbot.waitUntil(lambda: table.model.total == 300)
    table.select(230)
    assert marked(table.view) == []
    table.view.scrollToBottom()
    qtbot.waitUntil(lambda: marked(table.view) == [230])
    table.show_query(text="Name 1")
    qtbot.waitUntil(lambda: table.model.total == 111)
    assert marked(table.view) == []
    table.show_query(text="Name 23")
    qtbot.waitUntil(lambda: table.current() == "Name 230")
    assert table.chosen_id() == 230
