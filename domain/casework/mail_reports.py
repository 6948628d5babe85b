"""What became of a mail, and what it means for the inquiry it carries: reported by the worker or said by a person."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.casework.release import UNSENT, follow_what_changed, stop_if_moot, stop_unsent
from domain.communication import claiming, outcomes, resending
from domain.communication.calls import cancel_calls
from domain.communication.last_look import ASKING, NO_ADDRESS, NOBODY_WAITS, PRACTICE_CLOSED, look
from domain.communication.mails import stop
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

# why an inquiry ended whose first letter was stopped, in the words of `release`
STOP_REASONS = {NOBODY_WAITS: "nobody_waits", PRACTICE_CLOSED: "therapist_closed", NO_ADDRESS: "no_address"}


def take_mail(
    session: Session, email_id: int, *, now: datetime, without_account: bool = True
) -> claiming.Outgoing | None:
    """The worker takes a mail (`claiming.claim`); where the last look stops a first letter, its inquiry stops, too."""
    _lock_inquiry_first(session, email_id)
    mail = claiming.claim(session, email_id, now=now, without_account=without_account)
    if mail is None and (email := session.get(Email, email_id)) is not None:
        _follow_stop(session, email, now=now)
    return mail


def look_before_by_hand(session: Session, email_id: int, *, now: datetime) -> str:
    """A person is about to send a waiting mail with their own program: the same last look as the worker's.

    The mail gets the address of now; returns why it was stopped instead (``stopped.…``), else nothing.
    """
    _lock_inquiry_first(session, email_id)
    email = load_for_edit(session, Email, email_id)
    if email.status != EmailStatus.QUEUED:
        return ""
    found = look(session, email, now=now)
    if not found.stopped:
        email.to_address = found.address
        return ""
    stop(session, email, found.stopped)
    email.stop_seen_at = now
    _follow_stop(session, email, now=now)
    return found.stopped


def mail_sent(session: Session, email_id: int, *, now: datetime, server_reply: str) -> None:
    """The worker's report: the server took the mail."""
    _lock_inquiry_first(session, email_id)
    email = outcomes.note_sent(session, email_id, now=now, server_reply=server_reply)
    if email is not None:
        _inquiry_sent(session, email, now=now)


def sent_by_hand(session: Session, email_id: int, *, now: datetime, version: int | None = None) -> None:
    """A person sent a waiting mail with their own mail program: clocks run as after the worker's report."""
    _lock_inquiry_first(session, email_id)
    claiming.send_by_hand(session, email_id, now=now, version=version)
    email = outcomes.note_sent(session, email_id, now=now, server_reply="", by_hand=True)
    if email is not None:
        _inquiry_sent(session, email, now=now)


def mail_failed(
    session: Session,
    email_id: int,
    *,
    now: datetime,
    failure: str,
    cause: str = "",
    params: outcomes.Params | None = None,
) -> None:
    """The worker's report: the server refused for good. Where nobody reads mail it is as if it had come back."""
    _lock_inquiry_first(session, email_id)
    nobody = cause in NOBODY_THERE
    email = outcomes.note_refused(
        session, email_id, now=now, failure=failure, cause=cause, params=params, nobody_there=nobody
    )
    if email is None:
        return
    inquiry = _first_letter_of(session, email)
    if inquiry is not None and stop_if_moot(session, inquiry, now=now):
        return
    if nobody and inquiry is not None and inquiry.stage == InquiryStage.OUTBOX:
        give_back(session, inquiry, reason="bounced", now=now)
    else:
        _inquiry_failed(session, email, now=now)


def mail_postponed(
    session: Session,
    email_id: int,
    *,
    now: datetime,
    failure: str,
    cause: str = "",
    params: outcomes.Params | None = None,
) -> EmailStatus:
    """The worker's report: not now. After the last attempt the inquiry counts as not sent.

    A first letter whose people were all taken back while it was under way is not tried again.
    """
    _lock_inquiry_first(session, email_id)
    status = outcomes.note_temporary(session, email_id, now=now, failure=failure, cause=cause, params=params)
    email = session.get_one(Email, email_id)
    inquiry = _first_letter_of(session, email)
    if inquiry is not None and stop_if_moot(session, inquiry, now=now):
        return EmailStatus(email.status)
    if status is EmailStatus.FAILED:
        _inquiry_failed(session, email, now=now)
    return status


def decide_unclear(session: Session, email_id: int, *, arrived: bool, now: datetime, version: int | None = None) -> str:
    """A person decides about an unclear mail: it arrived, or it is sent once more under the same Message-ID.

    What is sent once more names only who still waits; without anybody nothing is sent. Returns why it was stopped
    (``stopped.…``), else nothing.
    """
    _lock_inquiry_first(session, email_id)
    email = resending.decide_unclear(session, email_id, arrived=arrived, now=now, version=version)
    if arrived:
        _inquiry_sent(session, email, now=now)
        return ""
    _follow_stop(session, email, now=now)
    if email.status == EmailStatus.QUEUED and email.inquiry_id is not None and email.kind in ASKING:
        session.flush()
        follow_what_changed(session, session.get_one(Inquiry, email.inquiry_id), now=now)
    return _why_stopped(email)


