"""An inquiry is about up to six people: nothing of the others is in a patient's evidence."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.answers import Decision, record_answer
from domain.casework.calling import finish_with_answers
from domain.casework.evidence import assemble
from domain.casework.reminding import remind
from domain.communication.contacts import CallResult
from domain.communication.models import ContactEntry
from domain.communication.states import CallStatus
from domain.database import Database
from domain.matching.reimbursement import CaseForm, save_case
from domain.matching.states import ItemStatus
from domain.patients.files import add_file
from domain.patients.models import Guardian, MedicalInformation
from domain.values import Channel
from tests.builders import add_patient, add_search
from tests.domain.casework.pdf_reading import flat, pages, uncompressed
from tests.domain.casework.steps import ask, calls, evidence_made, items, mails
from tests.domain.casework.test_evidence import item_for, searching, send
from tests.domain.patients.papers import pdf as paper_pdf

__all__ = ["searching"]  # a fixture
DAY = timedelta(days=1)
CANARY = "KANARIE"


def canary(number: Iterator[int]) -> str:
    return f"{CANARY}{next(number):03d}X"


def add_other(session: Session, number: Iterator[int]) -> int:
    """A patient whose every text is a canary; returns the search."""
    c = partial(canary, number)
    patient = add_patient(
        session, first_name=c(), last_name=c(), street=c(), house_number=c(), city=c(), email=f"{c()}@x.example",
        phone=c(), insurer=c(), insurance_number=c(), note=c(), resubmission_note=c(), plz="98765",
        birth_date=date(1987, 6, 5),
    )  # fmt: skip
    medical = session.get_one(MedicalInformation, patient)
    medical.complaints, medical.complaint_note, medical.ptv11_code = [c()], c(), "KANARIE999XX"
    session.add(Guardian(patient_id=patient, name=c(), relation=c(), phone=c(), email=c()))
    session.flush()
    return add_search(session, patient)


@pytest.mark.usefixtures("qapp")
def test_nothing_of_the_others_is_in_it(database: Database, searching: tuple[int, int], now: datetime) -> None:
    """Inquiries about three people by mail, telephone and letter, answered one by one.

    The bytes, the streams and the text hold no code, no name, no note, no word of a mail that is another's.
    """
    patient, search = searching
    number = iter(range(1000))
    secrets: set[str] = set()
    with database.write() as session:
        others = [add_other(session, number) for _ in range(2)]
        secrets |= {"98765", "05.06.1987", "1987-06-05", "66 Monate"}
        for channel in (Channel.EMAIL, Channel.LETTER, Channel.PHONE):
            inquiry = ask(session, search, *others, now=now, channel=channel)
            found = items(session, inquiry)
            assert len(found) == 3
            secrets |= {item.reference_code for item in found} | {inquiry.reference}
            own = next(item for item in found if item.search_id == search)
            rest = [item for item in found if item is not own]
            if channel is Channel.EMAIL:
                send(session, inquiry, now=now)
                (mail,) = mails(session, inquiry, "inquiry")
                secrets |= {mail.subject, mail.message_id, mail.to_address}
                session.add(
                    ContactEntry(
                        at=now + DAY, channel="email", direction="in", kind="reply", inquiry_id=inquiry.id,
                        therapist_id=inquiry.therapist_id, counterpart=canary(number), body=canary(number),
                    )
                )  # fmt: skip
            if channel is Channel.PHONE:
                (call,) = calls(session, inquiry)
                finish_with_answers(
                    session, call.id,
                    CallResult(
                        CallStatus.REACHED, counterpart=canary(number),
                        outcome=f"{canary(number)}. Für die Jüngere Wartezeit 66 Monate, für die anderen nichts.",
                    ),
                    [Decision(item.id, ItemStatus.REJECTION_OTHER) for item in found], now=now + DAY,
                )  # fmt: skip
                continue
            remind(session, inquiry.id, now=now + DAY)
            for item in rest:
                record_answer(
                    session,
                    item.id,
                    ItemStatus.WAITLISTED,
                    now=now + 2 * DAY,
                    note=f"{canary(number)} Wartezeit 77 Monate",
                    waitlisted_until=date(2031, 7, 7),
                )
            secrets |= {"77 Monate", "07.07.2031"}
            record_answer(
                session, own.id, ItemStatus.REJECTION_CAPACITY, now=now + 3 * DAY, note=f"{canary(number)}: kein Platz"
            )
        for other in others:
            other_patient = session.scalar(
                text("SELECT patient_id FROM matching_service.place_search WHERE id = :id"), {"id": other}
            )
            assert isinstance(other_patient, int)
            add_file(session, other_patient, name=f"{canary(number)}.pdf", content=paper_pdf(), kind="ptv11", now=now)
            save_case(
                session, other, CaseForm(note=canary(number), ptv11_on=date(2026, 1, 9)), version=None, today=now.date()
            )
            session.add(
                ContactEntry(
                    at=now,
                    channel="note",
                    kind="note",
                    patient_id=other_patient,
                    counterpart=canary(number),
                    body=canary(number),
                )
            )
    made = evidence_made(database, patient, now=now + 40 * DAY)
    raw = uncompressed(made.pdf)
    shown = flat("".join(pages(made.pdf)))
    assert flat("Öztürk-Groß") in shown  # the reading does read
    assert b"Ergebnis" in raw
    assert next(number) > 50  # canaries were put everywhere
    for secret in (*secrets, CANARY):
        assert secret.encode() not in raw, secret
        assert secret.encode("utf-16-be") not in raw, secret
        assert flat(secret) not in shown, secret
    with database.read() as session:
        assert len(assemble(session, patient, today=now.date()).attempts) == 3


def test_contacts_about_the_others_alone_are_left_out(
    database: Database, searching: tuple[int, int], now: datetime
) -> None:
    """Once this patient was answered, reminders and calls about the others are none of their attempts."""
    patient, search = searching
    with database.write() as session:
        inquiry = ask(session, search, add_search(session), now=now)
        record_answer(session, item_for(session, inquiry, search), ItemStatus.REJECTION_CAPACITY, now=now + DAY)
        therapist = inquiry.therapist_id
        for kind in ("reminder", "no_answer", "withdrawal"):
            session.add(
                ContactEntry(
                    at=now + 3 * DAY,
                    channel="phone",
                    direction="out",
                    kind=kind,
                    inquiry_id=inquiry.id,
                    therapist_id=therapist,
                )
            )
    with database.read() as session:
        (attempt,) = assemble(session, patient, today=now.date()).attempts
    assert [step.kind for step in attempt.steps] == ["inquiry", "rejection_capacity"]


@pytest.mark.parametrize("answered", [1, 2])
def test_what_was_noted_of_a_call_about_several_is_nobodys_own(
    database: Database, searching: tuple[int, int], now: datetime, answered: int
) -> None:
    """Whether the practice spoke of one of them or of all: the note may mean another without a name."""
    patient, search = searching
    with database.write() as session:
        inquiry = ask(session, search, add_search(session), now=now, channel=Channel.PHONE)
        (call,) = calls(session, inquiry)
        own = item_for(session, inquiry, search)
        told = sorted(items(session, inquiry), key=lambda item: item.id != own)[:answered]
        finish_with_answers(
            session, call.id, CallResult(CallStatus.REACHED, outcome="Für die Jüngere Wartezeit 6 Monate"),
            [Decision(item.id, ItemStatus.REJECTION_CAPACITY) for item in told], now=now,
        )  # fmt: skip
    with database.read() as session:
        (attempt,) = assemble(session, patient, today=now.date()).attempts
    assert attempt.stated_wait == ""


@pytest.mark.parametrize(
    ("own", "other", "wait"),
    [
        ("Wartezeit 6 Monate", "Wartezeit 9 Monate", "6 Monate"),
        ("Wartezeit 6 Monate", "wartezeit  6 Monate ", ""),
        ("Wartezeit 6 Monate", None, "6 Monate"),
    ],
)
def test_a_note_is_ones_own_where_it_stands_at_nobody_else(
    database: Database, searching: tuple[int, int], now: datetime, own: str, other: str | None, wait: str
) -> None:
    """Answers entered person by person keep the wait; the same words at another are of no one person."""
    patient, search = searching
    with database.write() as session:
        second = add_search(session)
        inquiry = ask(session, search, second, now=now)
        for which, note in ((search, own), (second, other)):
            if note is not None:
                item = item_for(session, inquiry, which)
                record_answer(session, item, ItemStatus.REJECTION_CAPACITY, now=now + DAY, note=note)
    with database.read() as session:
        (attempt,) = assemble(session, patient, today=now.date()).attempts
    assert attempt.stated_wait == wait
