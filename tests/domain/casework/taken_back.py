"""A mail of a practice, what is confirmed from it, and everything that taking it back has to leave as it was."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.answers import Decision
from domain.casework.mail_reports import mail_sent
from domain.casework.receiving import receive
from domain.casework.replies import confirm_answers
from domain.casework.reply_facts import CapacityNote
from domain.casework.whose_mail import assign
from domain.communication.claiming import claim
from domain.communication.incoming.parse import parse_mail
from domain.matching.models import Inquiry
from domain.matching.states import ItemStatus
from domain.values import Channel
from tests.domain.casework.steps import ask, items, mails
from tests.domain.communication.incoming.letters import reply

STANDING = {
    "searches": "SELECT id, status, paused_until, pause_reason, closed_at FROM matching_service.place_search",
    "inquiries": """SELECT id, stage, closed_at, close_reason, clock_started_at, out_of_office_since,
        out_of_office_until, reminders, last_reminded_at FROM matching_service.inquiry""",
    "items": "SELECT id, status, answered_at, waitlisted_until, place_from FROM matching_service.inquiry_item",
    "calls": """SELECT id, status, planned_at, cancel_reason FROM communication_service.phone_call
        WHERE status <> 'cancelled'""",
    "mails": """SELECT e.id, e.kind, e.status,
            ARRAY(SELECT n.item_id FROM communication_service.email_item n WHERE n.email_id = e.id ORDER BY 1) AS named,
            ARRAY(SELECT i.reference_code FROM matching_service.inquiry_item i
                  WHERE i.inquiry_id = e.inquiry_id AND strpos(e.body_text, i.reference_code) > 0 ORDER BY 1) AS told
        FROM communication_service.email e WHERE e.status <> 'cancelled'""",
    "letters": """SELECT l.inquiry_id AS id, l.kind,
            ARRAY(SELECT n.item_id FROM communication_service.printed_letter_item n WHERE n.letter_id = l.id ORDER BY 1)
        FROM communication_service.printed_letter l WHERE l.printed_at IS NULL""",
    "places": """SELECT id, capacity, capacity_from, capacity_note, capacity_as_of, locked_fields
        FROM therapist_service.therapist""",
    "cooling": "SELECT id FROM matching_service.cooling_period WHERE ends_at > starts_at",
    "mails in": "SELECT id, status FROM communication_service.incoming_email",
}


def standing(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Everything an answer may change, as it is now."""
    session.flush()
    return {
        what: [tuple(row) for row in session.execute(text(f"{query} ORDER BY id"))] for what, query in STANDING.items()
    }


def sent(session: Session, *searches: int, now: datetime, therapist: int | None = None) -> Inquiry:
    """An inquiry by mail that the server took."""
    inquiry = ask(session, *searches, now=now, channel=Channel.EMAIL, therapist=therapist)
    (mail,) = mails(session, inquiry, "inquiry")
    assert claim(session, mail.id, now=now) is not None
    mail_sent(session, mail.id, now=now, server_reply="250 ok")
    session.flush()
    return inquiry


def wrote(session: Session, inquiry: Inquiry, *, now: datetime, words: str = "Zu Ihrer Anfrage") -> int:
    """The practice answers by mail; returns the mail's id."""
    filed = receive(session, parse_mail(reply(words, sender="x@web.example")), now=now)
    assign(session, filed.incoming_id, inquiry.id, now=now)
    session.flush()
    return filed.incoming_id


def confirmed(
    session: Session,
    incoming_id: int,
    inquiry: Inquiry,
    answers: Sequence[ItemStatus | None],
    *,
    now: datetime,
    capacity: CapacityNote | None = None,
) -> None:
    """A person confirms an answer for each position, or none."""
    decided = [
        Decision(item.id, answer) for item, answer in zip(items(session, inquiry), answers, strict=False) if answer
    ]
    confirm_answers(session, incoming_id, decided, now=now, capacity=capacity)
    session.flush()
