"""Why a mail in the outbox has not left, and until when it waits. Pure.

It says what the rules of `send_times` and `claiming` do, for whoever looks at the outbox.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from domain.access import OfficeSettings
from domain.communication.send_times import next_opening
from domain.communication.states import EmailStatus

Reason = Literal[
    "exported", "first", "held", "reply", "unconfirmed", "undo", "later", "hours", "retry", "limit", "worker",
    "no_account",
]  # fmt: skip
MOMENT = timedelta(seconds=10)  # about how long the worker needs to take a mail whose time has come


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a mail waits for and until when (None: nobody knows).

    `reason`: ``exported`` (a person has it outside), ``first`` (whether the inquiry it takes back arrived is open),
    ``held`` (its batch is paused), ``reply`` (until somebody has read what its practice answered), ``unconfirmed``
    (until who leads the office confirms its account's server), ``undo`` (it can still be taken back), ``later`` (a
    time somebody chose or its batch has), ``hours`` (the office's sending hours), ``retry`` (after an attempt that
    failed), ``limit`` (so many an hour), ``worker`` (it is taken as soon as the worker runs), ``no_account`` (no
    account sends it: the worker's own server does, if it has one, else a person).
    """

    reason: Reason
    until: datetime | None = None


def waiting(
    status: EmailStatus,
    *,
    created_at: datetime,
    not_before: datetime | None,
    undo: timedelta,
    held: bool,
    exported: bool = False,
    first: bool = False,
    unread: bool = False,
    read: bool = False,
    has_account: bool,
    confirmed: bool = True,
    account_limit: int | None,
    settings: OfficeSettings,
    now: datetime,
) -> Waiting | None:
    """What a mail waits for at this moment; None for one that does not wait.

    `undo` is how long after it was written it can be taken back, `account_limit` how many an hour its account sends,
    None without a limit. `first` says that nobody knows yet whether what it takes back left, `unread` that an
    answer of its practice holds it, `read` that one did and is read.
    """
    if status not in {EmailStatus.QUEUED, EmailStatus.RETRY_WAIT}:
        return None
    holding: dict[Reason, bool] = {
        "exported": exported, "held": held, "reply": unread, "first": first, "unconfirmed": not confirmed,
    }  # fmt: skip
    held_by = next((reason for reason, holds in holding.items() if holds), None)
    if held_by is not None:
        return Waiting(held_by)
    due = max(not_before or now, now)
    leaves = next_opening(due, settings)
    if leaves > due or (due > now and _is_opening(due, settings)):
        return Waiting("hours", leaves)
    if due > now and not read:  # one that was put off for an answer is looked at again in a moment
        if status is EmailStatus.RETRY_WAIT:
            return Waiting("retry", due)
        return Waiting("undo" if due <= created_at + undo + MOMENT else "later", due)
    overdue = not_before is not None and not_before < now - MOMENT
    limited = settings.mails_per_hour is not None or account_limit is not None
    return Waiting("no_account" if not has_account else "limit" if overdue and limited else "worker")


def _is_opening(moment: datetime, settings: OfficeSettings) -> bool:
    """Whether sending hours begin at that moment: it was put there by them."""
    return next_opening(moment - timedelta(microseconds=1), settings) == moment
