"""Consent stands before every sending: of each kind of mail there is it is said whether it rests on one, and tried."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text

from domain.casework.letters import queue_letter
from domain.communication.mails import Letter, queue_mail
from domain.communication.models import Email
from domain.database import Database
from domain.matching.models import PlaceSearch
from domain.patients.service import withdraw_consent
from domain.values import Channel
from tests.builders import add_search
from tests.conftest import Office
from tests.domain.casework.steps import ask, items, mails
from tests.domain.communication.test_last_look import stopped, taken, to_patient

HOUR = timedelta(hours=1)
# to a practice about people: without the consent to ask for them nothing goes
TO_PRACTICES = {"inquiry", "reminder", "alternative"}
# to the patient: which withdrawn consents stop it
TO_PATIENTS = {"first_letter": ("storage",), "weekly_status": ("storage", "pseudonymous_inquiry")}
GOES = {
    "withdrawal": "tells a practice that somebody is no longer asked for: it is what a withdrawal leads to",
    "surplus": "declines a place that was offered, by code only",
    "place_declined": "declines a place that was offered, by code only",
    "patient": "a person answers a patient or confirms a withdrawal to them",
    "own": "a person's own words; whom they name is asked about apart (`names_unasked`)",
}


def test_of_every_kind_of_mail_it_is_said(office: Office) -> None:
    """Read from the database's own rule: a new kind has to take its place here."""
    engine = create_engine(office.url("owner"))
    with engine.connect() as connection:
        rule = connection.scalar(
            text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_email_kind'")
        )
    engine.dispose()
    kinds = {part for part in rule.split("'") if part.replace("_", "").isalpha() and part not in {"text", "kind"}}
    assert kinds == TO_PRACTICES | set(TO_PATIENTS) | set(GOES)


@pytest.mark.parametrize("kind", sorted(TO_PRACTICES))
@pytest.mark.parametrize("scope", ["storage", "pseudonymous_inquiry"])
def test_nobody_is_asked_for_without_consent(
    database: Database, worker_database: Database, now: datetime, kind: str, scope: str
) -> None:
    """Even where the withdrawal was only noted and nothing else done about it: the worker stops the letter."""
    with database.write() as session:
        search = add_search(session)
        inquiry = ask(session, search, now=now, channel=Channel.EMAIL)
        (mail,) = mails(session, inquiry, "inquiry")
        if kind != "inquiry":
            number = queue_letter(session, kind, inquiry, items(session, inquiry), now=now)
            assert number is not None
            mail = session.get_one(Email, number)
        patient = session.get_one(PlaceSearch, search).patient_id
        withdraw_consent(session, patient, scope, on=date(2026, 11, 20))
        number = mail.id
    assert taken(worker_database, number, now + HOUR) is None
    assert stopped(database, number) == ("cancelled", "stopped.consent")


@pytest.mark.parametrize(("kind", "scope"), [(kind, scope) for kind, scopes in TO_PATIENTS.items() for scope in scopes])
def test_no_mail_to_who_took_consent_back(
    database: Database, worker_database: Database, now: datetime, kind: str, scope: str
) -> None:
    """Nor the weekly status nor the first letter."""
    with database.write() as session:
        mail = to_patient(session, now=now, kind=kind)
        assert mail.patient_id is not None
        withdraw_consent(session, mail.patient_id, scope, on=date(2026, 11, 20))
        number = mail.id
    assert taken(worker_database, number, now + HOUR) is None
    assert stopped(database, number) == ("cancelled", "stopped.consent")


def test_what_declines_a_place_still_goes(database: Database, worker_database: Database, now: datetime) -> None:
    """A practice hears that somebody is no longer asked for, by the code alone."""
    with database.write() as session:
        search = add_search(session)
        inquiry = ask(session, search, now=now, channel=Channel.LETTER)
        withdraw_consent(session, session.get_one(PlaceSearch, search).patient_id, "storage", on=date(2026, 11, 20))
        number = queue_mail(
            session, kind="withdrawal", to_address="praxis@praxis.example", to_name="", now=now, inquiry_id=inquiry.id,
            letter=Letter("Zurückgezogen", "Kennung", ""), item_ids=[items(session, inquiry)[0].id],
        )  # fmt: skip
    assert taken(worker_database, number, now + HOUR) is not None
