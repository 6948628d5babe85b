"""What waits in the outbox when somebody is taken back: it is never sent about who is not to be written about."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from domain.casework import mail_reports, reminding, sending
from domain.casework.answers import record_answer
from domain.casework.availability import change_status
from domain.casework.batches.weekly import hindrances, send_status
from domain.casework.consent import withdraw
from domain.casework.history import inquiry_history
from domain.casework.patient_record import restrict_patient
from domain.casework.receiving import receive
from domain.communication import outcomes
from domain.communication.calls import plan_call
from domain.communication.claiming import claim, release_due
from domain.communication.incoming.parse import parse_mail
from domain.communication.models import Email, PhoneCall
from domain.communication.outcomes import Failure
from domain.communication.states import EmailStatus
from domain.database import Database
from domain.errors import Conflict
from domain.matching.models import Inquiry, PlaceSearch
from domain.matching.states import ItemStatus
from domain.therapists.service import set_contact
from domain.values import Channel
from tests.builders import add_search
from tests.domain.casework.batches.steps import hopeful
from tests.domain.casework.steps import ask, items, mails, state
from tests.domain.communication.incoming.letters import bounce, reply

HOUR = timedelta(hours=1)
Act = Callable[[Session, Inquiry, datetime], None]


def delivered(session: Session, *, now: datetime, patients: int = 1) -> Inquiry:
    """An inquiry whose mail the server took."""
    inquiry = ask(session, *(add_search(session) for _ in range(patients)), now=now, channel=Channel.EMAIL)
    (mail,) = mails(session, inquiry, "inquiry")
    assert claim(session, mail.id, now=now + HOUR) is not None
    mail_reports.mail_sent(session, mail.id, now=now + HOUR, server_reply="250 ok")
    return inquiry


def reminded(session: Session, *, now: datetime, patients: int = 1, status: str = "queued") -> tuple[Inquiry, Email]:
    """A sent inquiry and its reminder, which waits for sixty hours."""
    inquiry = delivered(session, now=now, patients=patients)
    reminding.remind(session, inquiry.id, now=now, delay=60 * HOUR)
    (mail,) = mails(session, inquiry, "reminder")
    mail.status = status
    session.flush()
    return inquiry, mail


def patient_of(session: Session, inquiry: Inquiry) -> int:
    """The first patient of an inquiry."""
    return session.get_one(PlaceSearch, items(session, inquiry)[0].search_id).patient_id


def withdrawing(session: Session, inquiry: Inquiry, now: datetime) -> None:
    """The patient takes the consent back."""
    withdraw(session, patient_of(session, inquiry), "pseudonymous_inquiry", now=now)


def restricting(session: Session, inquiry: Inquiry, now: datetime) -> None:
    """The record is restricted."""
    restrict_patient(session, patient_of(session, inquiry), now=now)


def answering(session: Session, inquiry: Inquiry, now: datetime) -> None:
    """The practice has no place."""
    record_answer(session, items(session, inquiry)[0].id, ItemStatus.REJECTION_CAPACITY, now=now)


def opting_out(session: Session, inquiry: Inquiry, now: datetime) -> None:
    """The practice wants no more letters."""
    change_status(session, inquiry.therapist_id, "opted_out", now=now)


def taking_the_inquiry_back(session: Session, inquiry: Inquiry, now: datetime) -> None:
    """The office takes all of it back."""
    sending.withdraw_inquiry(session, inquiry.id, reason="Irrtum", now=now)


@pytest.mark.parametrize("status", ["queued", "retry_wait", "failed"])
@pytest.mark.parametrize("act", [withdrawing, restricting, answering, opting_out, taking_the_inquiry_back])
def test_a_waiting_reminder_is_not_sent_any_more(database: Database, now: datetime, act: Act, status: str) -> None:
    """Nobody is left to remind about, or nobody to remind: it is cancelled at once."""
    with database.write() as session:
        inquiry, mail = reminded(session, now=now, status=status)
        act(session, inquiry, now + HOUR)
        assert mail.status == "cancelled"
        assert mail.id not in release_due(session, now=now + 61 * HOUR)


@pytest.mark.parametrize("act", [withdrawing, answering])
def test_a_waiting_reminder_is_written_anew_for_the_others(database: Database, now: datetime, act: Act) -> None:
    """It names who still waits, and nobody else."""
    with database.write() as session:
        inquiry, mail = reminded(session, now=now, patients=2)
        gone, waiting = items(session, inquiry)
        assert gone.reference_code in mail.body_text
        act(session, inquiry, now + HOUR)
        assert (mail.status, gone.reference_code in mail.body_text, waiting.reference_code in mail.body_text) == (
            "queued", False, True,
        )  # fmt: skip


@pytest.mark.parametrize("act", [withdrawing, answering, opting_out])
def test_whatever_was_forgotten_is_stopped_at_the_door(database: Database, now: datetime, act: Act) -> None:
    """A mail that waits all the same is cancelled when the worker takes it, and when a person sends it again."""
    with database.write() as session:
        inquiry, mail = reminded(session, now=now)
        act(session, inquiry, now + HOUR)
        mail.status, mail.not_before = EmailStatus.QUEUED, None
        session.flush()
        assert claim(session, mail.id, now=now + 61 * HOUR) is None
        assert mail.status == "cancelled"
        mail.status = EmailStatus.FAILED
        session.flush()
        mail_reports.retry_failed(session, mail.id, now=now + 61 * HOUR)
        assert mail.status == "cancelled"


def unclear(session: Session, *, now: datetime, patients: int = 1) -> tuple[Inquiry, Email]:
    """An inquiry whose mail may have arrived."""
    inquiry = ask(session, *(add_search(session) for _ in range(patients)), now=now, channel=Channel.EMAIL)
    (mail,) = mails(session, inquiry, "inquiry")
    assert claim(session, mail.id, now=now + HOUR) is not None
    outcomes.note_unclear(session, mail.id, now=now + HOUR, failure=Failure(""))
    session.flush()
    return inquiry, mail


@pytest.mark.parametrize("arrived", [True, False])
def test_taken_back_while_unclear(database: Database, now: datetime, *, arrived: bool) -> None:
    """The practice is told, as it may have the mail; that it did not arrive sends nothing any more."""
    with database.write() as session:
        inquiry, mail = unclear(session, now=now)
        withdrawing(session, inquiry, now + HOUR)
        assert [told.status for told in mails(session, inquiry, "withdrawal")] == ["queued"]
        mail_reports.decide_unclear(session, mail.id, arrived=arrived, now=now + 2 * HOUR)
        assert (mail.status, state(session, inquiry)) == (
            ("sent", "withdrawn") if arrived else ("cancelled", "cancelled")
        )


def test_one_of_two_taken_back_while_unclear(database: Database, now: datetime) -> None:
    """Sent once more, the mail names the other one only."""
    with database.write() as session:
        inquiry, mail = unclear(session, now=now, patients=2)
        gone, waiting = items(session, inquiry)
        withdrawing(session, inquiry, now + HOUR)
        mail_reports.decide_unclear(session, mail.id, arrived=False, now=now + 2 * HOUR)
        assert (mail.status, gone.reference_code in mail.body_text, waiting.reference_code in mail.body_text) == (
            "queued", False, True,
        )  # fmt: skip


def test_an_unclear_mail_is_not_undone(database: Database, now: datetime) -> None:
    """It may have arrived; an answer can still be recorded afterwards."""
    with database.write() as session:
        inquiry, _ = unclear(session, now=now)
        with pytest.raises(Conflict, match="too_late_to_undo"):
            sending.undo_sending(session, inquiry.id, now=now + HOUR)
        assert state(session, inquiry) == "outbox"


def test_what_came_back_or_was_answered_is_not_unclear(database: Database, now: datetime) -> None:
    """Both prove that it was sent."""
    with database.write() as session:
        returned, first = unclear(session, now=now)
        receive(session, parse_mail(bounce(first.message_id, recipient=first.to_address)), now=now + HOUR)
        assert (first.status, state(session, returned)) == ("bounced_hard", "bounced")
        answered, second = unclear(session, now=now)
        receive(session, parse_mail(reply("Leider nein", answers=second.message_id)), now=now + HOUR)
        assert (second.status, state(session, answered)) == ("replied", "sent")


def test_an_unclear_mail_that_arrived_is_in_the_history(database: Database, now: datetime) -> None:
    """Once, as every mail that was sent."""
    with database.write() as session:
        inquiry, mail = unclear(session, now=now)
        mail_reports.found_among_sent(session, mail.id, now=now + HOUR)
        assert [entry.kind for entry in inquiry_history(session, inquiry.id)].count("inquiry") == 1


def test_a_waiting_letter_follows_the_practices_address(database: Database, now: datetime) -> None:
    """Corrected while the mail waits, the new address gets it."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now, channel=Channel.EMAIL)
        (mail,) = mails(session, inquiry, "inquiry")
        set_contact(session, inquiry.therapist_id, email="neu@praxis.example", phone="", mobile="")
        taken = claim(session, mail.id, now=now + HOUR)
        assert taken is not None
        assert taken.to_address == "neu@praxis.example"


