"""The weekly status: who is told and who is not, at most once a week whatever happens, and in honest words."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain.casework.answers import record_answer
from domain.casework.batches.gathering import gather_weekly
from domain.casework.batches.previews import line_letter
from domain.casework.batches.steering import take_back
from domain.casework.batches.weekly import (
    count_left_out,
    due_patients,
    hindrances,
    is_offered,
    send_status,
    week_of,
)
from domain.casework.consent import withdraw
from domain.casework.mail_reports import mail_failed, mail_sent
from domain.casework.patient_letters import compose_to_patient
from domain.casework.patient_record import restrict_patient
from domain.casework.reminding import note_absence
from domain.casework.sending import withdraw_inquiry
from domain.communication.batch_models import BatchLine
from domain.communication.claiming import claim
from domain.communication.mails import cancel_mail, queue_mail
from domain.communication.models import ContactEntry, Email
from domain.communication.outcomes import Failure
from domain.communication.resending import retry_failed
from domain.communication.send_times import LEAST_UNDO
from domain.database import Database
from domain.errors import Conflict, Invalid, PlatzlotseError
from domain.matching.models import PlaceSearch
from domain.matching.searches import pause_search
from domain.matching.states import ItemStatus
from domain.patients.models import Patient
from tests.builders import add_patient, add_search
from tests.conftest import Office
from tests.domain.casework.batches.steps import NOW, figures, hopeful, make_all, release, take_all_back
from tests.domain.casework.steps import ask, items, only_item
from tests.examples import examples

LATER = NOW + LEAST_UNDO + timedelta(seconds=1)
WEEK = timedelta(days=7)


def test_who_is_told_and_why_others_are_not(database: Database) -> None:
    """An active search, consent, an address, of age, wanted, not told yet; the first reason is named."""
    with database.write() as session:
        told = hopeful(session)
        unwanted = hopeful(session, wants_status=False)
        silent = hopeful(session, email="")
        young = hopeful(session, asked=False, birth_date=date(2012, 1, 1), consent_by="guardian")
        free = hopeful(session, asked=False, consent=False)
        restricted = hopeful(session)
        restrict_patient(session, restricted, now=NOW)
        waiting = add_patient(session, email="ohne-suche@mail.example")
        paused = hopeful(session)
        search = session.scalars(select(PlaceSearch.id).where(PlaceSearch.patient_id == paused)).one()
        pause_search(session, search, reason="Urlaub", until=date(2026, 12, 24), now=NOW)
        fresh = hopeful(session, asked=False)
        hopeful(session, asked=False, wants_status=False)
        known = hopeful(session)
        send_status(session, known, now=NOW)
        session.flush()
        assert due_patients(session, now=NOW) == (told,)
        assert count_left_out(session, now=NOW) == {"no_address": 1, "nobody_asked": 1}
        everybody = [told, unwanted, silent, young, free, restricted, waiting, paused, fresh, known]
        assert hindrances(session, everybody, now=NOW) == {
            unwanted: "unwanted", silent: "no_address", young: "minor", free: "no_consent", restricted: "restricted",
            waiting: "not_searching", paused: "not_searching", known: "told_already", fresh: "nobody_asked",
        }  # fmt: skip
        with pytest.raises(Conflict, match="unwanted"):
            send_status(session, unwanted, now=NOW)


def test_the_batch_of_a_week(database: Database) -> None:
    """Looked through, released, in the timeline of each patient; next week they are due again."""
    with database.write() as session:
        patients = [hopeful(session, email=f"lea{n}@mail.example") for n in range(3)]
        batch = gather_weekly(session, now=NOW).batch_id
    with database.read() as session:
        line = session.scalars(select(BatchLine.id).order_by(BatchLine.id).limit(1)).one()
        assert "So steht Ihre Suche" in line_letter(session, line, now=NOW).subject
        assert session.scalar(text("SELECT count(*) FROM communication_service.email")) == 0  # never by itself
    with database.write() as session:
        release(session, batch, now=NOW)
    assert make_all(database, batch) == 3
    with database.write() as session:
        for email in session.scalars(select(Email.id)).all():
            assert claim(session, email, now=LATER) is not None
            mail_sent(session, email, now=LATER, server_reply="250 ok")
    assert figures(database, batch).state == "done"
    with database.write() as session:
        to_patients = ContactEntry.patient_id.is_not(None)
        entries = session.execute(select(ContactEntry.patient_id, ContactEntry.kind).where(to_patients)).all()
        assert sorted(entries) == [(patient, "weekly_status") for patient in patients]
        with pytest.raises(Invalid, match="nothing"):
            gather_weekly(session, now=LATER)
        assert gather_weekly(session, now=NOW + WEEK).lines == 3


def test_the_same_patient_in_two_batches(database: Database, second_database: Database) -> None:
    """Jana's draft holds them; once she has dropped it, Tom may; a mail sent singly meanwhile refuses the line."""
    with database.write() as session:
        patient = hopeful(session)
        first = gather_weekly(session, now=NOW)
    with pytest.raises(Conflict, match="elsewhere"), second_database.write() as session:
        gather_weekly(session, now=NOW)
    with second_database.write() as session:
        send_status(session, patient, now=NOW)
    with database.write() as session:
        release(session, first.batch_id, now=NOW)
    make_all(database, first.batch_id)
    with database.read() as session:
        assert session.scalars(select(BatchLine.refusal)).one() == "weekly.told_already"


