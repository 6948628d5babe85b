"""Sammelversand by hand: gathered, read, single ones taken out, sent, paused, taken back; told on Heute and below."""

import re
from datetime import date
from functools import partial

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.batches.gathering import gather_practices
from domain.casework.batches.making import make_next
from domain.casework.batches.steering import pause
from domain.casework.preparing import create_and_send
from domain.casework.sending import undo_sending
from domain.communication.accounts import AccountForm, save_account
from domain.database import Database
from domain.errors import Conflict, Unavailable
from domain.patients.queries import get_patient
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.domain.casework.batches.steps import hopeful, release
from tests.ui.conftest import Visits
from tests.ui.hands import fill, find, press, scalar
from ui.mail.batches.gathered import show_elsewhere
from ui.mail.batches.status import BatchStatus
from ui.mail.page import MailPage
from ui.patients.letters import PatientLetters
from ui.ports import UiContext
from ui.today.page import TodayPage
from ui.widgets.letter_dialog import LetterDialog

MAILS = "SELECT count(*) FROM communication_service.email WHERE status = '{}'"
LINES = "SELECT count(*) FROM communication_service.batch_line WHERE status = '{}'"
SENDING = AccountForm(name="Büro", address="buero@mail.example", smtp_host="mail.example", is_default=True)


def drafted(session: Session) -> int:
    """A batch of four practices for one search, the last without an address."""
    search = add_search(session, add_patient(session, last_name="Wartend"))
    practices = [add_therapist(session) for _ in range(3)] + [add_therapist(session, email="")]
    return gather_practices(session, search_id=search, therapist_ids=practices).batch_id


def opened(ui: UiContext, qtbot: QtBot, batch_id: int) -> MailPage:
    """Post with the batch open."""
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.resize(1180, 680)
    page.show()
    page.open_field(batch_id, "batch")
    view = page._batches._view
    qtbot.waitUntil(lambda: view._batch is not None and view._lines.table.model.total > 0)
    return page


