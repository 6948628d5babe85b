"""A mail came in: it is filed, the mail it answers counts as answered, and a bounce gives the patients back."""

from datetime import datetime

from sqlalchemy.orm import Session

from domain.casework.mail_reports import note_bounce, prove_sent
from domain.communication import outcomes
from domain.communication.incoming.filing import Filed, file_mail
from domain.communication.incoming.parsed import ParsedMail
from domain.errors import Conflict


def receive(session: Session, mail: ParsedMail, *, now: datetime, account_id: int | None = None) -> Filed:
    """File a mail and draw what needs no person's word; the reading of an answer waits for one."""
    filed = file_mail(session, mail, now=now, account_id=account_id)
    answered = filed.belonging.email_id
    if filed.known or answered is None:
        return filed
    if mail.bounce is not None:
        _bounced(session, answered, hard=mail.bounce.hard, now=now)
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
