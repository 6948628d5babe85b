"""An office without a mail server: the waiting mail is opened or saved for another program, and counts as sent."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.by_hand import unsent_file
from domain.casework.preparing import create_and_send
from domain.casework.receiving import receive
from domain.communication.accounts import AccountForm, save_account
from domain.communication.claiming import claim
from domain.communication.drafts.accepting import accept_draft
from domain.communication.drafts.records import Addressee, Draft, DraftState
from domain.communication.incoming.parse import parse_mail
from domain.communication.mails import Letter, OutgoingFile, queue_mail
from domain.communication.queries import MailDetail, get_mail
from domain.database import Database
from domain.therapists.service import set_contact
from domain.values import Channel
from tests.builders import add_search, add_therapist
from tests.domain.casework.steps import ask
from tests.domain.communication.incoming.letters import reply
from tests.ui.conftest import Visits
from tests.ui.hands import fill, how_to_save, press, scalar
from ui import formats
from ui.mail.by_hand import LONGEST_LINK, mailto
from ui.mail.page import MailPage
from ui.ports import UiContext
from ui.widgets.reason import ReasonDialog


def waiting(session: Session, ui: UiContext) -> MailDetail:
    """A mail that waits in the outbox."""
    create_and_send(
        session, therapist_id=add_therapist(session), search_ids=[add_search(session)], channel=Channel.EMAIL,
        now=ui.now(),
    )  # fmt: skip
    session.flush()
    number = session.execute(text("SELECT id FROM communication_service.email")).scalar_one()
    return get_mail(session, int(number), now=ui.now())


def test_without_a_server_a_mail_waits_for_a_person(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The worker leaves it; the person says that it is sent, and the clocks run."""
    mail = fill(database, lambda session: waiting(session, ui))
    later = ui.now() + timedelta(minutes=5)
    assert fill(database, lambda s: claim(s, mail.row.email_id, now=later, without_account=False)) is None
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    page.open_item(mail.row.email_id)
    press(qtbot, page, "Ist von Hand gesendet")
    qtbot.waitUntil(lambda: scalar(database, "SELECT stage FROM matching_service.inquiry") == "sent")
    assert scalar(database, "SELECT status FROM communication_service.email") == "sent"