def test_looked_through_sent_and_taken_back(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Every mail can be read before; one is taken out; the rest is written, waits, and comes back with Strg+Z."""
    page = opened(ui, qtbot, fill(database, drafted))
    view = page._batches._view
    qtbot.waitUntil(lambda: "Therapiepl" in view._lines._letter._subject.text())
    assert "Sekunden, um alles zurückzuholen" in view._time.text()
    qtbot.waitUntil(lambda: view._send.accessibleName() == "3 E-Mails senden, 1 Anruf planen")
    line = view._lines.table.model.row_at(3)
    assert line is not None
    assert "keine E-Mail: wird angerufen" in view._lines._notice(line)
    press(qtbot, view, "Herausnehmen")
    qtbot.waitUntil(lambda: view._send.accessibleName() == "2 E-Mails senden, 1 Anruf planen")
    press(qtbot, view, "Wieder aufnehmen")
    press(qtbot, view, "Herausnehmen")
    qtbot.waitUntil(lambda: view._send.accessibleName() == "2 E-Mails senden, 1 Anruf planen")
    assert scalar(database, MAILS.format("queued")) == 0
    assert "2 E-Mails werden gesendet · 1 Anruf wird geplant · 1 herausgenommen" in view._figures.text()
    assert (view._send.text().strip(), view._send.toolTip()) == ("Alle 3 freigeb&en", view._send.accessibleName())
    press(qtbot, view, "2 E-Mails senden, 1 Anruf planen")
    qtbot.waitUntil(lambda: scalar(database, LINES.format("made")) == 3)
    qtbot.waitUntil(lambda: "2 warten · 1 Anruf oder Brief" in view._figures.text())
    qtbot.waitUntil(lambda: not view._runner.works_on(view._wanted or 0))
    rows = view._lines.table.model

    def told() -> str:
        waiting = rows.row_at(1)
        return view._lines._notice(waiting) if waiting is not None else ""

    qtbot.waitUntil(lambda: re.fullmatch(r"ab \d\d:\d\d Uhr", told()) is not None)
    ui.messages.undo()
    qtbot.waitUntil(lambda: scalar(database, LINES.format("taken_back")) == 3)
    assert scalar(database, MAILS.format("cancelled")) == 2
    qtbot.waitUntil(lambda: "3 zurückgeholt" in view._figures.text())


def taken(session: Session, practice: int, ui: UiContext) -> int:
    """Somebody asks a practice for somebody else; the inquiry's id."""
    search = add_search(session)
    return create_and_send(session, therapist_id=practice, search_ids=[search], channel=Channel.EMAIL, now=ui.now())


def half_taken(ui: UiContext, database: Database) -> tuple[int, list[int]]:
    """A batch of three practices, two of which somebody asks, and the inquiries of those two."""

    def made(session: Session) -> tuple[int, list[int]]:
        search = add_search(session, add_patient(session, last_name="Wartend"))
        practices = [add_therapist(session) for _ in range(3)]
        others = [taken(session, practice, ui) for practice in practices[:2]]
        return gather_practices(session, search_id=search, therapist_ids=practices).batch_id, others

    return fill(database, made)


def test_what_stands_in_the_way_is_not_counted_as_going(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Two of three practices were asked by somebody meanwhile: figures, button and message say one mail, one leaves."""
    batch, _ = half_taken(ui, database)
    view = opened(ui, qtbot, batch)._batches._view
    qtbot.waitUntil(lambda: view._send.accessibleName() == "1 E-Mail senden")
    assert view._figures.text() == "1 E-Mail wird gesendet · 2 Zeilen werden ausgelassen"
    press(qtbot, view, "1 E-Mail senden")
    qtbot.waitUntil(lambda: "Freigegeben: 1 E-Mail wird gesendet" in ui.messages.text())
    qtbot.waitUntil(lambda: scalar(database, LINES.format("made")) == 1)
    qtbot.waitUntil(lambda: not view._runner.works_on(view._wanted or 0))
    assert scalar(database, LINES.format("refused")) == 2
    line = view._lines.table.model.row_at(0)
    assert line is not None
    assert "Jana Brand" in view._lines._notice(line)


def test_no_more_leaves_than_the_button_says(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The two are free again: nothing is sent by a button that says one; it is counted anew, and then says three."""
    batch, others = half_taken(ui, database)
    view = opened(ui, qtbot, batch)._batches._view
    qtbot.waitUntil(lambda: view._send.accessibleName() == "1 E-Mail senden")
    for other in others:
        fill(database, partial(undo_sending, inquiry_id=other, now=ui.now()))
    press(qtbot, view, "1 E-Mail senden")
    qtbot.waitUntil(lambda: "Es wurde nichts gesendet" in ui.messages.text())
    assert scalar(database, "SELECT status FROM communication_service.batch") == "draft"
    qtbot.waitUntil(lambda: view._send.accessibleName() == "3 E-Mails senden" and view._send.isEnabled())
    press(qtbot, view, "3 E-Mails senden")
    qtbot.waitUntil(lambda: scalar(database, LINES.format("made")) == 3)
    qtbot.waitUntil(lambda: not view._runner.works_on(view._wanted or 0))


def test_a_line_that_is_free_again_is_counted_again(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """A colleague takes one of the two inquiries back: figures and button of the batch that stands open follow."""
    batch, others = half_taken(ui, database)
    view = opened(ui, qtbot, batch)._batches._view
    qtbot.waitUntil(lambda: view._send.accessibleName() == "1 E-Mail senden")
    qtbot.waitUntil(lambda: "Bei 2 Zeilen steht etwas im Weg" in view._hints.text())
    fill(database, partial(undo_sending, inquiry_id=others[0], now=ui.now()))
    ui.changes.changed.emit("email", 0)
    qtbot.waitUntil(lambda: view._send.accessibleName() == "2 E-Mails senden")
    assert view._figures.text() == "2 E-Mails werden gesendet · 1 Zeile wird ausgelassen"
    assert "Bei 1 Zeile steht etwas im Weg" in view._hints.text()


def test_senden_stays_off_while_it_releases(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Something changes meanwhile: pressed once more it does nothing, and what was released can be taken back."""
    view = opened(ui, qtbot, fill(database, drafted))._batches._view
    send = find(qtbot, view, "3 E-Mails senden, 1 Anruf planen")
    qtbot.waitUntil(lambda: ui.background.running == 0)
    with Session(database.engine) as other:
        other.execute(text("SELECT id FROM communication_service.batch FOR UPDATE"))
        press(qtbot, view, "3 E-Mails senden, 1 Anruf planen")
        for _ in range(2):
            view.follow()
            qtbot.waitUntil(lambda: ui.background.running == 1)  # the batch is shown anew, the release still waits
            assert (send.isVisible(), send.isEnabled()) == (True, False)
            send.click()
    qtbot.waitUntil(lambda: scalar(database, LINES.format("made")) == 4)
    qtbot.waitUntil(lambda: not view._runner.works_on(view._wanted or 0) and ui.background.running == 0)
    assert ui.messages.text().startswith("Freigegeben")


def test_a_look_that_failed_is_made_again(
    ui: UiContext, qtbot: QtBot, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server was away once, and is told; what is free by then is offered at the next change."""
    batch, others = half_taken(ui, database)
    view = opened(ui, qtbot, batch)._batches._view
    qtbot.waitUntil(lambda: view._send.accessibleName() == "1 E-Mail senden")

    def away(*_: object, **__: object) -> None:
        raise Unavailable("db.unavailable")

    with monkeypatch.context() as patch, qtbot.waitSignal(ui.background.failed, timeout=60_000):
        patch.setattr("ui.mail.batches.lines.check_lines", away)
        ui.changes.changed.emit("email", 0)
    for other in others:
        fill(database, partial(undo_sending, inquiry_id=other, now=ui.now()))
    ui.changes.changed.emit("email", 0)
    qtbot.waitUntil(lambda: view._send.accessibleName() == "3 E-Mails senden" and view._send.isEnabled())


def test_a_batch_of_which_nothing_goes_is_only_dropped(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Its one practice is asked by somebody else: nothing is offered that would send nothing."""

    def all_taken(session: Session) -> int:
        search, practice = add_search(session, add_patient(session)), add_therapist(session)
        taken(session, practice, ui)
        return gather_practices(session, search_id=search, therapist_ids=[practice]).batch_id

    view = opened(ui, qtbot, fill(database, all_taken))._batches._view
    qtbot.waitUntil(lambda: view._figures.text() == "1 Zeile wird ausgelassen")
    assert (view._send.isEnabled(), view._drop.isEnabled()) == (False, True)


def test_what_became_impossible_since_is_not_said_to_leave(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Of three mails two practices are asked by somebody before Senden: the message says one."""

    def free(session: Session) -> tuple[int, list[int]]:
        search = add_search(session, add_patient(session, last_name="Wartend"))
        practices = [add_therapist(session) for _ in range(3)]
        return gather_practices(session, search_id=search, therapist_ids=practices).batch_id, practices

    batch, practices = fill(database, free)
    view = opened(ui, qtbot, batch)._batches._view
    qtbot.waitUntil(lambda: view._send.accessibleName() == "3 E-Mails senden")
    fill(database, lambda s: [taken(s, practice, ui) for practice in practices[1:]])
    press(qtbot, view, "3 E-Mails senden")
    said = "Freigegeben: 1 E-Mail wird gesendet · 2 Zeilen werden ausgelassen."
    qtbot.waitUntil(lambda: said in ui.messages.text())
    qtbot.waitUntil(lambda: scalar(database, LINES.format("made")) == 1)
    qtbot.waitUntil(lambda: not view._runner.works_on(view._wanted or 0))


def test_pause_and_go_on(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Pause says that nothing leaves; Weiter writes what was left, also in a window that was opened since."""

    def cut(session: Session) -> int:
        save_account(session, SENDING)
        batch = drafted(session)
        release(session, batch, now=ui.now())
        make_next(session, batch, now=ui.now())
        return batch

    page = opened(ui, qtbot, fill(database, cut))
    view = page._batches._view
    qtbot.waitUntil(lambda: "Unterbrochen" in view._time.text())
    press(qtbot, view, "Pause")
    qtbot.waitUntil(lambda: "Angehalten" in view._time.text())
    assert scalar(database, "SELECT status FROM communication_service.batch") == "paused"
    press(qtbot, view, "Weiter")
    qtbot.waitUntil(lambda: scalar(database, LINES.format("made")) == 4)
    qtbot.waitUntil(lambda: "noch etwa eine Minute" in view._time.text())
    assert scalar(database, MAILS.format("queued")) == 3


def test_without_an_account_no_time_is_promised(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Only a server of the worker's own sends: nothing is promised for sure, nor asked for by hand."""
    page = opened(ui, qtbot, fill(database, drafted))
    view = page._batches._view
    qtbot.waitUntil(lambda: view._send.accessibleName() == "3 E-Mails senden, 1 Anruf planen")
    assert "gehen frühestens um" in view._time.text()
    assert "Hat der Hintergrunddienst keinen eigenen Mailserver, warten die" in view._time.text()
    press(qtbot, view, "3 E-Mails senden, 1 Anruf planen")
    qtbot.waitUntil(lambda: scalar(database, LINES.format("made")) == 4)
    qtbot.waitUntil(
        lambda: "3 warten" in view._figures.text() and view._time.text().startswith("Ein Postkonto ist nicht")
    )
    qtbot.waitUntil(lambda: not view._runner.works_on(view._wanted or 0))


def test_told_on_heute_and_in_the_status_bar(ui: UiContext, qtbot: QtBot, database: Database, visits: Visits) -> None:
    """A paused batch is a task that leads to it; the status bar says how far it is."""

    def paused(session: Session) -> int:
        batch = drafted(session)
        release(session, batch, now=ui.now())
        make_next(session, batch, now=ui.now())
        pause(session, batch)
        return batch

    batch = fill(database, paused)
    status, today = BatchStatus(ui), TodayPage(ui)
    for widget in (status, today):
        qtbot.addWidget(widget)
        widget.show()
    qtbot.waitUntil(lambda: status.text() == "Sammelversand: 0 von 4 gesendet, angehalten")
    qtbot.waitUntil(lambda: today._tree.topLevelItemCount() > 0)
    top = today._tree.topLevelItem(0)
    assert top is not None
    assert top.text(0) == "Sammelversand ansehen (1)"
    task = top.child(0)
    assert task is not None
    assert (task.text(0), task.text(1)) == ("Anfragen", "angehalten: nichts geht hinaus")
    today._open(task)
    assert (visits[-1], visits.field) == (("mail", batch), "batch")


def test_the_weekly_status_is_offered_and_read_first(
    ui: UiContext, qtbot: QtBot, database: Database, visits: Visits
) -> None:
    """From the office's weekday on Heute names how many; Enter gathers them, and nothing is sent."""

    def due(session: Session) -> None:
        for number in range(2):
            hopeful(session, email=f"lea{number}@mail.example")
        hopeful(session, email="")
        hopeful(session, asked=False)
        session.execute(text("UPDATE platform.office SET status_weekday = 1"))

    fill(database, due)
    today = TodayPage(ui)
    qtbot.addWidget(today)
    today.show()
    qtbot.waitUntil(lambda: today._tree.topLevelItemCount() > 0)
    top = today._tree.topLevelItem(0)
    task = top.child(0) if top is not None else None
    assert task is not None
    assert task.text(0) == "2 Personen mit laufender Suche"
    today._open(task)
    assert (visits[-1], visits.field) == (("mail", 0), "weekly")
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.show()
    page.open_field(0, "weekly")
    view = page._batches._view
    qtbot.waitUntil(lambda: view._send.text().strip() == "2 E-Mails s&enden")
    assert "1 Person hat keine E-Mail-Adresse" in ui.messages._text.text()
    assert "Für 1 Person wurde noch keine Praxis angefragt" in ui.messages._text.text()
    qtbot.waitUntil(lambda: "So steht Ihre Suche" in view._lines._letter._subject.text())
    assert scalar(database, "SELECT count(*) FROM communication_service.email") == 0
    page.open_field(0, "weekly")  # a second time: the same batch, and whose it is
    qtbot.waitUntil(lambda: "Jana Brand" in ui.messages._text.text())


def test_a_week_with_nobody_to_write_to_says_why(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """No error: whoever wants the status has no address, or was never asked for."""

    def nobody(session: Session) -> None:
        hopeful(session, email="")
        hopeful(session, asked=False)

    fill(database, nobody)
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.show()
    page.open_field(0, "weekly")
    qtbot.waitUntil(lambda: "niemandem zu schreiben" in ui.messages.text())
    assert "Keine E-Mail-Adresse: 1" in ui.messages.text()
    assert "Noch keine Praxis angefragt: 1" in ui.messages.text()
    assert ui.messages._frame.property("message") == "info"


def test_of_a_hidden_batch_it_is_said_whom_to_ask(ui: UiContext) -> None:
    """There is nothing to open, so it is not promised."""
    shown: list[int] = []
    at = "2026-11-23T09:00:00+00:00"
    show_elsewhere(ui, Conflict("batch.elsewhere_hidden", by="Lea Leitung", at=at), shown.append)
    assert (shown, "Bitten Sie Lea Leitung, ihn zu senden" in ui.messages._text.text()) == ([], True)
    show_elsewhere(ui, Conflict("batch.elsewhere", batch_id=7, by="Lea Leitung", at=at), shown.append)
    assert (shown, "hier ist er" in ui.messages._text.text()) == ([7], True)


def test_letters_to_one_patient(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """First letter and status are read before they are sent; a second status in a week is refused with its reason."""
    number = fill(database, lambda s: hopeful(s, last_name="Wartend"))
    letters = PatientLetters(ui)
    qtbot.addWidget(letters)
    letters.show()
    letters.show_patient(fill(database, lambda s: get_patient(s, number, today=ui.today())))

    def send(kind: str) -> None:
        letters._read(kind)
        qtbot.waitUntil(lambda: any(d.isVisible() for d in letters.findChildren(LetterDialog)))
        dialog = next(d for d in letters.findChildren(LetterDialog) if d.isVisible())
        press(qtbot, dialog, "Senden")

    kinds = "SELECT string_agg(kind, ' ' ORDER BY id) FROM communication_service.email"
    send("first_letter")
    qtbot.waitUntil(lambda: scalar(database, kinds) == "first_letter")
    send("weekly_status")
    qtbot.waitUntil(lambda: scalar(database, kinds) == "first_letter weekly_status")
    send("weekly_status")
    qtbot.waitUntil(lambda: "told_already" in ui.messages._text.text())
    assert scalar(database, kinds) == "first_letter weekly_status"


def test_a_long_batch_does_not_hold_the_window(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """While thirty lines are written, the window goes on turning: its loop comes round again and again."""
    from PySide6.QtCore import QTimer

    def many(session: Session) -> int:
        search = add_search(session, waiting_since=date(2026, 6, 1))
        practices = [add_therapist(session) for _ in range(30)]
        return gather_practices(session, search_id=search, therapist_ids=practices).batch_id

    page = opened(ui, qtbot, fill(database, many))
    view = page._batches._view
    find(qtbot, view, "30 E-Mails senden")
    turns: list[int] = []
    timer = QTimer(page, interval=5)
    timer.timeout.connect(lambda: turns.append(1))
    timer.start()
    press(qtbot, view, "30 E-Mails senden")
    qtbot.waitUntil(lambda: scalar(database, LINES.format("made")) == 30)
    timer.stop()
    assert len(turns) > 10  # held by the writing it would have turned once or twice
