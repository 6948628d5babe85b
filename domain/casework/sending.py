"""Sending an inquiry by mail, phone or letter; reminding; and what the worker's report means for it."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import events
from domain.access import me, office
from domain.casework.letters import queue_letter
from domain.casework.printed_letters import drop_waiting, has_waiting, take_back_on_paper, write_letter
from domain.casework.release import UNSENT, follow_what_changed, stop_unsent
from domain.communication import mails, outcomes
from domain.communication.calls import cancel_call, cancel_calls, plan_call, postpone_calls
from domain.communication.contacts import OPEN_CALLS
from domain.communication.last_look import ASKING
from domain.communication.letter_models import PrintedLetter
from domain.communication.models import ContactEntry, Email, PhoneCall
from domain.communication.numbers import number_of
from domain.communication.queries import mail_of_inquiry
from domain.communication.server_answers import NOBODY_THERE
from domain.communication.states import EmailStatus
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid
from domain.matching.best_patients import judge
from domain.matching.inquiries import (
    approve,
    current_state,
    items_of,
    move_inquiry,
    note_out_of_office,
    note_reminder,
    set_item,
    settle,
)
from domain.matching.models import Inquiry
from domain.matching.rules import Rule
from domain.matching.states import INQUIRY, OPEN_ITEM, InquiryStage, InquiryState, ItemStatus
from domain.therapists.models import Therapist
from domain.values import Channel
from domain.weektime import BERLIN

# These may have changed between drafting and sending and stop the mail; the others were a person's choice.
CHECKED_AT_SENDING = frozenset({Rule.SEARCH_ACTIVE, Rule.CONSENT, Rule.THERAPIST_ACTIVE, Rule.ANSWERED_UNSUITABLE})


def send_inquiry(
    session: Session,
    inquiry_id: int,
    *,
    now: datetime,
    version: int | None = None,
    just_judged: bool = False,
    call_on: date | None = None,
    send_at: datetime | None = None,
) -> int | None:
    """Release a draft: queue its mail, plan its call, or write the letter, which counts as sent once it is printed.

    Returns the id of the mail or of the call. The mail waits for the office's undo window. Raises Invalid when
    a consent, a search or the therapist no longer allows it; `just_judged` says that this transaction asked already.
    A call is planned for `call_on` or the next window after it; a mail leaves at `send_at`, not before.
    """
    inquiry = load_for_edit(session, Inquiry, inquiry_id, version)
    if inquiry.stage == InquiryStage.DRAFT:
        approve(session, inquiry_id, now=now)
    if not just_judged:
        _refuse_changed(session, inquiry, now=now)
    if inquiry.channel == Channel.PHONE:
        return plan_call(session, inquiry.therapist_id, now=now, inquiry_id=inquiry.id, on=call_on)
    if inquiry.channel == Channel.LETTER:
        write_letter(session, "inquiry", inquiry, items_of(session, inquiry.id), now=now)
        return None
    move_inquiry(session, inquiry, InquiryStage.OUTBOX, now=now)
    delay = timedelta(seconds=office(session).undo_seconds)
    if send_at is not None:
        delay = max(delay, send_at - now)
    return queue_letter(session, "inquiry", inquiry, items_of(session, inquiry.id), now=now, delay=delay)


def _refuse_changed(session: Session, inquiry: Inquiry, *, now: datetime) -> None:
    search_ids = [item.search_id for item in items_of(session, inquiry.id)]
    for candidate in judge(session, therapist_id=inquiry.therapist_id, search_ids=search_ids, now=now):
        if changed := CHECKED_AT_SENDING.intersection(candidate.broken):
            rules = sorted(rule.value for rule in changed)
            raise Invalid("inquiry.rule_broken", patient=candidate.name, rules=rules)


def mark_sent(session: Session, inquiry_id: int, *, now: datetime, subject: str = "") -> None:
    """The inquiry reached the practice (server took the mail, call was made, letter printed): clocks run."""
    inquiry = load_for_edit(session, Inquiry, inquiry_id)
    move_inquiry(session, inquiry, InquiryStage.SENT, now=now)
    if inquiry.channel != Channel.EMAIL:
        session.add(
            ContactEntry(
                at=now, channel=inquiry.channel, direction="out", kind="inquiry", inquiry_id=inquiry.id,
                therapist_id=inquiry.therapist_id, person_id=me(session).id, body=subject,
            )
        )  # fmt: skip


def mail_sent(session: Session, email_id: int, *, now: datetime, server_reply: str) -> None:
    """The worker's report: the server took the mail."""
    _lock_inquiry_first(session, email_id)
    email = outcomes.note_sent(session, email_id, now=now, server_reply=server_reply)
    if email is not None:
        _inquiry_sent(session, email, now=now)


