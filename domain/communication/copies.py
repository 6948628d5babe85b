"""Which sent mails have no copy in their account's folder yet, and which mails are unclear."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from domain.communication.claiming import Outgoing, outgoing
from domain.communication.models import Email
from domain.communication.states import EmailStatus
from domain.editing import load_for_edit

COPIED_WITHIN = timedelta(days=7)  # older ones are not copied after the fact
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class MissingCopy:
    """A mail without a copy, and when it was sent (UTC)."""

    mail: Outgoing
    sent_at: datetime


def copies_due(session: Session, account_id: int, *, now: datetime) -> tuple[MissingCopy, ...]:
    """Sent mails of an account that were not copied, the oldest first.

    Not those whose words were erased since, nor those a person sent: these lie where that person's program put them.
    """
    rows = session.scalars(
        select(Email)
        .where(
            Email.account_id == account_id,
            Email.copied_at.is_(None),
            Email.sent_by_hand.is_(False),
            Email.sent_at > now - COPIED_WITHIN,
            ~func.audit.words_erased("communication_service.email", Email.id),
        )
        .order_by(Email.sent_at, Email.id)
        .limit(AT_ONCE)
    )
    return tuple(MissingCopy(outgoing(session, row), row.sent_at) for row in rows if row.sent_at is not None)


def take_copy(session: Session, email_id: int) -> bool:
    """Whether a mail has no copy yet, and we make it: until this transaction ends no other worker does.

    Nor where its words were erased since it was found due.
    """
    key = f"copy of mail {email_id}"
    if not session.scalar(text("SELECT pg_try_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key}):
        return False
    erased = func.audit.words_erased("communication_service.email", Email.id)
    return bool(session.scalar(select(Email.copied_at.is_(None) & ~erased).where(Email.id == email_id)))


def note_copied(session: Session, email_id: int, *, now: datetime) -> None:
    """The copy is in its folder."""
    load_for_edit(session, Email, email_id).copied_at = now


def unclear_mails(session: Session, account_id: int) -> tuple[tuple[int, str], ...]:
    """Id and Message-ID of an account's unclear mails."""
    rows = session.execute(
        select(Email.id, Email.message_id).where(Email.account_id == account_id, Email.status == EmailStatus.UNCLEAR)
    )
    return tuple((row.id, row.message_id) for row in rows)
