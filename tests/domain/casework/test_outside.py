"""What changes while a person has a mail outside to send it by hand: it may have been sent, their word is awaited."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from domain.casework.answers import record_answer
from domain.casework.availability import change_status
from domain.casework.by_hand import put_back
from domain.casework.mail_reports import decide_unclear, mail_sent, sent_by_hand
from domain.casework.recalling import take_mail_back
from domain.casework.receiving import receive
from domain.casework.release import release_search
from domain.casework.sending import undo_sending
from domain.casework.taking import look_before_by_hand, take_mail
from domain.casework.word_erasure import erase_words
from domain.communication.claiming import release_due
from domain.communication.incoming.parse import parse_mail
from domain.communication.models import Email
from domain.communication.outcomes import expire_leases
from domain.communication.queries import get_mail
from domain.database import Database
from domain.errors import Conflict
from domain.matching.models import Inquiry, PlaceSearch
from domain.matching.states import ItemStatus
from domain.values import Channel
from tests.builders import add_search
from tests.domain.casework.steps import ask, items, mails, state
from tests.domain.casework.test_taken_back import reminded
from tests.domain.communication.incoming.letters import bounce, reply

HOUR = timedelta(hours=1)


def outside(session: Session, *, now: datetime, patients: int = 1) -> tuple[Inquiry, Email]:
    """An inquiry whose first letter somebody has outside."""
    inquiry = ask(session, *(add_search(session) for _ in range(patients)), now=now, channel=Channel.EMAIL)
    (mail,) = mails(session, inquiry, "inquiry")
    take_out(session, mail, now=now)
    return inquiry, mail


def take_out(session: Session, mail: Email, *, now: datetime) -> None:
    """Somebody takes a mail out of here to send it."""
    assert look_before_by_hand(session, mail.id, now=now) == ""
    session.flush()


def take_back(
    session: Session, inquiry: Inquiry, which: int, now: datetime, after: ItemStatus = ItemStatus.WITHDRAWN
) -> str:
    """One of its people is not looked for any more; the code in the letters."""
    item = items(session, inquiry)[which]
    release_search(session, item.search_id, after, reason="consent_withdrawn", now=now)
    session.flush()
    return item.reference_code


def test_who_is_taken_back_meanwhile_is_taken_back_from_the_practice(database: Database, now: datetime) -> None:
    """It is sent as it was taken out: the practice hears who is not looked for any more, and not before the inquiry."""
    with database.write() as session:
        inquiry, mail = outside(session, now=now, patients=2)
        before = mail.body_text
        gone = take_back(session, inquiry, 0, now + HOUR)
        assert (mail.status, mail.body_text, mail.exported_at) == ("queued", before, now)
        (told,) = mails(session, inquiry, "withdrawal")
        assert gone in told.body_text
        assert release_due(session, now=now + 2 * HOUR) == ()
        session.flush()
        assert take_mail(session, told.id, now=now + 2 * HOUR) is None
        waits = get_mail(session, told.id, now=now + 2 * HOUR).row.waiting
        assert waits is not None
        assert waits.reason == "first"
        sent_by_hand(session, mail.id, now=now + 2 * HOUR)
        session.flush()
        assert (mail.status, state(session, inquiry)) == ("sent", "sent")
        assert release_due(session, now=now + 2 * HOUR) == (told.id,)


@pytest.mark.parametrize("arrived", [False, True])
def test_nobody_is_taken_back_while_it_is_unclear_whether_they_were_asked_for(
    database: Database, now: datetime, arrived: bool
) -> None:
    """The withdrawal waits for a person's word on the first letter; where that did not arrive it is dropped."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), add_search(session), now=now, channel=Channel.EMAIL)
        (mail,) = mails(session, inquiry, "inquiry")
        assert take_mail(session, mail.id, now=now) is not None
        session.flush()
        expire_leases(session, now=now + HOUR)
        take_back(session, inquiry, 0, now + HOUR)
        (told,) = mails(session, inquiry, "withdrawal")
        assert release_due(session, now=now + 2 * HOUR) == ()
        assert take_mail(session, told.id, now=now + 2 * HOUR) is None
        waits = get_mail(session, told.id, now=now + 2 * HOUR).row.waiting
        assert waits is not None
        assert waits.reason == "first"
        assert decide_unclear(session, mail.id, arrived=arrived, now=now + 2 * HOUR) == ""
        session.flush()
        assert told.status == ("queued" if arrived else "cancelled")
        assert release_due(session, now=now + 2 * HOUR) == ((told.id,) if arrived else ())


def test_a_withdrawal_outside_keeps_no_inquiry_from_its_end(database: Database, now: datetime) -> None:
    """The first letter was not sent after all: the inquiry ends, and so does the withdrawal that went ahead of it."""
    with database.write() as session:
        inquiry, mail = outside(session, now=now)
        take_back(session, inquiry, 0, now + HOUR)
        (told,) = mails(session, inquiry, "withdrawal")
        with pytest.raises(Conflict) as refused:
            look_before_by_hand(session, told.id, now=now + HOUR)
        assert refused.value.code == "email.first_open"
        told.exported_at, told.exported_by = now, mail.exported_by  # as a program of before let them
        session.flush()
        assert put_back(session, mail.id, now=now + HOUR) == "stopped.nobody_waits"
        session.flush()
        assert (mail.status, state(session, inquiry)) == ("cancelled", "cancelled")
        assert put_back(session, told.id, now=now + HOUR) == "stopped.nobody_waits"
        assert told.status == "cancelled"


