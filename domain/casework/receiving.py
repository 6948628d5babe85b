"""A mail came in: it is filed, the mail it answers counts as answered, and a bounce gives the patients back.

Only a report about the address we wrote to says something of our mail; every other one a person sees, or nobody.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.access import Person, office
from domain.casework.mail_reports import note_bounce, prove_sent
from domain.communication import outcomes
from domain.communication.account_models import MailAccount
from domain.communication.incoming.filing import Filed, file_mail
from domain.communication.incoming.parsed import ParsedMail
from domain.communication.models import Email
from domain.errors import Conflict, Invalid

OLDEST = timedelta(days=3650)  # no office keeps a mail for longer than ten years; an older date is a broken clock


def receive_saved(session: Session, mail: ParsedMail, *, now: datetime) -> Filed:
    """File a mail that was saved as a file: it came when it says it was sent, where that can be true, else now.

    Raises Invalid (``mail.own``) for one the office wrote itself: it names its inquiry, and would pass for an answer.
    """
    if mail.report is None and _is_own(session, mail):
        raise Invalid("mail.own")
    sent_at = mail.sent_at
    plausible = sent_at is not None and now - OLDEST <= sent_at <= now
    return receive(session, mail, now=now, came_at=sent_at if plausible else now)


def is_own_copy(session: Session, mail: ParsedMail) -> bool:
    """Whether it is a mail of ours that lies among those that came: its number and the office's own address."""
    return _has_our_number(session, mail) and _is_from_us(session, mail)


def _is_own(session: Session, mail: ParsedMail) -> bool:
    """Whether it is a mail of ours, or comes from the office's own address."""
    return _has_our_number(session, mail) or _is_from_us(session, mail)


def _has_our_number(session: Session, mail: ParsedMail) -> bool:
    known = select(Email.id).where(Email.message_id == mail.message_id)
    return bool(mail.message_id) and session.scalar(known) is not None


def _is_from_us(session: Session, mail: ParsedMail) -> bool:
    writer = mail.from_address.lower()
    accounts = select(MailAccount.id).where(func.lower(MailAccount.address) == writer)
    colleagues = select(Person.id).where(func.lower(Person.email) == writer)
    return bool(writer) and (
        writer == office(session).email.lower() or session.scalar(accounts.union_all(colleagues).limit(1)) is not None
    )


def receive(
    session: Session,
    mail: ParsedMail,
    *,
    now: datetime,
    account_id: int | None = None,
    came_at: datetime | None = None,
) -> Filed:
    """File a mail and draw what needs no person's word; the reading of an answer waits for one.

    `came_at` is when it came, where that was before now.
    """
    filed = file_mail(session, mail, now=now, account_id=account_id, came_at=came_at)
    answered = filed.belonging.email_id
    if filed.known or answered is None:
        return filed
    if mail.report is not None:
        said = mail.report.of([session.get_one(Email, answered).to_address])
        if said is not None and not said.arrived:
            _bounced(session, answered, hard=said.hard, now=now)
    elif not mail.automatic:
        prove_sent(session, answered, now=now)
        outcomes.note_replied(session, answered)
    return filed


def _bounced(session: Session, email_id: int, *, hard: bool, now: datetime) -> None:
    if not hard:
        outcomes.note_delayed(session, email_id)
        return
    try:
        with session.begin_nested():
            note_bounce(session, email_id, now=now)
    except Conflict:
        # it came back a second time, or after the practice answered all the same: the mail is filed, that is all
        return
