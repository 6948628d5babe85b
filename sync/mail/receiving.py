"""Fetching what came in: each folder from where the last look ended, each mail in a transaction of its own.

A mail counts as fetched in the transaction that files it. A mailbox that was rebuilt (another UIDVALIDITY) is read
again from the start; what is known is recognised by its source.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.casework.receiving import receive
from domain.communication.account_models import MailboxState
from domain.communication.accounts import Account, progress
from domain.communication.incoming.parse import parse_mail, read_head
from domain.communication.incoming.parsed import ParsedMail
from domain.communication.incoming.remarks import Remark
from domain.communication.incoming.source import LARGEST
from domain.errors import Forbidden, Invalid, PlatzlotseError, Unavailable
from sync.mail.imap import Fetched, Mailbox
from sync.mail.ports import Write

log = logging.getLogger(__name__)


def fetch_new(mailbox: Mailbox, account: Account, *, write: Write, now: Callable[[], datetime]) -> int:
    """File every mail that came in since the last look; returns how many were new.

    A mail that cannot be read, too, is put before a person, with what its headers say and why.
    """
    state = mailbox.select(account.inbox)
    before = write(lambda session: progress(session, account.id, account.inbox))
    last = before.last_uid if before.uidvalidity == state.uidvalidity else 0
    new = 0
    for uid, size in mailbox.sizes_above(last).items():
        fetched = mailbox.source(uid, size=size)
        new += _file(fetched, account, uid, state.uidvalidity, write=write, now=now)
    write(lambda session: _note_look(session, account, state.uidvalidity, now=now()))
    return new


def note_trouble(session: Session, account: Account, error: PlatzlotseError, *, now: datetime) -> None:
    """Keep for Verwaltung why a mailbox could not be read."""
    _put(session, account, {"checked_at": now, "trouble": error.code})


def _file(
    fetched: Fetched | None, account: Account, uid: int, uidvalidity: int, *, write: Write, now: Callable[[], datetime]
) -> bool:
    """Whether the mail is new; what one mail does wrong must neither keep the others from coming in nor hide it."""
    moment = now()
    seen: dict[str, object] = {"uidvalidity": uidvalidity, "last_uid": uid, "checked_at": moment, "trouble": ""}
    for mail in _readings(fetched) if fetched is not None else ():
        try:
            return write(partial(_receive, mail=mail, account=account, now=moment, seen=seen))
        except (Unavailable, Forbidden):
            raise  # no fault of the mail: it is fetched later
        # whatever a mail brings about, known or not: with less of it there is less that can go wrong
        except Exception as exc:
            if isinstance(exc, PlatzlotseError) and exc.params.get("again"):
                raise
            said = exc.code if isinstance(exc, PlatzlotseError) else type(exc).__name__
            log.warning("mail %d of account %d not filed: %s", uid, account.id, said)
    # it went meanwhile, or nothing of it can be kept
    write(lambda session: _put(session, account, seen))
    return False


def _readings(fetched: Fetched) -> Iterator[ParsedMail]:
    """The mail as it is to be filed; where that fails with a remark and no effect; at last only what its headers say.

    Parsed before the transaction, which must not last as long as a large mail takes.
    """
    failed = Remark("mail.not_filed")
    if fetched.whole:
        try:
            mail = parse_mail(fetched.source)
        except Invalid as exc:
            failed = Remark(exc.code, {name: value for name, value in exc.params.items() if isinstance(value, int)})
        else:
            yield mail
            yield replace(mail, remark=failed)
    else:
        failed = Remark("mail.too_large", {"megabytes": LARGEST // 1024 // 1024})
    yield read_head(fetched.source, size=fetched.size, remark=failed)


def _receive(session: Session, *, mail: ParsedMail, account: Account, now: datetime, seen: dict[str, object]) -> bool:
    new = not receive(session, mail, now=now, account_id=account.id).known
    _put(session, account, seen)
    return new


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