def sent_by_hand(session: Session, email_id: int, *, now: datetime, version: int | None = None) -> None:
    """A person sent a waiting mail with their own mail program: clocks run as after the worker's report."""
    _lock_inquiry_first(session, email_id)
    mails.send_by_hand(session, email_id, now=now, version=version)
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
    """The worker's report: not now. After the last attempt the inquiry counts as not sent."""
    _lock_inquiry_first(session, email_id)
    status = outcomes.note_temporary(session, email_id, now=now, failure=failure, cause=cause, params=params)
    if status is EmailStatus.FAILED:
        _inquiry_failed(session, session.get_one(Email, email_id), now=now)
    return status


def decide_unclear(
    session: Session, email_id: int, *, arrived: bool, now: datetime, version: int | None = None
) -> None:
    """A person decides about an unclear mail: it arrived, or it is sent once more under the same Message-ID.

    What is sent once more names only who still waits; without anybody nothing is sent.
    """
    _lock_inquiry_first(session, email_id)
    email = mails.decide_unclear(session, email_id, arrived=arrived, now=now, version=version)
    if arrived:
        _inquiry_sent(session, email, now=now)
    elif email.inquiry_id is not None and email.kind in ASKING:
        session.flush()
        follow_what_changed(session, session.get_one(Inquiry, email.inquiry_id), now=now)


def prove_sent(session: Session, email_id: int, *, now: datetime) -> None:
    """Somebody answered a mail: an unclear one arrived."""
    _lock_inquiry_first(session, email_id)
    if load_for_edit(session, Email, email_id).status == EmailStatus.UNCLEAR:
        _inquiry_sent(session, mails.decide_unclear(session, email_id, arrived=True, now=now), now=now)


def found_among_sent(session: Session, email_id: int, *, now: datetime) -> None:
    """The server has an unclear mail among the sent ones: it left. One that somebody settled meanwhile stays."""
    _lock_inquiry_first(session, email_id)
    if load_for_edit(session, Email, email_id).status == EmailStatus.UNCLEAR:
        email = mails.decide_unclear(session, email_id, arrived=True, now=now)
        email.copied_at = now
        _inquiry_sent(session, email, now=now)


def retry_failed(session: Session, email_id: int, *, now: datetime, version: int | None = None) -> None:
    """Send a failed mail again after its cause was mended."""
    _lock_inquiry_first(session, email_id)
    mails.retry_failed(session, email_id, now=now, version=version)
    inquiry = _first_letter_of(session, session.get_one(Email, email_id))
    if inquiry is not None and inquiry.stage == InquiryStage.SEND_FAILED:
        move_inquiry(session, inquiry, InquiryStage.OUTBOX, now=now)


def undo_sending(session: Session, inquiry_id: int, *, now: datetime) -> None:
    """Take an inquiry back before its mail left; raises Conflict when it is too late."""
    inquiry = load_for_edit(session, Inquiry, inquiry_id)
    if inquiry.stage in UNSENT:
        stop_unsent(session, inquiry, reason="undone", now=now)
    if inquiry.stage != InquiryStage.CANCELLED:
        raise Conflict("inquiry.too_late_to_undo", inquiry_id=inquiry_id)


def remind(
    session: Session,
    inquiry_id: int,
    *,
    now: datetime,
    by_phone: bool = False,
    delay: timedelta = timedelta(0),
) -> int | None:
    """Follow up: by a mail where the inquiry went by mail, else (or `by_phone`) by a planned call; returns its id.

    A practice whose address is gone is called, one without a telephone gets a letter, which counts as a reminder once
    it is printed. A mail waits for `delay`. Works again and again, for inquiries made by phone too; a call that is
    still to come is not planned twice, nor a letter written while one waits for the printer.
    Raises Invalid where the practice may not be asked any more.
    """
    inquiry = load_for_edit(session, Inquiry, inquiry_id)
    therapist = session.get_one(Therapist, inquiry.therapist_id)
    if therapist.status != "active":
        raise Invalid("inquiry.practice_closed", inquiry_id=inquiry_id)
    items = items_of(session, inquiry_id)
    open_items = [item for item in items if ItemStatus(item.status) in OPEN_ITEM]
    by_mail = inquiry.channel == Channel.EMAIL and bool(therapist.email) and not by_phone
    if not (by_mail or by_phone or number_of(session, inquiry.therapist_id)):
        INQUIRY.check(current_state(session, inquiry, items), InquiryState.REMINDED)
        if not open_items or has_waiting(session, inquiry_id, "reminder"):
            return None
        return write_letter(session, "reminder", inquiry, open_items, now=now).id
    note_reminder(session, inquiry_id, now=now)
    if by_mail:
        return queue_letter(session, "reminder", inquiry, open_items, now=now, delay=delay)
    midnight = now.astimezone(BERLIN).replace(hour=0, minute=0, second=0, microsecond=0)
    planned = session.scalar(
        select(PhoneCall.id).where(
            PhoneCall.inquiry_id == inquiry_id, PhoneCall.status.in_(OPEN_CALLS), PhoneCall.planned_at >= midnight
        )
    )
    return planned or plan_call(session, inquiry.therapist_id, now=now, inquiry_id=inquiry.id)


