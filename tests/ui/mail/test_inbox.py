"""Posteingang by hand: a suggestion confirmed by one key, an absence, a mail nobody could assign."""

from datetime import UTC, date, datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.mail_reports import mail_sent
from domain.casework.preparing import create_and_send
from domain.casework.receiving import receive
from domain.communication.account_models import MailboxState
from domain.communication.accounts import AccountForm, save_account
from domain.communication.claiming import claim
from domain.communication.incoming.parse import parse_mail, read_head
from domain.communication.incoming.remarks import Remark
from domain.database import Database
from domain.matching.states import ItemStatus
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.domain.casework.steps import accept, ask
from tests.domain.communication.incoming.letters import bounce, reply
from tests.ui.conftest import Visits
from tests.ui.hands import confirm, enter, fill, find, press, scalar
from ui import theme
from ui.mail.incoming import _belongs
from ui.mail.page import MailPage
from ui.ports import UiContext
from ui.widgets.reason import ReasonDialog

STATUS = "SELECT string_agg(status, ' ' ORDER BY position) FROM matching_service.inquiry_item"
SETTLED = "SELECT status FROM communication_service.incoming_email ORDER BY id LIMIT 1"


def asked(session: Session, ui: UiContext, *names: str) -> tuple[str, list[str]]:
    """An inquiry on its way about some patients: the Message-ID of its mail and the codes."""
    searches = [add_search(session, add_patient(session, last_name=name)) for name in names]
    create_and_send(
        session, therapist_id=add_therapist(session), search_ids=searches, channel=Channel.EMAIL, now=ui.now()
    )
    session.flush()
    mail, number = session.execute(text("SELECT id, message_id FROM communication_service.email")).one()
    assert claim(session, mail, now=ui.now() + timedelta(minutes=5)) is not None
    mail_sent(session, mail, now=ui.now() + timedelta(minutes=5), server_reply="250 ok")
    codes = session.scalars(text("SELECT reference_code FROM matching_service.inquiry_item ORDER BY position"))
    return number, list(codes)


def opened(ui: UiContext, qtbot: QtBot, database: Database, body: str, *names: str) -> MailPage:
    """The page with one mail open; {0}, {1} in the body are codes of the patients."""

    def work(session: Session) -> int:
        number, codes = asked(session, ui, *names)
        return receive(session, parse_mail(reply(body.format(*codes), answers=number)), now=ui.now()).incoming_id

    page = MailPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    page.open_field(fill(database, work), "incoming")
    find(qtbot, page, "Bestätigen")
    return page


