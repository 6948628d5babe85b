"""Fetching what came in: each folder from where the last look ended, each mail in a transaction of its own.

A mail counts as fetched in the transaction that files it. A mailbox that was rebuilt (another UIDVALIDITY) is read
again from the start; what is known is recognised by its source.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.casework.receiving import is_own_copy, receive
from domain.communication.account_models import MailboxState
from domain.communication.accounts import Account, FolderProgress, progress
from domain.communication.incoming.parse import parse_mail, read_head
from domain.communication.incoming.parsed import ParsedMail
from domain.communication.incoming.remarks import Remark
from domain.communication.incoming.source import LARGEST
from domain.errors import Forbidden, Invalid, PlatzlotseError, Unavailable
from sync.mail.imap import Fetched, Mailbox
from sync.mail.ports import Write

log = logging.getLogger(__name__)
GIVEN_UP = 2  # failures on one mail after which its words are not asked for again
ALL_SIZES = 0  # no mail has this UID


def fetch_new(
    mailbox: Mailbox,
    account: Account,
    *,
    write: Write,
    now: Callable[[], datetime],
    failed: dict[int, int] | None = None,
) -> int:
    """File every mail that came in since the last look; returns how many were new.

    A mail that cannot be read, too, is put before a person, with what its headers say and why. `failed` counts over
    the looks which ones the server could not give (0: the sizes of all): one of them must not hold up the others.
    """
    failed = {} if failed is None else failed
    state = mailbox.select(account.inbox)
    before = write(lambda session: progress(session, account.id, account.inbox))
    if before.uidvalidity != state.uidvalidity:
        failed.clear()  # under these numbers lie other mails now
        before = FolderProgress(state.uidvalidity, 0, state.uidnext)
        write(lambda session: _begin(session, account, before))
    uids = mailbox.above(before.last_uid, since=account.reads_from, old_below=before.first_uidnext)
    sizes = _sizes(mailbox, uids, failed)
    new = 0
    for uid in uids:
        fetched = _source(mailbox, uid, sizes, failed)
        new += _file(fetched, account, uid, state.uidvalidity, write=write, now=now)
        failed.pop(uid, None)
    # what was left out is not asked for again
    last = max(before.last_uid, state.uidnext - 1, *uids[-1:])
    write(lambda session: _note_look(session, account, state.uidvalidity, last, now=now()))
    return new


def note_trouble(session: Session, account: Account, error: PlatzlotseError, *, now: datetime) -> None:
    """Keep for Verwaltung and Heute why a mailbox could not be read."""
    _put(session, account, {"checked_at": now, "trouble": error.code})


def note_sent_trouble(session: Session, account: Account, code: str) -> None:
    """Keep what hinders the folder of sent mails; empty where nothing does."""
    _put(session, account, {"sent_trouble": code})


def _sizes(mailbox: Mailbox, uids: Sequence[int], failed: dict[int, int]) -> dict[int, int]:
    """The sizes of all in one question; where that failed before, each is asked for by itself."""
    if failed.get(ALL_SIZES):
        return {}
    try:
        return mailbox.sizes(uids)
    except Unavailable:
        failed[ALL_SIZES] = 1
        raise


def _source(mailbox: Mailbox, uid: int, sizes: dict[int, int], failed: dict[int, int]) -> Fetched | None:
    """A mail; of one that failed twice its headers, and where the server has not even those, that it is there.

    The line may be gone with a failure, so each is raised, and the next look goes on with what was not tried yet.
    """
    if failed.get(uid, 0) < GIVEN_UP:
        try:
            size = sizes.get(uid)
            if size is None:
                size = mailbox.sizes([uid]).get(uid, 0)
            return mailbox.source(uid, size=size)
        except Unavailable:
            failed[uid] = failed.get(uid, 0) + 1
            if failed[uid] < GIVEN_UP:
                raise
    try:
        head = mailbox.head(uid)
    except Unavailable:
        failed[uid] += 1
        if failed[uid] < GIVEN_UP + 2:
            raise
        head = Fetched(b"", 0)
    log.warning("mail %d cannot be given by the server", uid)
    return None if head is None else replace(head, whole=False, refused=True)


def _file(
    fetched: Fetched | None, account: Account, uid: int, uidvalidity: int, *, write: Write, now: Callable[[], datetime]
) -> bool:
    """Whether the mail is new; what one mail does wrong must neither keep the others from coming in nor hide it."""
    moment = now()
    seen: dict[str, object] = {"uidvalidity": uidvalidity, "last_uid": uid, "checked_at": moment, "trouble": ""}
    if fetched is not None and fetched.refused and not fetched.source:
        # known again by where it lies
        fetched = replace(fetched, source=f"X-Not-Given: {account.id}.{uidvalidity}.{uid}\n\n".encode())
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
    elif fetched.refused:
        failed = Remark("mail.not_given")
    else:
        failed = Remark("mail.too_large", {"megabytes": LARGEST // 1024 // 1024})
    yield read_head(fetched.source, size=fetched.size, remark=failed)


def _receive(session: Session, *, mail: ParsedMail, account: Account, now: datetime, seen: dict[str, object]) -> bool:
    # servers put what an office sends into its inbox, too: it names its inquiry, and would pass for an answer
    new = not is_own_copy(session, mail) and not receive(session, mail, now=now, account_id=account.id).known
    _put(session, account, seen)
    return new


def _begin(session: Session, account: Account, at: FolderProgress) -> None:
    """A mailbox that is read for the first time, or was rebuilt: what lies in it now is old."""
    _put(session, account, {"uidvalidity": at.uidvalidity, "last_uid": at.last_uid, "first_uidnext": at.first_uidnext})


def _note_look(session: Session, account: Account, uidvalidity: int, last_uid: int, *, now: datetime) -> None:
    values: dict[str, object] = {"checked_at": now, "read_at": now, "trouble": ""}
    _put(session, account, values | {"uidvalidity": uidvalidity, "last_uid": last_uid})


def _put(session: Session, account: Account, values: dict[str, object]) -> None:
    session.execute(
        insert(MailboxState)
        .values({"account_id": account.id, "folder": account.inbox} | values)
        .on_conflict_do_update(index_elements=["account_id", "folder"], set_=values)
    )