def test_a_status_of_last_week_is_not_sent_in_this_one(database: Database, now: datetime) -> None:
    """While it waits the patient is not told a second time; the worker cancels it."""
    with database.write() as session:
        patient = hopeful(session)
        mail = send_status(session, patient, now=now)
        later = now + timedelta(days=7)
        assert hindrances(session, [patient], now=later) == {patient: "told_already"}
        assert claim(session, mail, now=later) is None
        session.flush()
        assert hindrances(session, [patient], now=later) == {}


@pytest.mark.parametrize("status", ["failed", "unclear"])
def test_a_status_that_did_not_arrive_is_not_sent_again(database: Database, now: datetime, status: str) -> None:
    """After the record was restricted, neither by mending nor by deciding."""
    with database.write() as session:
        patient = hopeful(session)
        mail = session.get_one(Email, send_status(session, patient, now=now))
        mail.status = status
        session.flush()
        restrict_patient(session, patient, now=now)
        if status == "unclear":
            mail_reports.decide_unclear(session, mail.id, arrived=False, now=now)
        assert mail.status == "cancelled"


def test_taking_a_reminder_back_leaves_a_colleagues_call(database: Database, now: datetime) -> None:
    """Only the call the reminder made is cancelled."""
    with database.write() as session:
        inquiry = delivered(session, now=now)
        theirs = plan_call(session, inquiry.therapist_id, now=now, inquiry_id=inquiry.id)
        reminding.take_reminder_back(session, inquiry.id, None, at=now, before=None)
        assert session.get_one(PhoneCall, theirs).status == "planned"
        reminding.take_reminder_back(session, inquiry.id, None, at=now, before=None, call_id=theirs)
        assert session.get_one(PhoneCall, theirs).status == "cancelled"


