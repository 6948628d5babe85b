"""Fetching what came in: each folder from where the last look ended, each mail in a transaction of its own.

A mail counts as fetched in the transaction that files it. A mailbox that was rebuilt (another UIDVALIDITY) is read
again from the start; what is known is recognised by its source.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.casework.receiving import receive
from domain.communication.account_models import MailboxState
from domain.communication.accounts import Account, progress
from domain.communication.incoming.parse import parse_mail
from domain.errors import Forbidden, PlatzlotseError, Unavailable
from sync.mail.imap import Mailbox
from sync.mail.ports import Write

log = logging.getLogger(__name__)


def fetch_new(mailbox: Mailbox, account: Account, *, write: Write, now: Callable[[], datetime]) -> int:
    """File every mail that came in since the last look; returns how many were new.

    A mail that cannot be read is passed over (its number is logged); the mailbox keeps it.
    """
    state = mailbox.select(account.inbox)
    before = write(lambda session: progress(session, account.id, account.inbox))
    last = before.last_uid if before.uidvalidity == state.uidvalidity else 0
    new = 0
    for uid, size in mailbox.sizes_above(last).items():
        source = mailbox.source(uid, size=size)
        new += _file(source, account, uid, state.uidvalidity, write=write, now=now)
    write(lambda session: _note_look(session, account, state.uidvalidity, now=now()))
    return new


def note_trouble(session: Session, account: Account, error: PlatzlotseError, *, now: datetime) -> None:
    """Keep for Verwaltung why a mailbox could not be read."""
    _put(session, account, {"checked_at": now, "trouble": error.code})


def _file(
    source: bytes | None, account: Account, uid: int, uidvalidity: int, *, write: Write, now: Callable[[], datetime]
) -> bool:
    """Whether the mail is new; what one mail does wrong must not keep the others from coming in."""
    moment = now()
    seen: dict[str, object] = {"uidvalidity": uidvalidity, "last_uid": uid, "checked_at": moment, "trouble": ""}
    try:
        # before the transaction, which must not last as long as a large mail takes
        mail = parse_mail(source) if source is not None else None

        def work(session: Session) -> bool:
            new = mail is not None and not receive(session, mail, now=moment, account_id=account.id).known
            _put(session, account, seen)
            return new

        return write(work)
    except (Unavailable, Forbidden):
        raise  # no fault of the mail: it is fetched later
    # whatever a mail brings about, known or not, it is passed over; the next ones are read
    except Exception as exc:
        if isinstance(exc, PlatzlotseError) and exc.params.get("again"):
            raise
        said = exc.code if isinstance(exc, PlatzlotseError) else type(exc).__name__
        log.warning("mail %d of account %d passed over: %s", uid, account.id, said)
    write(lambda session: _put(session, account, seen))
    return False


def _note_look(session: Session, account: Account, uidvalidity: int, *, now: datetime) -> None:
    before = progress(session, account.id, account.inbox)
    values: dict[str, object] = {"checked_at": now, "trouble": ""}
    if before.uidvalidity != uidvalidity:
        values |= {"uidvalidity": uidvalidity, "last_uid": 0}  # rebuilt and empty
    _put(session, account, values)


def _put(session: Session, account: Account, values: dict[str, object]) -> None:
    session.execute(
        insert(MailboxState)
        .values({"account_id": account.id, "folder": account.inbox} | values)
        .on_conflict_do_update(index_elements=["account_id", "folder"], set_=values)
    )
