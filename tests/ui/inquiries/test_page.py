"""Anfragen by hand: the call, absence, a mail that came back, taking back, an answer's date."""

from datetime import date, timedelta

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.answers import record_answer
from domain.casework.calling import begin_call, finish_call
from domain.casework.mail_reports import mail_sent
from domain.casework.preparing import create_and_send
from domain.casework.receiving import receive
from domain.casework.sending import withdraw_inquiry
from domain.communication.accounts import AccountForm, save_account
from domain.communication.claiming import claim
from domain.communication.contacts import CallResult
from domain.communication.incoming.parse import parse_mail
from domain.communication.states import CallStatus
from domain.database import Database
from domain.matching.inquiries import create_inquiry
from domain.matching.states import ItemStatus
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.domain.casework.steps import ask
from tests.domain.communication.incoming.letters import reply
from tests.ui.conftest import Visits
from tests.ui.hands import choose, confirm, fill, find, press, scalar
from ui.inquiries.answering import AnswerDialog
from ui.inquiries.page import InquiriesPage
from ui.inquiries.place_day import PlaceDayDialog
from ui.labels import label
from ui.ports import UiContext
from ui.widgets.letter_dialog import LetterDialog
from ui.widgets.reason import ReasonDialog

STAGE = "SELECT stage FROM matching_service.inquiry ORDER BY id DESC LIMIT 1"
MINUTES = "SELECT extract(epoch FROM ended_at - started_at) / 60 FROM communication_service.phone_call"
CALLS = "SELECT string_agg(status, ' ' ORDER BY id) FROM communication_service.phone_call"


def opened(
    ui: UiContext, qtbot: QtBot, database: Database, channel: Channel, *, sent: bool = False, drafted: bool = False
) -> InquiriesPage:
    """The page with one inquiry for Lea Wartend."""

    def work(session: Session) -> int:
        search = add_search(session, add_patient(session, last_name="Wartend"))
        if drafted:
            return create_inquiry(
                session, therapist_id=add_therapist(session), search_ids=[search], channel=channel, now=ui.now()
            )
        made = create_and_send(
            session, therapist_id=add_therapist(session), search_ids=[search], channel=channel, now=ui.now()
        )
        session.flush()
        if sent:
            mail = int(
                str(session.connection().exec_driver_sql("SELECT max(id) FROM communication_service.email").scalar())
            )
            later = ui.now() + timedelta(minutes=5)
            assert claim(session, mail, now=later) is not None
            mail_sent(session, mail, now=later, server_reply="250 ok")
        return made

    page = InquiriesPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 700)
    page.show()
    page.open_item(fill(database, work))
    return page


