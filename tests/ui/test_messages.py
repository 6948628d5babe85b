"""A message belongs to what it was said of: it goes with the page, what was refused or asked with the record too."""

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from domain.communication.mails import Letter
from domain.database import Database
from domain.errors import Invalid, Unavailable
from tests.builders import add_patient
from tests.ui.hands import fill
from ui.global_search import GlobalSearch
from ui.mail.page import BOXES, MailPage
from ui.main_window import MainWindow
from ui.navigation import PageSpec
from ui.page import PageWidget
from ui.patients.page import PatientsPage
from ui.ports import UiContext
from ui.widgets.letter_view import LetterView

PAGES = ("patients", "mail", "phone")


@pytest.fixture
def window(ui: UiContext, qtbot: QtBot) -> MainWindow:
    """Three pages without anything on them; the first is open."""
    ui.background.failed.disconnect()
    made = MainWindow(background=ui.background, messages=ui.messages, state=ui.state)
    qtbot.addWidget(made)
    specs = tuple(PageSpec(key, key, "mail", lambda: PageWidget(ui)) for key in PAGES)
    made.install(specs, GlobalSearch(ui.background, made.show_page))
    made.show()
    return made


@pytest.mark.parametrize("kind", ["info", "success", "warning"])
def test_a_message_goes_with_its_page(window: MainWindow, kind: str) -> None:
    """And does not come back."""
    getattr(window.messages, kind)("Gespeichert.")
    QTest.qWait(1)
    window.show_page("patients")
    assert window.messages.text() == "Gespeichert."
    window.show_page("mail")
    assert window.messages.text() == ""
    window.show_page("patients")
    assert window.messages.text() == ""


def test_what_opens_a_page_may_say_so(window: MainWindow) -> None:
    """An act that ends on another page tells there that it was done."""
    window.messages.success("Eingetragen.")
    window.show_page("mail")
    assert window.messages.text() == "Eingetragen."


@pytest.fixture
def people(window: MainWindow, ui: UiContext, qtbot: QtBot, database: Database) -> PatientsPage:
    """Two patients, the second chosen, on a page the messages follow."""
    for name in ("Adler", "Brandt"):
        fill(database, partial(add_patient, last_name=name))
    window._specs["phone"] = PageSpec("phone", "phone", "mail", lambda: PatientsPage(ui))
    window.show_page("phone")
    page = window.page("phone")
    assert isinstance(page, PatientsPage)
    qtbot.waitUntil(lambda: page._table.model.total == 2)
    page._table.view.selectRow(1)
    qtbot.waitUntil(lambda: page._detail._name.text().endswith("Brandt"))
    return page


@pytest.mark.parametrize("kind", ["warning", "error"])
def test_what_was_refused_or_asked_goes_with_its_record(window: MainWindow, people: PatientsPage, kind: str) -> None:
    """It stands over no other record or page, and never comes back; the tabs of one record are the same record."""
    messages, form, table = window.messages, people._detail._form, people._table
    other = table.model.id_at(1)
    turns: tuple[Callable[[], object], ...] = (
        lambda: table.view.selectRow(0),
        lambda: window.show_page("phone", other),  # by the search over everything
        lambda: window.show_page("mail"),
    )
    for turn in turns:
        getattr(messages, kind)("Tom Keller war schneller.")
        QTest.qWait(1)
        form.setCurrentIndex((form.currentIndex() + 1) % form.count())
        assert messages.text()
        turn()
        assert messages.text() == ""
    window.show_page("phone")
    assert messages.text() == ""


def test_what_was_done_stays_over_other_records(window: MainWindow, people: PatientsPage) -> None:
    """Also where it wants attention: it can still be read and taken back, until another page is opened."""
    messages, rows = window.messages, (0, 1, 0, 1)
    told: tuple[Callable[[], object], ...] = (
        lambda: messages.success("Gespeichert."),
        lambda: messages.undoable("Der Dank geht um 10:01 hinaus.", lambda: None, kind="warning"),
        lambda: messages.warning("Bitte schicken Sie ihn nicht ab.", lasting=True),
        lambda: messages.info("Zurückgeholt."),
    )
    for tell, row in zip(told, rows, strict=True):
        tell()
        QTest.qWait(1)
        people._table.view.selectRow(row)
        assert messages.text()
    window.show_page("mail")
    assert messages.text() == ""


