"""A mail that came back waits to be settled: by a person's word, or by the practice's new address; and reminders."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.agenda import TaskKind, agenda
from domain.casework.mail_reports import note_bounce
from domain.casework.receiving import receive
from domain.casework.reminder_outlook import reminder_outlook
from domain.casework.reminding import due_for_reminder, remind
from domain.communication.incoming.parse import parse_mail
from domain.communication.mails import note_stop_seen
from domain.communication.queries import box_of, count_boxes, get_mail, list_mails
from domain.database import Database
from domain.errors import Conflict
from domain.matching.models import Inquiry
from domain.paging import ListQuery
from domain.therapists.service import set_contact
from tests.builders import add_search
from tests.domain.casework.steps import mails
from tests.domain.casework.test_overtaken_mails import sent
from tests.domain.communication.incoming.letters import reply


def troubled(session: Session, *, now: datetime) -> tuple[int, int, int]:
    """Mails to settle: in the box's count, in its list, in the day's tasks."""
    session.flush()
    listed = list_mails(session, ListQuery(filters={"trouble": "1"}), now=now)
    return count_boxes(session)["trouble"], listed.total, agenda(session, now=now).counts[TaskKind.MAIL_TROUBLE]


@pytest.mark.parametrize("how", ["said", "address"])
def test_a_bounce_is_settled(database: Database, now: datetime, how: str) -> None:
    """It leaves "Zu klären" for good, and lies among what was sent."""
    with database.write() as session:
        inquiry = sent(session, add_search(session), now=now)
        (mail,) = mails(session, inquiry, "inquiry")
        note_bounce(session, mail.id, now=now + timedelta(hours=2))
        assert troubled(session, now=now) == (1, 1, 1)
        if how == "said":
            note_stop_seen(session, mail.id, now=now)
        else:
            set_contact(session, inquiry.therapist_id, email="neu@praxis.example", phone="", mobile="")
        assert troubled(session, now=now) == (0, 0, 0)
        assert box_of(get_mail(session, mail.id, now=now).row) == "sent"
        if how == "said":
            said = "SELECT count(*) FROM platform.event WHERE event_type = 'email.stop_seen' AND entity_id = :id"
            assert session.scalar(text(said), {"id": mail.id}) == 1


def unread_reply(session: Session, inquiry: Inquiry, *, now: datetime) -> int:
    """The practice wrote; nobody has read it."""
    (mail,) = mails(session, inquiry, "inquiry")
    return receive(session, parse_mail(reply("Bin im Urlaub.", answers=mail.message_id)), now=now).incoming_id


def test_whose_answer_lies_unread_is_not_reminded(database: Database, now: datetime) -> None:
    """Neither by hand nor from the chase list; and the look before says which mail comes first."""
    with database.write() as session:
        inquiry = sent(session, add_search(session), now=now)
        later = now + timedelta(days=9)
        assert due_for_reminder(session, now=later) == (inquiry.id,)
        assert reminder_outlook(session, inquiry.id, now=now).unread is None
        incoming = unread_reply(session, inquiry, now=now + timedelta(days=1))
        session.flush()
        assert due_for_reminder(session, now=later) == ()
        assert agenda(session, now=later).counts[TaskKind.FOLLOW_UP] == 0
        assert reminder_outlook(session, inquiry.id, now=later).unread == incoming
        with pytest.raises(Conflict, match="reply_unread"):
            remind(session, inquiry.id, now=later)


def test_the_look_before_says_when_it_is_due(database: Database, now: datetime) -> None:
    """The office's days after the practice heard last, with the letter it would get."""
    with database.write() as session:
        inquiry = sent(session, add_search(session), now=now)
        found = reminder_outlook(session, inquiry.id, now=now + timedelta(hours=2))
        assert found.since == inquiry.sent_at
        assert found.due_at == found.since + timedelta(days=7) if found.since is not None else False
        assert found.letter is not None
        assert "Erinnerung" in found.letter.subject
