"""A mail that a person has outside to send it by hand is held by the database, and lies nowhere a second time."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import create_engine, text

from domain.backups.waiting_mails import hold_waiting_mails
from domain.casework.agenda import TaskKind, agenda
from domain.casework.by_hand import put_back
from domain.casework.mail_reports import decide_unclear, mail_sent, sent_by_hand
from domain.casework.receiving import receive
from domain.casework.taking import look_before_by_hand, take_mail
from domain.communication.accounts import AccountForm, save_account
from domain.communication.claiming import claim, release_due
from domain.communication.copies import copies_due
from domain.communication.incoming.parse import parse_mail
from domain.communication.models import Email
from domain.communication.queries import get_mail
from domain.database import Database, Session
from domain.errors import Conflict, PlatzlotseError
from domain.values import Channel
from tests.builders import add_search
from tests.conftest import Office
from tests.domain.casework.steps import ask, mails, state
from tests.domain.communication.incoming.letters import reply

LATER = timedelta(minutes=10)  # every undo window is over


def account(session: Session) -> int:
    """An account that sends by itself."""
    form = AccountForm(
        name="Büro", address="b@buero.example", smtp_host="127.0.0.1", smtp_port=2525, smtp_security="none",
        is_default=True,
    )  # fmt: skip
    return save_account(session, form)


def waiting(session: Session, *, now: datetime) -> Email:
    """The first letter of an inquiry, which waits."""
    (mail,) = mails(session, ask(session, add_search(session), now=now, channel=Channel.EMAIL), "inquiry")
    return mail


def test_the_worker_leaves_what_a_person_has_outside(database: Database, now: datetime) -> None:
    """Whatever its time, it is neither released nor taken, until the person says that it was not sent after all."""
    with database.write() as session:
        account(session)
        mail = waiting(session, now=now)
        assert look_before_by_hand(session, mail.id, now=now) == ""
        assert release_due(session, now=now + LATER) == ()
        session.flush()
        assert take_mail(session, mail.id, now=now + LATER, without_account=False) is None
        shown = get_mail(session, mail.id, now=now + LATER).row
        assert shown.waiting is not None
        assert (shown.waiting.reason, shown.exported_at, shown.exported_by) == ("exported", now, "Jana Brand")
        put_back(session, mail.id, now=now + LATER)
        session.flush()
        release_due(session, now=now + LATER)
        session.flush()
        assert take_mail(session, mail.id, now=now + LATER, without_account=False) is not None


def test_the_database_keeps_it(database: Database, now: datetime) -> None:
    """A worker that knows nothing of it is refused."""
    with database.write() as session:
        mail = waiting(session, now=now)
        look_before_by_hand(session, mail.id, now=now)
        session.flush()
        number = mail.id
    take = "UPDATE communication_service.email SET status = 'sending', lease_until = now() WHERE id = :id"
    with pytest.raises(PlatzlotseError), database.write() as session:
        session.execute(text(take), {"id": number})
    with database.read() as session:
        assert session.get_one(Email, number).status == "queued"


def test_another_desk_is_told_and_takes_nothing_out(
    database: Database, second_database: Database, now: datetime
) -> None:
    """Two who send it by hand would send it twice; who has seen it may take it over."""
    with database.write() as session:
        number = waiting(session, now=now).id
        look_before_by_hand(session, number, now=now)
    with pytest.raises(Conflict, match=r"email\.exported"), second_database.write() as session:
        look_before_by_hand(session, number, now=now)
    with second_database.write() as session:
        known = get_mail(session, number, now=now).row.exported_at
        assert look_before_by_hand(session, number, now=now + LATER, known=known) == ""


def test_sent_by_hand_it_is_copied_nowhere(database: Database, now: datetime) -> None:
    """It lies among the sent mails of the program that sent it; one that the account sent is copied."""
    with database.write() as session:
        number = account(session)
        by_hand, by_itself = waiting(session, now=now), waiting(session, now=now)
        look_before_by_hand(session, by_hand.id, now=now)
        sent_by_hand(session, by_hand.id, now=now)
        assert claim(session, by_itself.id, now=now + LATER) is not None
        mail_sent(session, by_itself.id, now=now + LATER, server_reply="250 ok")
        session.flush()
        due = copies_due(session, number, now=now + LATER)
        assert (by_hand.status, by_hand.sent_by_hand, by_hand.exported_at) == ("sent", True, None)
    assert [copy.mail.id for copy in due] == [by_itself.id]


def test_an_answer_proves_that_it_was_sent(database: Database, now: datetime) -> None:
    """Who answers a mail has it, though nobody said so here: its clocks run."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now, channel=Channel.EMAIL)
        (mail,) = mails(session, inquiry, "inquiry")
        look_before_by_hand(session, mail.id, now=now)
        session.flush()
        receive(session, parse_mail(reply("Leider nein.", answers=mail.message_id)), now=now + LATER)
        assert state(session, inquiry) == "sent"
        assert (mail.status, mail.sent_by_hand) == ("replied", True)


def test_the_day_asks_what_became_of_it(database: Database, now: datetime) -> None:
    """After a day, and not before."""
    with database.write() as session:
        mail = waiting(session, now=now)
        look_before_by_hand(session, mail.id, now=now)
        session.flush()
        asked = [agenda(session, now=now + timedelta(hours=hours)) for hours in (23, 25)]
    assert [one.counts[TaskKind.MAIL_OUTSIDE] for one in asked] == [0, 1]
    (task,) = [task for task in asked[1].tasks if task.kind is TaskKind.MAIL_OUTSIDE]
    assert (task.record_id, task.detail) == (mail.id, "Jana Brand")


@pytest.mark.parametrize("arrived", [True, False])
def test_after_a_restore_what_was_outside_is_settled(
    office: Office, database: Database, now: datetime, *, arrived: bool
) -> None:
    """It is unclear then; that it arrived counts as sent by hand, that it did not lets it wait again."""
    with database.write() as session:
        mail = waiting(session, now=now)
        look_before_by_hand(session, mail.id, now=now)
        number = mail.id
    engine = create_engine(office.url("owner"))
    with engine.begin() as connection:
        assert hold_waiting_mails(connection) == 1
    engine.dispose()
    with database.write() as session:
        decide_unclear(session, number, arrived=arrived, now=now + LATER)
    with database.read() as session:
        mail = session.get_one(Email, number)
        assert (mail.status, mail.sent_by_hand, mail.exported_at) == ("sent" if arrived else "queued", arrived, None)
