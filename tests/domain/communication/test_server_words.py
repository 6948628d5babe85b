"""What is kept of a server's words: never whom they speak of, by whichever program they come."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.communication import outcomes
from domain.communication.claiming import claim
from domain.communication.mails import Letter, queue_mail
from domain.communication.outcomes import Failure
from domain.database import Database
from tests.builders import add_patient
from tests.conftest import Office
from tests.examples import examples

HOUR = timedelta(hours=1)
KEPT = """SELECT failure || ' ' || server_reply FROM communication_service.email WHERE id = :id
    UNION ALL SELECT reply FROM communication_service.email_attempt WHERE email_id = :id"""


def under_way(session: Session, now: datetime, address: str) -> int:
    """A mail the worker has in hand."""
    number = queue_mail(
        session, kind="patient", to_address=address, to_name="Lea", letter=Letter("Stand", "Stand", ""), now=now,
        patient_id=add_patient(session, email=address),
    )  # fmt: skip
    assert claim(session, number, now=now + HOUR) is not None
    return number


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("550 5.1.1 <lea.berger@mail.example>: unknown", "550 5.1.1 <…>: unknown"),
        ("550 Recipient address rejected: Lea.Berger@MAIL.example", "550 Recipient address rejected: …"),
        ("452 mailbox lea.berger is full", "452 mailbox … is full"),
        ("250 queued as 7f3@relay.example", "250 queued as …"),
        ("550 SRS0=x=mail.example=lea.berger@relay.example no", "550 … no"),
        ("451 try again later", "451 try again later"),
    ],
)
@pytest.mark.parametrize("how", ["sent", "postponed", "refused", "unclear"])
def test_no_address_is_kept(
    database: Database, worker_database: Database, now: datetime, how: str, said: str, kept: str
) -> None:
    """However the attempt ended."""
    with database.write() as session:
        number = under_way(session, now, "lea.berger@mail.example")
    with worker_database.write() as session:
        if how == "sent":
            outcomes.note_sent(session, number, now=now, server_reply=said)
        elif how == "postponed":
            outcomes.note_temporary(session, number, now=now, failure=Failure(said))
        elif how == "refused":
            outcomes.note_refused(session, number, now=now, failure=Failure(said))
        else:
            outcomes.note_unclear(session, number, now=now, failure=Failure(said))
    with database.read() as session:
        found = [row.strip() for row in session.scalars(text(KEPT), {"id": number})]
    assert found == [kept, kept]


LOCAL = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x17F, exclude_characters='@<>":;,'), min_size=3, max_size=20
)


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LOCAL, st.sampled_from(["550 <{0}@mail.example> no", "550 {0} no such user", "({0}@mail.example)"]))
def test_whatever_the_address_looks_like(office: Office, local: str, said: str) -> None:
    """Points, brackets, backslashes, umlauts: the address is gone and no pattern breaks."""
    database = office.database("jana")
    with database.read() as session:
        query = text("SELECT communication_service.without_addresses(:said, :known)")
        kept = session.scalar(query, {"said": said.format(local), "known": f"{local}@mail.example"})
    database.close()
    assert kept is not None
    assert local not in kept.partition(" no")[0]
    if said.startswith("550"):
        assert kept in {"550 <…> no", "550 … no such user"}