def test_nobody_is_taken_back_where_the_first_letter_came_back(
    database: Database, worker_database: Database, now: datetime
) -> None:
    """Nobody reads mail there; a withdrawal would come back as well."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), add_search(session), now=now, channel=Channel.EMAIL)
        (mail,) = mails(session, inquiry, "inquiry")
        assert take_mail(session, mail.id, now=now) is not None
        session.flush()
        mail_sent(session, mail.id, now=now, server_reply="250 ok")
        take_back(session, inquiry, 0, now)
        (told,) = mails(session, inquiry, "withdrawal")
        number, address, withdrawal = mail.message_id, mail.to_address, told.id
    with worker_database.write() as session:
        receive(session, parse_mail(bounce(number, recipient=address)), now=now + HOUR)
        session.flush()
        assert session.get_one(Email, withdrawal).status == "cancelled"
        assert take_mail(session, withdrawal, now=now + HOUR) is None


def test_the_last_one_taken_back_ends_an_inquiry_that_was_sent(database: Database, now: datetime) -> None:
    """An answer proves that it was sent; nobody is asked for there any more."""
    with database.write() as session:
        inquiry, mail = outside(session, now=now)
        take_back(session, inquiry, 0, now + HOUR)
        assert state(session, inquiry) == "outbox"
        receive(session, parse_mail(reply("Gerne.", answers=mail.message_id)), now=now + 2 * HOUR)
        session.flush()
        assert (mail.status, mail.sent_by_hand, state(session, inquiry)) == ("replied", True, "withdrawn")


def test_not_sent_it_is_written_anew_for_who_still_waits(database: Database, now: datetime) -> None:
    """And nothing is taken back from a practice that knows of nobody."""
    with database.write() as session:
        inquiry, mail = outside(session, now=now, patients=2)
        gone = take_back(session, inquiry, 0, now + HOUR)
        assert put_back(session, mail.id, now=now + 2 * HOUR) == ""
        assert (mail.status, mail.exported_at, gone in mail.body_text) == ("queued", None, False)
        assert [told.status for told in mails(session, inquiry, "withdrawal")] == ["cancelled"]


@pytest.mark.parametrize("why", ["patient", "practice"])
def test_not_sent_it_ends_where_nobody_may_be_asked(database: Database, now: datetime, why: str) -> None:
    """Whoever says that it was not sent hears that it stays here, and why."""
    with database.write() as session:
        inquiry, mail = outside(session, now=now)
        if why == "patient":
            take_back(session, inquiry, 0, now + HOUR)
        else:
            change_status(session, inquiry.therapist_id, "opted_out", now=now + HOUR)
        session.flush()
        assert (mail.status, state(session, inquiry)) == ("queued", "outbox")
        assert put_back(session, mail.id, now=now + 2 * HOUR) == {
            "patient": "stopped.nobody_waits", "practice": "stopped.practice_closed",
        }[why]  # fmt: skip
        assert (mail.status, state(session, inquiry)) == ("cancelled", "cancelled")


def test_nobody_takes_back_or_erases_what_somebody_has_outside(database: Database, now: datetime) -> None:
    """It is told who has it, and since when; nothing changes."""
    with database.write() as session:
        inquiry, mail = outside(session, now=now)
        patient = session.get_one(PlaceSearch, items(session, inquiry)[0].search_id).patient_id
        numbers = inquiry.id, mail.id
    for work in (
        lambda s: take_mail_back(s, numbers[1], now=now),
        lambda s: undo_sending(s, numbers[0], now=now),
        lambda s: erase_words(s, patient, reason="Art. 17", now=now),
    ):
        with pytest.raises(Conflict, match=r"email\.outside"), database.write() as session:
            work(session)
    with database.read() as session:
        assert state(session, session.get_one(Inquiry, numbers[0])) == "outbox"


def test_a_reminder_outside_stays_as_it_was_taken_out(database: Database, now: datetime) -> None:
    """Whom it names is not looked for any more: put back, it is stopped."""
    with database.write() as session:
        inquiry, mail = reminded(session, now=now)
        take_out(session, mail, now=now + HOUR)
        take_back(session, inquiry, 0, now + HOUR)
        assert (mail.status, len(mails(session, inquiry, "withdrawal"))) == ("queued", 1)
        assert put_back(session, mail.id, now=now + 2 * HOUR) == "stopped.nobody_waits"


def test_a_withdrawal_outside_that_an_answer_overtook_is_not_sent_later(database: Database, now: datetime) -> None:
    """Put back it would take back whom the practice has answered about; of two only the other one stays in it."""
    with database.write() as session:
        inquiry, _ = reminded(session, now=now, patients=2)
        first, second = items(session, inquiry)
        for which in (0, 1):
            take_back(session, inquiry, which, now + HOUR, ItemStatus.MATCHED_ELSEWHERE)
        (told,) = mails(session, inquiry, "withdrawal")
        take_out(session, told, now=now + HOUR)
        before = told.body_text
        record_answer(session, first.id, ItemStatus.REJECTION_CAPACITY, now=now + 2 * HOUR)
        session.flush()
        assert (told.status, told.body_text) == ("queued", before)
        assert put_back(session, told.id, now=now + 3 * HOUR) == ""
        assert [item.reference_code in told.body_text for item in (first, second)] == [False, True]
        take_out(session, told, now=now + 3 * HOUR)
        record_answer(session, second.id, ItemStatus.REJECTION_CAPACITY, now=now + 4 * HOUR)
        assert put_back(session, told.id, now=now + 5 * HOUR) == "stopped.answered"
