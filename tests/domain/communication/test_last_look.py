"""The last look at a waiting mail, as the worker takes it: whether it may still go, and where to."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from domain.casework.by_hand import put_back
from domain.casework.mail_reports import decide_unclear, retry_failed
from domain.casework.merging import merge
from domain.casework.taking import look_before_by_hand, take_mail
from domain.communication.claiming import Outgoing
from domain.communication.mails import Letter, note_stop_seen, queue_mail
from domain.communication.models import Email
from domain.communication.send_times import monday_of
from domain.database import Database
from domain.matching.models import Inquiry
from domain.patients.lifecycle import restrict
from domain.patients.models import Patient
from domain.patients.service import withdraw_consent
from domain.therapists.models import Therapist
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import Office
from tests.domain.casework.steps import ask, items, mails, state

HOUR = timedelta(hours=1)
Change = Callable[[Session, Patient], None]


def to_patient(session: Session, *, now: datetime, kind: str = "patient", in_reply_to: str = "") -> Email:
    """A mail that waits for a patient."""
    patient = add_patient(session, email="alt@mail.example", wants_status=True)
    number = queue_mail(
        session, kind=kind, to_address="alt@mail.example", to_name="Lea", letter=Letter("Stand", "Stand", ""), now=now,
        patient_id=patient, in_reply_to=in_reply_to, status_week=monday_of(now) if kind == "weekly_status" else None,
    )  # fmt: skip
    return session.get_one(Email, number)


def taken(worker: Database, mail: int, now: datetime) -> Outgoing | None:
    """The worker takes a mail, if it may."""
    with worker.write() as session:
        return take_mail(session, mail, now=now)


def stopped(database: Database, mail: int) -> tuple[str, str]:
    """Status and cause."""
    with database.read() as session:
        email = session.get_one(Email, mail)
        return email.status, email.failure_cause


def restricting(session: Session, patient: Patient) -> None:
    """Processing is restricted."""
    restrict(session, patient.id, now=datetime.now().astimezone())


def erasing(_session: Session, patient: Patient) -> None:
    """The record was erased."""
    patient.erased_at = datetime.now().astimezone()


def not_wanting(_session: Session, patient: Patient) -> None:
    """The wish for a weekly mail is gone."""
    patient.wants_status = False


def storing_no_more(session: Session, patient: Patient) -> None:
    """The consent to be stored is taken back."""
    withdraw_consent(session, patient.id, "storage", on=patient.registered_on)


def asked_for_no_more(session: Session, patient: Patient) -> None:
    """The consent to be asked for is taken back."""
    withdraw_consent(session, patient.id, "pseudonymous_inquiry", on=patient.registered_on)


def without_address(_session: Session, patient: Patient) -> None:
    """The address is taken out."""
    patient.email = ""


@pytest.mark.parametrize(
    ("kind", "change", "why"),
    [
        ("patient", restricting, "restricted"),
        ("first_letter", erasing, "erased"),
        ("first_letter", storing_no_more, "consent"),
        ("weekly_status", storing_no_more, "consent"),
        ("weekly_status", asked_for_no_more, "consent"),
        ("weekly_status", not_wanting, "unwanted"),
        ("patient", without_address, "no_address"),
    ],
)
def test_a_mail_to_a_patient_is_stopped_at_the_door(
    database: Database, worker_database: Database, now: datetime, kind: str, change: Change, why: str
) -> None:
    """Whatever was forgotten where it changed: the worker stops the mail, and the office is told why."""
    with database.write() as session:
        mail = to_patient(session, now=now, kind=kind)
        change(session, session.get_one(Patient, mail.patient_id))
        number = mail.id
    assert taken(worker_database, number, now + HOUR) is None
    assert stopped(database, number) == ("cancelled", f"stopped.{why}")


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("patient", storing_no_more),
        ("patient", not_wanting),
        ("first_letter", asked_for_no_more),
        ("first_letter", not_wanting),
    ],
)
def test_a_mail_that_may_still_go_goes(
    database: Database, worker_database: Database, now: datetime, kind: str, change: Change
) -> None:
    """A wish or a consent that this kind of mail does not rest on stops nothing."""
    with database.write() as session:
        mail = to_patient(session, now=now, kind=kind)
        change(session, session.get_one(Patient, mail.patient_id))
        number = mail.id
    assert taken(worker_database, number, now + HOUR) is not None


def test_a_consent_given_anew_counts(database: Database, worker_database: Database, now: datetime) -> None:
    """What was taken back and given again is given."""
    with database.write() as session:
        mail = to_patient(session, now=now, kind="first_letter")
        storing_no_more(session, patient := session.get_one(Patient, mail.patient_id))
        session.execute(
            text(
                "INSERT INTO patient_service.consent (patient_id, scope, text_version, given_on, given_by)"
                " SELECT patient_id, scope, text_version, given_on + 1, given_by FROM patient_service.consent"
                " WHERE patient_id = :id AND scope = 'storage'"
            ),
            {"id": patient.id},
        )
        number = mail.id
    assert taken(worker_database, number, now + HOUR) is not None


@pytest.mark.parametrize(("in_reply_to", "address"), [("", "neu@mail.example"), ("<x@y>", "alt@mail.example")])
def test_a_mail_to_a_patient_goes_to_the_address_of_now(
    database: Database, worker_database: Database, now: datetime, in_reply_to: str, address: str
) -> None:
    """Corrected while it waits, the new address gets it; an answer goes where the patient wrote from."""
    with database.write() as session:
        mail = to_patient(session, now=now, in_reply_to=in_reply_to)
        session.get_one(Patient, mail.patient_id).email = "neu@mail.example"
        number = mail.id
    mail_taken = taken(worker_database, number, now + HOUR)
    assert mail_taken is not None
    assert mail_taken.to_address == address


def own_mail(
    session: Session, *, now: datetime, in_reply_to: str = "", address: str = "alt@praxis.example"
) -> tuple[Therapist, int]:
    """A mail of one's own to a practice, without an inquiry."""
    therapist = session.get_one(Therapist, add_therapist(session, email=address))
    number = queue_mail(
        session, kind="own", to_address=address, to_name="Praxis", letter=Letter("Frage", "Frage", ""),
        now=now, therapist_id=therapist.id, in_reply_to=in_reply_to,
    )  # fmt: skip
    return therapist, number


