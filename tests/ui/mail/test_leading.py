"""From a mail to the record of whose it is."""

from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.casework.receiving import receive
from domain.communication.incoming.parse import parse_mail
from domain.database import Database
from tests.builders import add_patient
from tests.domain.communication.incoming.letters import reply
from tests.ui.conftest import Visits
from tests.ui.hands import fill, find, press, scalar
from tests.ui.mail.test_by_hand import waiting
from tests.ui.mail.test_inbox import STATUS, asked, opened
from ui.mail.page import BOXES, MailPage
from ui.ports import UiContext


def test_a_mail_leads_to_the_record_of_whose_it_is(
    ui: UiContext, qtbot: QtBot, database: Database, visits: Visits
) -> None:
    """From a practice's answer to the practice, from a patient's to the patient; by key as well."""
    page = opened(ui, qtbot, database, "Danke.", "Berger")
    therapist = scalar(database, "SELECT max(id) FROM therapist_service.therapist")
    view = page._incoming._reply
    assert not find(qtbot, view, "Zur Praxis").isHidden()
    press(qtbot, view, "Zur Praxis")
    assert visits == [("therapists", therapist)]

    def work(session: Session) -> tuple[int, int]:
        patient = add_patient(session, last_name="Lang", email="lang@mail.example")
        source = reply("Wie steht es?", sender="lang@mail.example", subject="Frage")
        return patient, receive(session, parse_mail(source), now=ui.now()).incoming_id

    patient, number = fill(database, work)
    page.open_field(number, "incoming")
    qtbot.waitUntil(view._records._links["patients"].isVisible)
    assert not view._records._links["therapists"].isVisible()
    assert view._records._links["patients"].text() == "Zum &Patienten"
    press(qtbot, view, "Zum Patienten")
    assert visits[-1] == ("patients", patient)


def test_a_mail_that_went_out_leads_there_too(ui: UiContext, qtbot: QtBot, database: Database, visits: Visits) -> None:
    """An inquiry's to its practice."""
    fill(database, lambda s: asked(s, ui, "Berger"))
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.show()
    page.open_item(int(str(scalar(database, "SELECT id FROM communication_service.email"))))
    view = page._outgoing._detail
    qtbot.waitUntil(view._records.isVisible)
    press(qtbot, view, "Zur Praxis")
    assert visits == [("therapists", scalar(database, "SELECT id FROM therapist_service.therapist"))]


def test_a_mail_of_another_box_is_not_left_beside_the_list(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Under Gesendet stands no mail of the outbox, nor one of before; one asked for comes with its box."""
    mail = fill(database, lambda session: waiting(session, ui))
    ui.state.remember("list/mails/selected", str(mail.row.email_id))
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    page.open_field(0, "sent")
    qtbot.waitUntil(lambda: page._outgoing.table.model.answered)
    page.open_item(mail.row.email_id)
    qtbot.waitUntil(lambda: page._outgoing.table.current() is not None)
    detail = page._outgoing._detail
    qtbot.waitUntil(detail._content.isVisible)
    page._tabs.setCurrentIndex(BOXES.index("sent"))
    qtbot.waitUntil(detail._empty.isVisible)
    qtbot.waitUntil(lambda: page._outgoing.table.model.total == 0)
    page._tabs.setCurrentIndex(BOXES.index("outbox"))
    qtbot.waitUntil(lambda: page._outgoing.table.model.total == 1)
    assert page._outgoing.table.current() is None
    page._outgoing.table.view.selectRow(0)  # the only row, open before: a click opens it again
    qtbot.waitUntil(detail._content.isVisible)
    page._tabs.setCurrentIndex(BOXES.index("sent"))
    page.open_item(mail.row.email_id)
    qtbot.waitUntil(lambda: page._outgoing.table.current() is not None and detail._content.isVisible())


def test_answers_chosen_outlast_a_look_into_another_box(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """What somebody corrected stands there still, and no key confirms it while the mail is not to be seen."""
    page = opened(ui, qtbot, database, "{0}: kein Platz", "Berger")
    pane, view = page._incoming, page._incoming._reply
    qtbot.waitUntil(lambda: pane.table.current() is not None)
    (row,) = view._answers._rows
    row._answer.choose("waitlisted")
    assert view._answers.changed()
    page._tabs.setCurrentIndex(BOXES.index("settled"))
    qtbot.waitUntil(lambda: pane.table.model.total == 0)
    assert view._empty.isVisible()
    view.confirm()
    page._tabs.setCurrentIndex(BOXES.index("inbox"))
    qtbot.waitUntil(lambda: pane.table.model.total == 1)
    pane.table.view.selectRow(0)
    find(qtbot, page, "Bestätigen")
    assert view._answers.changed()
    assert view._answers._rows[0]._answer.code() == "waitlisted"
    assert scalar(database, STATUS) == "pending"
