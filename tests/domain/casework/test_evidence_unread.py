"""An answer that lies unread in the inbox: no inquiry counts as silent over it, and no paper says "keine Antwort"."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from domain.casework.clocks import tick
from domain.casework.evidence import assemble
from domain.casework.mail_reports import mail_sent
from domain.casework.receiving import receive
from domain.communication.claiming import claim
from domain.communication.evidence.facts import Outcome
from domain.communication.evidence.words import total_words
from domain.communication.incoming.parse import parse_mail
from domain.database import Database, Session
from domain.matching.models import Inquiry
from domain.values import Channel
from tests.builders import add_patient, add_search
from tests.domain.casework.pdf_reading import flat, pages
from tests.domain.casework.steps import ask, evidence_made, mails
from tests.domain.communication.incoming.letters import bounce, reply

DAY = timedelta(days=1)
NO_PLACE = "Guten Tag, leider habe ich keinen freien Platz."


def asked(session: Session, *, now: datetime) -> tuple[int, Inquiry, str]:
    """A patient, whose inquiry was sent by mail, and that mail's Message-ID."""
    patient = add_patient(session)
    inquiry = ask(session, add_search(session, patient), now=now, channel=Channel.EMAIL)
    (mail,) = mails(session, inquiry, "inquiry")
    assert claim(session, mail.id, now=now) is not None
    mail_sent(session, mail.id, now=now, server_reply="250 ok")
    session.flush()
    return patient, inquiry, mail.message_id


@pytest.mark.usefixtures("qapp")
def test_nobody_is_called_silent_whose_answer_lies_unread(database: Database, now: datetime) -> None:
    """The inquiry stays open past its days, the paper calls it so and does not count it."""
    with database.write() as session:
        patient, inquiry, message_id = asked(session, now=now)
        receive(session, parse_mail(reply(NO_PLACE, answers=message_id, at=now + 20 * DAY)), now=now + 20 * DAY)
        assert tick(session, now=now + 22 * DAY).expired_inquiries == ()
        assert inquiry.stage == "sent"
    with database.read() as session:
        evidence = assemble(session, patient, today=(now + 22 * DAY).date())
    assert [attempt.outcome for attempt in evidence.attempts] == [Outcome.UNREAD]
    assert (evidence.counted, evidence.unread) == (0, 1)
    assert total_words(evidence) == "1, davon 1 noch offen."
    whole = flat("".join(pages(evidence_made(database, patient, now=now + 22 * DAY).pdf)))
    assert flat("Antwort liegt ungelesen vor") in whole
    assert flat("keine Antwort bis") not in whole


def test_a_late_answer_unread_is_no_silence_either(database: Database, now: datetime) -> None:
    """It came after the inquiry had expired: what the paper would say of it nobody knows yet."""
    with database.write() as session:
        patient, inquiry, message_id = asked(session, now=now)
        assert tick(session, now=now + 22 * DAY).expired_inquiries == (inquiry.id,)
        receive(session, parse_mail(reply(NO_PLACE, answers=message_id, at=now + 23 * DAY)), now=now + 23 * DAY)
    with database.read() as session:
        evidence = assemble(session, patient, today=(now + 23 * DAY).date())
    assert [attempt.outcome for attempt in evidence.attempts] == [Outcome.UNREAD]
    assert evidence.counted == 0


@pytest.mark.parametrize("how", ["put aside", "absent"])
def test_what_is_no_answer_ends_no_silence(database: Database, now: datetime, how: str) -> None:
    """A mail that was put aside, or that a machine wrote, holds no clock."""
    with database.write() as session:
        patient, inquiry, message_id = asked(session, now=now)
        headers = {"Auto-Submitted": "auto-replied"} if how == "absent" else {}
        source = reply("Ich bin nicht im Haus.", answers=message_id, at=now + DAY, headers=headers)
        receive(session, parse_mail(source), now=now + DAY)
        session.flush()
        if how == "put aside":
            session.execute(
                text("UPDATE communication_service.incoming_email SET status = 'set_aside', done_at = :now"),
                {"now": now + DAY},
            )
        assert tick(session, now=now + 22 * DAY).expired_inquiries == (inquiry.id,)
    with database.read() as session:
        (attempt,) = assemble(session, patient, today=(now + 22 * DAY).date()).attempts
    assert attempt.outcome is Outcome.NO_RESPONSE


def test_a_report_of_a_server_is_no_answer(database: Database, now: datetime) -> None:
    """A mail that came back is told as such."""
    with database.write() as session:
        patient, inquiry, message_id = asked(session, now=now)
        (mail,) = mails(session, inquiry, "inquiry")
        receive(session, parse_mail(bounce(message_id, recipient=mail.to_address)), now=now + DAY)
    with database.read() as session:
        (attempt,) = assemble(session, patient, today=(now + 22 * DAY).date()).attempts
    assert attempt.outcome is not Outcome.UNREAD