@pytest.mark.parametrize(("in_reply_to", "address"), [("", "neu@praxis.example"), ("<x@y>", "alt@praxis.example")])
def test_a_mail_of_ones_own_follows_the_practice(
    database: Database, worker_database: Database, now: datetime, in_reply_to: str, address: str
) -> None:
    """To where the practice is reached now; an answer to where it wrote from."""
    with database.write() as session:
        therapist, number = own_mail(session, now=now, in_reply_to=in_reply_to)
        therapist.email = "neu@praxis.example"
    mail = taken(worker_database, number, now + HOUR)
    assert mail is not None
    assert mail.to_address == address


def test_a_practice_that_is_gone_from_the_mail_gets_none(
    database: Database, worker_database: Database, now: datetime
) -> None:
    """No address any more, or no letters wanted: stopped, with the reason."""
    with database.write() as session:
        therapist, unreachable = own_mail(session, now=now)
        therapist.email = ""
        therapist, unwanted = own_mail(session, now=now, address="andere@praxis.example")
        therapist.status = "opted_out"
    for number, why in ((unreachable, "no_address"), (unwanted, "opted_out")):
        assert taken(worker_database, number, now + HOUR) is None
        assert stopped(database, number) == ("cancelled", f"stopped.{why}")


def test_no_mail_goes_to_the_old_address_of_who_objected(
    database: Database, worker_database: Database, now: datetime
) -> None:
    """Typed by hand: the mailbox of a record that was merged into one that wants no letters."""
    with database.write() as session:
        kept = add_therapist(session, status="opted_out")
        given_up = add_therapist(session, email="alt@praxis.example")
        merge(session, keep=kept, drop=given_up, choices={}, now=now)
        number = queue_mail(
            session,
            kind="own",
            to_address="alt@praxis.example",
            to_name="",
            letter=Letter("Frage", "Frage", ""),
            now=now,
        )
    assert taken(worker_database, number, now + HOUR) is None
    assert stopped(database, number) == ("cancelled", "stopped.opted_out")


