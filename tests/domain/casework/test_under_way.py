"""What changes while the server is asked: nothing ends in silence, and nobody is named who was taken back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.agenda import TaskKind, agenda
from domain.casework.mail_reports import decide_unclear, mail_failed, mail_postponed, mail_sent, retry_failed
from domain.casework.release import release_search
from domain.casework.taking import take_mail
from domain.communication.models import Email
from domain.communication.outcomes import Failure, expire_leases, note_unclear
from domain.communication.queries import list_mails
from domain.database import Database
from domain.errors import Conflict, Forbidden
from domain.matching.models import Inquiry
from domain.matching.states import ItemStatus
from domain.paging import ListQuery
from domain.therapists.models import Therapist
from domain.values import Channel
from domain.weektime import office_day
from tests.builders import add_search
from tests.domain.casework.steps import ask, items, mails, state
from tests.domain.casework.test_taken_back import reminded

HOUR = timedelta(hours=1)
GREYLISTED = Failure("451 4.7.1 greylisted", "smtp.greylisted")
REFUSED = Failure("550 no", "smtp.content_refused")


def block(session: Session, inquiry: Inquiry, now: datetime, days: int) -> None:
    """The practice is blocked until a day."""
    practice = session.get_one(Therapist, inquiry.therapist_id)
    practice.status, practice.blocked_reason = "blocked", "Urlaub"
    practice.blocked_until = office_day(now) + timedelta(days=days)
    session.flush()


def under_way(
    database: Database, worker: Database, now: datetime, *, patients: int = 1, blocked: int | None = None
) -> tuple[int, int]:
    """An inquiry whose letter the worker has in hand; both ids."""
    with database.write() as session:
        inquiry = ask(session, *(add_search(session) for _ in range(patients)), now=now, channel=Channel.EMAIL)
        if blocked is not None:
            block(session, inquiry, now, blocked)
        (mail,) = mails(session, inquiry, "inquiry")
        numbers = inquiry.id, mail.id
    with worker.write() as session:
        assert take_mail(session, numbers[1], now=now + HOUR) is not None
    return numbers


def take_back(session: Session, inquiry: Inquiry, which: int, now: datetime) -> str:
    """One of its people is not looked for any more; the code in the letters."""
    item = items(session, inquiry)[which]
    release_search(session, item.search_id, ItemStatus.WITHDRAWN, reason="consent_withdrawn", now=now)
    session.flush()
    return item.reference_code


def test_a_greylisted_letter_to_a_practice_whose_block_is_over_is_tried_again(
    database: Database, worker_database: Database, now: datetime
) -> None:
    """It was rightly sent, and "later" changes nothing of that."""
    inquiry, mail = under_way(database, worker_database, now, blocked=-1)
    with worker_database.write() as session:
        assert mail_postponed(session, mail, now=now + HOUR, failure=GREYLISTED) == "retry_wait"
    with database.read() as session:
        assert state(session, session.get_one(Inquiry, inquiry)) == "outbox"


@pytest.mark.parametrize("report", [mail_postponed, mail_failed])
@pytest.mark.parametrize("gone", ["practice", "patient"])
def test_the_office_hears_why_a_letter_is_not_tried_again(
    database: Database, worker_database: Database, now: datetime, report: Callable[..., object], gone: str
) -> None:
    """Blocked or taken back meanwhile: the mail lies with what needs a person, with its reason."""
    inquiry, mail = under_way(database, worker_database, now)
    with database.write() as session:
        letter = session.get_one(Inquiry, inquiry)
        if gone == "practice":
            block(session, letter, now, 9)
        else:
            take_back(session, letter, 0, now)
    with worker_database.write() as session:
        report(session, mail, now=now + HOUR, failure=GREYLISTED)
    why, reason = {
        "practice": ("stopped.practice_closed", "therapist_closed"),
        "patient": ("stopped.nobody_waits", "nobody_waits"),
    }[gone]
    with database.read() as session:
        stopped = session.get_one(Email, mail)
        assert (stopped.status, stopped.failure_cause) == ("cancelled", why)
        ended = session.get_one(Inquiry, inquiry)
        assert (state(session, ended), ended.close_reason) == ("cancelled", reason)
        (row,) = list_mails(session, ListQuery(filters={"trouble": "1"}), now=now).rows
        assert (row.email_id, row.stopped) == (mail, True)
        assert agenda(session, now=now).counts[TaskKind.MAIL_TROUBLE] == 1


@pytest.mark.parametrize("status", ["failed", "unclear"])
def test_whoever_sends_again_hears_that_the_practice_is_closed(
    database: Database, worker_database: Database, now: datetime, status: str
) -> None:
    """Not that nobody waits, which is untrue; and not that it goes out."""
    inquiry, mail = under_way(database, worker_database, now)
    with worker_database.write() as session:
        if status == "failed":
            mail_failed(session, mail, now=now + HOUR, failure=REFUSED)
        else:
            note_unclear(session, mail, now=now + HOUR, failure=Failure(""))
    with database.write() as session:
        block(session, session.get_one(Inquiry, inquiry), now, 9)
        told = (
            retry_failed(session, mail, now=now + HOUR)
            if status == "failed"
            else decide_unclear(session, mail, arrived=False, now=now + HOUR)
        )
        assert (told, session.get_one(Email, mail).status) == ("stopped.practice_closed", "cancelled")
        assert session.get_one(Inquiry, inquiry).close_reason == "therapist_closed"


def test_whoever_sends_a_reminder_again_hears_that_the_practice_is_closed(database: Database, now: datetime) -> None:
    """The same for a reminder, whose inquiry stays with the practice."""
    with database.write() as session:
        inquiry, mail = reminded(session, now=now, status="failed")
        block(session, inquiry, now, 9)
        assert retry_failed(session, mail.id, now=now + HOUR) == "stopped.practice_closed"
        assert (mail.status, state(session, inquiry)) == ("cancelled", "reminded")


def test_a_letter_that_names_somebody_who_is_gone_waits_for_a_person(
    database: Database, worker_database: Database, now: datetime
) -> None:
    """Not tried again by itself; written anew with one click it names only who waits, and goes out."""
    inquiry, mail = under_way(database, worker_database, now, patients=2)
    with database.write() as session:
        gone = take_back(session, session.get_one(Inquiry, inquiry), 0, now)
    with worker_database.write() as session:
        assert mail_postponed(session, mail, now=now + HOUR, failure=GREYLISTED) == "failed"
    with database.write() as session:
        held, of = session.get_one(Email, mail), session.get_one(Inquiry, inquiry)
        assert (held.failure_cause, state(session, of)) == ("email.names_gone", "send_failed")
        # the practice knows of nothing, so there is nothing to take back from it
        assert [told.status for told in mails(session, of, "withdrawal")] == ["cancelled"]
        assert retry_failed(session, mail, now=now + HOUR) == ""
        assert (held.status, held.failure_cause, state(session, of)) == ("queued", "", "outbox")
        assert gone not in held.body_text + held.body_html
        assert items(session, of)[1].reference_code in held.body_text
    with worker_database.write() as session:
        assert take_mail(session, mail, now=now + 2 * HOUR) is not None
        assert mail_postponed(session, mail, now=now + 2 * HOUR, failure=GREYLISTED) == "retry_wait"


def test_a_reminder_that_names_somebody_who_is_gone_waits_for_a_person(
    database: Database, worker_database: Database, now: datetime
) -> None:
    """The inquiry stays with the practice; the reminder is written anew for the other."""
    with database.write() as session:
        inquiry, mail = reminded(session, now=now, patients=2)
        numbers = inquiry.id, mail.id
    with worker_database.write() as session:
        assert take_mail(session, numbers[1], now=now + 61 * HOUR) is not None
    with database.write() as session:
        gone = take_back(session, session.get_one(Inquiry, numbers[0]), 0, now)
    with worker_database.write() as session:
        assert mail_postponed(session, numbers[1], now=now + 61 * HOUR, failure=GREYLISTED) == "failed"
    with database.write() as session:
        assert retry_failed(session, numbers[1], now=now + 62 * HOUR) == ""
        held = session.get_one(Email, numbers[1])
        assert (held.status, gone in held.body_text) == ("queued", False)


def test_a_refused_letter_leaves_no_withdrawal_behind(
    database: Database, worker_database: Database, now: datetime
) -> None:
    """Nobody is taken back from a practice that never heard of them."""
    inquiry, mail = under_way(database, worker_database, now, patients=2)
    with database.write() as session:
        take_back(session, session.get_one(Inquiry, inquiry), 0, now)
    with worker_database.write() as session:
        mail_failed(session, mail, now=now + HOUR, failure=REFUSED)
    with database.read() as session:
        of = session.get_one(Inquiry, inquiry)
        assert [told.status for told in mails(session, of, "withdrawal")] == ["cancelled"]
        assert state(session, of) == "send_failed"


def test_an_unclear_letter_keeps_its_withdrawal(database: Database, worker_database: Database, now: datetime) -> None:
    """It may have arrived; a report that comes too late changes nothing."""
    inquiry, mail = under_way(database, worker_database, now, patients=2)
    with database.write() as session:
        take_back(session, session.get_one(Inquiry, inquiry), 0, now)
    with worker_database.write() as session:
        note_unclear(session, mail, now=now + HOUR, failure=Failure(""))
    with worker_database.write() as session:
        assert mail_postponed(session, mail, now=now + HOUR, failure=GREYLISTED) == "unclear"
    with database.read() as session:
        of = session.get_one(Inquiry, inquiry)
        assert [told.status for told in mails(session, of, "withdrawal")] == ["queued"]


def sent(session: Session, *, now: datetime, patients: int) -> Inquiry:
    """An inquiry that reached its practice."""
    inquiry, _ = reminded(session, now=now, patients=patients)
    return inquiry


def test_a_withdrawal_gathers_by_person_not_by_words(database: Database, now: datetime) -> None:
    """A code that stands in the text for another reason takes nobody back; who is told of is kept with the mail."""
    with database.write() as session:
        inquiry = sent(session, now=now, patients=3)
        first, second, third = items(session, inquiry)
        take_back(session, inquiry, 0, now + HOUR)
        (mail,) = mails(session, inquiry, "withdrawal")
        mail.body_text += f"Unser Zeichen: {third.reference_code}"
        session.flush()
        take_back(session, inquiry, 1, now + HOUR)
        named = text("SELECT item_id FROM communication_service.email_item WHERE email_id = :id ORDER BY 1")
        assert session.scalars(named, {"id": mail.id}).all() == [first.id, second.id]
        codes = [item.reference_code in mail.body_text for item in (first, second, third)]
        assert codes == [True, True, False]


def test_a_withdrawal_of_the_release_before_is_left_alone(database: Database, now: datetime) -> None:
    """Whom it names is not known by person: the next one gets a mail of their own."""
    with database.write() as session:
        inquiry = sent(session, now=now, patients=2)
        take_back(session, inquiry, 0, now + HOUR)
        session.execute(text("DELETE FROM communication_service.email_item"))
        take_back(session, inquiry, 1, now + HOUR)
        told = [mail.body_text for mail in mails(session, inquiry, "withdrawal")]
        codes = [item.reference_code for item in items(session, inquiry)]
        assert sorted([code in body for code in codes] for body in told) == [[False, True], [True, False]]


def test_whom_a_mail_names_is_of_its_inquiry_and_stays(database: Database, now: datetime) -> None:
    """The database takes nobody of another inquiry, and changes nothing of a mail that left."""
    with database.write() as session:
        inquiry = sent(session, now=now, patients=1)
        other = ask(session, add_search(session), now=now, channel=Channel.EMAIL)
        (left,) = mails(session, inquiry, "inquiry")
        (waits,) = mails(session, other, "inquiry")
        stranger, left_id, waits_id = items(session, inquiry)[0].id, left.id, waits.id
    add = text("INSERT INTO communication_service.email_item (email_id, item_id) VALUES (:email, :item)")
    with pytest.raises(Forbidden), database.write() as session:
        session.execute(add, {"email": waits_id, "item": stranger})
    with database.write() as session:
        gone = session.execute(text("DELETE FROM communication_service.email_item RETURNING email_id")).scalars().all()
        assert left_id not in gone
        assert waits_id in gone


def test_a_server_that_is_heard_late_leaves_no_doubt(
    database: Database, worker_database: Database, now: datetime
) -> None:
    """A machine slept with a mail in hand: its lease ran out, then the server's yes came. Nobody sends it again."""
    inquiry_id, email_id = under_way(database, worker_database, now)
    with worker_database.write() as session:
        assert expire_leases(session, now=now + 2 * HOUR) == (email_id,)
    with worker_database.write() as session:
        mail_sent(session, email_id, now=now + 2 * HOUR, server_reply="250 ok")
    with database.write() as session:
        assert session.get_one(Email, email_id).status == "sent"
        inquiry = session.get_one(Inquiry, inquiry_id)
        assert (inquiry.stage, inquiry.sent_at) == ("sent", now + 2 * HOUR)
        with pytest.raises(Conflict):
            decide_unclear(session, email_id, arrived=False, now=now + 3 * HOUR)