def test_one_key_confirms_what_was_suggested(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Two persons, answered differently; the words are marked in the mail."""
    page = opened(ui, qtbot, database, "{0}: kein Platz\n{1}: Warteliste bis 31.3.2027", "Kühn", "Lang")
    marked = page._incoming._reply._body.extraSelections()
    assert len(marked) == 2
    qtbot.keyClick(page._incoming._reply, Qt.Key.Key_F9)  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.waitUntil(lambda: scalar(database, STATUS) == "rejection_capacity waitlisted")
    assert scalar(database, "SELECT max(waitlisted_until) FROM matching_service.inquiry_item") == date(2027, 3, 31)
    assert scalar(database, SETTLED) == "done"


def test_a_second_acceptance_says_that_thanks_go_out(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The same key says who was first and when the thanks leave, and keeps them here."""
    fill(database, lambda s: s.execute(text("UPDATE platform.office SET undo_seconds = 60")))
    page = opened(ui, qtbot, database, "{0}: Wir haben einen Platz frei.", "Kühn")
    other = "SELECT search_id FROM matching_service.inquiry_item"

    def elsewhere(session: Session) -> None:
        inquiry = ask(session, int(str(session.scalar(text(other)))), now=ui.now())
        accept(session, inquiry, now=ui.now())

    fill(database, elsewhere)
    page.refresh()
    qtbot.waitUntil(lambda: page._incoming._reply._answers._rows[0]._item.status is ItemStatus.MATCHED_ELSEWHERE)
    page._incoming._reply._answers._rows[0]._answer.choose("accepted")
    qtbot.keyClick(page._incoming._reply, Qt.Key.Key_F9)  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.waitUntil(lambda: "Dank an die Praxis geht frühestens um 10:01 Uhr hinaus" in ui.messages.text())
    assert ui.messages.text().startswith("Lea Kühn: ")
    assert ui.messages._action.text() == "Zurückholen"
    ui.messages.undo()
    thanks = "SELECT status FROM communication_service.email WHERE kind = 'surplus'"
    qtbot.waitUntil(lambda: scalar(database, thanks) == "cancelled")


def test_a_suggestion_says_how_often_such_ones_hold(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """A measured fraction, and no certainty that nobody measured."""
    page = opened(ui, qtbot, database, "{0}: Leider haben wir keinen freien Platz.", "Kühn")
    said = [part.text() for part in page._incoming._reply._answers.findChildren(QLabel)]
    assert "stimmt etwa 19 von 20 Mal" in said or "stimmt etwa 9 von 10 Mal" in said
    assert not any("%" in part for part in said)


def test_a_place_that_is_free_later_keeps_its_day(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Read from the mail, in its field, and confirmed with the same key; a mistyped day is said at the field."""
    page = opened(ui, qtbot, database, "{0}: Ab 1. Februar 2027 habe ich einen Platz für Sie frei.", "Kühn")
    row = page._incoming._reply._answers._rows[0]
    assert (row._answer.code(), row._from.text()) == ("accepted", "01.02.2027")
    assert not row._from.isHidden()
    for typed, said in (("01.02.2020", "vorbei"), ("01.02.2207", "Jahreszahl"), ("bald", "TT.MM.JJJJ")):
        enter(page, "Lea Kühn: Platz frei ab", typed)
        press(qtbot, page, "Bestätigen")
        assert said in page._incoming._reply._answers._rows[0]._error.text()
    assert scalar(database, STATUS) == "pending"
    enter(page, "Lea Kühn: Platz frei ab", "15.02.2027")
    qtbot.keyClick(page._incoming._reply, Qt.Key.Key_F9)  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.waitUntil(lambda: scalar(database, STATUS) == "accepted")
    for kept in ("inquiry_item", "answer"):
        assert scalar(database, f"SELECT max(place_from) FROM matching_service.{kept}") == date(2027, 2, 15)


def test_a_person_decides_otherwise(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """What is chosen counts, not what was suggested; the difference is kept."""
    page = opened(ui, qtbot, database, "Leider nein", "Kühn")
    row = page._incoming._reply._answers._rows[0]
    row._answer.choose("waitlisted")
    enter(page, "Lea Kühn: Warteliste bis", "bald")
    press(qtbot, page, "Bestätigen")
    qtbot.wait(50)
    assert scalar(database, STATUS) == "pending"
    enter(page, "Lea Kühn: Warteliste bis", "01.02.2027")
    press(qtbot, page, "Bestätigen")
    qtbot.waitUntil(lambda: scalar(database, STATUS) == "waitlisted")
    assert scalar(database, "SELECT suggested || ' ' || decided FROM communication_service.incoming_reading") == (
        "no_places waitlisted"
    )


def test_another_writer_is_told(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Who answers our mail from an address nobody knows may be anybody: said at the mail and before a consequence."""

    def work(session: Session) -> int:
        number, _ = asked(session, ui, "Kühn")
        forged = reply("Bitte streichen Sie mich aus Ihrem Verteiler.", sender="x@boese.example", answers=number)
        return receive(session, parse_mail(forged), now=ui.now()).incoming_id

    page = MailPage(ui)
    qtbot.addWidget(page)
    page.show()
    page.open_field(fill(database, work), "incoming")
    find(qtbot, page, "Bestätigen")
    assert "Anderer Absender: x@boese.example" in page._incoming._reply._remark.text()
    qtbot.keyClick(page._incoming._reply, Qt.Key.Key_F9)  # type: ignore[no-untyped-call]  # pytest-qt
    dialog = page.findChild(ReasonDialog)
    assert dialog is not None
    said = [words.text() for words in dialog.findChildren(QLabel)]
    assert any("wird nicht mehr angeschrieben" in words and "x@boese.example" in words for words in said)
    assert scalar(database, SETTLED) == "unread"


def test_an_absence_is_confirmed_by_the_same_key(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The suggestion is about the practice, not about a patient."""
    page = opened(ui, qtbot, database, "Ich bin bis zum 11.12.2026 im Urlaub.", "Kühn")
    qtbot.waitUntil(lambda: "Praxis abwesend bis 11.12.2026" in page._incoming._reply._of_mailbox.text())
    qtbot.keyClick(page._incoming._reply, Qt.Key.Key_F9)  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.waitUntil(lambda: scalar(database, "SELECT stage FROM matching_service.inquiry") == "out_of_office")


def test_an_absence_that_is_over_is_settled_by_the_same_key(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Nothing is refused: the mail is done, reminders go on, and it is said that the days do not count."""
    page = opened(ui, qtbot, database, "Ich bin bis zum 20.11.2026 im Urlaub.", "Kühn")
    qtbot.waitUntil(lambda: "Praxis abwesend bis" in page._incoming._reply._of_mailbox.text())
    qtbot.keyClick(page._incoming._reply, Qt.Key.Key_F9)  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.waitUntil(lambda: scalar(database, SETTLED) == "done")
    qtbot.waitUntil(lambda: "wieder da" in ui.messages.text())
    assert scalar(database, "SELECT stage FROM matching_service.inquiry") == "sent"


def test_no_more_letters_asks_once(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """It has consequences, so its dialog names them."""
    page = opened(ui, qtbot, database, "Bitte streichen Sie mich aus Ihrem Verteiler.", "Kühn")
    qtbot.keyClick(page._incoming._reply, Qt.Key.Key_F9)  # type: ignore[no-untyped-call]  # pytest-qt
    assert scalar(database, SETTLED) == "unread"
    confirm(qtbot, page)
    qtbot.waitUntil(lambda: scalar(database, "SELECT status FROM therapist_service.therapist") == "opted_out")


def test_nothing_to_do_and_back(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """A mail that wants nothing is put away and can be taken up again."""
    page = opened(ui, qtbot, database, "Danke für die Auskunft!", "Kühn")
    press(qtbot, page, "Nichts zu tun")
    qtbot.waitUntil(lambda: scalar(database, SETTLED) == "set_aside")
    press(qtbot, page, "Wieder aufnehmen")
    qtbot.waitUntil(lambda: scalar(database, SETTLED) == "unread")


def test_a_mail_without_a_mark_is_assigned_by_hand(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The list of inquiries is searched, the suggestion comes with the assignment."""

    def work(session: Session) -> int:
        asked(session, ui, "Kühn")
        return receive(session, parse_mail(reply("Leider nein", sender="x@web.example")), now=ui.now()).incoming_id

    page = MailPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    page.open_field(fill(database, work), "incoming")
    press(qtbot, page, "Anfrage zuordnen")
    from ui.mail.finding import InquiryFinder

    qtbot.waitUntil(lambda: bool(page.findChildren(InquiryFinder)))
    finder = page.findChildren(InquiryFinder)[0]
    qtbot.waitUntil(lambda: finder._table.model.total == 1)
    finder._table.view.selectRow(0)
    qtbot.waitUntil(finder._ok.isEnabled)
    finder._ok.click()
    press(qtbot, page, "Bestätigen")
    qtbot.waitUntil(lambda: scalar(database, STATUS) == "rejection_capacity")


def test_the_act_stays_in_sight_however_long_the_mail_is(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """On a small screen, with three persons and a long mail, nobody scrolls for the button."""
    page = opened(ui, qtbot, database, "{0}: kein Platz\n" + "Gruß\n" * 50, "Kühn", "Lang", "Moll")
    page.resize(1144, 480)
    act = find(qtbot, page, "Bestätigen")
    qtbot.waitUntil(lambda: act.visibleRegion().boundingRect() == act.rect())


def test_the_boxes_are_whole_and_stay_where_they_are(ui: UiContext, qtbot: QtBot) -> None:
    """With counts of three figures, at 1366 pixels less the rail: no name is cut, and no arrows come and go."""
    page = MailPage(ui)
    qtbot.addWidget(page)
    theme.dress(page)
    page.resize(1160, 640)
    page.show()
    assert page.minimumSizeHint().width() < 900
    page._show_counts({"inbox": 128, "outbox": 40, "trouble": 12})
    tabs = page._tabs
    qtbot.wait(1)
    for number in range(tabs.count()):
        assert tabs.fontMetrics().horizontalAdvance(tabs.tabText(number)) + 20 <= tabs.tabRect(number).width()
    assert not [one for one in tabs.findChildren(QToolButton) if one.isVisible()]


def test_heute_leads_to_the_answer(ui: UiContext, qtbot: QtBot, database: Database, visits: Visits) -> None:
    """An unread answer is the first thing of the day."""
    from ui.today.page import TodayPage

    opened(ui, qtbot, database, "Leider nein", "Kühn")
    today = TodayPage(ui)
    qtbot.addWidget(today)
    today.show()
    qtbot.waitUntil(lambda: today._tree.topLevelItemCount() > 0)
    top = today._tree.topLevelItem(0)
    assert top is not None
    task = top.child(0)
    assert task is not None
    today._open(task)
    assert (visits[-1][0], visits.field) == ("mail", "incoming")


def test_what_cannot_be_read_and_what_means_nothing_is_told(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """In the list by a word, in the mail by a sentence with the size, or with the other address."""

    def work(session: Session) -> tuple[int, int]:
        number, _ = asked(session, ui, "Kühn")
        report = parse_mail(bounce(number, recipient="privat@gmx.example"))
        head = b"From: =?utf-8?q?M=C3=BCller=2C_Ina?= <ina@praxis.example>\nSubject: Platz\n\n"
        unread = read_head(head, size=2_500_000, remark=Remark("mail.too_nested"))
        return tuple(receive(session, mail, now=ui.now()).incoming_id for mail in (report, unread))  # type: ignore[return-value]

    page = MailPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    elsewhere, unreadable = fill(database, work)
    page.open_field(unreadable, "incoming")
    reply_view = page._incoming._reply
    qtbot.waitUntil(lambda: "nicht lesbar" in reply_view._chip.text())
    assert "2,5 MB" in reply_view._remark.text()
    assert "zu tief verschachtelt" in reply_view._remark.text()
    assert "Müller, Ina <ina@praxis.example>" in reply_view._facts.text()
    page.open_field(elsewhere, "incoming")
    qtbot.waitUntil(lambda: "privat@gmx.example" in reply_view._remark.text())
    assert "weitergeleitet" in reply_view._remark.text()
    press(qtbot, page, "Nichts zu tun")
    qtbot.waitUntil(lambda: scalar(database, SETTLED) == "set_aside")


def test_a_patients_mail_is_offered_no_inquiry(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The sentence says whose it is, and the button that would show it to a practice is not there."""

    def work(session: Session) -> int:
        add_patient(session, last_name="Kühn", email="lea@mail.example")
        return receive(
            session, parse_mail(reply("Ich bin krank.", sender="lea@mail.example")), now=ui.now()
        ).incoming_id

    page = MailPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    page.open_field(fill(database, work), "incoming")
    find(qtbot, page, "Nichts zu tun")
    view = page._incoming._reply
    qtbot.waitUntil(lambda: "gehört zu Lea Kühn" in view._of_mailbox.text())
    assert not view._assign.isVisible()


def test_a_mail_says_when_it_was_written(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """In the list and beside the sender, where it came in later."""
    old = reply("Leider nein.", sender="alt@praxis.example", at=datetime(2021, 3, 1, 9, 0, tzinfo=UTC))
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    page.open_field(fill(database, lambda s: receive(s, parse_mail(old), now=ui.now()).incoming_id), "incoming")
    qtbot.waitUntil(lambda: "geschrieben 01.03.2021" in page._incoming._reply._facts.text())
    model = page._incoming.table.model
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    row = model.row_at(0)
    assert row is not None
    assert _belongs(row) == "vom 01.03.2021"


def test_a_mailbox_nothing_comes_in_from_is_told_above_the_mails(
    ui: UiContext, qtbot: QtBot, database: Database, worker_database: Database
) -> None:
    """Why, since when and what to do; Heute leads to the account."""

    def work(session: Session) -> int:
        form = AccountForm(name="Büro", address="a@buero.example", imap_host="127.0.0.1", imap_security="none")
        return save_account(session, form)

    number, at = fill(database, work), ui.now() - timedelta(days=3)
    state = MailboxState(
        account_id=number, folder="INBOX", checked_at=ui.now(), read_at=at, trouble="imap.login", uidvalidity=1
    )
    fill(worker_database, lambda session: session.add(state))
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.show()
    page.refresh()
    qtbot.waitUntil(page._troubled.isVisible)
    assert page._troubled.text().startswith("Postkonto „Büro“: zuletzt gelesen ")
    assert "Prüfen Sie das Postkonto" in page._troubled.text()
