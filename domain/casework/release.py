"""Taking a patient out of open inquiries: placed elsewhere, consent withdrawn, search ended.

What the practice already has is answered with a polite mail; a mail that has not left the office is written anew for
the others, or never leaves it; planned calls without a patient left are cancelled with the reason.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.casework.letters import compose, queue_letter
from domain.casework.printed_letters import drop_waiting, take_back_on_paper
from domain.casework.waiting_reminders import renew_reminders
from domain.communication.calls import cancel_calls
from domain.communication.last_look import CONSENT_GONE, NO_ADDRESS, NOBODY_WAITS, PRACTICE_CLOSED, RESTRICTED
from domain.communication.mails import STILL_HERE, cancel_mail, may_have_left, named_in, rewrite, still_here, stop
from domain.communication.models import Email
from domain.communication.states import EmailStatus
from domain.editing import load_for_edit
from domain.matching.inquiries import items_of, move_inquiry, set_item, settle
from domain.matching.models import Inquiry, InquiryItem, PlaceSearch
from domain.matching.states import ITEM, LIVE_ACCEPTANCE, OPEN_ITEM, WITH_PRACTICE, InquiryStage, ItemStatus
from domain.therapists.asking import may_be_asked
from domain.therapists.models import Therapist
from domain.values import Channel
from domain.weektime import office_day

OF_A_SEARCH = ("weekly_status", "first_letter")
SEARCH_OVER = "stopped.search_over"
GATHER = timedelta(minutes=10)
# why an inquiry ended whose first letter was stopped
STOP_REASONS = {
    NOBODY_WAITS: "nobody_waits", PRACTICE_CLOSED: "therapist_closed", NO_ADDRESS: "no_address",
    CONSENT_GONE: "consent_withdrawn", RESTRICTED: "restricted",
}  # fmt: skip
UNSENT = frozenset({InquiryStage.DRAFT, InquiryStage.APPROVED, InquiryStage.OUTBOX, InquiryStage.SEND_FAILED})


def lock_inquiries_of(session: Session, search_ids: Sequence[int]) -> None:
    """Lock every inquiry that asks for these searches, in the order of their ids.

    Whoever touches several inquiries locks them here before any of them: two people whose searches share inquiries
    then wait for each other instead of each holding what the other needs. Searches are locked before, items after.
    """
    asked = select(InquiryItem.inquiry_id).where(InquiryItem.search_id.in_(search_ids))
    session.execute(
        select(Inquiry.id).where(Inquiry.id.in_(asked)).order_by(Inquiry.id).with_for_update(key_share=True)
    ).all()


def release_search(
    session: Session, search_id: int, after: ItemStatus, *, reason: str, now: datetime
) -> tuple[int, ...]:
    """Close the items of a search as `matched_elsewhere` or `withdrawn`; returns the inquiries touched.

    An accepted place is nobody's to close here (`placements.give_up_place`).
    """
    lock_inquiries_of(session, [search_id])
    found = session.execute(
        select(InquiryItem.id, InquiryItem.inquiry_id)
        .where(InquiryItem.search_id == search_id, InquiryItem.status.not_in(LIVE_ACCEPTANCE))
        .order_by(InquiryItem.inquiry_id)
    ).all()
    touched = []
    for item_id, inquiry_id in found:
        inquiry = load_for_edit(session, Inquiry, inquiry_id)
        item = load_for_edit(session, InquiryItem, item_id)
        if ItemStatus(item.status) in LIVE_ACCEPTANCE or not ITEM.allows(ItemStatus(item.status), after):
            continue
        touched.append(inquiry_id)
        awaited = ItemStatus(item.status) in OPEN_ITEM
        set_item(session, item, after, now=now, note=reason)
        items = items_of(session, inquiry_id)
        stage = InquiryStage(inquiry.stage)
        if stage in UNSENT and not being_sent(session, inquiry):
            if any(ItemStatus(other.status) in OPEN_ITEM for other in items):
                _leave_out(session, inquiry, item, items, now=now)
            else:
                stop_unsent(session, inquiry, reason=reason, now=now)
        elif stage in UNSENT | WITH_PRACTICE:
            _tell_practice(session, inquiry, item, items, awaited=awaited, reason=reason, now=now)
            settle(session, inquiry, now=now, items=items)
    _stop_status_mail(session, search_id)
    return tuple(touched)


def _stop_status_mail(session: Session, search_id: int) -> None:
    """Nobody is told that their search goes on when it does not, nor written to after taking consent back."""
    patient = select(PlaceSearch.patient_id).where(PlaceSearch.id == search_id).scalar_subquery()
    waiting = select(Email.id).where(
        Email.patient_id == patient,
        Email.kind.in_(OF_A_SEARCH),
        # one that may have left is asked about anew before it goes once more (`mail_reports.follow_resending`)
        still_here(),
    )
    for email_id in session.scalars(waiting.order_by(Email.id).with_for_update(key_share=True)):
        cancel_mail(session, email_id)


def follow_search(session: Session, email: Email, *, now: datetime) -> None:
    """A mail that tells a patient of their search, and waits once more, is stopped where the search is over."""
    if email.kind not in OF_A_SEARCH:
        return
    over = select(func.bool_and(PlaceSearch.closed_at.is_not(None))).where(PlaceSearch.patient_id == email.patient_id)
    if session.scalar(over):
        stop(session, email, SEARCH_OVER)
        email.stop_seen_at = now


def being_sent(session: Session, inquiry: Inquiry) -> bool:
    """Whether the worker or a person has its first mail in hand, or had it and may have sent it: it counts as sent."""
    return _first_may_have_left(_unsent_mails(session, inquiry))


def _first_may_have_left(mails: Sequence[Email]) -> bool:
    return any(mail.kind == "inquiry" and may_have_left(mail) for mail in mails)


def _unsent_mails(session: Session, inquiry: Inquiry) -> list[Email]:
    """Its mails that have not arrived, locked."""
    query = select(Email).where(
        Email.inquiry_id == inquiry.id,
        Email.status.in_((*STILL_HERE, EmailStatus.SENDING, EmailStatus.UNCLEAR)),
    )
    return list(session.scalars(query.with_for_update(key_share=True)))


def _leave_out(
    session: Session, inquiry: Inquiry, gone: InquiryItem, items: list[InquiryItem], *, now: datetime
) -> None:
    """Write the waiting mail or letter anew for those who still look for a place."""
    waiting = [item for item in items if ItemStatus(item.status) in OPEN_ITEM]
    if inquiry.stage == InquiryStage.APPROVED and inquiry.channel == Channel.LETTER:
        take_back_on_paper(session, inquiry, [gone], items, now=now)
    _rewrite_waiting(session, inquiry, waiting, now=now)


def _rewrite_waiting(session: Session, inquiry: Inquiry, waiting: list[InquiryItem], *, now: datetime) -> None:
    for mail in _unsent_mails(session, inquiry):
        if mail.kind == "inquiry":
            letter = compose(session, "inquiry", inquiry, waiting, today=office_day(now))
            rewrite(session, mail, letter, item_ids=[item.id for item in waiting])


def release_patient(session: Session, patient_id: int, *, reason: str, now: datetime) -> None:
    """Ask nobody any more for a patient: queued mails stop, open inquiries are taken back; a place they have stays."""
    searches = select(PlaceSearch.id).where(PlaceSearch.patient_id == patient_id).order_by(PlaceSearch.id)
    found = session.scalars(searches.with_for_update(key_share=True)).all()
    lock_inquiries_of(session, found)
    for search_id in found:
        release_search(session, search_id, ItemStatus.WITHDRAWN, reason=reason, now=now)


def follow_what_changed(session: Session, inquiry: Inquiry, *, now: datetime) -> None:
    """Before a mail is sent again that may have arrived: it names who still waits, or nothing is sent at all."""
    renew_reminders(session, inquiry, now=now)
    if InquiryStage(inquiry.stage) not in UNSENT or stop_if_moot(session, inquiry, now=now):
        return
    drop_withdrawals(session, inquiry)
    waiting = [item for item in items_of(session, inquiry.id) if ItemStatus(item.status) in OPEN_ITEM]
    _rewrite_waiting(session, inquiry, waiting, now=now)


def names_gone(session: Session, email: Email) -> bool:
    """Whether a mail about an inquiry names somebody for whom nobody looks for a place there any more.

    Of one that is not known to name anybody (the release before wrote it) everybody in the inquiry is meant.
    """
    named = named_in(session, email.id)
    return any(
        ItemStatus(item.status) not in OPEN_ITEM and (item.id in named or not named)
        for item in items_of(session, email.inquiry_id or 0)
    )


def drop_withdrawals(session: Session, inquiry: Inquiry) -> None:
    """The first letter is here after all: there is nothing to take back from a practice that knows of nothing."""
    mails = _unsent_mails(session, inquiry)
    if _first_may_have_left(mails):
        return
    for mail in mails:
        if mail.kind == "withdrawal" and not may_have_left(mail):
            cancel_mail(session, mail.id)


def stop_if_moot(session: Session, inquiry: Inquiry, *, now: datetime) -> str:
    """Stop an inquiry that has not left the office and asks for nobody any more, or nobody it may ask.

    Returns why (``stopped.…``), else nothing. The worker may call this, too: no letter is written here.
    """
    if InquiryStage(inquiry.stage) not in UNSENT:
        return ""
    therapist = session.get_one(Therapist, inquiry.therapist_id)
    asked = may_be_asked(therapist.status, therapist.blocked_until, today=office_day(now))
    if asked and any(ItemStatus(item.status) in OPEN_ITEM for item in items_of(session, inquiry.id)):
        return ""
    why = NOBODY_WAITS if asked else PRACTICE_CLOSED
    session.flush()
    stop_unsent(session, inquiry, reason=STOP_REASONS[why], now=now, told=why)
    return why if inquiry.stage == InquiryStage.CANCELLED else ""


def stop_unsent(session: Session, inquiry: Inquiry, *, reason: str, now: datetime, told: str = "") -> None:
    """Stop an inquiry before it leaves the office: mail, calls and letter dropped, its patients free again.

    Where nobody was asked about its first letter, `told` (``stopped.…``) is why the office hears of it. A mail the
    worker is sending at this moment, or that may have left, cannot be called back; nothing changes then.
    """
    mails = _unsent_mails(session, inquiry)
    if _first_may_have_left(mails):
        return
    for mail in mails:
        if told and mail.kind == "inquiry":
            stop(session, mail, told)
        elif not may_have_left(mail):
            cancel_mail(session, mail.id)
    if inquiry.channel == Channel.LETTER:  # the worker, which stops mails, may not even look at letters
        drop_waiting(session, inquiry.id, "inquiry")
    for item in items_of(session, inquiry.id, lock=True):
        if ItemStatus(item.status) in OPEN_ITEM:
            set_item(session, item, ItemStatus.WITHDRAWN, now=now, note=reason)
    cancel_calls(session, inquiry.id, reason=reason)
    move_inquiry(session, inquiry, InquiryStage.CANCELLED, now=now, reason=reason)


def _tell_practice(
    session: Session,
    inquiry: Inquiry,
    item: InquiryItem,
    items: list[InquiryItem],
    *,
    awaited: bool,
    reason: str,
    now: datetime,
) -> None:
    if not any(ItemStatus(other.status) in OPEN_ITEM for other in items):
        cancel_calls(session, inquiry.id, reason=reason)
    renew_reminders(session, inquiry, now=now)
    if awaited and inquiry.channel == Channel.EMAIL:
        _queue_withdrawal(session, inquiry, item, items, now=now)
    elif awaited and inquiry.channel == Channel.LETTER:
        take_back_on_paper(session, inquiry, [item], items, now=now)


def _queue_withdrawal(
    session: Session, inquiry: Inquiry, item: InquiryItem, items: list[InquiryItem], *, now: datetime
) -> None:
    """One mail for all patients of an inquiry that were placed within the same minutes, instead of one each."""
    waiting = session.scalar(
        select(Email)
        .where(
            Email.inquiry_id == inquiry.id,
            Email.kind == "withdrawal",
            Email.status == EmailStatus.QUEUED,
            Email.exported_at.is_(None),
        )
        .with_for_update(skip_locked=True)
    )
    told = named_in(session, waiting.id) if waiting is not None else frozenset()
    if waiting is None or not told:
        queue_letter(session, "withdrawal", inquiry, [item], now=now, delay=GATHER)
        return
    moot = [other for other in items if other.id == item.id or other.id in told]
    letter = compose(session, "withdrawal", inquiry, moot, today=office_day(now))
    rewrite(session, waiting, letter, item_ids=[other.id for other in moot])