def refused(session: Session, mail: Email, now: datetime, cause: str) -> None:
    """The server says no."""
    mail_reports.mail_failed(session, mail.id, now=now, failure=Failure("550 no", cause))


def postponed(session: Session, mail: Email, now: datetime, cause: str) -> None:
    """The server says later."""
    mail_reports.mail_postponed(session, mail.id, now=now, failure=Failure("451 later", cause))


def given_up(session: Session, mail: Email, now: datetime, cause: str) -> None:
    """The server says later, for the last time."""
    mail.attempt = 50
    session.flush()
    postponed(session, mail, now, cause)


@pytest.mark.parametrize(
    ("report", "cause"),
    [
        (postponed, "smtp.later"),
        (given_up, "smtp.later"),
        (refused, "smtp.content_refused"),
        (refused, "smtp.mailbox_unknown"),
    ],
)
@pytest.mark.parametrize("act", [withdrawing, restricting])
def test_taken_back_while_the_server_is_asked(
    database: Database,
    worker_database: Database,
    now: datetime,
    act: Act,
    report: Callable[[Session, Email, datetime, str], None],
    cause: str,
) -> None:
    """The letter did not go out and nobody waits any more: the inquiry is over, nothing stays in the outbox."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now, channel=Channel.EMAIL)
        (mail,) = mails(session, inquiry, "inquiry")
        assert claim(session, mail.id, now=now + HOUR) is not None
        act(session, inquiry, now + HOUR)
        assert state(session, inquiry) == "outbox"
        number, letter = inquiry.id, mail.id
    with worker_database.write() as session:
        report(session, session.get_one(Email, letter), now + HOUR, cause)
    with database.read() as session:
        inquiry = session.get_one(Inquiry, number)
        assert (state(session, inquiry), inquiry.close_reason) == ("cancelled", "nobody_waits")
        assert session.get_one(Email, letter).status in {"cancelled", "bounced_hard"}
        # the practice knows of nothing, so there is nothing to take back from it
        assert [told.status for told in mails(session, inquiry, "withdrawal")] == ["cancelled"]


@pytest.mark.parametrize("patients", [1, 2])
def test_a_failed_letter_is_sent_again_for_who_still_waits(database: Database, now: datetime, patients: int) -> None:
    """Taken back while it was under way, then refused, then mended: it names who is left, or stays here."""
    with database.write() as session:
        inquiry = ask(session, *(add_search(session) for _ in range(patients)), now=now, channel=Channel.EMAIL)
        (mail,) = mails(session, inquiry, "inquiry")
        gone = items(session, inquiry)[0]
        assert claim(session, mail.id, now=now + HOUR) is not None
        mail_reports.mail_failed(session, mail.id, now=now + HOUR, failure=Failure("550 no", "smtp.content_refused"))
        session.flush()
        gone.status = "withdrawn"  # as by a program that forgot the mail
        session.flush()
        told = mail_reports.retry_failed(session, mail.id, now=now + 2 * HOUR)
        if patients == 1:
            assert (told, mail.status, state(session, inquiry)) == ("stopped.nobody_waits", "cancelled", "cancelled")
        else:
            assert (told, mail.status, state(session, inquiry)) == ("", "queued", "outbox")
            assert gone.reference_code not in mail.body_text