def test_the_database_keeps_one_a_week(database: Database) -> None:
    """Past every check of the program a second mail of the week is refused, and one without its week."""
    with database.write() as session:
        patient = hopeful(session)
        send_status(session, patient, now=NOW)
        letter = compose_to_patient(session, "weekly_status", patient, today=NOW.date())
    for week, code in ((week_of(NOW), "uq_email_status_week"), (None, "ck_email_status_week")):
        with pytest.raises(PlatzlotseError, match=code), database.write() as session:
            queue_mail(
                session, kind="weekly_status", to_address="lea@mail.example", to_name="", letter=letter, now=NOW,
                patient_id=patient, status_week=week,
            )  # fmt: skip


@pytest.mark.parametrize("end", ["consent", "restriction", "place"])
def test_what_waits_is_stopped(database: Database, end: str) -> None:
    """Consent taken back, the record restricted, or a place found in the undo window: the mail does not leave."""
    with database.write() as session:
        patient = hopeful(session)
        search = session.scalars(select(PlaceSearch.id).where(PlaceSearch.patient_id == patient)).one()
        inquiry = ask(session, search, now=NOW)
        batch = gather_weekly(session, now=NOW).batch_id
        release(session, batch, now=NOW)
    make_all(database, batch)
    with database.write() as session:
        if end == "consent":
            withdraw(session, patient, "storage", now=NOW)
        elif end == "restriction":
            restrict_patient(session, patient, now=NOW)
        else:
            record_answer(session, only_item(session, inquiry).id, ItemStatus.ACCEPTED, now=NOW)
    assert (figures(database, batch).stopped, figures(database, batch).state) == (1, "done")


def test_offered_from_the_office_s_weekday(database: Database) -> None:
    """Friday by default, in the office's time; an office without the habit is never reminded."""
    with database.write() as session:
        days = [is_offered(session, now=NOW + timedelta(days=n)) for n in range(7)]
        assert days == [False, False, False, False, True, True, True]
        session.connection().exec_driver_sql("UPDATE platform.office SET status_weekday = NULL")
        session.expire_all()
        assert not is_offered(session, now=NOW + timedelta(days=4))


def status(session: Session, patient: int, now: datetime) -> str:
    """The text a patient would get."""
    return compose_to_patient(session, "weekly_status", patient, today=now.date()).text


def test_honest_words(database: Database) -> None:
    """Nobody asked yet, one asked this week, nothing new, an answer: each said as it is, one and many right."""
    with database.write() as session:
        patient = hopeful(session, asked=False)
        search = session.scalars(select(PlaceSearch.id).where(PlaceSearch.patient_id == patient)).one()
        words = status(session, patient, NOW)
        assert "noch keine Praxis angefragt" in words
        # whose search nobody began is not told that places are rare
        assert "nichts Neues" not in words
        inquiry = ask(session, search, add_search(session), now=NOW)
        session.flush()
        words = status(session, patient, NOW + timedelta(days=1))
        assert "eine Praxis angefragt, und zwar in den letzten sieben Tagen" in words
        assert "warten wir bei: 1" in words
        assert "nichts Neues" not in words
        words = status(session, patient, NOW + timedelta(days=14))
        assert "eine Praxis angefragt." in words
        assert "nichts Neues" in words
        mine = next(item for item in items(session, inquiry) if item.search_id == search)
        record_answer(session, mine.id, ItemStatus.REJECTION_CAPACITY, now=NOW + timedelta(days=13))
        ask(session, search, now=NOW + timedelta(days=13))
        session.flush()
        words = status(session, patient, NOW + timedelta(days=14))
        assert "2 Praxen angefragt, davon 1 in den letzten sieben Tagen" in words
        assert "Abgesagt, meist aus Mangel an Plätzen: 1" in words
        assert "nichts Neues" not in words


