"""Vermittlung by hand: sending and taking back, not proposing a practice, pausing and ending a search."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.communication.accounts import AccountForm, save_account
from domain.database import Database
from tests.builders import AACHEN, add_patient, add_search, add_therapist
from tests.ui.conftest import Visits
from tests.ui.hands import confirm, fill, press, scalar
from ui.matching.page import MatchingPage
from ui.matching.pair_history import PairHistory
from ui.ports import UiContext


def opened(
    ui: UiContext,
    qtbot: QtBot,
    database: Database,
    *,
    width: int = 1300,
    practice: Callable[[Session], int] = add_therapist,
) -> MatchingPage:
    """The page with one search, one practice that fits, and the practice chosen."""
    search = fill(database, lambda s: add_search(s, add_patient(s, last_name="Wartend")))
    fill(database, practice)
    page = MatchingPage(ui)
    qtbot.addWidget(page)
    page.resize(width, 700)
    page.show()
    page.open_item(search)
    qtbot.waitUntil(lambda: page._results._model.rowCount() == 1)
    page._results.view.selectRow(0)
    qtbot.waitUntil(lambda: "Kennung" in page._composer._letter.toPlainText())
    return page


def test_the_list_is_narrowed_to_a_qualification(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Or begins with it; who fits without it is counted. Another search begins with everybody."""
    fill(database, lambda s: add_therapist(s, last_name="Trauma", qualifications=["EMDR {x}"]))
    search = fill(database, lambda s: add_search(s, add_patient(s, last_name="Wartend")))
    fill(database, add_therapist)
    page = MatchingPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 700)
    page.show()
    page.open_item(search)
    rows = page._results._model
    qtbot.waitUntil(lambda: rows.rowCount() == 2 and page._skills.skill.count() == 2)
    assert not page._skills.how.isEnabled()
    page._skills.skill.choose("EMDR {x}")
    qtbot.waitUntil(lambda: rows.rowCount() == 1)
    assert rows.rows[0].name == "Ina Trauma"
    assert page._total.text() == "1 passende Praxis mit „EMDR {x}“, 1 ohne (davon 1 ganz ohne Angabe)"
    page._skills.how.choose("first")
    qtbot.waitUntil(lambda: rows.rowCount() == 2)
    assert rows.rows[0].name == "Ina Trauma"
    assert page._total.text().startswith("1 passende Praxis mit")
    other = fill(database, lambda s: add_search(s, add_patient(s, last_name="Zweite")))
    page._choose(other)
    qtbot.waitUntil(lambda: page._total.text().startswith("2 passende Praxen"))
    assert page._skills.skill.code() == ""