def test_a_letter_that_opens_by_itself_ends_no_message(window: MainWindow, ui: UiContext) -> None:
    """Why another batch is open can be read, though the letter of its first line comes after; another box ends it."""
    window._specs["mail"] = PageSpec("mail", "mail", "mail", lambda: MailPage(ui))
    window.show_page("mail")
    page = window.page("mail")
    assert isinstance(page, MailPage)
    page.open_field(0, "batches")
    window.messages.warning("Das liegt schon in einem Sammelversand, den Tom Keller begonnen hat.")
    QTest.qWait(1)
    letters = page._batches.findChildren(LetterView)
    assert letters
    for letter in letters:
        letter.clear()
        letter.show_letter(Letter("Betreff", "Text", "<p>Text</p>"))
    assert window.messages.text()
    page._tabs.setCurrentIndex(BOXES.index("sent"))
    assert window.messages.text() == ""


def test_what_hinders_everywhere_stays_until_it_is_over(window: MainWindow, ui: UiContext) -> None:
    """A database that is away is of no page; what a service refused is. What nobody foresaw is closed by hand only."""
    messages = window.messages
    ui.background.failed.emit(Unavailable("database.unreachable"))
    said = messages.text()
    QTest.qWait(1)
    window.show_page("mail")
    assert said
    assert messages.text() == said
    messages.relieve()
    assert messages.text() == ""
    ui.background.failed.emit(Invalid("text.control_character", field="x"))
    QTest.qWait(1)
    messages.relieve()
    assert messages.text()
    window.show_page("phone")
    assert messages.text() == ""
    messages.everywhere("Im Programm ist etwas Unerwartetes passiert.")
    QTest.qWait(1)
    messages.relieve()
    window.show_page("mail")
    assert messages.text()
    messages._close.click()
    assert messages.text() == ""


def test_what_can_be_undone_can_be_also_from_another_page(window: MainWindow) -> None:
    """By Strg+Z, though the message went."""
    undone: list[str] = []
    window.messages.undoable("Weggelegt.", lambda: undone.append("x"))
    QTest.qWait(1)
    window.show_page("mail")
    window.messages.undo()
    assert undone == ["x"]


LONG = "Das ist ein langer Satz, der sagt, was geschah und was bleibt. "


@pytest.mark.parametrize("width", [1024, 1366])
@pytest.mark.parametrize("words", ["Gespeichert.", LONG * 2, LONG * 6, LONG * 40])
def test_a_message_moves_nothing_and_leaves_the_search_free(
    window: MainWindow, qtbot: QtBot, words: str, width: int
) -> None:
    """The page keeps its place and size while it comes and goes; nobody loses the search to a long one."""
    window.resize(width, 768)
    page, search = window.page("patients"), window._search
    assert page is not None
    assert search is not None
    qtbot.waitUntil(page.isVisible)
    before = page.mapTo(window, page.rect().topLeft()), page.size()
    window.messages.success(words, "Import zurücknehmen", lambda: None)
    QTest.qWait(50)
    assert window.messages.isVisible()
    assert (page.mapTo(window, page.rect().topLeft()), page.size()) == before
    text = window.messages._text
    assert text.height() >= text.heightForWidth(text.width())
    assert not _lies_over(window, search)
    if len(words) < 50:
        over = window.messages.mapTo(window, window.messages.rect().bottomRight())
        assert over.y() <= page.mapTo(window, page.rect().topLeft()).y()
    window.resize(window.width() + 150, window.height())
    QTest.qWait(50)
    assert window.messages.geometry().right() < window.width()
    assert not _lies_over(window, search)
    window.messages._close.click()
    QTest.qWait(50)
    assert page.mapTo(window, page.rect().topLeft()) == before[0]


def _lies_over(window: MainWindow, search: GlobalSearch) -> bool:
    """Whether the message covers a part of the search."""
    said, field = window.messages, QRect(search.mapTo(window, QPoint(0, 0)), search.size())
    return QRect(said.mapTo(window, QPoint(0, 0)), said.size()).intersects(field)


def test_a_message_longer_than_anybody_reads_is_cut_and_told_whole(window: MainWindow) -> None:
    """At its end a sign that it goes on; the whole stands in the tooltip and is read out."""
    window.messages.warning(LONG * 40)
    said = window.messages._text
    assert said.text().endswith(" …")
    assert len(said.text()) < 700
    assert (said.toolTip(), said.accessibleName(), window.messages.text()) == (LONG * 40,) * 3
    window.messages.warning(LONG)
    assert (said.text(), said.toolTip()) == (LONG, "")