def test_an_inquiry_ends_with_its_stopped_letter(database: Database, worker_database: Database, now: datetime) -> None:
    """A practice without an address any more: the patients are free again, nothing stays in the outbox."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now, channel=Channel.EMAIL)
        (mail,) = mails(session, inquiry, "inquiry")
        session.get_one(Therapist, inquiry.therapist_id).email = ""
        number = mail.id
        inquiry_id = inquiry.id
    assert taken(worker_database, number, now + HOUR) is None
    with database.read() as session:
        inquiry = session.get_one(Inquiry, inquiry_id)
        assert (state(session, inquiry), inquiry.close_reason) == ("cancelled", "no_address")
        assert [item.status for item in items(session, inquiry)] == ["withdrawn"]


def test_the_worker_learns_of_one_waiting_mail_and_of_no_patient(
    office: Office, database: Database, now: datetime
) -> None:
    """Neither the record, nor an address where a reason stands, nor anything of a mail that left."""
    with database.write() as session:
        mail = to_patient(session, now=now)
        sent = to_patient(session, now=now)
        sent.status, sent.sent_at = "sent", now
        restrict(session, mail.patient_id or 0, now=now)
        numbers = mail.id, sent.id
    url = make_url(office.url("worker")).set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg.connect(url, autocommit=True)) as worker:
        asked = [
            worker.execute("SELECT * FROM patient_service.last_look(%s)", (number,)).fetchall() for number in numbers
        ]
        assert asked == [[(None, "restricted")], []]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            worker.execute("SELECT email FROM patient_service.patient")
    url = make_url(office.url("auditor")).set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg.connect(url)) as auditor, pytest.raises(psycopg.errors.InsufficientPrivilege):
        auditor.execute("SELECT * FROM patient_service.last_look(%s)", (numbers[0],))


@pytest.mark.parametrize("status", ["failed", "unclear"])
def test_whoever_sends_again_is_told_why_not(database: Database, now: datetime, status: str) -> None:
    """The reason comes back at once, and need not be told a second time."""
    with database.write() as session:
        mail = to_patient(session, now=now)
        mail.status = status
        restrict(session, mail.patient_id or 0, now=now)
        session.flush()
        told = (
            retry_failed(session, mail.id, now=now)
            if status == "failed"
            else decide_unclear(session, mail.id, arrived=False, now=now)
        )
        assert (told, mail.status, mail.stop_seen_at) == ("stopped.restricted", "cancelled", now)


def test_seen_once_it_is_seen(database: Database, worker_database: Database, now: datetime) -> None:
    """A stopped mail is noted as seen by a person, once."""
    with database.write() as session:
        mail = to_patient(session, now=now)
        restrict(session, mail.patient_id or 0, now=now)
        number = mail.id
    assert taken(worker_database, number, now + HOUR) is None
    with database.write() as session:
        note_stop_seen(session, number, now=now)
        note_stop_seen(session, number, now=now + HOUR)
        assert session.get_one(Email, number).stop_seen_at == now


def test_the_same_look_before_a_mail_is_sent_by_hand(database: Database, now: datetime) -> None:
    """A person's program gets the address of now, or nothing and the reason; what may have left is theirs to say."""
    with database.write() as session:
        mail = to_patient(session, now=now)
        session.get_one(Patient, mail.patient_id).email = "neu@mail.example"
        assert look_before_by_hand(session, mail.id, now=now) == ""
        assert (mail.to_address, mail.status) == ("neu@mail.example", "queued")
        restrict(session, mail.patient_id or 0, now=now)
        assert look_before_by_hand(session, mail.id, now=now, known=mail.exported_at) == "stopped.restricted"
        assert mail.status == "queued"
        assert put_back(session, mail.id, now=now) == "stopped.restricted"
        assert (mail.status, mail.stop_seen_at) == ("cancelled", now)
