"""What is said of a mail of ours: true in its state, with until when it waits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.casework.mail_reports import mail_failed, mail_postponed
from domain.casework.preparing import create_and_send
from domain.casework.release import release_search
from domain.casework.taking import take_mail
from domain.communication.mails import Letter, queue_mail
from domain.communication.models import EmailAttachment
from domain.communication.outcomes import Failure
from domain.communication.queries import MailDetail, MailRow, mail_of_inquiry
from domain.communication.states import EmailStatus
from domain.communication.waiting import Reason, Waiting
from domain.database import Database
from domain.matching.inquiries import items_of
from domain.matching.states import ItemStatus
from domain.patients.lifecycle import restrict
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.ui.hands import fill, how_to_save, press, scalar
from ui.errors import _SENTENCES
from ui.labels import labels
from ui.mail import mail_words
from ui.mail.page import MailPage
from ui.ports import UiContext
from ui.today.page import TodayPage

NOW = datetime(2026, 11, 28, 11, 0, tzinfo=UTC)
CAUSES = sorted(code for code in _SENTENCES if code.startswith(("smtp.", "mail_server.", "mail_account.inactive")))
TRYING = ("versucht", "wartet", "warten", "von selbst", "noch einmal hinaus")
AGAIN = "UPDATE communication_service.email SET status = 'queued', not_before = NULL"
SEEN = "SELECT stop_seen_at IS NOT NULL FROM communication_service.email"
ROW = MailRow(
    1, "inquiry", EmailStatus.FAILED, "Praxis", "a@praxis.example", "Anfrage", NOW, None, None, 3, "", 1, "Jana", 1,
    stopped=False, bounced=False, waiting=None, has_account=True, exported_at=None, exported_by=None,
)  # fmt: skip


def mail(status: str, cause: str) -> MailDetail:
    """A mail whose last attempt ended by a cause."""
    row = replace(ROW, status=EmailStatus(status))
    return MailDetail(row, "Text", "", "<a@b>", "", "", cause, {"host": "mail.example", "port": 25}, (), ())


@pytest.mark.parametrize("reason", get_args(Reason))
def test_whatever_a_mail_waits_for_is_said(ui: UiContext, reason: Reason) -> None:
    """In words of the program's, beside the mail and in the narrow column."""
    assert ui is not None
    told = Waiting(reason, NOW)
    assert mail_words.waits(told, NOW)
    assert mail_words.waits_for(told) not in {"", reason}


@pytest.mark.parametrize("cause", CAUSES)
def test_the_sentence_fits_the_state(ui: UiContext, cause: str) -> None:
    """Whether it is still tried is said once, and says the opposite after the last attempt."""
    assert ui is not None
    trying, given_up = (mail_words.trouble(mail(status, cause)) for status in ("retry_wait", "failed"))
    assert "Es wird von selbst weiter versucht." in trying
    assert "Es wird nicht weiter versucht." in given_up
    said = given_up.partition("Es wird nicht weiter versucht.")[0]
    assert [word for word in TRYING if word in said] == []


def test_what_waits_for_a_reader_is_said_once(ui: UiContext) -> None:
    """One sentence: neither that it goes in a moment, nor that it is tried again."""
    assert ui is not None
    held = mail("queued", "email.reply_unread")
    held = replace(held, row=replace(held.row, waiting=Waiting("reply")))
    assert mail_words.trouble(held) == ""
    assert mail_words.waits_of(held.row, NOW) == "wartet auf das Lesen der Antwort"
    read = replace(held, row=replace(held.row, waiting=Waiting("worker")))
    assert mail_words.trouble(read) == ""


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (Waiting("hours", datetime(2026, 11, 30, 7, 0, tzinfo=UTC)), "wartet bis Mo 08:00, Sendezeit"),
        (Waiting("undo", NOW + timedelta(minutes=1)), "bis 12:01 zurückholbar"),
        (Waiting("later", NOW + timedelta(days=20)), "wartet bis 18.12.2026, 12:00"),
        (Waiting("retry", NOW + timedelta(hours=1)), "neuer Versuch 13:00"),
        (Waiting("no_account"), "wartet: Ein Postkonto ist nicht eingerichtet"),
        (Waiting("reply"), "wartet auf das Lesen der Antwort"),
        (Waiting("held"), "angehalten: ihr Sammelversand macht Pause"),
        (None, ""),
    ],
)
def test_until_when_it_waits(ui: UiContext, told: Waiting | None, words: str) -> None:
    """Today by the clock, this week by the day, later by the date; and for what."""
    assert ui is not None
    assert mail_words.waits(told, NOW) == words


def queued(session: Session, now: datetime) -> tuple[int, int]:
    """A mail that waits for a patient; both ids."""
    patient = add_patient(session, email="lea@mail.example")
    number = queue_mail(
        session, kind="patient", to_address="lea@mail.example", to_name="Lea", letter=Letter("Stand", "Stand", ""),
        now=now, patient_id=patient,
    )  # fmt: skip
    return number, patient


def test_a_stopped_mail_is_told_until_somebody_has_seen_it(
    ui: UiContext, qtbot: QtBot, database: Database, worker_database: Database
) -> None:
    """In Heute, in the box of what needs a person, with its reason; then it lies with what was taken back."""
    number, patient = fill(database, lambda s: queued(s, ui.now()))
    fill(database, lambda s: restrict(s, patient, now=ui.now()))
    assert fill(worker_database, lambda s: take_mail(s, number, now=ui.now() + timedelta(hours=1))) is None
    today = TodayPage(ui)
    qtbot.addWidget(today)
    today.show()
    qtbot.waitUntil(lambda: today._tree.topLevelItemCount() > 0)
    top = today._tree.topLevelItem(0)
    assert top is not None
    first = top.child(0)
    assert first is not None
    assert "eingeschränkt" in " ".join(first.text(column) for column in range(today._tree.columnCount()))
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    page.open_item(number)
    detail = page._outgoing._detail
    qtbot.waitUntil(lambda: "eingeschränkt" in detail._trouble.text())
    qtbot.waitUntil(lambda: page._box() == "trouble")
    press(qtbot, page, "Zur Kenntnis genommen")
    qtbot.waitUntil(lambda: bool(scalar(database, SEEN)))
    page.open_item(number)
    qtbot.waitUntil(lambda: page._box() == "cancelled")


