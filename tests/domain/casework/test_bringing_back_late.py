"""Answers taken back after more happened: what waits again names nobody who went their way, and no erased words."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from domain.casework import reminding
from domain.casework.answer_corrections import take_back_answers
from domain.casework.answers import record_answer
from domain.casework.preparing import create_and_send
from domain.casework.release import release_patient
from domain.casework.word_erasure import erase_words
from domain.communication.letter_models import PrintedLetter
from domain.communication.mails import named_in
from domain.communication.models import Email
from domain.database import Database
from domain.matching.models import Inquiry, PlaceSearch
from domain.matching.states import ItemStatus
from domain.values import Channel
from tests.builders import add_search, add_therapist
from tests.domain.casework.steps import accept, items, mails
from tests.domain.casework.taken_back import confirmed, sent, wrote

HOUR = timedelta(hours=1)
YES, NO = ItemStatus.ACCEPTED, ItemStatus.REJECTION_CAPACITY


def leave(session: Session, search: int, *, now: datetime) -> None:
    """Somebody looks for a place no more."""
    session.flush()
    release_patient(session, session.get_one(PlaceSearch, search).patient_id, reason="withdrawn", now=now)
    session.flush()


def told(session: Session, waiting: Email | PrintedLetter, inquiry: Inquiry) -> list[bool]:
    """Of whom a mail or letter tells, by the codes in its words."""
    session.flush()
    session.refresh(waiting)
    words = waiting.body_text if isinstance(waiting, Email) else waiting.body
    return [item.reference_code in words for item in items(session, inquiry)]


def test_a_reminder_does_not_name_who_left_meanwhile(database: Database, now: datetime) -> None:
    """Of three one was answered about by mistake, another looks no more: the reminder is about the two that wait."""
    with database.write() as session:
        searches = [add_search(session) for _ in range(3)]
        inquiry = sent(session, *searches, now=now)
        reminding.remind(session, inquiry.id, now=now + HOUR, delay=72 * HOUR)
        mail = wrote(session, inquiry, now=now + 2 * HOUR)
        confirmed(session, mail, inquiry, [NO, None, None], now=now + 2 * HOUR)
        leave(session, searches[1], now=now + 3 * HOUR)
        take_back_answers(session, mail, now=now + 4 * HOUR)
        (reminder,) = mails(session, inquiry, "reminder")
        assert told(session, reminder, inquiry) == [True, False, True]
        first, _, third = items(session, inquiry)
        assert named_in(session, reminder.id) == {first.id, third.id}


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.LETTER])
def test_an_inquiry_that_waits_asks_for_those_who_look(database: Database, now: datetime, channel: Channel) -> None:
    """Who was placed by mistake is asked for again, who left since is not; in the outbox and for the printer."""
    with database.write() as session:
        searches = [add_search(session) for _ in range(3)]
        inquiry = sent(session, searches[0], now=now)
        number = create_and_send(
            session, therapist_id=add_therapist(session), search_ids=searches, channel=channel, now=now
        )
        session.flush()
        there = session.get_one(Inquiry, number)
        mail = wrote(session, inquiry, now=now + HOUR)
        confirmed(session, mail, inquiry, [YES], now=now + HOUR)
        leave(session, searches[1], now=now + 2 * HOUR)
        found = take_back_answers(session, mail, now=now + 3 * HOUR)
        assert (found.told, found.ended, found.back.kept) == (0, 0, ())
        waiting = (
            mails(session, there, "inquiry")[0]
            if channel is Channel.EMAIL
            else session.query(PrintedLetter).filter_by(inquiry_id=number, printed_at=None).one()
        )
        assert told(session, waiting, there) == [True, False, True]


def test_a_withdrawal_keeps_whom_it_named_since(database: Database, now: datetime) -> None:
    """Two were placed elsewhere; the practice answered about the first by mistake, and a third left meanwhile."""
    with database.write() as session:
        searches = [add_search(session) for _ in range(4)]
        inquiry = sent(session, *searches, now=now)
        for search in searches[:2]:
            accept(session, sent(session, search, now=now), now=now + HOUR)
        mail = wrote(session, inquiry, now=now + 2 * HOUR)
        confirmed(session, mail, inquiry, [NO], now=now + 2 * HOUR)
        leave(session, searches[2], now=now + 3 * HOUR)
        take_back_answers(session, mail, now=now + 4 * HOUR)
        (withdrawal,) = mails(session, inquiry, "withdrawal")
        assert told(session, withdrawal, inquiry) == [True, True, True, False]


def test_a_reminder_dropped_by_two_answers_stays_dropped(database: Database, now: datetime) -> None:
    """One of them was corrected by telephone since and stands: that the mail does not come back is said."""
    with database.write() as session:
        inquiry = sent(session, add_search(session), add_search(session), now=now)
        reminding.remind(session, inquiry.id, now=now + HOUR, delay=72 * HOUR)
        mail = wrote(session, inquiry, now=now + 2 * HOUR)
        confirmed(session, mail, inquiry, [NO, NO], now=now + 2 * HOUR)
        second = items(session, inquiry)[1]
        record_answer(session, second.id, ItemStatus.CONSULTATION_ONLY, now=now + 3 * HOUR)
        session.flush()
        found = take_back_answers(session, mail, now=now + 4 * HOUR)
        (reminder,) = mails(session, inquiry, "reminder")
        assert (reminder.status, found.back.kept) == ("cancelled", ("mail",))
        assert [item.status for item in items(session, inquiry)] == ["pending", "consultation_only"]


def test_what_was_erased_meanwhile_does_not_wait_again(database: Database, now: datetime) -> None:
    """The answer is taken back all the same; its mail without words stays here, and that is said."""
    with database.write() as session:
        search = add_search(session)
        inquiry = sent(session, search, now=now)
        reminding.remind(session, inquiry.id, now=now + HOUR, delay=72 * HOUR)
        mail = wrote(session, inquiry, now=now + 2 * HOUR)
        confirmed(session, mail, inquiry, [NO], now=now + 2 * HOUR)
        patient = session.get_one(PlaceSearch, search).patient_id
        erase_words(session, patient, reason="Antrag", now=now + 3 * HOUR)
        found = take_back_answers(session, mail, now=now + 4 * HOUR)
        (reminder,) = mails(session, inquiry, "reminder")
        assert (reminder.status, reminder.body_text, found.back.kept) == ("cancelled", "", ("mail",))
        assert items(session, inquiry)[0].status == "pending"