def test_the_numbers_add_up(database: Database) -> None:
    """Whoever was asked is in one line: absent, declined, given up on; asked twice is one practice."""
    with database.write() as session:
        patient = hopeful(session, asked=False)
        search = session.scalars(select(PlaceSearch.id).where(PlaceSearch.patient_id == patient)).one()
        away, declined, silent = (ask(session, search, now=NOW) for _ in range(3))
        note_absence(session, away.id, until=(NOW + timedelta(days=20)).date(), now=NOW)
        record_answer(session, only_item(session, declined).id, ItemStatus.REJECTION_CAPACITY, now=NOW)
        withdraw_inquiry(session, silent.id, reason="zu lange", now=NOW)
        session.flush()
        words = status(session, patient, NOW)
        assert "3 Praxen angefragt" in words
        assert "Zurzeit abwesend, die Anfrage liegt dort: 1" in words
        assert "Abgesagt, meist aus Mangel an Plätzen: 1" in words
        assert "nur ein einzelnes Gespräch): 1" in words


def test_nobody_else_is_named(database: Database) -> None:
    """Neither the practice, nor the colleague in the same inquiry, nor what the practice wrote."""
    with database.write() as session:
        patient = hopeful(session, asked=False)
        search = session.scalars(select(PlaceSearch.id).where(PlaceSearch.patient_id == patient)).one()
        other = add_patient(session, last_name="Verborgen")
        inquiry = ask(session, search, add_search(session, other), now=NOW)
        for item in items(session, inquiry):
            record_answer(session, item.id, ItemStatus.WAITLISTED, now=NOW, note="Chefin geheim")
        words = status(session, patient, NOW)
        assert session.get_one(Patient, patient).last_name in words
        assert [secret for secret in ("Verborgen", "Sommer", "geheim", inquiry.reference) if secret in words] == []


def test_a_taken_back_status_is_due_again(database: Database) -> None:
    """It never left: the patient is due as before."""
    with database.write() as session:
        patient = hopeful(session)
        batch = gather_weekly(session, now=NOW).batch_id
        release(session, batch, now=NOW)
    make_all(database, batch)
    with database.write() as session:
        take_back(session, batch)
    take_all_back(database, batch)
    with database.read() as session:
        assert due_patients(session, now=NOW) == (patient,)


ACTS = st.lists(
    st.tuples(st.integers(0, 13), st.sampled_from(["send", "batch", "sent", "failed", "retry", "cancel", "back"])),
    min_size=1,
    max_size=14,
)


@settings(max_examples=examples(12), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_never_twice_in_a_week(steady_office: Office, acts: list[tuple[int, str]]) -> None:
    """Whatever is sent, fails, is tried again, cancelled or taken back on any day: at most one a week is alive."""
    database = steady_office.database("jana")
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE patient_service.patient SET wants_status = false")
        patient = hopeful(session)
    for day, act in sorted(acts, key=lambda pair: pair[0]):
        _do(database, patient, act, NOW + timedelta(days=day))
        with database.read() as session:
            weeks = session.scalars(
                select(Email.status_week).where(Email.patient_id == patient, Email.status != "cancelled")
            ).all()
        assert len(weeks) == len(set(weeks))
    database.close()


def _do(database: Database, patient: int, act: str, now: datetime) -> None:
    """One act of a person or the worker; what the rules refuse stays undone."""
    newest = select(Email.id).where(Email.patient_id == patient).order_by(Email.id.desc()).limit(1)
    batch = 0
    try:
        with database.write() as session:
            if act == "send":
                send_status(session, patient, now=now)
            elif act in {"batch", "back"}:
                batch = gather_weekly(session, now=now).batch_id
                release(session, batch, now=now)
            else:
                _to_mail(session, session.scalars(newest).one_or_none() or 0, act, now)
    except PlatzlotseError:
        return
    if batch:
        make_all(database, batch, now=now)
    if batch and act == "back":
        with database.write() as session:
            take_back(session, batch)
        take_all_back(database, batch, now=now)


def _to_mail(session: Session, email: int, act: str, now: datetime) -> None:
    """What becomes of a mail; 0 is none."""
    if act == "cancel":
        cancel_mail(session, email)
    elif act == "retry":
        retry_failed(session, email, now=now)
    elif claim(session, email, now=now + timedelta(hours=1)) is not None:
        session.flush()
        if act == "sent":
            mail_sent(session, email, now=now, server_reply="250")
        else:
            mail_failed(session, email, now=now, failure=Failure("550"))
