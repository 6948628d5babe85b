"""Who is entered twice is looked at, brought together, called different and taken apart again."""

from threading import Barrier

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QRadioButton
from pytestqt.qtbot import QtBot

from domain.casework.merging import merge
from domain.database import Database, Session
from domain.therapists.models import PracticeSite, Therapist
from tests.builders import add_therapist
from tests.ui.hands import fill, find, press, scalar
from tests.ui.therapists.driving import opened
from ui.ports import UiContext
from ui.therapists.duplicates.dialog import DuplicatesDialog
from ui.therapists.page import TherapistsPage

STANDING = "SELECT count(*) FROM therapist_service.therapist WHERE merged_into_id IS NULL"
MERGES = "SELECT count(*) FROM therapist_service.therapist_merge WHERE undone_at IS NULL"


@pytest.fixture
def pair(database: Database) -> tuple[int, int]:
    """Ottilie Zschoche twice, with two numbers, and somebody else."""

    def write(session: Session) -> tuple[int, int]:
        values = {"last_name": "Zschoche", "mobile": "+491701234567"}
        one = add_therapist(session, first_name="Ottilie", email="o@post.example", phone="+49241111", **values)  # type: ignore[arg-type]
        other = add_therapist(session, first_name="Ottilie Maria", email="om@post.example", phone="+49241222", **values)  # type: ignore[arg-type]
        add_therapist(session, last_name="Berger", first_name="Jan", email="berger@post.example")
        site = session.get_one(PracticeSite, session.get_one(Therapist, other).site_id)
        site.street, site.house_number = "Anderer Weg", "7"
        session.get_one(Therapist, one).locked_fields = ["phone"]
        return one, other

    return fill(database, write)


def looked(ui: UiContext, qtbot: QtBot) -> DuplicatesDialog:
    """The window with its first pair laid side by side."""
    page = TherapistsPage(ui)
    qtbot.addWidget(page)
    page.show()
    return asked(qtbot, page)


def asked(qtbot: QtBot, page: TherapistsPage) -> DuplicatesDialog:
    """Opened by the button that says how many pairs there are."""
    press(qtbot, page, "Dubletten prüfen (1)")
    dialog = page.findChild(DuplicatesDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog._merge.isEnabled)
    return dialog


def test_a_pair_is_merged_field_by_field_and_taken_back(
    ui: UiContext, qtbot: QtBot, database: Database, pair: tuple[int, int]
) -> None:
    """What was entered by hand is proposed; another choice holds; the message takes it back."""
    one, other = pair
    dialog = looked(ui, qtbot)
    assert "gleicher Vorname" in dialog._reasons.text()
    compare = dialog._compare
    assert compare is not None
    assert compare.choices()["phone"] == one
    assert find(qtbot, compare, "Telefon: 0241 111 (von Hand), erster Eintrag").isEnabled()
    compare.choose("phone", other)
    press(qtbot, dialog, "Zusammenführen")
    qtbot.waitUntil(lambda: "jetzt ein Eintrag" in dialog._result.text())
    assert scalar(database, STANDING) == 2
    assert scalar(database, f"SELECT phone FROM therapist_service.therapist WHERE id = {one}") == "+49241222"
    assert dialog._none.isVisible()
    press(qtbot, ui.messages, "Rückgängig")
    qtbot.waitUntil(lambda: "wieder zwei Einträge" in ui.messages.text())
    assert scalar(database, STANDING) == 3
    assert scalar(database, f"SELECT phone FROM therapist_service.therapist WHERE id = {one}") == "+49241111"


