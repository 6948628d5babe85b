"""A result of a call that was not begun here, a place that came second, and one that is free later."""

from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain.casework.preparing import create_and_send
from domain.casework.sending import mark_sent
from domain.database import Database
from domain.matching.inquiries import items_of
from domain.matching.models import Inquiry, InquiryItem, PlaceSearch
from domain.therapists.models import Therapist
from domain.values import Channel
from tests.builders import add_therapist
from tests.ui.hands import fill, press, scalar
from tests.ui.phone.conftest import CALLS, DIALLED, dial
from ui.phone.page import PhonePage
from ui.ports import UiContext
from ui.widgets.reason import ReasonDialog


def test_a_key_pressed_by_mistake_notes_no_attempt(page: PhonePage, qtbot: QtBot, database: Database) -> None:
    """Nobody called from here: it is asked once, and the other button leaves everything as it was."""
    qtbot.keyClick(page._panel._script, Qt.Key.Key_2)  # type: ignore[no-untyped-call]  # pytest-qt
    dialog = asked(qtbot, page)
    said = " ".join(part.text() for part in dialog.findChildren(QLabel))
    assert "mit einem anderen Telefon angerufen" in said
    assert "keine Antwort" in said
    assert scalar(database, CALLS) == "planned planned"
    press(qtbot, dialog, "Nichts vermerken")
    assert scalar(database, CALLS) == "planned planned"
    assert scalar(database, "SELECT count(*) FROM communication_service.contact_entry WHERE channel = 'phone'") == 0


def test_a_call_made_with_another_telephone_counts_its_minutes(
    page: PhonePage, qtbot: QtBot, database: Database
) -> None:
    """Result and minutes are typed blind: the key, the minutes, Enter; what is no minutes is said at its field."""
    qtbot.keyClick(page._panel._script, Qt.Key.Key_1)  # type: ignore[no-untyped-call]  # pytest-qt
    dialog = asked(qtbot, page)
    for typed in ("lang", "121"):
        dialog._lasted.setText(typed)
        dialog.ok.click()
        assert "höchstens 120" in dialog._lasted_field.fault
    assert scalar(database, CALLS) == "planned planned"
    dialog._lasted.setText("7")
    qtbot.keyClick(dialog._lasted, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.waitUntil(lambda: "reached" in str(scalar(database, CALLS)))
    qtbot.waitUntil(lambda: "heute 7 Minuten telefoniert" in page._sum.text())


def test_whoever_dials_elsewhere_may_begin_the_call_here(page: PhonePage, qtbot: QtBot, database: Database) -> None:
    """The clock runs, nothing is dialled, and one key is the result."""
    press(qtbot, page, "Mit anderem Telefon angerufen")
    qtbot.waitUntil(page._panel._back.isVisible)
    assert not page._panel._desk.isVisible()
    assert DIALLED == []
    qtbot.keyClick(page._panel._script, Qt.Key.Key_2)  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.waitUntil(lambda: str(scalar(database, CALLS)).count("replanned") == 1)


def test_a_place_that_came_second_is_told_as_of_a_mail(
    page: PhonePage, qtbot: QtBot, database: Database, ui: UiContext
) -> None:
    """Who was first, and when the thanks leave; from there they are taken back."""
    shown = next(call for call in page._calls if call.call_id == page._panel.shown())

    def place_elsewhere(session: Session) -> None:
        session.execute(text("UPDATE platform.office SET undo_seconds = 60"))
        session.get_one(Therapist, shown.therapist_id).email = "praxis@beispiel.de"
        search = session.scalar(select(InquiryItem.search_id).where(InquiryItem.inquiry_id == shown.inquiry_id))
        assert search is not None
        other = add_therapist(session, last_name="Winter")
        made = create_and_send(
            session, therapist_id=other, search_ids=[search], channel=Channel.LETTER, now=ui.now() - timedelta(days=1)
        )
        inquiry = session.get_one(Inquiry, made)
        mark_sent(session, made, now=ui.now() - timedelta(days=1))
        (item,) = items_of(session, inquiry.id)
        # both said yes at once: the other's was entered first, and this call was not taken out yet
        item.status, item.ended_at, item.answered_at = "accepted", None, ui.now()
        session.get_one(PlaceSearch, search).status = "tentative"

    fill(database, place_elsewhere)
    dial(qtbot, page)
    page._panel._answers._rows[0]._answer.choose("accepted")
    qtbot.keyClick(page._panel._script, Qt.Key.Key_1)  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.waitUntil(lambda: "Winter hat schon zugesagt" in ui.messages.text())
    assert ": vermerkt. " in ui.messages.text()
    assert "Dank an die Praxis geht frühestens um 10:01 Uhr hinaus" in ui.messages.text()
    ui.messages.undo()
    thanks = "SELECT status FROM communication_service.email WHERE kind = 'surplus'"
    qtbot.waitUntil(lambda: scalar(database, thanks) == "cancelled")


def test_a_place_free_later_keeps_its_day(page: PhonePage, qtbot: QtBot, database: Database) -> None:
    """Typed beside the answer; a day that is over is said at its field, and the call is still open."""
    dial(qtbot, page)
    row = page._panel._answers._rows[0]
    row._answer.choose("accepted")
    row._from.setText("01.02.2020")
    qtbot.keyClick(page._panel._script, Qt.Key.Key_1)  # type: ignore[no-untyped-call]  # pytest-qt
    assert "vorbei" in page._panel._answers._rows[0]._error.text()
    assert scalar(database, CALLS) == "in_progress planned"
    page._panel._answers._rows[0]._from.setText("01.02.2027")
    qtbot.keyClick(page._panel._script, Qt.Key.Key_1)  # type: ignore[no-untyped-call]  # pytest-qt
    kept = "SELECT to_char(place_from, 'DD.MM.YYYY') FROM matching_service.answer WHERE status = 'accepted'"
    qtbot.waitUntil(lambda: scalar(database, kept) == "01.02.2027")


def asked(qtbot: QtBot, page: PhonePage) -> ReasonDialog:
    """The dialog that asks about a call that was not begun here."""
    qtbot.waitUntil(lambda: any(d.isVisible() for d in page.findChildren(ReasonDialog)))
    return next(d for d in page.findChildren(ReasonDialog) if d.isVisible())