def due_for_reminder(session: Session, *, now: datetime, inquiry_id: int | None = None) -> tuple[int, ...]:
    """Inquiries whose practice was silent for the office's days (the chase list); of one, whether it is among them."""
    days = office(session).follow_up_days
    query = (
        select(Inquiry.id)
        .join(Therapist, Therapist.id == Inquiry.therapist_id)
        .where(
            Inquiry.stage == InquiryStage.SENT,
            Therapist.status == "active",
            func.greatest(Inquiry.clock_started_at, Inquiry.last_reminded_at) <= now - timedelta(days=days),
            Inquiry.id.not_in(
                select(PrintedLetter.inquiry_id).where(
                    PrintedLetter.kind == "reminder", PrintedLetter.printed_at.is_(None)
                )
            ),
        )
        .order_by(Inquiry.id)
    )
    return tuple(session.scalars(query if inquiry_id is None else query.where(Inquiry.id == inquiry_id)))


def take_reminder_back(
    session: Session,
    inquiry_id: int,
    email_id: int | None,
    *,
    at: datetime,
    before: datetime | None,
    call_id: int | None = None,
) -> None:
    """A reminder made at a time that did not leave the office never was one: its mail, call or letter is dropped."""
    inquiry = load_for_edit(session, Inquiry, inquiry_id)
    if email_id is None and drop_waiting(session, inquiry_id, "reminder"):
        events.record(session, "inquiry.reminder_taken_back", inquiry.id)
        return  # it counts only once it is printed
    if email_id is not None:
        mails.cancel_mail(session, email_id)
    elif call_id is not None:
        cancel_call(session, call_id, reason="undone")
    inquiry.reminders = max(0, inquiry.reminders - 1)
    if inquiry.last_reminded_at == at:
        inquiry.last_reminded_at = before
    events.record(session, "inquiry.reminder_taken_back", inquiry.id)


def note_absence(session: Session, inquiry_id: int, *, until: date, now: datetime, version: int | None = None) -> None:
    """The practice is away: its clocks stand still, and nobody calls it before. Raises as `note_out_of_office`."""
    note_out_of_office(session, inquiry_id, until=until, now=now, version=version)
    session.flush()
    postpone_calls(session, inquiry_id, now=now)


def withdraw_inquiry(
    session: Session, inquiry_id: int, *, reason: str, now: datetime, version: int | None = None
) -> None:
    """Take a sent inquiry back with a polite mail or letter; the patients still waiting are free again."""
    if not reason.strip():
        raise Invalid("inquiry.reason_missing", field="reason")
    inquiry = load_for_edit(session, Inquiry, inquiry_id, version)
    open_items = [i for i in items_of(session, inquiry_id, lock=True) if ItemStatus(i.status) in OPEN_ITEM]
    move_inquiry(session, inquiry, InquiryStage.WITHDRAWN, now=now, reason=reason)
    cancel_calls(session, inquiry_id, reason=reason)
    for item in open_items:
        set_item(session, item, ItemStatus.WITHDRAWN, now=now, note=reason)
    if inquiry.channel == Channel.EMAIL:
        queue_letter(session, "withdrawal", inquiry, open_items, now=now)
    elif inquiry.channel == Channel.LETTER:
        take_back_on_paper(session, inquiry, open_items, items_of(session, inquiry_id), now=now)


def inquiry_bounced(session: Session, inquiry_id: int, *, now: datetime, version: int | None = None) -> None:
    """A person saw that the inquiry's mail came back; raises Invalid when it did not go out by mail."""
    load_for_edit(session, Inquiry, inquiry_id, version)
    email_id = mail_of_inquiry(session, inquiry_id)
    if email_id is None:
        raise Invalid("inquiry.no_mail", inquiry_id=inquiry_id)
    note_bounce(session, email_id, now=now)


def note_bounce(session: Session, email_id: int, *, now: datetime) -> None:
    """The address does not exist: the patients go back to the pool, the contact point does not cool down."""
    _lock_inquiry_first(session, email_id)
    email = load_for_edit(session, Email, email_id)
    outcomes.note_bounced(session, email, hard=True)
    inquiry = _first_letter_of(session, email)
    if inquiry is not None:
        give_back(session, inquiry, reason="bounced", now=now)


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
        move_inquiry(session, inquiry, InquiryStage.SEND_FAILED, now=now, reason=email.failure or email.failure_cause)