def prove_sent(session: Session, email_id: int, *, now: datetime) -> None:
    """Somebody answered a mail: an unclear one arrived."""
    _lock_inquiry_first(session, email_id)
    if load_for_edit(session, Email, email_id).status == EmailStatus.UNCLEAR:
        _inquiry_sent(session, resending.decide_unclear(session, email_id, arrived=True, now=now), now=now)


def found_among_sent(session: Session, email_id: int, *, now: datetime) -> None:
    """The server has an unclear mail among the sent ones: it left. One that somebody settled meanwhile stays."""
    _lock_inquiry_first(session, email_id)
    if load_for_edit(session, Email, email_id).status == EmailStatus.UNCLEAR:
        email = resending.decide_unclear(session, email_id, arrived=True, now=now)
        email.copied_at = now
        _inquiry_sent(session, email, now=now)


def retry_failed(session: Session, email_id: int, *, now: datetime, version: int | None = None) -> str:
    """Send a failed mail again after its cause was mended: to whoever still waits, or not at all.

    Returns why it was stopped instead (``stopped.…``), else nothing.
    """
    _lock_inquiry_first(session, email_id)
    email = load_for_edit(session, Email, email_id, version)
    inquiry = _first_letter_of(session, email)
    if email.inquiry_id is not None and email.kind in ASKING and email.status == EmailStatus.FAILED:
        follow_what_changed(session, session.get_one(Inquiry, email.inquiry_id), now=now)
        session.flush()
        if email.status == EmailStatus.CANCELLED:
            return NOBODY_WAITS
    resending.retry_failed(session, email_id, now=now)
    _follow_stop(session, email, now=now)
    if email.status == EmailStatus.QUEUED and inquiry is not None and inquiry.stage == InquiryStage.SEND_FAILED:
        move_inquiry(session, inquiry, InquiryStage.OUTBOX, now=now)
    return _why_stopped(email)


def note_bounce(session: Session, email_id: int, *, now: datetime) -> None:
    """The address does not exist: the patients go back to the pool, the contact point does not cool down."""
    _lock_inquiry_first(session, email_id)
    email = load_for_edit(session, Email, email_id)
    outcomes.note_bounced(session, email, hard=True)
    inquiry = _first_letter_of(session, email)
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
    """The inquiry reached nobody it was meant for: who waits in it goes back to the pool, nothing cools down."""
    items = items_of(session, inquiry.id, lock=True)
    move_inquiry(session, inquiry, InquiryStage.BOUNCED, now=now, reason=reason)
    cancel_calls(session, inquiry.id, reason=reason)
    for item in items:
        if ItemStatus(item.status) in OPEN_ITEM:
            set_item(session, item, ItemStatus.WITHDRAWN, now=now, note=reason)


def _lock_inquiry_first(session: Session, email_id: int) -> None:
    """Inquiry before mail, as everybody else locks them."""
    inquiry_id = session.scalar(select(Email.inquiry_id).where(Email.id == email_id))
    if inquiry_id is not None:
        load_for_edit(session, Inquiry, inquiry_id)


def _first_letter_of(session: Session, email: Email) -> Inquiry | None:
    if email.kind != "inquiry" or email.inquiry_id is None:
        return None
    return load_for_edit(session, Inquiry, email.inquiry_id)


def _inquiry_sent(session: Session, email: Email, *, now: datetime) -> None:
    inquiry = _first_letter_of(session, email)
    if inquiry is not None and inquiry.stage in {InquiryStage.OUTBOX, InquiryStage.SEND_FAILED}:
        if inquiry.stage == InquiryStage.SEND_FAILED:
            move_inquiry(session, inquiry, InquiryStage.OUTBOX, now=now)
        move_inquiry(session, inquiry, InquiryStage.SENT, now=now)
        settle(session, inquiry, now=now)  # its patients may have found a place while it was on its way


def _inquiry_failed(session: Session, email: Email, *, now: datetime) -> None:
    inquiry = _first_letter_of(session, email)
    if inquiry is not None and inquiry.stage == InquiryStage.OUTBOX:
        move_inquiry(session, inquiry, InquiryStage.SEND_FAILED, now=now, reason=email.failure_cause or "send_failed")


def _follow_stop(session: Session, email: Email, *, now: datetime) -> None:
    """A first letter that was stopped asks nobody: its inquiry ends before it left the office."""
    why = _why_stopped(email)
    inquiry = _first_letter_of(session, email) if why else None
    if inquiry is not None and inquiry.stage in UNSENT:
        session.flush()
        stop_unsent(session, inquiry, reason=STOP_REASONS.get(why, "mail_stopped"), now=now)


def _why_stopped(email: Email) -> str:
    stopped = email.status == EmailStatus.CANCELLED and email.failure_cause.startswith("stopped.")
    return email.failure_cause if stopped else ""
