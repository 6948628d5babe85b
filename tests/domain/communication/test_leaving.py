"""What is said of an inquiry that was just sent is what becomes of it: when it leaves, or what keeps it and why."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.batches.forecast import forecast
from domain.casework.preparing import create_and_send
from domain.communication.account_states import note_sending
from domain.communication.accounts import AccountForm, save_account
from domain.communication.leaving import inquiry_leaving
from domain.database import Database
from domain.values import Channel
from tests.builders import add_search, add_therapist
from ui.mail.batches.wording import leaving, time_left
from ui.mail.leaving import inquiry_sent

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FORM = AccountForm(name="Büro", address="a@buero.example", smtp_host="mail.buero.example", is_default=True)


def said(session: Session, channel: Channel = Channel.EMAIL, *, later: bool = True) -> str:
    """Somebody sends an inquiry, which leaves in a minute or at once, and reads what is said."""
    practice = add_therapist(session)
    send_at = NOW + timedelta(minutes=1) if later and channel is Channel.EMAIL else None
    made = create_and_send(
        session, therapist_id=practice, search_ids=[add_search(session)], channel=channel, now=NOW, send_at=send_at
    )
    session.flush()
    return inquiry_sent(channel, inquiry_leaving(session, made, now=NOW), NOW)


def test_each_channel_has_its_sentence(database: Database) -> None:
    """What is no mail is not on its way."""
    with database.write() as session:
        save_account(session, FORM)
        assert said(session, Channel.PHONE) == "Der Anruf ist geplant."
        assert said(session, Channel.LETTER) == "Der Brief liegt zum Drucken bereit."
        assert said(session) == "Die Anfrage geht um 10:01 Uhr hinaus."
        assert said(session, later=False) == "Die Anfrage ist unterwegs."


def test_a_mail_nobody_sends_is_promised_no_time(database: Database, worker_database: Database) -> None:
    """Without an account the worker's own server sends it, if there is one; where the login is refused it says so."""
    with database.write() as session:
        for later, begins in (
            (True, "geht frühestens um 10:01 Uhr hinaus"),
            (False, "wartet, bis sie an der Reihe ist"),
        ):
            told = said(session, later=later)
            assert told.startswith(f"Die Anfrage {begins}. Ein Postkonto ist nicht eingerichtet")
            assert "von Hand" not in told
        account = save_account(session, FORM)
    with worker_database.write() as session:
        note_sending(session, account, trouble="smtp.login", size_limit=None)
    with database.write() as session:
        for later in (True, False):
            told = said(session, later=later)
            assert told.startswith("Die Anfrage wartet im Postausgang. Der Mailserver „mail.buero.example“ lehnt")


@pytest.mark.parametrize("of", ["office", "account"])
def test_with_a_limit_no_time_is_promised(database: Database, of: str) -> None:
    """Whoever set it; what other teams have waiting takes its turn before, and is not seen: a batch's times neither."""
    with database.write() as session:
        save_account(session, FORM)
        table = {"office": "platform.office", "account": "communication_service.mail_account"}[of]
        session.execute(text(f"UPDATE {table} SET mails_per_hour = 2"))
        session.expire_all()
        limit = "Mehr als 2 in der Stunde sendet Ihr Büro nicht."
        assert said(session) == f"Die Anfrage geht frühestens um 10:01 Uhr hinaus. {limit}"
        assert said(session, later=False) == f"Die Anfrage wartet, bis sie an der Reihe ist. {limit}"
        words = leaving(forecast(session, 1, now=NOW), 1, NOW)
        assert words.endswith(f"Die E-Mails gehen frühestens um 10:00 Uhr hinaus. {limit}")
        assert "frühestens um 12:0" in leaving(forecast(session, 5, now=NOW), 5, NOW)
        assert time_left(forecast(session, 5, now=NOW, under_way=True), NOW) == "fertig frühestens um 12:00 Uhr"
