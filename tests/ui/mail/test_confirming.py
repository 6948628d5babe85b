"""What a confirmed answer does: one place for several, what is read first, what is recorded and taken back."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.mail_reports import mail_sent
from domain.casework.preparing import create_and_send
from domain.casework.receiving import receive
from domain.casework.whose_mail import assign
from domain.casework.word_erasure import erase_words
from domain.communication.calls import plan_call
from domain.communication.claiming import claim
from domain.communication.incoming.parse import parse_mail
from domain.database import Database
from domain.matching.searches import pause_search
from domain.therapists.models import Therapist
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.domain.casework.steps import ask
from tests.domain.communication.incoming.letters import reply
from tests.ui.hands import confirm, fill, find, press, scalar
from tests.ui.mail.test_inbox import SETTLED, STATUS, opened
from ui.mail import read_first
from ui.mail.page import MailPage
from ui.ports import UiContext
from ui.widgets.reason import ReasonDialog

REFUSED = "SELECT count(*) FROM matching_service.inquiry_item WHERE status = 'rejection_capacity'"


def test_no_more_letters_records_what_is_shown(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Who is left out got no refusal, in no evidence; what would be recorded is said before."""
    page = opened(ui, qtbot, database, "Bitte schreiben Sie uns nicht mehr.", "Kühn", "Lang")
    page._incoming._reply._answers._rows[1]._answer.choose("rejection_other")
    press(qtbot, page, "Keine Anfragen mehr")
    dialog = page.findChild(ReasonDialog)
    assert dialog is not None
    said = " ".join(words.text() for words in dialog.findChildren(QLabel))
    assert "Lea Kühn: keine Antwort, wird frei" in said
    assert "Lea Lang: Absage" in said
    confirm(qtbot, page)
    qtbot.waitUntil(lambda: scalar(database, STATUS) == "withdrawn rejection_other")
    assert scalar(database, "SELECT count(*) FROM matching_service.answer WHERE status LIKE 'rejection%'") == 1


