"""What an attempt means for the mail and for its account, written in one transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from domain.casework import mail_reports
from domain.communication.account_states import note_sending
from domain.communication.claiming import Outgoing
from domain.communication.outcomes import Failure, note_unclear
from domain.communication.server_answers import OF_ACCOUNT
from sync.mail.lines import note_line
from sync.mail.smtp import Delivery, Outcome


def report(session: Session, mail: Outgoing, delivery: Delivery, *, now: datetime) -> None:
    """Write what became of a mail, and how its account's server behaved."""
    failure = Failure(delivery.reply, delivery.cause, delivery.params)
    if delivery.outcome is Outcome.ACCEPTED:
        mail_reports.mail_sent(session, mail.id, now=now, server_reply=delivery.reply)
    elif delivery.outcome is Outcome.REFUSED:
        mail_reports.mail_failed(session, mail.id, now=now, failure=failure)
    elif delivery.outcome is Outcome.UNCLEAR:
        note_unclear(session, mail.id, now=now, failure=failure)
    else:
        mail_reports.mail_postponed(session, mail.id, now=now, failure=failure)
    if mail.account_id is not None and (delivery.reached or delivery.outcome is Outcome.UNREACHABLE):
        # also what the server says politely to every mail: that it wants a login
        of_all = delivery.outcome is Outcome.UNREACHABLE or delivery.cause in OF_ACCOUNT
        trouble = delivery.cause if of_all else ""
        note_line(session, mail.account_id, trouble, now=now)
        note_sending(session, mail.account_id, trouble=trouble, size_limit=delivery.size_limit)
