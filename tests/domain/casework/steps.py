"""Steps of the main job that several tests begin with: an inquiry on its way, its items, its state."""

import time
from datetime import datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain.casework.answers import Recorded, record_answer
from domain.casework.evidence import Made, make_evidence
from domain.casework.preparing import create_and_send
from domain.casework.printed_letters import letters_of
from domain.casework.printing import note_printed
from domain.communication.evidence.chain import link_waiting
from domain.communication.models import Email, PhoneCall
from domain.database import Database
from domain.matching.inquiries import current_state
from domain.matching.models import Inquiry, InquiryItem
from domain.matching.states import ItemStatus
from domain.values import Channel
from tests.builders import add_therapist


def ask(
    session: Session, *searches: int, now: datetime, channel: Channel = Channel.LETTER, therapist: int | None = None
) -> Inquiry:
    """An inquiry to a new practice (unless one is named): a letter is printed at once, a mail waits in the outbox."""
    number = create_and_send(
        session,
        therapist_id=therapist or add_therapist(session),
        search_ids=searches,
        channel=channel,
        now=now,
    )
    session.flush()
    if channel is Channel.LETTER:
        print_all(session, number, now=now)
    return session.get_one(Inquiry, number)


def print_all(session: Session, inquiry_id: int, *, now: datetime) -> int:
    """The letters of an inquiry come out of the printer; how many were gone meanwhile."""
    gone = note_printed(session, [letter.letter_id for letter in letters_of(session, inquiry_id)], now=now)
    session.flush()
    return gone


def items(session: Session, inquiry: Inquiry) -> list[InquiryItem]:
    """Its items in order."""
    query = select(InquiryItem).where(InquiryItem.inquiry_id == inquiry.id).order_by(InquiryItem.position)
    return list(session.scalars(query))


def only_item(session: Session, inquiry: Inquiry) -> InquiryItem:
    """The item of an inquiry for one patient."""
    (item,) = items(session, inquiry)
    return item


def accept(session: Session, inquiry: Inquiry, *, now: datetime) -> Recorded:
    """The practice accepts the one patient of the inquiry."""
    return record_answer(session, only_item(session, inquiry).id, ItemStatus.ACCEPTED, now=now)


def state(session: Session, inquiry: Inquiry) -> str:
    """The inquiry's state as lists show it; what the view derives and what the moves are checked by must agree."""
    session.flush()
    query = text("SELECT state FROM matching_service.inquiry_overview WHERE inquiry_id = :id")
    shown = str(session.scalar(query, {"id": inquiry.id}))
    assert current_state(session, inquiry) == shown
    return shown


def mails(session: Session, inquiry: Inquiry, kind: str) -> list[Email]:
    """The mails of a kind about an inquiry, oldest first."""
    session.flush()
    return list(
        session.scalars(select(Email).where(Email.inquiry_id == inquiry.id, Email.kind == kind).order_by(Email.id))
    )


def calls(session: Session, inquiry: Inquiry) -> list[PhoneCall]:
    """The calls about an inquiry, oldest first."""
    session.flush()
    return list(session.scalars(select(PhoneCall).where(PhoneCall.inquiry_id == inquiry.id).order_by(PhoneCall.id)))


def evidence_made(database: Database, patient: int, *, now: datetime) -> Made:
    """What the window does: everything that waits is linked, then the evidence is made."""
    more = True
    while more:
        with database.write() as session:
            more = link_waiting(session)
    with database.write() as session:
        return make_evidence(session, patient, now=now)


def wait_for_waiter(session: Session) -> None:
    """Until somebody waits for what this transaction holds."""
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))")
    until = time.monotonic() + 90
    while time.monotonic() < until:
        if session.scalar(waits):
            return
        time.sleep(0.02)
    pytest.fail("nobody waits")
