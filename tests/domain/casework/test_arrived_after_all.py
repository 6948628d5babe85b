"""A mail that waits to be sent once more, and is proved to have arrived: nobody gets it a second time."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from domain.casework.by_hand import put_back
from domain.casework.clocks import tick
from domain.casework.history import inquiry_history
from domain.casework.mail_reports import decide_unclear, mail_failed, mail_postponed, mail_sent
from domain.casework.receiving import receive
from domain.casework.taking import look_before_by_hand, take_mail
from domain.communication.incoming.parse import parse_mail
from domain.communication.models import Email
from domain.communication.outcomes import Failure
from domain.database import Database
from domain.matching.models import Inquiry
from domain.values import Channel
from tests.builders import add_search
from tests.domain.casework.steps import ask, mails, state
from tests.domain.communication.incoming.letters import reply

MINUTE = timedelta(minutes=1)


def waiting(session: Session, how: str, *, now: datetime) -> tuple[Inquiry, Email]:
    """An inquiry whose first letter waits, though it may have arrived."""
    inquiry = ask(session, add_search(session), now=now, channel=Channel.EMAIL)
    (mail,) = mails(session, inquiry, "inquiry")
    if how == "not sent by hand":
        assert look_before_by_hand(session, mail.id, now=now) == ""
        session.flush()
        put_back(session, mail.id, now=now + MINUTE)
    else:
        assert take_mail(session, mail.id, now=now) is not None
        session.flush()
        if how == "decided":
            tick(session, now=now + 10 * MINUTE)
            session.expire_all()
            decide_unclear(session, mail.id, arrived=False, now=now + 11 * MINUTE)
        elif how == "postponed":
            mail_postponed(session, mail.id, now=now, failure=Failure("451 later"))
        else:
            mail_failed(session, mail.id, now=now, failure=Failure("550 no"))
    session.flush()
    return inquiry, mail


@pytest.mark.parametrize("how", ["decided", "postponed", "failed", "not sent by hand"])
def test_who_answered_a_mail_does_not_get_it_again(
    database: Database, worker_database: Database, now: datetime, how: str
) -> None:
    """Whatever was said of it before: it was sent, its inquiry is with the practice, and nothing more leaves."""
    later = now + timedelta(days=1)
    with database.write() as session:
        inquiry, mail = waiting(session, how, now=now)
        numbers = inquiry.id, mail.id
    with worker_database.write() as session:
        receive(session, parse_mail(reply("Gern.", answers=session.get_one(Email, numbers[1]).message_id)), now=later)
    with database.write() as session:
        mail = session.get_one(Email, numbers[1])
        assert (mail.status, mail.sent_by_hand) == ("replied", how != "decided")
        assert state(session, session.get_one(Inquiry, numbers[0])) == "sent"
        assert [e.kind for e in inquiry_history(session, numbers[0]) if e.direction == "out"] == ["inquiry"]
        assert tick(session, now=later + MINUTE).released_mails == ()
        assert take_mail(session, mail.id, now=later + MINUTE) is None


def test_a_yes_that_is_heard_after_a_persons_no_sends_nothing_twice(database: Database, now: datetime) -> None:
    """The lease ran out, somebody said that it did not arrive, and then the server's answer comes after all."""
    with database.write() as session:
        inquiry, mail = waiting(session, "decided", now=now)
        mail_sent(session, mail.id, now=now + 12 * MINUTE, server_reply="250 ok")
        session.flush()
        assert (mail.status, mail.sent_by_hand, state(session, inquiry)) == ("sent", False, "sent")
        assert take_mail(session, mail.id, now=now + 13 * MINUTE) is None