def test_a_waiting_mail_is_taken_back_where_it_lies(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The first letter with its inquiry; nothing is sent."""
    mail = fill(database, lambda session: waiting(session, ui))
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    page.open_item(mail.row.email_id)
    press(qtbot, page, "Zurückholen")
    qtbot.waitUntil(lambda: scalar(database, "SELECT status FROM communication_service.email") == "cancelled")
    assert scalar(database, "SELECT stage FROM matching_service.inquiry") == "cancelled"
    qtbot.waitUntil(lambda: "Zurückgeholt; nichts wurde gesendet" in ui.messages.text())


def test_a_withdrawal_is_taken_back_where_it_lies(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Any mail that waits has the button, not only the message that told of it."""

    def work(session: Session) -> int:
        inquiry = ask(session, add_search(session), now=ui.now())
        return queue_mail(
            session, kind="withdrawal", to_address="praxis@example.org", to_name="Praxis",
            letter=Letter("Unsere Anfrage", "hat sich erledigt", ""), now=ui.now(), inquiry_id=inquiry.id,
            delay=timedelta(minutes=10),
        )  # fmt: skip

    number = fill(database, work)
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    page.open_item(number)
    press(qtbot, page, "Zurückholen")
    qtbot.waitUntil(lambda: scalar(database, "SELECT status FROM communication_service.email") == "cancelled")
    assert scalar(database, "SELECT stage FROM matching_service.inquiry") == "sent"


def test_the_saved_mail_is_the_mail(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Words and Message-ID, so that the answer finds its inquiry; the file tells no sender."""
    mail = fill(database, lambda session: waiting(session, ui))
    source = fill(database, lambda session: unsent_file(session, mail.row.email_id))
    saved = message_from_bytes(source, policy=policy.default)
    assert (saved["From"], saved["X-Unsent"]) == (None, "1")
    part = saved.get_body(("plain",))
    assert part is not None
    assert part.get_content().split() == mail.body_text.split()
    assert [one.addr_spec for one in saved["To"].addresses] == [mail.row.to_address]
    assert saved["Message-ID"] == mail.message_id

    def answered(session: Session) -> str:
        source = reply("Leider nein", answers=str(saved["Message-ID"]))
        return receive(session, parse_mail(source), now=ui.now()).belonging.matched_by

    assert fill(database, answered) == "thread"
    qtbot.wait(1)


def test_a_link_carries_the_whole_mail_or_is_not_offered(ui: UiContext, database: Database) -> None:
    """A cut letter would be worse than none."""
    mail = fill(database, lambda session: waiting(session, ui))
    short = replace(mail, body_text="Guten Tag,\n\nGrüße & mehr?\n")
    link = mailto(short)
    assert link is not None
    found = parse_qs(urlsplit(link.toString()).query)
    assert (found["subject"], found["body"]) == ([mail.row.subject], ["Guten Tag,\r\n\r\nGrüße & mehr?\r\n"])
    assert mailto(replace(mail, body_text="x" * LONGEST_LINK)) is None


def test_a_corrected_address_stands_there_and_counts_as_sent(
    ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path
) -> None:
    """Saved for another program with the address of now; that it was sent then meets nobody's conflict."""
    mail = fill(database, lambda session: waiting(session, ui))
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    page.open_item(mail.row.email_id)
    detail = page._outgoing._detail
    qtbot.waitUntil(lambda: mail.row.to_address in detail._facts.text())
    fill(database, correct_the_address)
    press(qtbot, page, "Als .eml speichern")
    how_to_save(qtbot, detail)
    qtbot.waitUntil(lambda: detail.findChild(QFileDialog) is not None)
    chooser = detail.findChild(QFileDialog)
    assert chooser is not None
    chooser.filesSelected.emit([str(tmp_path / "a.eml")])
    qtbot.waitUntil((tmp_path / "a.eml").exists)
    chooser.close()
    assert "neu@praxis.example" in detail._facts.text()
    event = "SELECT count(*) FROM platform.event WHERE event_type = 'email.readdressed'"
    assert scalar(database, event) == 1
    press(qtbot, page, "Ist von Hand gesendet")
    qtbot.waitUntil(lambda: scalar(database, "SELECT status FROM communication_service.email") == "sent")
    assert scalar(database, "SELECT to_address FROM communication_service.email") == "neu@praxis.example"


def correct_the_address(session: Session) -> None:
    """The practice is reached elsewhere now."""
    number = session.execute(text("SELECT id FROM therapist_service.therapist")).scalar_one()
    set_contact(session, int(number), email="neu@praxis.example", phone="", mobile="")


def held(session: Session, ui: UiContext) -> tuple[int, int]:
    """A withdrawal that waits, and the practice's unread answer to the inquiry it is about."""
    inquiry = ask(session, add_search(session), now=ui.now(), channel=Channel.EMAIL)
    withdrawal = queue_mail(
        session, kind="withdrawal", to_address="praxis@example.org", to_name="Praxis",
        letter=Letter("Unsere Anfrage", "hat sich erledigt", ""), now=ui.now(), inquiry_id=inquiry.id,
        delay=timedelta(minutes=10),
    )  # fmt: skip
    return withdrawal, answer(session, ui, "Gerne, ich habe einen Platz frei.")


def answer(session: Session, ui: UiContext, words: str) -> int:
    """The practice answers once more."""
    first = "SELECT message_id FROM communication_service.email WHERE kind = 'inquiry'"
    source = reply(words, answers=str(session.execute(text(first)).scalar_one()))
    return receive(session, parse_mail(source), now=ui.now()).incoming_id


def asked(qtbot: QtBot, page: MailPage) -> ReasonDialog:
    """The question that is open."""

    def there() -> list[ReasonDialog]:
        return [one for one in page.findChildren(ReasonDialog) if one.isVisible()]

    qtbot.waitUntil(lambda: bool(there()))
    return there()[0]


def open_mail(qtbot: QtBot, ui: UiContext, number: int) -> MailPage:
    """Post, with a mail of ours open."""
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    page.open_item(number)
    return page


def test_an_unread_answer_is_told_before_a_mail_goes_by_hand(
    ui: UiContext, qtbot: QtBot, database: Database, visits: Visits
) -> None:
    """Enter reads it; sent nevertheless it counts as sent, unless another answer came meanwhile."""
    number, answered = fill(database, lambda session: held(session, ui))
    page = open_mail(qtbot, ui, number)
    view = page._outgoing._detail
    qtbot.waitUntil(lambda: "wartet auf das Lesen der Antwort" in view._facts.text())
    assert "hinaus" not in view._facts.text()
    assert view._trouble.isHidden()
    press(qtbot, page, "Ist von Hand gesendet")
    question = asked(qtbot, page)
    said = question.findChildren(QLabel)[0].text()
    assert "Gerne, ich habe einen Platz frei." in said
    assert formats.moment(ui.now()) in said
    qtbot.keyClick(question, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]  # pytest-qt
    qtbot.waitUntil(lambda: ("mail", answered) in visits)
    assert visits.field == "incoming"
    assert scalar(database, f"SELECT status FROM communication_service.email WHERE id = {number}") == "queued"

    press(qtbot, page, "Ist von Hand gesendet")
    question = asked(qtbot, page)
    fill(database, lambda session: answer(session, ui, "Oder doch erst im Mai."))
    press(qtbot, question, "Trotzdem")
    qtbot.waitUntil(lambda: question not in page.findChildren(ReasonDialog))
    question = asked(qtbot, page)
    assert "Oder doch erst im Mai." in question.findChildren(QLabel)[0].text()
    press(qtbot, question, "Trotzdem")
    qtbot.waitUntil(
        lambda: scalar(database, f"SELECT status FROM communication_service.email WHERE id = {number}") == "sent"
    )


def test_what_was_told_before_a_file_is_saved_is_not_asked_again(
    ui: UiContext, qtbot: QtBot, database: Database
) -> None:
    """Closed by the key nothing is saved; saved nevertheless the mail may be said to be sent."""
    number, _ = fill(database, lambda session: held(session, ui))
    page = open_mail(qtbot, ui, number)
    press(qtbot, page, "Als .eml speichern")
    asked(qtbot, page).reject()
    qtbot.waitUntil(lambda: not page.findChildren(ReasonDialog))
    assert page.findChild(QFileDialog) is None
    press(qtbot, page, "Als .eml speichern")
    press(qtbot, asked(qtbot, page), "Trotzdem")
    how_to_save(qtbot, page)
    qtbot.waitUntil(lambda: page.findChild(QFileDialog) is not None)
    chooser = page.findChild(QFileDialog)
    assert chooser is not None
    chooser.close()
    press(qtbot, page, "Ist von Hand gesendet")
    qtbot.waitUntil(
        lambda: scalar(database, f"SELECT status FROM communication_service.email WHERE id = {number}") == "sent"
    )


def test_a_mail_too_long_for_a_link_says_what_to_do(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The button that would cut it is not there, and why stands beside the mail."""
    number = fill(database, lambda session: waiting(session, ui)).row.email_id
    later = ui.now() + timedelta(minutes=5)
    assert fill(database, lambda s: claim(s, number, now=later, without_account=False)) is None
    long = "UPDATE communication_service.email SET body_text = repeat('Wort ', 800)"
    fill(database, lambda session: session.execute(text(long)).close())
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.show()
    page.open_item(number)
    view = page._outgoing._detail._by_hand
    qtbot.waitUntil(lambda: "zu lang" in view._said.text())
    qtbot.waitUntil(view._said.isVisible)  # the pane comes once it is known where the mail lies
    assert view._mailto.isHidden()


def with_files(session: Session, ui: UiContext) -> int:
    """An answer with a file that waits, in an office with a mail account."""
    save_account(
        session,
        AccountForm(
            name="Büro", address="b@buero.example", smtp_host="127.0.0.1", smtp_port=2525, smtp_security="none",
            is_default=True,
        ),
    )  # fmt: skip
    draft = Draft(
        uuid4(), DraftState.QUEUED, Addressee("praxis@praxis.example", "Praxis", add_therapist(session), None),
        "Re: Ihre Frage", "Guten Tag,\n\nanbei das Formular.\n", None, "<frage@praxis.example>", None, 1, ui.now(),
    )  # fmt: skip
    return accept_draft(session, draft, [OutgoingFile("Formular.txt", "text/plain", b"Hallo")], now=ui.now())


def test_a_mail_with_files_is_saved_held_and_put_back(
    ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path
) -> None:
    """No link is offered, the file holds what goes along; here it is held in words, until somebody says otherwise."""
    number = fill(database, lambda session: with_files(session, ui))
    page = open_mail(qtbot, ui, number)
    view = page._outgoing._detail
    qtbot.waitUntil(lambda: "Anhänge" in view._by_hand._said.text())
    assert view._by_hand._mailto.isHidden()
    assert view._by_hand._not_sent.isHidden()
    press(qtbot, page, "Als .eml speichern")
    question = asked(qtbot, page)
    assert "Das Postkonto sendet diese E-Mail von selbst" in question.findChildren(QLabel)[0].text()
    press(qtbot, question, "Selbst senden")
    how_to_save(qtbot, page)
    qtbot.waitUntil(lambda: page.findChild(QFileDialog) is not None)
    assert scalar(database, "SELECT exported_at FROM communication_service.email") is None
    chooser = page.findChild(QFileDialog)
    assert chooser is not None
    chooser.filesSelected.emit([str(tmp_path / "a.eml")])
    qtbot.waitUntil((tmp_path / "a.eml").exists)
    chooser.close()
    saved = message_from_bytes((tmp_path / "a.eml").read_bytes(), policy=policy.default)
    assert [file.get_content() for file in saved.iter_attachments()] == ["Hallo"]
    assert (saved["In-Reply-To"], saved["References"]) == ("<frage@praxis.example>", "<frage@praxis.example>")
    qtbot.waitUntil(lambda: "Jana Brand sendet sie von Hand" in view._facts.text())
    assert view._back.isHidden()
    press(qtbot, page, "Doch nicht gesendet")
    qtbot.waitUntil(lambda: scalar(database, "SELECT exported_at FROM communication_service.email") is None)
    qtbot.waitUntil(view._by_hand._not_sent.isHidden)


def test_a_file_that_cannot_be_saved_holds_nothing(
    ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path
) -> None:
    """Nothing is outside: the mail waits as before, and why stands in the bar."""
    number = fill(database, lambda session: waiting(session, ui)).row.email_id
    page = open_mail(qtbot, ui, number)
    press(qtbot, page, "Als .eml speichern")
    how_to_save(qtbot, page)
    qtbot.waitUntil(lambda: page.findChild(QFileDialog) is not None)
    chooser = page.findChild(QFileDialog)
    assert chooser is not None
    chooser.filesSelected.emit([str(tmp_path / "fehlt" / "a.eml")])
    event = "SELECT count(*) FROM platform.event WHERE event_type = 'email.put_back'"
    qtbot.waitUntil(lambda: scalar(database, event) == 1)
    assert scalar(database, "SELECT exported_at FROM communication_service.email") is None
    chooser.close()


def test_a_second_file_that_cannot_be_saved_does_not_free_the_first(
    ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first may have been sent: the mail stays held."""
    number = fill(database, lambda session: waiting(session, ui)).row.email_id
    page = open_mail(qtbot, ui, number)
    said: list[str] = []
    monkeypatch.setattr(ui.messages, "error", lambda text, *_, **__: said.append(text))
    for place in (tmp_path / "a.eml", tmp_path / "fehlt" / "a.eml"):
        press(qtbot, page, "Als .eml speichern")
        how_to_save(qtbot, page)
        qtbot.waitUntil(lambda: any(d.isVisible() for d in page.findChildren(QFileDialog)))
        chooser = next(d for d in page.findChildren(QFileDialog) if d.isVisible())
        chooser.filesSelected.emit([str(place)])
        chooser.close()
        qtbot.waitUntil(lambda place=place: place.exists() or bool(said))  # type: ignore[misc]
        qtbot.waitUntil(page._outgoing._detail._by_hand._not_sent.isVisible)
    assert said
    assert scalar(database, "SELECT count(*) FROM platform.event WHERE event_type = 'email.put_back'") == 0
    assert scalar(database, "SELECT exported_at FROM communication_service.email") is not None


def test_no_mail_program_frees_the_mail_and_says_what_to_do(
    ui: UiContext, qtbot: QtBot, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is outside where nothing opened."""

    def work(session: Session) -> int:
        inquiry = ask(session, add_search(session), now=ui.now())
        return queue_mail(
            session, kind="withdrawal", to_address="praxis@example.org", to_name="Praxis",
            letter=Letter("Unsere Anfrage", "hat sich erledigt", ""), now=ui.now(), inquiry_id=inquiry.id,
        )  # fmt: skip

    number = fill(database, work)
    tried: list[str] = []

    def none_there(url: QUrl) -> bool:
        tried.append(url.scheme())
        return False

    monkeypatch.setattr("ui.mail.by_hand.QDesktopServices.openUrl", none_there)
    page = open_mail(qtbot, ui, number)
    press(qtbot, page, "Im Mailprogramm öffnen")
    event = "SELECT count(*) FROM platform.event WHERE event_type = 'email.put_back'"
    qtbot.waitUntil(lambda: scalar(database, event) == 1)
    assert tried == ["mailto"]
    assert "öffnete sich kein Mailprogramm" in ui.messages.text()
    assert scalar(database, f"SELECT exported_at FROM communication_service.email WHERE id = {number}") is None
