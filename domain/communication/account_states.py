"""How the accounts are: what the worker last saw of their mailboxes and of their servers' willingness to send."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from domain.communication.account_models import MailAccount, MailboxState, SendingState
from domain.communication.accounts import Account, accounts, default_account_id
from domain.communication.models import HINDERED, Email
from domain.communication.server_answers import CERTIFICATE, NOT_LET_IN, OF_ACCOUNT
from domain.errors import Invalid
from domain.outside import key_of, resting_until

MEGABYTE = 1_000_000
SEEN_AGAIN = timedelta(minutes=5)  # how exact the time of the last sending is
TOLD_AFTER, UNREAD = timedelta(minutes=15), timedelta(days=1)  # after which a mailbox that is not read is told
LOGIN_AGAIN = timedelta(minutes=15)  # after a refused one
RESTING, UNCONFIRMED = "mail_server.resting", "mail_account.unconfirmed"
NOT_LOOKED_AT, COPIES, SENDING = "imap.not_looked_at", "copies:", "sending:"
# base64 in lines of 76 letters: 78 bytes travel for 57
_TRAVELS = 78 / 57
_AROUND = 20_000  # bytes of headers, text and HTML around the files


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account, when its mailbox was last looked at, and the codes of what hinders reading and sending.

    Empty: nothing. `size_limit` is the largest mail its server takes (bytes), None where it never said; `read_at` is
    the last look that went well, `sent_trouble` what hinders copies in the folder of sent mails.
    """

    account: Account
    checked_at: datetime | None
    trouble: str
    sending_trouble: str
    size_limit: int | None
    read_at: datetime | None = None
    sent_trouble: str = ""


@dataclass(frozen=True, slots=True)
class TroubledAccount:
    """An account whose mail does not come in, or does not go out: name, the code of the cause, when it was last read.

    NOT_LOOKED_AT is the cause where nothing is known but that nobody looked; after SENDING it hinders what goes out,
    after COPIES copies only. Never read: None. `server` is host:port.
    """

    account_id: int
    name: str
    cause: str
    since: datetime | None
    server: str


def account_states(session: Session) -> tuple[AccountState, ...]:
    """All accounts with what the worker last said of them."""
    boxes = {(s.account_id, s.folder): s for s in session.scalars(select(MailboxState))}
    sending = {s.account_id: s for s in session.scalars(select(SendingState))}
    found = []
    for one in accounts(session):
        box, sent = boxes.get((one.id, one.inbox)), sending.get(one.id)
        found.append(
            AccountState(
                one,
                box.checked_at if box else None,
                box.trouble if box else "",
                sent.trouble if sent else "",
                sent.size_limit if sent else None,
                box.read_at if box else None,
                box.sent_trouble if box else "",
            )
        )
    return tuple(found)


def troubled_accounts(session: Session, *, now: datetime) -> tuple[TroubledAccount, ...]:
    """Accounts not read for a while (else: whose folder of sent mails takes no copy), and those that keep mails.

    One may be in both. A cause in the way counts after minutes, the worker's silence after a day: it does not work at
    night either.
    """
    found = []
    for state in account_states(session):
        of = state.account
        if not of.active or not of.confirmed:  # one that waits for a supervisor is told as that
            continue
        hindered = of.imap_host and state.trouble and (state.read_at is None or state.read_at < now - TOLD_AFTER)
        unread = of.imap_host and state.checked_at is not None and state.checked_at < now - UNREAD
        reads, sends = f"{of.imap_host}:{of.imap_port}", f"{of.smtp_host}:{of.smtp_port}"
        if hindered or unread:
            cause = state.trouble if hindered else NOT_LOOKED_AT
            found.append(TroubledAccount(of.id, of.name, cause, state.read_at, reads))
        elif of.imap_host and state.sent_trouble:
            found.append(TroubledAccount(of.id, of.name, f"{COPIES}{state.sent_trouble}", None, reads))
        if of.smtp_host and state.sending_trouble and _keeps_mails(session, of.id, now=now):
            found.append(TroubledAccount(of.id, of.name, f"{SENDING}{state.sending_trouble}", None, sends))
    return tuple(found)


def _keeps_mails(session: Session, account_id: int, *, now: datetime) -> bool:
    """Whether a mail that something hinders has waited for an account for a while."""
    waits = exists().where(
        Email.account_id == account_id,
        HINDERED,
        Email.created_at < now - TOLD_AFTER,
    )
    return bool(session.scalar(select(waits)))


