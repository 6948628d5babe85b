"""What became of a mail, and what it means for the inquiry it carries: reported by the worker or said by a person.

What happens before it leaves stands in `taking`.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from domain.casework.overtaken_mails import follow_answers
from domain.casework.release import (
    UNSENT,
    drop_withdrawals,
    follow_search,
    follow_what_changed,
    names_gone,
    stop_if_moot,
)
from domain.casework.taking import first_letter_of, follow_stop, lock_inquiry_first, why_stopped
from domain.casework.unread_replies import refuse_unread
from domain.communication import claiming, outcomes, resending
from domain.communication.calls import cancel_calls
from domain.communication.last_look import ASKING, look
from domain.communication.mails import STILL_HERE, move
from domain.communication.models import Email
from domain.communication.queries import mail_of_inquiry
from domain.communication.server_answers import NOBODY_THERE
from domain.communication.states import EmailStatus
from domain.editing import load_for_edit
from domain.errors import Invalid
from domain.matching.inquiries import (
    items_of,
    move_inquiry,
    set_item,
    settle,
)
from domain.matching.models import Inquiry
from domain.matching.states import OPEN_ITEM, InquiryStage, ItemStatus

# held for a person: tried again by itself it would name somebody who was taken back
NAMES_GONE = "email.names_gone"


def mail_sent(session: Session, email_id: int, *, now: datetime, server_reply: str) -> None:
    """The worker's report: the server took the mail.

    Also of one whose lease ran out before it was heard (a machine that slept): nobody has to decide about it, and
    where somebody did it is not sent once more.
    """
    lock_inquiry_first(session, email_id)
    email = outcomes.note_sent(session, email_id, now=now, server_reply=server_reply)
    if email is None:
        _arrived(session, email_id, now=now, by_server=True)
    else:
        _inquiry_sent(session, email, now=now)


def sent_by_hand(
    session: Session, email_id: int, *, now: datetime, version: int | None = None, told: Collection[int] = ()
) -> None:
    """A person sent a waiting mail with their own mail program: clocks run as after the worker's report.

    Raises Conflict (``email.reply_unread``) while a reply holds it that nobody has read; `told`: those they know of.
    """
    lock_inquiry_first(session, email_id)
    refuse_unread(session, email_id, told=told)
    _left_by_hand(session, email_id, now=now, version=version)


def _left_by_hand(session: Session, email_id: int, *, now: datetime, version: int | None = None) -> None:
    claiming.send_by_hand(session, email_id, now=now, version=version)
    email = outcomes.note_sent(session, email_id, now=now, server_reply="", by_hand=True)
    if email is not None:
        _inquiry_sent(session, email, now=now)


def mail_failed(session: Session, email_id: int, *, now: datetime, failure: outcomes.Failure) -> None:
    """The worker's report: the server refused for good. Where nobody reads mail it is as if it had come back."""
    lock_inquiry_first(session, email_id)
    nobody = failure.cause in NOBODY_THERE
    email = outcomes.note_refused(session, email_id, now=now, failure=failure, nobody_there=nobody)
    if email is None:
        return
    inquiry = first_letter_of(session, email)
    if inquiry is not None and _ended_meanwhile(session, inquiry, now=now):
        return
    if nobody and inquiry is not None and inquiry.stage == InquiryStage.OUTBOX:
        give_back(session, inquiry, reason="bounced", now=now)
    else:
        _inquiry_failed(session, email, now=now)


def mail_postponed(session: Session, email_id: int, *, now: datetime, failure: outcomes.Failure) -> EmailStatus:
    """The worker's report: not now. After the last attempt the inquiry counts as not sent.

    What changed while it was under way is followed: a first letter whose people were all taken back is not tried again,
    and one that names somebody who was waits for a person, since the worker writes no letters.
    """
    lock_inquiry_first(session, email_id)
    email = load_for_edit(session, Email, email_id)
    asks = email.kind in ASKING and not look(session, email, now=now).stopped
    held = NAMES_GONE if asks and names_gone(session, email) else ""
    status = outcomes.note_temporary(session, email_id, now=now, failure=failure, held=held)
    inquiry = first_letter_of(session, email)
    if inquiry is not None and _ended_meanwhile(session, inquiry, now=now):
        return EmailStatus(email.status)
    if status is EmailStatus.FAILED:
        _inquiry_failed(session, email, now=now)
    return status


def decide_unclear(session: Session, email_id: int, *, arrived: bool, now: datetime, version: int | None = None) -> str:
    """A person decides about an unclear mail: it arrived, or it is sent once more under the same Message-ID.

    What is sent once more names only who still waits; without anybody nothing is sent. Returns why it was stopped
    (``stopped.…``), else nothing.
    """
    lock_inquiry_first(session, email_id)
    email = resending.decide_unclear(session, email_id, arrived=arrived, now=now, version=version)
    if arrived:
        _inquiry_sent(session, email, now=now)
        return ""
    return follow_resending(session, email, now=now)


def prove_sent(session: Session, email_id: int, *, now: datetime) -> None:
    """Somebody answered a mail: an unclear one arrived, one that a person had outside was sent.

    So was one that waits to be sent (once more), whatever was said of it before: it is not sent again.
    """
    lock_inquiry_first(session, email_id)
    _arrived(session, email_id, now=now)


