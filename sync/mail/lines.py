"""What all workers know of a mail server: whether it is asked, kept with the hosts of `domain.outside`.

A server that answers is well, whatever it thinks of a login or a mail: those belong to the account and to the mail. A
mail waits, unclaimed, while its server rests, or lately did not let its account in; a mailbox is looked at after its
watch's own waits, or as soon as a person wants it asked again.
"""

from datetime import datetime, timedelta

from sqlalchemy import and_, false, func, or_, select
from sqlalchemy.orm import Session

from domain.communication.account_models import MailAccount
from domain.communication.account_states import RESTING, in_the_way, keeps_all_mails, kept_back
from domain.communication.accounts import sending_account_id
from domain.communication.models import HINDERED, Email, EmailAttempt
from domain.communication.states import EmailStatus
from domain.outside import OutsideHost, key_of, note_failure, note_success, pause

# whoever hears these met no mail server that works
AWAY = frozenset(
    f"mail_server.{why}" for why in ("connection", "host_unknown", "no_greeting", "no_tls", "refused", "timeout")
)


def put_off_while_resting(session: Session, email_id: int, *, now: datetime) -> bool:
    """Whether a mail waits because its account's server rests, or refused the login; it costs no attempt."""
    account_id = sending_account_id(session, session.scalar(select(Email.account_id).where(Email.id == email_id)))
    kept = kept_back(session, account_id, now=now)
    if kept is None or kept[0] <= now:
        return False
    until, cause = kept
    queued = select(Email).where(Email.id == email_id, Email.status == EmailStatus.QUEUED)
    held = session.scalar(queued.with_for_update(skip_locked=True))
    if held is not None:
        held.not_before, held.failure_cause = until, cause
        held.failure_params = {} if cause == RESTING else {"host": _smtp(session, account_id).rpartition(":")[0]}
    return True


def wake_rested(session: Session, *, now: datetime) -> int:
    """Mails wait no longer for a server that is asked again, by a person or because it answered; returns how many.

    Nor for an account that was changed, or has its way to the server again: a login, a certificate. Whose last attempt
    met nobody there comes again once, however often the server is looked at.
    """
    held = and_(Email.status == EmailStatus.QUEUED, Email.failure_cause == RESTING)
    tried = and_(Email.status == EmailStatus.RETRY_WAIT, Email.failure_cause.in_(AWAY))
    shut_out = keeps_all_mails(Email.failure_cause)
    last = select(func.max(EmailAttempt.at)).where(EmailAttempt.email_id == Email.id).scalar_subquery()
    late = and_(HINDERED, Email.not_before > now)
    woken = 0
    for account_id in session.scalars(
        select(Email.account_id).where(late, or_(held, tried, shut_out)).distinct()
    ).all():
        goes_by = sending_account_id(session, account_id)
        host = session.get(OutsideHost, _smtp(session, goes_by))
        if host is not None and host.retry_at is not None and host.retry_at > now:
            continue
        asked_again = and_(tried, last < host.since) if host is not None and host.state == "closed" else false()
        # without an account nobody notes that nothing is in the way any more: its own waits hold
        let_in = false() if goes_by is None or in_the_way(session, goes_by, now=now) else shut_out
        due = select(Email).where(
            late, Email.account_id.is_not_distinct_from(account_id), or_(held, asked_again, let_in)
        )
        for email in session.scalars(due.with_for_update(skip_locked=True)).all():
            email.not_before = now
            woken += 1
    session.flush()
    return woken


def note_line(session: Session, account_id: int, cause: str, *, now: datetime) -> None:
    """Keep how an account's server behaved; `cause` is the code of what hindered, empty for nothing."""
    key = _smtp(session, account_id)
    if not key:
        return
    if cause in AWAY:
        note_failure(session, key, cause, now=now)
    elif not cause or cause.startswith(("smtp.", "mail_server.")):
        note_success(session, key, now=now)


def note_mailbox(session: Session, host: str, port: int, cause: str, *, wait: timedelta, now: datetime) -> None:
    """Keep how a mailbox's server behaved; the next look is after `wait`."""
    key = key_of(host, port)
    if cause in AWAY:
        note_failure(session, key, cause, now=now)
        pause(session, key, until=now + wait)
    elif not cause or cause.startswith(("imap.", "mail_server.")):
        note_success(session, key, now=now)


def _smtp(session: Session, account_id: int | None) -> str:
    of = session.get(MailAccount, account_id) if account_id is not None else None
    return key_of(of.smtp_host, of.smtp_port) if of is not None and of.smtp_host else ""