def note_sending(session: Session, account_id: int, *, trouble: str, size_limit: int | None) -> None:
    """Keep how an account's server behaved; of one that takes mails it is written only where it says something new.

    By the database's clock, as an account's changes are: the two are compared.
    """
    now = func.clock_timestamp()
    values = {"trouble": trouble, "size_limit": size_limit, "tried_at": now}
    if trouble:
        del values["size_limit"]  # not heard this time
    old = SendingState
    news = or_(old.trouble != "", old.tried_at < now - SEEN_AGAIN, old.size_limit.is_distinct_from(size_limit))
    session.execute(
        insert(SendingState)
        .values(account_id=account_id, **values)
        .on_conflict_do_update(index_elements=["account_id"], set_=values, where=None if trouble else news)
    )


def kept_back(session: Session, account_id: int | None, *, now: datetime) -> tuple[datetime, str] | None:
    """Until when all mails of an account are put off, and the code why: its server rests, or refused the login.

    None where they are tried. A refused login may be tried again by then, and counts until it was let in or the account
    was changed.
    """
    if (until := _resting(session, account_id, now=now)) is not None:
        return until, RESTING
    met = _met(session, account_id)
    return (met[0] + LOGIN_AGAIN, met[1]) if met is not None and met[1] in NOT_LET_IN else None


def in_the_way(session: Session, account_id: int, *, now: datetime) -> str:
    """The code of what lets no mail of an account leave now, put off or tried; empty where nothing is known to."""
    if not session.get_one(MailAccount, account_id).confirmed:
        return UNCONFIRMED
    if _resting(session, account_id, now=now) is not None:
        return RESTING
    met = _met(session, account_id)
    return met[1] if met is not None else ""


def _resting(session: Session, account_id: int | None, *, now: datetime) -> datetime | None:
    of = session.get(MailAccount, account_id) if account_id is not None else None
    if of is None or not of.smtp_host:
        return None
    return resting_until(session, key_of(of.smtp_host, of.smtp_port), now=now)


def _met(session: Session, account_id: int | None) -> tuple[datetime, str] | None:
    """When an account's last mail met what is in the way of them all, since it was changed; by the database's clock."""
    row = session.execute(
        select(SendingState.tried_at, SendingState.trouble)
        .join(MailAccount, MailAccount.id == SendingState.account_id)
        .where(
            SendingState.account_id == account_id,
            MailAccount.smtp_host != "",
            keeps_all_mails(SendingState.trouble),
            SendingState.tried_at > MailAccount.updated_at,
        )
    ).one_or_none()
    return (row[0], row[1]) if row is not None and row[0] is not None else None


def keeps_all_mails(cause: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Condition on the code of a cause: it is of an account's way to its server, and not of one mail."""
    return or_(cause.in_(OF_ACCOUNT), cause.startswith(CERTIFICATE, autoescape=True))


def note_let_in(session: Session, account_id: int) -> None:
    """The way to the server is free by now: what waits for a login or a certificate goes on."""
    session.execute(
        update(SendingState)
        .where(SendingState.account_id == account_id, keeps_all_mails(SendingState.trouble))
        .values(trouble="", tried_at=func.clock_timestamp())
    )


def largest_mail(session: Session, account_id: int | None = None) -> int | None:
    """The largest mail (bytes) that goes out by an account (else the default one): its own limit and its server's.

    None: unknown.
    """
    account_id = account_id if account_id is not None else default_account_id(session)
    row = session.execute(
        select(MailAccount.largest_mb, SendingState.size_limit)
        .outerjoin(SendingState, SendingState.account_id == MailAccount.id)
        .where(MailAccount.id == account_id)
    ).one_or_none()
    limits = [] if row is None else [row[0] * MEGABYTE if row[0] else 0, row[1] or 0]
    return min((limit for limit in limits if limit), default=None)


def travelling(file_bytes: int) -> int:
    """How large a mail with files of so many bytes becomes on its way."""
    return int(file_bytes * _TRAVELS) + _AROUND if file_bytes else 0


def check_size(session: Session, file_bytes: int, *, account_id: int | None = None) -> None:
    """Raises Invalid (email.too_large_to_send) where a mail with such files is known to be refused on its way.

    It goes out by an account, else by the default one.
    """
    limit, size = largest_mail(session, account_id), travelling(file_bytes)
    if limit is not None and size > limit:
        raise Invalid("email.too_large_to_send", size=size, allowed=limit)