def test_what_was_given_up_says_so(ui: UiContext, qtbot: QtBot, database: Database, worker_database: Database) -> None:
    """A full mailbox: tried again at first; after the last attempt nobody is told that it goes on."""
    number, _ = fill(database, lambda s: queued(s, ui.now()))
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.show()
    later = ui.now() + timedelta(hours=1)

    def postponed(session: Session) -> None:
        assert take_mail(session, number, now=later) is not None
        mail_postponed(session, number, now=ui.now(), failure=Failure("452 full", "smtp.mailbox_full"))

    def given_up(session: Session) -> None:
        session.connection().exec_driver_sql(AGAIN)
        assert take_mail(session, number, now=later) is not None
        mail_failed(session, number, now=ui.now(), failure=Failure("552 full", "smtp.mailbox_full"))

    fill(worker_database, postponed)
    page.open_item(number)
    detail = page._outgoing._detail
    qtbot.waitUntil(lambda: "Es wird von selbst weiter versucht." in detail._trouble.text())
    fill(worker_database, given_up)
    page.open_item(number)
    qtbot.waitUntil(lambda: "Es wird nicht weiter versucht." in detail._trouble.text())


def test_a_letter_that_names_somebody_who_is_gone_is_written_anew_with_one_click(
    ui: UiContext, qtbot: QtBot, database: Database, worker_database: Database
) -> None:
    """It says why it is held, and not that it needs mending; one click writes it anew and sends it."""

    def ask_for_two(session: Session) -> tuple[int, int, str]:
        searches = [add_search(session), add_search(session)]
        inquiry = create_and_send(
            session, therapist_id=add_therapist(session), search_ids=searches, channel=Channel.EMAIL, now=ui.now()
        )
        number = mail_of_inquiry(session, inquiry)
        assert number is not None
        return number, searches[0], items_of(session, inquiry)[0].reference_code

    number, gone, code = fill(database, ask_for_two)
    later = ui.now() + timedelta(hours=1)
    assert fill(worker_database, lambda s: take_mail(s, number, now=later)) is not None
    fill(database, lambda s: release_search(s, gone, ItemStatus.WITHDRAWN, reason="consent_withdrawn", now=later))
    later_words = Failure("451 later", "smtp.greylisted")
    fill(worker_database, lambda s: mail_postponed(s, number, now=later, failure=later_words))
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    page.open_item(number)
    detail = page._outgoing._detail
    qtbot.waitUntil(lambda: "nicht mehr gefragt wird" in detail._trouble.text())
    assert "Ursache behoben" not in detail._trouble.text()
    assert code in detail._body.toPlainText()
    press(qtbot, page, "Neu schreiben und senden")
    qtbot.waitUntil(lambda: "neu geschrieben" in ui.messages.text())
    qtbot.waitUntil(lambda: code not in detail._body.toPlainText())
    assert scalar(database, "SELECT status FROM communication_service.email WHERE kind = 'inquiry'") == "queued"
    qtbot.waitUntil(lambda: not detail._trouble.text())


def test_what_went_along_is_opened_or_saved(
    ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Name and size stand at the mail; opened it is a file to read, saved a copy."""
    number, _ = fill(database, lambda s: queued(s, ui.now()))

    def attach(session: Session) -> None:
        session.add(
            EmailAttachment(email_id=number, name="plan.pdf", media_type="application/pdf", content=b"%PDF-1.7 plan")
        )

    fill(database, attach)
    opened: list[bytes] = []

    def open_url(url: QUrl) -> bool:
        opened.append(Path(url.toLocalFile()).read_bytes())
        return True

    monkeypatch.setattr("ui.mail.files.QDesktopServices.openUrl", open_url)
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.show()
    page.open_item(number)
    files = page._outgoing._detail._files
    qtbot.waitUntil(lambda: [made.text().strip() for made in files._buttons] == ["plan.pdf (13 B)"])
    menu = files._buttons[0].menu()
    assert menu is not None
    look, save = menu.actions()
    assert (look.text(), save.text()) == ("Ö&ffnen", "&Speichern unter …")
    look.trigger()
    qtbot.waitUntil(lambda: opened == [b"%PDF-1.7 plan"])
    save.trigger()
    how_to_save(qtbot, files)
    chooser = files.findChild(QFileDialog)
    assert chooser is not None
    chooser.filesSelected.emit([str(tmp_path / "kopie.pdf")])
    qtbot.waitUntil((tmp_path / "kopie.pdf").exists)
    qtbot.waitUntil(lambda: "Gespeichert" in ui.messages.text())
    assert (tmp_path / "kopie.pdf").read_bytes() == b"%PDF-1.7 plan"
    chooser.close()


@pytest.mark.parametrize("kind", labels("email_kind"))
def test_the_kind_of_a_mail_fits_its_column(ui: UiContext, kind: str) -> None:
    """In the list it stands whole; in full it is in the tip and at the mail."""
    assert ui is not None
    word = labels("email_kind_short")[kind]
    font = QApplication.font()
    font.setPixelSize(13)
    assert QFontMetrics(font).horizontalAdvance(word) <= 138 - 20
