"""An inquiry leaves the office by mail, phone or letter; taken back before, or withdrawn after it left."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from domain.access import me, office
from domain.casework.letters import queue_letter
from domain.casework.printed_letters import take_back_on_paper, write_letter
from domain.casework.release import UNSENT, stop_unsent
from domain.casework.waiting_reminders import renew_reminders
from domain.communication.calls import cancel_calls, plan_call
from domain.communication.mails import refuse_outside
from domain.communication.models import ContactEntry, Email
from domain.communication.queries import mail_of_inquiry
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid
from domain.matching.best_patients import judge
from domain.matching.inquiries import (
    approve,
    items_of,
    move_inquiry,
    set_item,
)
from domain.matching.models import Inquiry
from domain.matching.rules import Rule
from domain.matching.states import OPEN_ITEM, InquiryStage, ItemStatus
from domain.values import Channel

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


def undo_sending(session: Session, inquiry_id: int, *, now: datetime) -> None:
    """Take an inquiry back before its mail left; raises Conflict when it is too late, or a person has it outside."""
    inquiry = load_for_edit(session, Inquiry, inquiry_id)
    if inquiry.stage in UNSENT:
        if (mail := mail_of_inquiry(session, inquiry_id)) is not None:
            refuse_outside(session, session.get_one(Email, mail))
        stop_unsent(session, inquiry, reason="undone", now=now)
    if inquiry.stage != InquiryStage.CANCELLED:
        raise Conflict("inquiry.too_late_to_undo", inquiry_id=inquiry_id)


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
    renew_reminders(session, inquiry, now=now)
    if inquiry.channel == Channel.EMAIL:
        queue_letter(session, "withdrawal", inquiry, open_items, now=now)
    elif inquiry.channel == Channel.LETTER:
        take_back_on_paper(session, inquiry, open_items, items_of(session, inquiry_id), now=now)