def test_what_leaves_at_once_offers_no_undo(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """An office without an undo window is not promised one."""
    form = AccountForm(name="Büro", address="buero@mail.example", smtp_host="mail.example", is_default=True)
    fill(database, lambda s: save_account(s, form))
    page = opened(ui, qtbot, database)
    press(qtbot, page, "Anfrage senden")
    qtbot.waitUntil(lambda: ui.messages._text.text() == "Die Anfrage ist unterwegs.")
    assert ui.messages._action.text() == ""


def test_another_patient_is_asked_for_when_another_is_chosen(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The practice is chosen anew, and ticked for the new one alone; the name stands beside the button."""
    page = opened(ui, qtbot, database)
    assert page._composer._names.text() == "Für: Lea Wartend"
    page._composer._unknown.setChecked(True)
    other = fill(database, lambda s: add_search(s, add_patient(s, last_name="Zweite")))
    page._searches.refresh()
    page._choose(other)
    assert page._composer.chosen() == []
    assert not page._composer._unknown.isChecked()
    qtbot.waitUntil(lambda: page._results._model.rowCount() == 1)
    page._results.view.selectRow(0)
    qtbot.waitUntil(lambda: page._composer._names.text() == "Für: Lea Zweite")
    assert page._composer.chosen() == [other]
    press(qtbot, page, "Anfrage senden")
    qtbot.waitUntil(lambda: scalar(database, "SELECT search_id FROM matching_service.inquiry_item") == other)


def test_a_sent_inquiry_is_taken_back_with_one_key(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Undo works once and says so; the practice is free again."""
    fill(database, lambda s: s.execute(text("UPDATE platform.office SET undo_seconds = 60")))
    page = opened(ui, qtbot, database)
    press(qtbot, page, "Anfrage senden")
    qtbot.waitUntil(lambda: scalar(database, "SELECT stage FROM matching_service.inquiry") == "outbox")
    qtbot.waitUntil(lambda: ui.messages._action.text() == "Rückgängig")
    ui.messages.undo()
    qtbot.waitUntil(lambda: scalar(database, "SELECT stage FROM matching_service.inquiry") == "cancelled")
    qtbot.waitUntil(lambda: page._results._model.rowCount() == 1)
    ui.messages.undo()
    qtbot.waitUntil(lambda: "Zurückgeholt" in ui.messages._text.text())


def test_the_map_sends_a_search_with_its_practice(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The search is open, and the inquiry to that practice is ready to be read."""
    search = fill(database, lambda s: add_search(s, add_patient(s, last_name="Wartend")))
    practice = fill(database, lambda s: add_therapist(s, last_name="Gesucht"))
    fill(database, lambda s: add_therapist(s, last_name="Andere"))
    page = MatchingPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 700)
    page.show()
    page.open_field(search, str(practice))
    qtbot.waitUntil(lambda: "Gesucht" in page._composer._letter.toPlainText())
    press(qtbot, page, "Anfrage senden")
    asked = "SELECT therapist_id FROM matching_service.inquiry"
    qtbot.waitUntil(lambda: scalar(database, asked) == practice)


def test_a_practice_is_not_proposed_any_more_and_again(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """With a reason; the message takes it back."""
    page = opened(ui, qtbot, database)
    press(qtbot, page, "Nicht vorschlagen")
    confirm(qtbot, page, reason="kennen sich privat")
    qtbot.waitUntil(lambda: page._results._model.rowCount() == 0)
    assert scalar(database, "SELECT reason FROM matching_service.exclusion") == "kennen sich privat"
    ui.messages.undo()
    qtbot.waitUntil(lambda: page._results._model.rowCount() == 1)


def test_a_search_ends_in_the_way_that_is_chosen(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Kostenerstattung is an end of its own."""
    page = opened(ui, qtbot, database)
    press(qtbot, page, "Beenden")
    confirm(qtbot, page, reason="zehn Absagen", kind="reimbursement_route")
    qtbot.waitUntil(
        lambda: scalar(database, "SELECT status FROM matching_service.place_search") == "reimbursement_route"
    )


def test_a_wish_is_given_up_with_the_patients_word(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The button says what it brings; the word is asked for; the practice is there."""
    search = fill(database, lambda s: add_search(s, add_patient(s, wishes={"radius_km": 5})))
    fill(database, lambda s: add_therapist(s, place=(AACHEN[0] + 0.1, AACHEN[1])))
    page = MatchingPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 700)
    page.show()
    page.open_item(search)
    page.show_tab(2)
    press(qtbot, page, "Lockern: +10 km, 1 Praxis mehr")
    confirm(qtbot, page, reason="fährt auch weiter")
    qtbot.waitUntil(lambda: page._results._model.rowCount() == 1)
    assert scalar(database, "SELECT radius_km FROM patient_service.wishes") == 15


def test_a_planned_call_is_not_called_a_mail_on_its_way(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Where there is no mailbox, a call is planned; the message says so and takes it back."""
    page = opened(ui, qtbot, database, practice=lambda s: add_therapist(s, email=""))
    press(qtbot, page, "Anruf planen")
    qtbot.waitUntil(lambda: ui.messages._text.text() == "Der Anruf ist geplant.")
    ui.messages.undo()
    qtbot.waitUntil(lambda: scalar(database, "SELECT stage FROM matching_service.inquiry") == "cancelled")


def test_a_call_is_previewed_as_what_one_says(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The words to say, without the subject of a mail; a mail has it again."""
    page = opened(ui, qtbot, database)
    composer = page._composer
    assert composer._letter.toPlainText().startswith("Betreff: ")
    composer._channel.choose("phone")
    qtbot.waitUntil(lambda: composer._letter.toPlainText().startswith("Am Telefon zu sagen:"))
    said = composer._letter.toPlainText()
    assert "Guten Tag, mein Name ist Jana Brand" in said
    assert not any(of_mails in said for of_mails in ("Betreff", "Sehr geehrte", "Antworten Sie"))
    assert composer._letter.accessibleName() == "Gesprächsleitfaden"
    assert composer._send.accessibleName() == "Anruf planen"
    composer._channel.choose("email")
    qtbot.waitUntil(lambda: composer._letter.toPlainText().startswith("Betreff: "))
    assert composer._send.accessibleName() == "Anfrage senden"


def test_a_letter_wants_to_be_printed(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Until then the practice is not asked; it is offered at once."""
    page = opened(ui, qtbot, database, practice=lambda s: add_therapist(s, email="", phone=""))
    press(qtbot, page, "Anfrage senden")
    qtbot.waitUntil(lambda: "Der Brief liegt bereit" in ui.messages._text.text())
    assert ui.messages._action.text() == "Drucken …"


def test_long_names_leave_the_searches_readable(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """At 1366 pixels, with a long practice name and the longest button."""

    def practice(session: Session) -> int:
        return add_therapist(session, title="Prof. Dr. med.", last_name="Ostrowski-Pfefferkorn-Löwenstein")

    page = opened(ui, qtbot, database, width=1160, practice=practice)
    press(qtbot, page, "Dringend")
    press(qtbot, page, "Nicht dringend")
    qtbot.waitUntil(lambda: page._actions._urgent.accessibleName() == "Dringend")
    room = page._searches.view.columnWidth(0)
    assert room >= page._searches.view.fontMetrics().horizontalAdvance("Lea Wartend")
    assert page.minimumSizeHint().width() <= 1160


def test_a_paused_search_says_why_nobody_fits(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Not "0 passende Praxen"."""
    page = opened(ui, qtbot, database)
    press(qtbot, page, "Pausieren")
    confirm(qtbot, page, reason="Urlaub")
    qtbot.waitUntil(lambda: "pausiert" in page._total.text())


def test_a_missing_fact_leads_to_its_field(ui: UiContext, qtbot: QtBot, database: Database, visits: Visits) -> None:
    """The tab counts what is missing; the key opens the record with the field."""
    page = opened(ui, qtbot, database)
    vague = fill(database, lambda s: add_therapist(s, offers=[], licence="unknown"))
    page.refresh()
    qtbot.waitUntil(lambda: page._tabs.tabText(3) == "Fehlt (1)")
    page.show_tab(3)
    first = page._unknowns._list.topLevelItem(0)
    assert first is not None
    page._unknowns._list.setCurrentItem(first)
    press(qtbot, page, "Ergänzen")
    assert (visits[-1], visits.field) == (("therapists", vague), "offers")


def test_everything_between_both_is_one_key_away(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The timeline of the chosen pair opens beside the work."""
    page = opened(ui, qtbot, database)
    press(qtbot, page, "Verlauf")
    qtbot.waitUntil(lambda: page.findChild(PairHistory) is not None)
    dialog = page.findChild(PairHistory)
    assert dialog is not None
    qtbot.waitUntil(lambda: "Noch kein Kontakt" in dialog.timeline.toPlainText())
    dialog.reject()


def test_a_group_is_prepared_with_one_key(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The suggested people are ticked in the inquiry to the practice with the group."""
    fill(database, lambda s: add_therapist(s, offers=["cbt:adult:group"]))
    for _ in range(3):
        fill(database, lambda s: add_search(s, add_patient(s, wishes={"group_ok": True})))
    page = MatchingPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 700)
    page.show()
    page._views.setCurrentWidget(page._groups)
    qtbot.waitUntil(lambda: page._groups._list.topLevelItemCount() == 1)
    first = page._groups._list.topLevelItem(0)
    assert first is not None
    page._groups._list.setCurrentItem(first)
    press(qtbot, page, "Anfrage vorbereiten")
    qtbot.waitUntil(lambda: len(page._composer.chosen()) == 3)


def test_an_inquiry_leaves_on_a_day(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """A day that has passed is complained about at its field; a later one is kept, and nothing leaves before."""
    page = opened(ui, qtbot, database)
    composer = page._composer
    composer._when.choice.choose("day")
    composer._when.day.setText("20.11.2026")
    press(qtbot, page, "Anfrage senden")
    assert "späteren Tag" in " ".join(label.text() for label in composer._when.findChildren(QLabel))
    composer._when.day.setText("01.12.2026")
    press(qtbot, page, "Anfrage senden")
    leaves = "SELECT not_before FROM communication_service.email"
    qtbot.waitUntil(lambda: scalar(database, "SELECT count(*) FROM communication_service.email") == 1)
    assert scalar(database, leaves) == datetime(2026, 12, 1, 7, 0, tzinfo=UTC)


def test_a_name_is_never_markup(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """A patient and a therapist named like tags: shown letter by letter in headings, lists, letter and tooltips."""
    odd = "<img src='file:///x'><b>Null</b>"
    search = fill(database, lambda s: add_search(s, add_patient(s, last_name=odd)))
    fill(database, lambda s: add_therapist(s, last_name=odd))
    page = MatchingPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 700)
    page.show()
    page.open_item(search)
    qtbot.waitUntil(lambda: page._results._model.rowCount() == 1)
    page._results.view.selectRow(0)
    qtbot.waitUntil(lambda: odd in page._composer._head.text())
    shown = [label for label in page.findChildren(QLabel) if odd in label.text()]
    assert len(shown) >= 2
    assert {label.textFormat() for label in shown} == {Qt.TextFormat.PlainText}
    tips = [
        str(page._results._model.index(0, column).data(Qt.ItemDataRole.ToolTipRole) or "")
        for column in range(page._results._model.columnCount())
    ]
    assert not any("<img" in tip for tip in tips)
    ui.messages.error(f"{odd} wurde geändert.")
    assert ui.messages._text.textFormat() == Qt.TextFormat.PlainText


def test_more_than_the_best_are_a_key_away(
    ui: UiContext, qtbot: QtBot, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list that ends before all who fit says so, and shows them when asked."""
    monkeypatch.setattr("ui.matching.page.FIT_LIMIT", 1)
    fill(database, lambda s: [add_therapist(s, last_name=f"Praxis{n}") for n in range(3)])
    search = fill(database, lambda s: add_search(s, add_patient(s, last_name="Wartend")))
    page = MatchingPage(ui)
    qtbot.addWidget(page)
    page.resize(1134, 650)
    page.show()
    page.open_item(search)
    qtbot.waitUntil(page._all.isVisible)
    assert (page._total.text(), page._results._model.rowCount()) == ("3 passende Praxen", 1)
    press(qtbot, page, "Nur die besten 1 stehen hier. Alle zeigen")
    qtbot.waitUntil(lambda: page._results._model.rowCount() == 3)
    assert not page._all.isVisible()
    assert page._results.view.columnWidth(0) > 150