def test_a_call_is_made_and_noted(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Not reached: the next call is there at once. Reached: the inquiry counts as sent."""
    page = opened(ui, qtbot, database, Channel.PHONE)
    choose(qtbot, page, "Nicht erreicht", "besetzt")
    confirm(qtbot, page)
    qtbot.waitUntil(lambda: scalar(database, CALLS) == "replanned planned")
    qtbot.waitUntil(lambda: "2. Versuch" in page._detail._call._facts.text())
    press(qtbot, page, "Praxis erreicht")
    confirm(qtbot, page, reason="meldet sich")
    qtbot.waitUntil(lambda: scalar(database, STAGE) == "sent")
    qtbot.waitUntil(lambda: not page._detail._call.isVisible())


def test_a_prepared_call_is_planned_and_said_to_be(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """It is no mail on its way."""
    page = opened(ui, qtbot, database, Channel.PHONE, drafted=True)
    press(qtbot, page, "Senden")
    qtbot.waitUntil(lambda: ui.messages.text() == "Der Anruf ist geplant.")
    assert scalar(database, CALLS) == "planned"


def test_a_result_without_a_call_is_asked_about_once(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """A key pressed by mistake notes nothing; a call made with another telephone counts its minutes."""
    page = opened(ui, qtbot, database, Channel.PHONE)
    choose(qtbot, page, "Nicht erreicht", "besetzt")
    press(qtbot, asked(qtbot, page), "Nichts vermerken")
    assert scalar(database, CALLS) == "planned"
    press(qtbot, page, "Praxis erreicht")
    dialog = asked(qtbot, page)
    assert "mit einem anderen Telefon angerufen" in " ".join(part.text() for part in dialog.findChildren(QLabel))
    dialog._lasted.setText("7")
    dialog._reason.setText("meldet sich")
    dialog.ok.click()
    qtbot.waitUntil(lambda: scalar(database, CALLS) == "reached")
    assert int(str(scalar(database, MINUTES)).split(".")[0]) == 7


def test_a_callback_agreed_elsewhere_counts_its_minutes(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The call is kept with what was said and how long it took; the next one is planned."""
    page = opened(ui, qtbot, database, Channel.PHONE)
    press(qtbot, page, "Rückruf vereinbart")
    dialog = asked(qtbot, page)
    dialog._reason.setText("nächste Woche wieder")
    dialog._day.setText(f"{ui.now() + timedelta(days=7):%d.%m.%Y}")
    dialog._lasted.setText("4")
    dialog.ok.click()
    qtbot.waitUntil(lambda: scalar(database, CALLS) == "callback_due planned")
    assert int(str(scalar(database, f"{MINUTES} WHERE status = 'callback_due'")).split(".")[0]) == 4


def test_what_became_of_the_call_meanwhile_is_told(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """A colleague noted a result while one was asked: it stays, and no other call gets the second one."""
    page = opened(ui, qtbot, database, Channel.PHONE)
    choose(qtbot, page, "Nicht erreicht", "besetzt")
    dialog = asked(qtbot, page)
    call = int(str(scalar(database, "SELECT id FROM communication_service.phone_call")))
    fill(database, lambda s: finish_call(s, call, CallResult(CallStatus.NO_ANSWER), now=ui.now()))
    page.refresh()
    qtbot.waitUntil(lambda: "2. Versuch" in page._detail._call._facts.text())
    dialog.ok.click()
    qtbot.waitUntil(lambda: "record.changed_meanwhile" in ui.messages.text())
    assert scalar(database, CALLS) == "replanned planned"


def test_a_call_under_way_is_not_asked_about(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Begun here, its minutes run."""
    page = opened(ui, qtbot, database, Channel.PHONE)
    call = int(str(scalar(database, "SELECT id FROM communication_service.phone_call")))
    fill(database, lambda s: begin_call(s, call, now=ui.now()))
    page.refresh()
    qtbot.waitUntil(lambda: "Anruf läuft" in page._detail._call._facts.text())
    choose(qtbot, page, "Nicht erreicht", "besetzt")
    qtbot.waitUntil(lambda: scalar(database, CALLS) == "replanned planned")
    assert page.findChild(ReasonDialog) is None


def asked(qtbot: QtBot, page: InquiriesPage) -> ReasonDialog:
    """The question that is shown before anything is noted."""

    def shown() -> list[ReasonDialog]:
        return [dialog for dialog in page.findChildren(ReasonDialog) if dialog.isVisible()]

    qtbot.waitUntil(lambda: len(shown()) == 1)
    return shown()[0]


REMINDERS = "SELECT count(*) FROM communication_service.email WHERE kind = 'reminder' AND status = 'queued'"


def test_an_early_reminder_is_read_first_and_taken_back(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Nothing goes out by one click long before it is due; what was confirmed can be kept here."""
    fill(database, lambda s: s.execute(text("UPDATE platform.office SET undo_seconds = 60")))
    form = AccountForm(name="Büro", address="buero@mail.example", smtp_host="mail.example", is_default=True)
    fill(database, lambda s: save_account(s, form))
    page = opened(ui, qtbot, database, Channel.EMAIL, sent=True)
    press(qtbot, page, "Erinnern")

    def asked() -> LetterDialog | None:
        return next((d for d in page.findChildren(LetterDialog) if d.isVisible()), None)

    qtbot.waitUntil(lambda: asked() is not None)
    dialog = asked()
    assert dialog is not None
    assert scalar(database, REMINDERS) == 0
    press(qtbot, dialog, "Trotzdem erinnern")
    qtbot.waitUntil(lambda: scalar(database, REMINDERS) == 1)
    qtbot.waitUntil(lambda: "Die Erinnerung geht um" in ui.messages.text())
    ui.messages.undo()
    qtbot.waitUntil(lambda: scalar(database, REMINDERS) == 0)
    assert scalar(database, "SELECT reminders FROM matching_service.inquiry") == 0


def test_an_unread_reply_is_opened_instead_of_reminding(
    ui: UiContext, qtbot: QtBot, database: Database, visits: Visits
) -> None:
    """Whoever answered is not reminded to answer."""
    page = opened(ui, qtbot, database, Channel.EMAIL, sent=True)

    def answer(session: Session) -> int:
        number = str(session.scalar(text("SELECT message_id FROM communication_service.email")))
        mail = parse_mail(reply("Bitte schreiben Sie uns nicht mehr.", answers=number))
        return receive(session, mail, now=ui.now()).incoming_id

    incoming = fill(database, answer)
    press(qtbot, page, "Erinnern")
    qtbot.waitUntil(lambda: ("mail", incoming) in visits)
    assert visits.field == "incoming"
    assert "Es wurde nicht erinnert" in ui.messages.text()
    assert scalar(database, REMINDERS) == 0


def test_a_callback_is_agreed(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The day is asked for and a call planned; a day that is none, or is over, keeps the dialog open."""
    page = opened(ui, qtbot, database, Channel.PHONE)
    press(qtbot, page, "Rückruf vereinbart")
    confirm(qtbot, page, reason="nach dem Urlaub", day="31.02.2027")
    confirm(qtbot, page, reason="nach dem Urlaub", day="08.12.2020")
    dialog = page.findChild(ReasonDialog)
    assert dialog is not None
    assert "Vergangenheit" in dialog._day_field._error.text()
    assert scalar(database, CALLS) == "planned"
    confirm(qtbot, page, reason="nach dem Urlaub", day="08.12.2026")
    qtbot.waitUntil(lambda: scalar(database, CALLS) == "callback_due planned")


def test_an_absence_stops_the_clock_and_a_bounce_frees_the_patients(
    ui: UiContext, qtbot: QtBot, database: Database
) -> None:
    """Both are found under "Mehr" once the mail went out."""
    page = opened(ui, qtbot, database, Channel.EMAIL, sent=True)
    choose(qtbot, page, "Mehr", "Praxis ist abwesend …")
    confirm(qtbot, page, day="07.12.2026")
    qtbot.waitUntil(lambda: scalar(database, STAGE) == "out_of_office")
    qtbot.waitUntil(lambda: "abwesend bis 07.12.2026" in page._detail._facts.text())
    page = opened(ui, qtbot, database, Channel.EMAIL, sent=True)
    choose(qtbot, page, "Mehr", "E-Mail kam als unzustellbar zurück …")
    confirm(qtbot, page)
    qtbot.waitUntil(lambda: scalar(database, STAGE) == "bounced")


def test_a_waiting_mail_is_taken_back(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Pressed in time nothing goes out."""
    page = opened(ui, qtbot, database, Channel.EMAIL)
    press(qtbot, page, "Zurückholen")
    qtbot.waitUntil(lambda: scalar(database, STAGE) == "cancelled")
    page._state.choose("")
    qtbot.waitUntil(lambda: page._table.model.total == 1)
    assert page._detail.isVisible()
    assert page._table.current() is not None
    page._state.choose("chase")  # a list it is not in: it is open all the same, unmarked
    qtbot.waitUntil(lambda: page._table.model.total == 0)
    assert page._detail.isVisible()
    page._state.choose("")
    qtbot.waitUntil(lambda: page._table.current() is not None)


def test_what_waits_for_the_practice_is_taken_back_at_the_inquiry(
    ui: UiContext, qtbot: QtBot, database: Database
) -> None:
    """A withdrawal in the outbox stands at its inquiry with the same button."""
    fill(database, lambda s: s.connection().exec_driver_sql("UPDATE platform.office SET undo_seconds = 60"))
    page = opened(ui, qtbot, database, Channel.EMAIL, sent=True)
    number = int(str(scalar(database, "SELECT id FROM matching_service.inquiry")))
    fill(database, lambda s: withdraw_inquiry(s, number, reason="erledigt", now=ui.now()))
    page.refresh()
    press(qtbot, page, f"{label('email_kind', 'withdrawal')}: Zurückholen")
    last = "SELECT status FROM communication_service.email WHERE kind = 'withdrawal'"
    qtbot.waitUntil(lambda: scalar(database, last) == "cancelled")
    qtbot.waitUntil(page._detail._waiting.isHidden)


def test_a_wrong_date_keeps_the_answer_open(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """What was chosen and written stays in the dialog."""
    page = opened(ui, qtbot, database, Channel.EMAIL, sent=True)
    press(qtbot, page, "Lea Wartend: Antwort eintragen")
    qtbot.waitUntil(lambda: bool(page.findChildren(AnswerDialog)))
    dialog = page.findChildren(AnswerDialog)[0]
    dialog._answer.choose("waitlisted")
    dialog._until.setText("irgendwann")
    press(qtbot, dialog, "Eintragen")
    assert dialog.isVisible()
    assert "TT.MM.JJJJ" in dialog._until_field._error.text()
    dialog._until.setText("01.03.2027")
    press(qtbot, dialog, "Eintragen")
    qtbot.waitUntil(
        lambda: scalar(database, "SELECT waitlisted_until::text FROM matching_service.inquiry_item") == "2027-03-01"
    )
    find(qtbot, page, "Lea Wartend: Antwort eintragen")


def test_the_day_of_a_place_is_moved_at_its_card(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """A day that is over is said at its field; a later one stands at the card."""
    page = opened(ui, qtbot, database, Channel.EMAIL, sent=True)

    def promise(session: Session) -> None:
        number = session.execute(text("SELECT id FROM matching_service.inquiry_item")).scalar_one()
        record_answer(session, int(number), ItemStatus.ACCEPTED, now=ui.now(), place_from=date(2027, 2, 1))

    find(qtbot, page, "Lea Wartend: Antwort eintragen")
    fill(database, promise)
    page.refresh()
    press(qtbot, page, "Lea Wartend: Platz frei ab …")
    qtbot.waitUntil(lambda: bool(page.findChildren(PlaceDayDialog)))
    dialog = page.findChildren(PlaceDayDialog)[0]
    assert dialog._from.text() == "01.02.2027"
    dialog._from.setText("01.02.2020")
    press(qtbot, dialog, "Tag ändern")
    assert "Dieser Tag ist vorbei" in dialog._field._error.text()
    dialog._from.setText("01.03.2027")
    press(qtbot, dialog, "Tag ändern")
    day = "SELECT place_from::text FROM matching_service.inquiry_item"
    qtbot.waitUntil(lambda: scalar(database, day) == "2027-03-01")
    qtbot.waitUntil(lambda: any("frei ab 01.03.2027" in one.text() for one in page.findChildren(QLabel)))


def test_a_filter_without_hits_says_so_and_can_be_taken_away(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """What is chosen finds nothing; one button shows all again. Where there is nothing at all, it says what to do."""
    page = InquiriesPage(ui)
    qtbot.addWidget(page)
    page.show()
    nothing = page._table._empty
    qtbot.waitUntil(nothing.isVisible)
    assert "Auf der Seite Vermittlung" in nothing.said.text()
    fill(database, lambda s: ask(s, add_search(s, add_patient(s)), now=ui.now()))
    page._search.setText("gibt es nicht")
    page._state.choose("closed")
    qtbot.waitUntil(lambda: nothing.said.text() == "Dazu findet sich nichts." and nothing.isVisible())
    press(qtbot, nothing, "Suche und Filter aufheben")
    qtbot.waitUntil(lambda: page._table.model.total == 1)
    assert (page._search.text(), page._state.code(), nothing.isVisible()) == ("", "", False)


def test_an_answer_entered_by_mistake_is_taken_back_at_its_card(
    ui: UiContext, qtbot: QtBot, database: Database
) -> None:
    """The button stands at the card on that day; what came back is said, and the answer may be entered anew."""
    page = opened(ui, qtbot, database, Channel.EMAIL, sent=True)

    def refused(session: Session) -> None:
        item = int(session.execute(text("SELECT id FROM matching_service.inquiry_item")).scalar_one())
        record_answer(session, item, ItemStatus.REJECTION_CAPACITY, now=ui.now() + timedelta(minutes=6))

    fill(database, refused)
    page._detail.refresh()
    press(qtbot, page, "Lea Wartend: Antwort zurücknehmen")
    qtbot.waitUntil(lambda: "Die Antwort ist zurückgenommen." in ui.messages.text())
    assert scalar(database, "SELECT status FROM matching_service.inquiry_item") == "pending"
    assert scalar(database, STAGE) == "sent"
