"""What a practice answered and nobody has read yet, before it is told something that the answer may make wrong.

The worker puts such a mail off by itself (`taking`); a person who sends it by hand is told, and decides.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.communication.incoming.models import IncomingEmail
from domain.communication.models import Email
from domain.communication.reading.quotes import own_words
from domain.communication.states import READ_FIRST
from domain.errors import Conflict

REPLY_UNREAD = "email.reply_unread"
# that a person's answer to an inquiry (its id goes in) lies here unread: no report of a server, no notice of an absence
ANSWER_UNREAD = """EXISTS (
    SELECT FROM communication_service.incoming_email unread WHERE unread.inquiry_id = {inquiry}
    AND unread.status = 'unread' AND unread.kind = 'reply' AND NOT unread.automatic)"""
FIRST_WORDS = 160  # letters of a reply that are enough to know it by


@dataclass(frozen=True, slots=True)
class UnreadReply:
    """A mail that came in and waits for a reader: who wrote when, and how it begins."""

    incoming_id: int
    sender: str
    received_at: datetime
    first_words: str


def unread_before(session: Session, email_id: int) -> tuple[int, ...]:
    """The ids of the unread replies that hold a mail of ours, oldest first; none where nothing holds it."""
    email = session.get_one(Email, email_id)
    if email.kind not in READ_FIRST or email.inquiry_id is None:
        return ()
    return tuple(
        session.scalars(
            select(IncomingEmail.id)
            .where(
                IncomingEmail.inquiry_id == email.inquiry_id,
                IncomingEmail.status == "unread",
                IncomingEmail.kind != "bounce",
            )
            .order_by(IncomingEmail.received_at, IncomingEmail.id)
        )
    )


def unread_inquiries(session: Session) -> tuple[int, ...]:
    """The ids of the inquiries a practice has answered, and nobody has read it yet."""
    return tuple(
        session.scalars(
            select(IncomingEmail.inquiry_id)
            .where(
                IncomingEmail.inquiry_id.is_not(None),
                IncomingEmail.status == "unread",
                IncomingEmail.kind == "reply",
                IncomingEmail.automatic.is_(False),
            )
            .distinct()
        )
    )


def replies_before(session: Session, email_id: int) -> tuple[UnreadReply, ...]:
    """The same, for a person to know them by."""
    replies = (session.get_one(IncomingEmail, one) for one in unread_before(session, email_id))
    return tuple(
        UnreadReply(one.id, one.from_name or one.from_address, one.received_at, _first_words(one.body_text))
        for one in replies
    )


def refuse_unread(session: Session, email_id: int, *, told: Collection[int]) -> None:
    """Raises Conflict (``email.reply_unread``) while a reply holds the mail that is not among those `told`."""
    new = [number for number in unread_before(session, email_id) if number not in told]
    if new:
        raise Conflict(REPLY_UNREAD, email_id=email_id, incoming_id=new[0])


def _first_words(body: str) -> str:
    """What the sender wrote now, on one line; of a mail that only quotes, its beginning."""
    words = " ".join(" ".join(passage.text for passage in own_words(body)).split()) or " ".join(body.split())
    return words if len(words) <= FIRST_WORDS else words[: FIRST_WORDS - 1].rsplit(" ", 1)[0] + " …"
