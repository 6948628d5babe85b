"""The folder of sent mails: a copy of each of ours, and a witness where it is unclear whether one left.

Found there settles a mail; missing proves nothing, since the copy may have failed (domain.md, email).
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from domain.casework.mail_reports import found_among_sent
from domain.communication.accounts import Account
from domain.communication.copies import MissingCopy, copies_due, note_copied, take_copy, unclear_mails
from domain.communication.mime import build_message
from domain.database import Session
from sync.mail.imap import Mailbox
from sync.mail.ports import Write

log = logging.getLogger(__name__)


def keep_copies(
    mailbox: Mailbox, account: Account, *, write: Write, now: Callable[[], datetime], refused: set[int] | None = None
) -> int:
    """Put every sent mail that has no copy yet into the folder, once; returns how many.

    The line may be gone with one that fails: those that did before (`refused`) come last, so that they keep no other.
    """
    refused = set() if refused is None else refused
    due = write(lambda session: copies_due(session, account.id, now=now()))
    if not due:
        return 0
    mailbox.select(account.sent_folder)
    for copy in sorted(due, key=lambda one: one.mail.id in refused):
        refused.add(copy.mail.id)
        write(partial(_keep, copy=copy, mailbox=mailbox, account=account, now=now()))
        refused.discard(copy.mail.id)
    return len(due)


def _keep(session: Session, *, copy: MissingCopy, mailbox: Mailbox, account: Account, now: datetime) -> None:
    """Copy and note it in one transaction, though it waits for a server.

    It holds no row meanwhile, only the word that this worker copies this mail: that ends with the connection, also
    where the worker is killed, and a lease in a row would need a time after which two copies may lie there.
    """
    if not take_copy(session, copy.mail.id):
        return
    # some servers keep a copy by themselves, and a crash may have come between copying and noting it
    if not mailbox.has_message(copy.mail.message_id):
        message = build_message(copy.mail, sender=account.address, sender_name=account.sender_name, now=copy.sent_at)
        mailbox.append(account.sent_folder, message.as_bytes(), at=copy.sent_at)
    note_copied(session, copy.mail.id, now=now)


def settle_unclear(mailbox: Mailbox, account: Account, *, write: Write, now: Callable[[], datetime]) -> int:
    """Unclear mails found in the folder were sent; returns how many were found."""
    unclear = write(lambda session: unclear_mails(session, account.id))
    if not unclear:
        return 0
    mailbox.select(account.sent_folder)
    found = [number for number, message_id in unclear if mailbox.has_message(message_id)]
    for number in found:
        write(partial(found_among_sent, email_id=number, now=now()))
        log.info("mail %d found among the sent ones", number)
    return len(found)
