"""An inquiry is about up to six people: nothing of the others is in a patient's report. And who may make one."""

import json
from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import select, text

from domain.audit import AuditEntry
from domain.casework.access_report.collecting import own_part
from domain.casework.access_report.making import file_stem, last_report, make_access_report
from domain.casework.answers import record_answer
from domain.casework.calling import finish_call
from domain.casework.patient_record import restrict_patient
from domain.communication.contacts import CallResult, ContactNote, note_contact, note_patient_contact
from domain.communication.models import ContactEntry
from domain.communication.states import CallStatus
from domain.database import Database
from domain.errors import Forbidden, NotFound
from domain.matching.states import ItemStatus
from domain.patients.models import Patient
from domain.patients.report_models import AccessReport
from domain.persons import ensure_person
from domain.values import Channel
from tests.builders import add_patient, add_search
from tests.conftest import PASSWORD, Office
from tests.domain.casework.access_report.test_complete import say
from tests.domain.casework.pdf_reading import flat, pages, title, uncompressed
from tests.domain.casework.steps import ask, calls, items, mails
from tests.domain.casework.test_evidence import send
from tests.domain.casework.test_evidence_of_nobody_else import CANARY, add_other, canary
from tests.domain.casework.test_receiving import take_in
from tests.domain.communication.incoming.letters import reply

MINE = "eigenesWort"


@pytest.fixture
def number() -> Iterator[int]:
    """Numbers of canaries."""
    return iter(range(10_000))


@pytest.mark.usefixtures("qapp")
def test_nothing_of_the_others_is_in_it(database: Database, number: Iterator[int], now: datetime) -> None:
    """By mail, telephone and letter about three people, answered one by one; in the text and in the bytes.

    Of the mail and the letter the own part is there, by the own code.
    """
    secrets: set[str] = set()
    with database.write() as session:
        patient = add_patient(session, last_name="Eigen")
        search = add_search(session, patient)
        others = [add_other(session, number) for _ in range(2)]
        own_codes = []
        for channel in (Channel.EMAIL, Channel.LETTER, Channel.PHONE):
            inquiry = ask(session, search, *others, now=now, channel=channel)
            found = items(session, inquiry)
            own = next(item for item in found if item.search_id == search)
            secrets |= {item.reference_code for item in found if item is not own}
            own_codes.append(own.reference_code)
            if channel is Channel.EMAIL:
                send(session, inquiry, now=now)
                (mail,) = mails(session, inquiry, "inquiry")
                session.add(
                    ContactEntry(
                        at=now, channel="email", direction="in", kind="reply", inquiry_id=inquiry.id,
                        therapist_id=inquiry.therapist_id, counterpart=canary(number), body=canary(number),
                    )
                )  # fmt: skip
                answered = mail.message_id
            if channel is Channel.PHONE:
                (call,) = calls(session, inquiry)
                finish_call(session, call.id, CallResult(CallStatus.REACHED, outcome=canary(number)), now=now)
            for item in found:
                note = f"{MINE} zur Absage" if item is own else canary(number)
                record_answer(session, item.id, ItemStatus.REJECTION_CAPACITY, now=now, note=note)
        note_contact(session, inquiry.therapist_id, ContactNote(now, "note", "in", "", canary(number)), now=now)
        note_patient_contact(session, patient, ContactNote(now, "phone", "in", MINE, f"{MINE} am Telefon"), now=now)
        take_in(session, reply(f"Zu allen dreien: {canary(number)}", answers=answered))
    with database.write() as session:
        made = make_access_report(session, patient, say=say, now=now)
    told = json.loads(made.json)
    for form in (made.json.decode(), made.pdf.decode("latin-1"), uncompressed(made.pdf).decode("latin-1"),
                 flat("".join(pages(made.pdf)))):  # fmt: skip
        assert CANARY not in form
        assert [secret for secret in secrets if secret in form] == []
    read = flat("".join(pages(made.pdf)))
    assert flat(f"{MINE} am Telefon") in read
    assert flat(f"{MINE} zur Absage") in read
    (mail_told,) = [row for row in told["data"]["mails"] if row["kind"] == "inquiry"]
    assert own_codes[0] in mail_told["body_text"]
    assert mail_told["about_others_too"] is True
    assert [row["status"] for row in told["data"]["received"]] == ["unread"]
    assert len(told["data"]["positions"]) == len(own_codes)


