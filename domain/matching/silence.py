"""Since when a practice has been silent about an inquiry: one counts from there to the reminder and to the end.

Who asked to be called again on a day is not silent until that day is over: it was spoken with, and told us when.
"""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.therapists.asking import TODAY_OF_NOW, asked_where

# of a row `q` of matching_service.inquiry
CLOCK = """greatest(q.clock_started_at, (
    SELECT (max(k.callback_on) + 1)::timestamp AT TIME ZONE 'Europe/Berlin' FROM communication_service.phone_call k
    WHERE k.inquiry_id = q.id AND k.status = 'callback_due'))"""
SILENT_SINCE = f"greatest({CLOCK}, q.last_reminded_at)"
# all see that a practice is asked; whom it is asked for, and what is to do about it, their team
OWN = """EXISTS (SELECT FROM matching_service.inquiry_item m JOIN matching_service.place_search s ON s.id = m.search_id
                WHERE m.inquiry_id = q.id)"""
# the chase list (beside `t` of therapist and `o` of office): nothing heard for the office's days since it was sent or
# last reminded, nobody about to call, nothing that waits for the printer or a reader; whoever may not be asked any more
# is not reminded either
CHASE = f"""q.stage = 'sent' AND {OWN} AND {asked_where("t", TODAY_OF_NOW)}
    AND {SILENT_SINCE} + make_interval(days => o.follow_up_days) <= :now
    AND NOT EXISTS (SELECT FROM communication_service.phone_call k WHERE k.inquiry_id = q.id
                    AND (k.status = 'in_progress' OR k.status = 'planned' AND k.planned_at >= :now))
    AND NOT EXISTS (SELECT FROM communication_service.printed_letter w
                    WHERE w.inquiry_id = q.id AND w.kind = 'reminder' AND w.printed_at IS NULL)
    AND NOT EXISTS (SELECT FROM communication_service.incoming_email m
                    WHERE m.inquiry_id = q.id AND m.status = 'unread' AND m.kind <> 'bounce')"""


def silent_since(session: Session, inquiry_id: int) -> datetime | None:
    """Since when one waits for the practice; None of an inquiry that was not made."""
    session.flush()
    query = text(f"SELECT {SILENT_SINCE} FROM matching_service.inquiry q WHERE q.id = :id")
    since: datetime | None = session.scalar(query, {"id": inquiry_id})
    return since