def _arrived(session: Session, email_id: int, *, now: datetime, by_server: bool = False) -> None:
    email = load_for_edit(session, Email, email_id)
    if email.status == EmailStatus.UNCLEAR:
        _inquiry_sent(session, resending.decide_unclear(session, email_id, arrived=True, now=now), now=now)
    elif email.status in STILL_HERE:
        by_hand = not (by_server or outcomes.was_unclear(session, email_id))
        if email.status != EmailStatus.QUEUED:
            move(session, email, EmailStatus.QUEUED)
        _left_by_hand(session, email_id, now=now)
        email.sent_by_hand = by_hand


def found_among_sent(session: Session, email_id: int, *, now: datetime) -> None:
    """The server has an unclear mail among the sent ones: it left. One that somebody settled meanwhile stays."""
    lock_inquiry_first(session, email_id)
    if load_for_edit(session, Email, email_id).status == EmailStatus.UNCLEAR:
        email = resending.decide_unclear(session, email_id, arrived=True, now=now)
        email.copied_at = now
        _inquiry_sent(session, email, now=now)


def retry_failed(session: Session, email_id: int, *, now: datetime, version: int | None = None) -> str:
    """Send a failed mail again after its cause was mended: to whoever still waits, or not at all.

    Returns why it was stopped instead (``stopped.…``), else nothing.
    """
    lock_inquiry_first(session, email_id)
    email = load_for_edit(session, Email, email_id, version)
    if email.failure_cause == NAMES_GONE:  # it is written anew below
        email.failure = email.failure_cause = ""
    resending.retry_failed(session, email_id, now=now)
    stopped = follow_resending(session, email, now=now)
    inquiry = first_letter_of(session, email)
    if not stopped and inquiry is not None and inquiry.stage == InquiryStage.SEND_FAILED:
        move_inquiry(session, inquiry, InquiryStage.OUTBOX, now=now)
    return stopped


def note_bounce(session: Session, email_id: int, *, now: datetime) -> None:
    """The address does not exist: the patients go back to the pool, the contact point does not cool down."""
    lock_inquiry_first(session, email_id)
    email = load_for_edit(session, Email, email_id)
    outcomes.note_bounced(session, email, hard=True)
    inquiry = first_letter_of(session, email)
    if inquiry is not None:
        give_back(session, inquiry, reason="bounced", now=now)


def inquiry_bounced(session: Session, inquiry_id: int, *, now: datetime, version: int | None = None) -> None:
    """A person saw that the inquiry's mail came back; raises Invalid when it did not go out by mail."""
    load_for_edit(session, Inquiry, inquiry_id, version)
    email_id = mail_of_inquiry(session, inquiry_id)
    if email_id is None:
        raise Invalid("inquiry.no_mail", inquiry_id=inquiry_id)
    note_bounce(session, email_id, now=now)


def give_back(session: Session, inquiry: Inquiry, *, reason: str, now: datetime) -> None:
    """The inquiry reached nobody it was meant for: who waits in it goes back to the pool, nothing cools down.

    Nor is anybody taken back there.
    """
    items = items_of(session, inquiry.id, lock=True)
    move_inquiry(session, inquiry, InquiryStage.BOUNCED, now=now, reason=reason)
    cancel_calls(session, inquiry.id, reason=reason)
    for item in items:
        if ItemStatus(item.status) in OPEN_ITEM:
            set_item(session, item, ItemStatus.WITHDRAWN, now=now, note=reason)
    drop_withdrawals(session, inquiry)


def follow_resending(session: Session, email: Email, *, now: datetime) -> str:
    """What may have left, and waits once more, is true of this moment; where it was stopped its inquiry ends.

    It names who still waits, takes back whom the practice did not answer about, tells of a search that goes on. Returns
    why it was stopped.
    """
    follow_stop(session, email, now=now)
    if email.status == EmailStatus.QUEUED and email.inquiry_id is not None and email.kind in ASKING:
        session.flush()
        follow_what_changed(session, session.get_one(Inquiry, email.inquiry_id), now=now)
    elif email.status == EmailStatus.QUEUED:
        follow_answers(session, email, now=now)
        follow_search(session, email, now=now)
    return why_stopped(email)


def _ended_meanwhile(session: Session, inquiry: Inquiry, *, now: datetime) -> bool:
    """The first letter did not leave: whether nobody is asked for, or may be asked, any more; the inquiry then ends."""
    if InquiryStage(inquiry.stage) not in UNSENT:
        return False
    drop_withdrawals(session, inquiry)
    return bool(stop_if_moot(session, inquiry, now=now))


def _inquiry_sent(session: Session, email: Email, *, now: datetime) -> None:
    inquiry = first_letter_of(session, email)
    if inquiry is not None and inquiry.stage in {InquiryStage.OUTBOX, InquiryStage.SEND_FAILED}:
        if inquiry.stage == InquiryStage.SEND_FAILED:
            move_inquiry(session, inquiry, InquiryStage.OUTBOX, now=now)
        move_inquiry(session, inquiry, InquiryStage.SENT, now=now)
        settle(session, inquiry, now=now)  # its patients may have found a place while it was on its way


def _inquiry_failed(session: Session, email: Email, *, now: datetime) -> None:
    inquiry = first_letter_of(session, email)
    if inquiry is not None and inquiry.stage == InquiryStage.OUTBOX:
        move_inquiry(session, inquiry, InquiryStage.SEND_FAILED, now=now, reason=email.failure_cause or "send_failed")