@pytest.mark.usefixtures("pair")
def test_it_is_taken_back_in_the_window_and_proposed_again(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The list is searched anew; Strg+Z in the main window does not try it once more."""
    dialog = looked(ui, qtbot)
    press(qtbot, dialog, "Zusammenführen")
    press(qtbot, dialog, "Zusammenführung zurücknehmen")
    qtbot.waitUntil(dialog._merge.isEnabled)
    assert scalar(database, STANDING) == 3
    assert dialog.list.model().rowCount() == 1
    ui.messages.undo()
    ui.background.wait()
    assert "schon zurückgenommen" not in ui.messages.text()


@pytest.mark.usefixtures("pair")
def test_enter_in_the_list_merges_nobody(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """It leads to the first decision of the pair."""
    dialog = looked(ui, qtbot)
    dialog.list.setFocus()
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    ui.background.wait()
    assert scalar(database, MERGES) == 0
    assert isinstance(dialog.focusWidget(), QRadioButton)
    press(qtbot, dialog, "Zusammenführen")
    qtbot.waitUntil(lambda: "jetzt ein Eintrag" in dialog._result.text())
    dialog._on_undo()
    qtbot.waitUntil(lambda: scalar(database, MERGES) == 0)


@pytest.mark.usefixtures("pair")
def test_two_who_are_different_are_never_proposed_again(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The decision is kept, and the button counts one less."""
    dialog = looked(ui, qtbot)
    press(qtbot, dialog, "Sind verschiedene Personen")
    qtbot.waitUntil(dialog._none.isVisible)
    assert scalar(database, "SELECT count(*) FROM therapist_service.distinct_pair") == 1
    parent = dialog.parentWidget()
    assert parent is not None
    find(qtbot, parent, "Dubletten prüfen (0)")
    dialog.look()
    ui.background.wait()
    assert dialog.list.model().rowCount() == 0


def test_a_merge_is_taken_back_from_the_record(
    ui: UiContext, qtbot: QtBot, database: Database, pair: tuple[int, int]
) -> None:
    """On the tab Stand; what was changed since stands in the way and is named."""
    one, _ = pair
    dialog = looked(ui, qtbot)
    compare = dialog._compare
    assert compare is not None
    compare.choose("phone", pair[1])
    press(qtbot, dialog, "Zusammenführen")
    qtbot.waitUntil(lambda: scalar(database, MERGES) == 1)
    fill(database, lambda s: s.get_one(Therapist, one).__setattr__("phone", "+49241333"))
    page = opened(ui, qtbot, one, tab="Stand")
    press(qtbot, page, "Zusammenführung zurücknehmen: Ottilie Maria Zschoche")
    qtbot.waitUntil(lambda: "wurde geändert: Telefon" in ui.messages.text())
    fill(database, lambda s: s.get_one(Therapist, one).__setattr__("phone", "+49241222"))
    press(qtbot, page, "Zusammenführung zurücknehmen: Ottilie Maria Zschoche")
    qtbot.waitUntil(lambda: scalar(database, MERGES) == 0)
    assert scalar(database, STANDING) == 3


@pytest.mark.usefixtures("pair")
def test_two_people_merge_the_same_pair_at_once(
    ui: UiContext,
    qtbot: QtBot,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One of them merges; the other reads that it was done, and both lists are empty then."""
    first, second = looked(ui, qtbot), looked(ui, qtbot)
    together = Barrier(2, timeout=60)

    def at_once(*given: object, **named: object) -> int:
        together.wait()
        return merge(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("ui.therapists.duplicates.dialog.merge", at_once)
    first._merge.click()
    second._merge.click()
    qtbot.waitUntil(lambda: first._none.isVisible() and second._none.isVisible())
    said = sorted((first._result.text(), second._result.text()), key=len)
    assert "jetzt ein Eintrag" in said[0]
    assert "Es wurde nichts geändert" in said[1] or "gerade" in said[1]
    assert (scalar(database, STANDING), scalar(database, MERGES)) == (2, 1)


def test_an_objection_is_no_choice(ui: UiContext, qtbot: QtBot, database: Database, pair: tuple[int, int]) -> None:
    """That somebody wants no inquiries stays, and is told; merged by the button, the record kept has it."""
    one, other = pair
    fill(database, lambda s: setattr(s.get_one(Therapist, other), "status", "opted_out"))
    dialog = looked(ui, qtbot)
    shown = [choice for choice in dialog.findChildren(QRadioButton) if "Stand:" in choice.accessibleName()]
    assert [(choice.isChecked(), choice.isEnabled()) for choice in shown] == [(False, False), (True, True)]
    press(qtbot, dialog, "Zusammenführen")
    qtbot.waitUntil(dialog._undo.isVisible)
    assert scalar(database, f"SELECT status FROM therapist_service.therapist WHERE id = {one}") == "opted_out"
