"""Mails that have not left the office when an answer overtakes them.

A withdrawal of somebody the practice answers about all the same, thanks for a place that is said off again.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.casework.letters import compose
from domain.casework.printed_letters import rewrite_withdrawal
from domain.casework.waiting_reminders import STILL_HERE
from domain.communication.mails import cancel_mail, named_in, rewrite
from domain.communication.models import Email
from domain.matching.inquiries import items_of
from domain.matching.models import Inquiry, InquiryItem
from domain.weektime import office_day

OVERTAKEN = ("withdrawal", "surplus")


def take_out_of_waiting(session: Session, inquiry: Inquiry, answered: InquiryItem, *, now: datetime) -> None:
    """Whom a practice answered about is left out of what waits there, or all of it is dropped.

    Else it would read "nothing more to do" after it was thanked for a place. On paper as by mail.
    """
    session.flush()
    items = items_of(session, inquiry.id)
    mails = session.scalars(
        select(Email)
        .where(Email.inquiry_id == inquiry.id, Email.kind.in_(OVERTAKEN), Email.status.in_(STILL_HERE))
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