def test_of_words_about_several_people_only_the_own_lines() -> None:
    """From the own code to the next empty line; where another stands in these lines, nothing."""
    words = "Guten Tag\n\n> **Kennung AB23**\n> Alter: 30\n\n> **Kennung CD45**\n> Alter: 50\n\nMit freundlichen Grüßen"
    assert own_part(words, ["AB23"], {"CD45", "Lange"}) == "> **Kennung AB23**\n> Alter: 30"
    assert own_part(words, ["CD45"], {"AB23"}) == "> **Kennung CD45**\n> Alter: 50"
    assert own_part("AB23 und CD45: nein", ["AB23"], {"CD45"}) == ""
    assert own_part("AB23 wie Frau Lange", ["AB23"], {"Lange"}) == ""
    assert own_part(words, [], {"CD45"}) == ""


@pytest.mark.usefixtures("qapp")
def test_making_it_is_noted(database: Database, now: datetime) -> None:
    """As a reading in the audit and for good, with who and when; a restricted record is reported on, too."""
    with database.write() as session:
        patient = add_patient(session, last_name="Heimlich")
        restrict_patient(session, patient, now=now)
    with database.write() as session:
        assert last_report(session, patient) is None
        made = make_access_report(session, patient, say=say, now=now)
    with database.read() as session:
        read = select(AuditEntry.operation).where(
            AuditEntry.table_name == "patient_service.patient", AuditEntry.row_id == patient
        )
        assert list(session.scalars(read))[-1] == "read"
        noted = last_report(session, patient)
        assert noted is not None
        assert noted.made_by == "Jana Brand"
        told = session.scalars(text("SELECT event_type FROM platform.event ORDER BY id DESC LIMIT 1")).one()
        assert told == "patient.access_report_made"
    assert "Heimlich" not in file_stem(patient, now.date()) + title(made.pdf)


@pytest.mark.usefixtures("qapp")
def test_only_whose_record_it_is_may(office: Office, database: Database, now: datetime) -> None:
    """Another's caseworker is refused, by the program and by the database; who leads the office may."""
    owner = office.database("owner")
    with owner.write() as session:
        ensure_person(
            session, role_name="test_lena", display_name="Lena Neu", password=PASSWORD, roles={"caseworker"},
            email="lena@buero.example",
        )  # fmt: skip
    with database.write() as session:
        patient = add_patient(session)
        session.get_one(Patient, patient).responsible_id = session.scalar(
            text("SELECT id FROM platform.person WHERE role_name = 'test_jana'")
        )
    other = office.database("lena")
    with pytest.raises(Forbidden, match="not_yours"), other.write() as session:
        make_access_report(session, patient, say=say, now=now)
    with pytest.raises(Forbidden), other.read() as session:
        session.execute(text("SELECT * FROM audit.accesses_of_patient(:id)"), {"id": patient})
    with pytest.raises(Forbidden), other.write() as session:
        session.add(
            AccessReport(patient_id=patient, made_by=2, made_at=now, json_sha256=b"0" * 32, pdf_sha256=b"0" * 32)
        )
    with database.write() as session:
        session.execute(text("UPDATE patient_service.patient SET deputy_id = :d WHERE id = :id"), {
            "id": patient, "d": session.scalar(text("SELECT id FROM platform.person WHERE role_name = 'test_lena'")),
        })  # fmt: skip
    with other.write() as session:
        make_access_report(session, patient, say=say, now=now)
        with pytest.raises(NotFound):
            make_access_report(session, 0, say=say, now=now)
    other.close()
    owner.close()