def test_one_place_is_asked_about_and_accepts_nobody(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Three were asked for, one place is offered: the key records nothing until somebody chose for whom."""
    page = opened(ui, qtbot, database, "Gerne! Ich hätte einen Platz frei ab Februar 2027.", "Kühn", "Lang", "Weber")
    view = page._incoming._reply
    assert [row._answer.code() for row in view._answers._rows] == ["nothing"] * 3
    assert "nicht gesagt, für wen von den 3" in view._of_mailbox.text()
    assert len(view._body.extraSelections()) == 1
    qtbot.keyClick(view, Qt.Key.Key_F9)  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.waitUntil(lambda: "nothing_decided" in ui.messages.text())
    assert scalar(database, STATUS) == "pending pending pending"
    view._answers._rows[1]._answer.choose("accepted")
    assert view._answers._rows[1]._from.text() == "01.02.2027"
    qtbot.waitUntil(view._confirm.isEnabled)
    press(qtbot, page, "Bestätigen")
    qtbot.waitUntil(lambda: scalar(database, STATUS) == "pending accepted pending")


def test_who_answered_unread_about_the_same_is_said_before(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """An acceptance here takes them out there: whose answer lies unread is named beside the key."""
    page = opened(ui, qtbot, database, "{0}: Wir haben einen Platz frei.", "Kühn")

    def elsewhere(session: Session) -> None:
        search = session.scalar(text("SELECT search_id FROM matching_service.inquiry_item"))
        therapist = add_therapist(session, last_name="Zweitpraxis")
        inquiry = ask(session, int(str(search)), now=ui.now(), therapist=therapist)
        filed = receive(session, parse_mail(reply("Gerne!", sender="x@web.example")), now=ui.now())
        assign(session, filed.incoming_id, inquiry.id, now=ui.now())

    fill(database, elsewhere)
    page.refresh()
    qtbot.waitUntil(lambda: "ungelesene Antwort vor von: Ina Zweitpraxis" in page._incoming._reply._of_mailbox.text())
    press(qtbot, page, "Bestätigen")
    qtbot.waitUntil(lambda: scalar(database, SETTLED) == "done")


def test_the_same_key_does_not_confirm_the_next_mail(
    ui: UiContext, qtbot: QtBot, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It opened by itself; until it was on the screen a moment nothing is confirmed."""
    page = opened(ui, qtbot, database, "{0}: Leider haben wir keinen freien Platz.", "Kühn")
    view = page._incoming._reply

    def another(session: Session) -> None:
        search = add_search(session, add_patient(session, last_name="Zweite"))
        inquiry = ask(session, search, now=ui.now())
        code = session.scalar(
            text(f"SELECT reference_code FROM matching_service.inquiry_item WHERE inquiry_id = {inquiry.id}")
        )
        filed = receive(
            session, parse_mail(reply(f"{code}: Leider kein freier Platz.", sender="x@web.example")), now=ui.now()
        )
        assign(session, filed.incoming_id, inquiry.id, now=ui.now())

    fill(database, another)
    monkeypatch.setattr(read_first, "READ_FIRST", 600.0)  # a moment that is not over on any machine
    page.refresh()
    qtbot.waitUntil(lambda: page._incoming.table.model.rowCount() == 2)
    first = view._wanted
    qtbot.keyClick(view, Qt.Key.Key_F9)  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.waitUntil(lambda: view._reply is not None and view._reply.detail.row.incoming_id != first)
    press(qtbot, page, "Bestätigen")
    qtbot.wait(100)
    assert scalar(database, REFUSED) == 1
    assert "nächste E-Mail" in ui.messages.text()
    monkeypatch.setattr(view.acts.read_first, "_until", 0.0)  # it is over
    press(qtbot, page, "Bestätigen")
    qtbot.waitUntil(lambda: scalar(database, REFUSED) == 2)


def test_confirmed_answers_are_taken_back(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The search goes on, who was asked elsewhere is asked again, what waited is dropped, and the mail is unread."""
    fill(database, lambda s: s.execute(text("UPDATE platform.office SET undo_seconds = 60")))
    page = opened(ui, qtbot, database, "{0}: Wir haben einen Platz frei.", "Kühn")
    view = page._incoming._reply

    def elsewhere(session: Session) -> None:
        search = session.scalar(text("SELECT search_id FROM matching_service.inquiry_item"))
        number = create_and_send(
            session, therapist_id=add_therapist(session), search_ids=[int(str(search))], channel=Channel.EMAIL,
            now=ui.now() - timedelta(days=1),
        )  # fmt: skip
        session.flush()
        mail = session.scalar(text(f"SELECT id FROM communication_service.email WHERE inquiry_id = {number}"))
        assert claim(session, int(str(mail)), now=ui.now()) is not None
        mail_sent(session, int(str(mail)), now=ui.now(), server_reply="250 ok")

    fill(database, elsewhere)
    page.refresh()
    press(qtbot, page, "Bestätigen")
    qtbot.waitUntil(lambda: scalar(database, SETTLED) == "done")
    waiting = "SELECT status FROM communication_service.email WHERE kind = 'withdrawal'"
    assert scalar(database, waiting) == "queued"
    qtbot.waitUntil(lambda: "1 Antwort eingetragen. 1 andere Anfrage wird" in ui.messages.text())
    ui.messages.undo()
    qtbot.waitUntil(lambda: scalar(database, SETTLED) == "unread")
    assert scalar(database, STATUS) == "pending pending"
    assert scalar(database, waiting) == "cancelled"
    assert scalar(database, "SELECT status FROM matching_service.place_search") == "active"
    assert (
        scalar(database, "SELECT count(*) FROM matching_service.inquiry WHERE stage = 'sent' AND closed_at IS NULL")
        == 2
    )
    cooling = "SELECT count(*) FROM matching_service.cooling_period WHERE ends_at > starts_at"
    assert scalar(database, cooling) == 0
    back = "SELECT takes_back FROM communication_service.contact_entry WHERE kind = 'answer_taken_back'"
    assert scalar(database, back) is not None
    press(qtbot, page, "Bestätigen")
    qtbot.waitUntil(lambda: scalar(database, SETTLED) == "done")
    press(qtbot, page, "Antworten zurücknehmen")
    qtbot.waitUntil(lambda: scalar(database, STATUS) == "pending pending")
    assert view._reply is not None


def test_what_came_back_and_what_stayed_is_said(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The rest of the search and its call are named; a practice a colleague planned to phone since keeps that call."""
    page = opened(ui, qtbot, database, "{0}: Wir haben einen Platz frei.", "Kühn")
    item = "SELECT i.inquiry_id, i.search_id, q.therapist_id FROM matching_service.inquiry_item i"
    joined = f"{item} JOIN matching_service.inquiry q ON q.id = i.inquiry_id"

    def planned(session: Session) -> None:
        inquiry, _, therapist = session.execute(text(joined)).one()
        plan_call(session, therapist, now=ui.now(), inquiry_id=inquiry)

    def paused(session: Session) -> None:
        planned(session)
        search = session.execute(text(joined)).one()[1]
        pause_search(session, search, until=None, reason="Klinik", now=ui.now())

    fill(database, paused)
    page.refresh()
    press(qtbot, page, "Bestätigen")
    qtbot.waitUntil(lambda: scalar(database, SETTLED) == "done")
    press(qtbot, page, "Antworten zurücknehmen")
    qtbot.waitUntil(lambda: "Wieder wie zuvor" in ui.messages.text())
    assert "Wieder wie zuvor: die Pause der Suche und 1 geplanter Anruf." in ui.messages.text()
    assert scalar(database, "SELECT status || pause_reason FROM matching_service.place_search") == "pausedKlinik"
    qtbot.wait(1000)
    press(qtbot, page, "Bestätigen")
    qtbot.waitUntil(lambda: scalar(database, SETTLED) == "done")
    fill(database, planned)
    press(qtbot, page, "Antworten zurücknehmen")
    stayed = "Inzwischen geändert und so gelassen: der Anruf bei der Praxis."
    qtbot.waitUntil(lambda: stayed in ui.messages.text())
    assert scalar(database, "SELECT count(*) FROM communication_service.phone_call WHERE status = 'planned'") == 1


def test_a_mail_whose_words_were_erased_says_so(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Nobody is sent to look for what was deleted on request; the answers are taken back all the same."""
    page = opened(ui, qtbot, database, "Leider ist bei mir kein Platz frei.", "Kühn")
    view = page._incoming._reply
    press(qtbot, page, "Bestätigen")
    qtbot.waitUntil(lambda: scalar(database, REFUSED) == 1)
    patient = int(str(scalar(database, "SELECT id FROM patient_service.patient")))
    fill(database, lambda session: erase_words(session, patient, reason="Antrag", now=ui.now()))
    view.refresh()
    qtbot.waitUntil(lambda: view._subject.text() == "Inhalt gelöscht")
    assert (
        view._remark.text()
        == "Was in dieser E-Mail stand, wurde auf Antrag gelöscht und lässt sich hier nicht mehr lesen."
    )
    assert (view._body.toPlainText(), view._body.placeholderText()) == ("", "Inhalt gelöscht")
    press(qtbot, page, "Antworten zurücknehmen")
    qtbot.waitUntil(lambda: scalar(database, REFUSED) == 0)


@pytest.mark.parametrize("settled", [False, True])
def test_no_button_is_cut_in_a_narrow_window(ui: UiContext, qtbot: QtBot, database: Database, *, settled: bool) -> None:
    """The smallest window has 834 pixels beside its navigation; what is to be pressed lies within them."""
    page = opened(ui, qtbot, database, "Leider ist bei mir kein Platz frei.", "Kühn", "Lang")
    if settled:
        press(qtbot, page, "Bestätigen")
        qtbot.waitUntil(lambda: scalar(database, SETTLED) == "done")
        qtbot.waitUntil(page._incoming._reply._undo.isVisible)
    page.resize(834, 580)
    qtbot.waitUntil(lambda: page.width() == 834)
    view = page._incoming._reply
    seen = [one for one in view.findChildren(QPushButton) + view.findChildren(QComboBox) if one.isVisible()]
    assert len(seen) >= 4
    for one in seen:
        right = one.mapTo(view, one.rect().topRight()).x()
        assert right < view.width(), one.accessibleName()


def test_an_opt_out_is_for_the_mailbox_or_one_name(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Everybody at the mailbox is proposed; a person narrows it to whoever wrote."""
    page = opened(ui, qtbot, database, "Bitte schreiben Sie uns nicht mehr.", "Kühn")
    press(qtbot, page, "Keine Anfragen mehr")
    dialog = page.findChild(ReasonDialog)
    assert dialog is not None
    offered = [dialog._kind.itemText(number) for number in range(dialog._kind.count())]
    assert "(jetzt 1 Person)" in offered[0]
    assert offered[1].startswith("Nur ")
    assert dialog.kind() == "mailbox"
    confirm(qtbot, page, kind="one")
    qtbot.waitUntil(lambda: scalar(database, "SELECT status FROM therapist_service.therapist") == "opted_out")
    assert scalar(database, "SELECT count(*) FROM therapist_service.mailbox_opt_out") == 0


def test_colleagues_without_a_mailbox_are_spoken_for_by_nobody(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """A practice asked by letter answers by mail: the one name is proposed, all of the practice a person may choose."""

    def work(session: Session) -> int:
        asked_one = add_therapist(session, email="", first_name="Uta", last_name="Fink")
        one = session.get_one(Therapist, asked_one)
        add_therapist(session, email="", practice_id=one.practice_id, contact_point_id=one.contact_point_id)
        inquiry = ask(session, add_search(session), now=ui.now(), therapist=asked_one)
        source = reply("Bitte schreiben Sie mir nicht mehr.", sender="fink.privat@web.example")
        filed = receive(session, parse_mail(source), now=ui.now())
        assign(session, filed.incoming_id, inquiry.id, now=ui.now())
        return filed.incoming_id

    page = MailPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    page.open_field(fill(database, work), "incoming")
    find(qtbot, page, "Bestätigen")
    press(qtbot, page, "Keine Anfragen mehr")
    dialog = page.findChild(ReasonDialog)
    assert dialog is not None
    offered = [dialog._kind.itemText(number) for number in range(dialog._kind.count())]
    assert offered == ["Nur Uta Fink", "Alle der Praxis ohne eigenes Postfach (jetzt 2 Personen)"]
    confirm(qtbot, page)
    qtbot.waitUntil(lambda: scalar(database, "SELECT min(status) FROM communication_service.incoming_email") == "done")
    assert scalar(database, "SELECT string_agg(status, ' ' ORDER BY id) FROM therapist_service.therapist") == (
        "opted_out active"
    )
