"""An absence that is over when its mail is read: the mail is settled, and the days away count for no clock."""

from datetime import date, timedelta

import pytest

from domain.casework import replies
from domain.casework.answers import record_answer
from domain.casework.receiving import receive
from domain.casework.reminding import note_absence
from domain.communication.incoming.parse import parse_mail
from domain.database import Database
from domain.matching.inquiries import items_of
from domain.matching.models import Inquiry
from domain.matching.states import ItemStatus
from domain.values import Channel
from tests.conftest import NOW
from tests.domain.casework.test_receiving import mail_of, sent_inquiry, take_in
from tests.domain.communication.incoming.letters import reply

DAY = timedelta(days=1)


@pytest.mark.parametrize(("written", "away", "counted"), [(0, 5, 5), (3, 5, 2), (0, 10, 10), (6, 5, 0)])
def test_days_of_a_past_absence_do_not_count(database: Database, written: int, away: int, counted: int) -> None:
    """From the day the mail was written to the day of return; read ten days after the inquiry left."""
    with database.write() as session:
        inquiry, email = sent_inquiry(session)
        began = inquiry.clock_started_at
        assert began is not None
        source = reply("Ich bin abwesend.", answers=email.message_id, at=NOW + written * DAY)
        mail = mail_of(session, receive(session, parse_mail(source), now=NOW + 10 * DAY))
        until = date.fromordinal(NOW.date().toordinal() + away)
        replies.confirm_absence(session, mail.id, until=until, now=NOW + 10 * DAY)
        session.flush()
        assert mail.status == "done"
        assert (inquiry.stage, inquiry.clock_started_at) == ("sent", began + counted * DAY)


def test_an_absence_that_turns_out_to_be_over_ends(database: Database) -> None:
    """Noted until later, then a mail says that they are back: the clock runs again."""
    with database.write() as session:
        inquiry, email = sent_inquiry(session)
        note_absence(session, inquiry.id, until=(NOW + 30 * DAY).date(), now=NOW)
        mail = mail_of(session, take_in(session, reply("Ich war abwesend.", answers=email.message_id)))
        replies.confirm_absence(session, mail.id, until=(NOW + 2 * DAY).date(), now=NOW + 4 * DAY)
        session.flush()
        assert session.get_one(Inquiry, inquiry.id).stage == "sent"
        assert mail.status == "done"


def test_a_machine_that_answers_after_the_end_is_settled(database: Database) -> None:
    """The practice answered, then its machine answers our thanks: nothing is refused, and nothing begins to wait."""
    with database.write() as session:
        inquiry, email = sent_inquiry(session)
        (item,) = items_of(session, inquiry.id)
        record_answer(session, item.id, ItemStatus.REJECTION_CAPACITY, now=NOW + DAY, channel=Channel.PHONE)
        mail = mail_of(session, take_in(session, reply("Ich bin bis 4.1.2027 abwesend.", answers=email.message_id)))
        replies.confirm_absence(session, mail.id, until=date(2027, 1, 4), now=NOW + 2 * DAY)
        session.flush()
        assert (inquiry.stage, inquiry.out_of_office_until, mail.status) == ("answered", None, "done")


def test_a_machine_that_answers_twice_moves_the_day(database: Database) -> None:
    """Our reminder brought its notice once more, with another day."""
    with database.write() as session:
        inquiry, email = sent_inquiry(session)
        for number, until in enumerate((date(2027, 1, 4), date(2027, 1, 11))):
            source = reply(f"Ich bin abwesend ({number}).", answers=email.message_id)
            mail = mail_of(session, take_in(session, source))
            replies.confirm_absence(session, mail.id, until=until, now=NOW + 2 * DAY)
            session.flush()
            assert (inquiry.stage, inquiry.out_of_office_until) == ("out_of_office", until)
