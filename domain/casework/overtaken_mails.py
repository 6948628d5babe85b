"""Mails that have not left the office when an answer overtakes them.

A withdrawal of somebody the practice answers about all the same, thanks for a place that is said off again.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.casework.letters import compose
from domain.casework.printed_letters import rewrite_withdrawal
from domain.communication.last_look import NOBODY_WAITS
from domain.communication.mails import cancel_mail, named_in, rewrite, still_here, stop
from domain.communication.models import Email
from domain.matching.inquiries import items_of
from domain.matching.models import Inquiry, InquiryItem
from domain.matching.states import OPEN_ITEM, InquiryStage, ItemStatus
from domain.weektime import office_day

OVERTAKEN = ("withdrawal", "surplus")
ANSWERED = "stopped.answered"
# how somebody stands at a practice that a waiting mail or letter of this kind tells of them
TOLD: dict[str, frozenset[ItemStatus]] = {
    "inquiry": OPEN_ITEM,
    "reminder": OPEN_ITEM,
    "withdrawal": frozenset({ItemStatus.WITHDRAWN, ItemStatus.MATCHED_ELSEWHERE}),
    "surplus": frozenset({ItemStatus.ACCEPTED_SURPLUS}),
}


def take_out_of_waiting(session: Session, inquiry: Inquiry, answered: InquiryItem, *, now: datetime) -> None:
    """Whom a practice answered about is left out of what waits there, or all of it is dropped.

    Else it would read "nothing more to do" after it was thanked for a place. On paper as by mail.
    """
    session.flush()
    items = items_of(session, inquiry.id)
    mails = session.scalars(
        select(Email)
        .where(Email.inquiry_id == inquiry.id, Email.kind.in_(OVERTAKEN), still_here())
        .order_by(Email.id)
        .with_for_update(key_share=True)
    ).all()
    for mail in mails:
        named = named_in(session, mail.id)
        if answered.id not in named:
            continue
        left = [item for item in items if item.id in named - {answered.id}]
        if left:
            letter = compose(session, mail.kind, inquiry, left, today=office_day(now))
            rewrite(session, mail, letter, item_ids=[item.id for item in left])
        else:
            cancel_mail(session, mail.id)
    rewrite_withdrawal(session, inquiry, items, without=answered.id, now=now)


def follow_answers(session: Session, mail: Email, *, now: datetime) -> None:
    """A mail that may have left, and did not, is about whom the practice did not answer about meanwhile, or stopped.

    So is one that takes back what did not leave after all.
    """
    if mail.kind not in OVERTAKEN or mail.inquiry_id is None:
        return
    session.flush()
    named = named_in(session, mail.id)
    inquiry = session.get_one(Inquiry, mail.inquiry_id)
    if inquiry.stage == InquiryStage.CANCELLED:
        stop(session, mail, NOBODY_WAITS)
        mail.stop_seen_at = now
        return
    about = [item for item in items_of(session, inquiry.id) if item.id in named]
    left = [item for item in about if ItemStatus(item.status) in TOLD[mail.kind]]
    if named and not left:
        stop(session, mail, ANSWERED)
        mail.stop_seen_at = now
    elif len(left) < len(about):
        letter = compose(session, mail.kind, inquiry, left, today=office_day(now))
        rewrite(session, mail, letter, item_ids=[item.id for item in left])
