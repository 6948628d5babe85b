"""Inquiries by telephone for which nobody was ever reached: they end as silent mails do, and block nobody for ever."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.access import office
from domain.editing import load_for_edit
from domain.matching.inquiries import expire, move_inquiry
from domain.matching.models import Inquiry
from domain.matching.states import InquiryStage

LEAST_CALLS = 3  # one mail is an attempt; a practice that was with a patient when it rang was not silent

# not while somebody is on the phone, nor where the practice called back and waits to be called
_UNREACHED = """
    SELECT q.id, tried.since FROM matching_service.inquiry q CROSS JOIN LATERAL (
        SELECT count(*) AS calls, min(c.ended_at) AS since, max(c.ended_at) AS last
        FROM communication_service.phone_call c
        WHERE c.inquiry_id = q.id AND c.ended_at IS NOT NULL
          AND c.status IN ('replanned', 'no_answer', 'busy', 'voicemail_left')) AS tried
    WHERE q.stage = 'approved' AND q.channel = 'phone' AND NOT q.id = ANY(:answered)
      AND tried.calls >= :least AND tried.since <= :before AND tried.last >= :recent
      AND NOT EXISTS (SELECT FROM communication_service.phone_call c WHERE c.inquiry_id = q.id
                      AND (c.status = 'in_progress' OR c.status = 'planned' AND c.phone_tag))
    ORDER BY q.id FOR UPDATE OF q SKIP LOCKED"""


def expire_unreached(session: Session, *, now: datetime, answered: Collection[int]) -> tuple[int, ...]:
    """Close what was called about in vain, the first time the office's days ago (default 21); returns the inquiries.

    Only where the office called lately (within the days after which it follows up): that it did not call is no silence
    of the practice. They count as made on the day of the first call. A practice that calls later may still answer.
    """
    clocks = office(session)
    values = {
        "least": LEAST_CALLS, "answered": list(answered), "before": now - timedelta(days=clocks.expiry_days),
        "recent": now - timedelta(days=clocks.follow_up_days),
    }  # fmt: skip
    session.flush()
    found = session.execute(text(_UNREACHED), values).all()
    for inquiry_id, since in found:
        inquiry = load_for_edit(session, Inquiry, inquiry_id)
        move_inquiry(session, inquiry, InquiryStage.SENT, now=since)
        session.flush()
        expire(session, inquiry, now=now)
    return tuple(inquiry_id for inquiry_id, _ in found)
