"""Minutes on the phone, by day and practice: what the evidence and the office's week count with."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.weektime import BERLIN

LONGEST = timedelta(hours=2)  # a result entered later than that was forgotten; the call was over before

# full minutes, each call rounded up; a call noted afterwards has none
_MINUTES = """
SELECT (c.started_at AT TIME ZONE 'Europe/Berlin')::date AS day, c.therapist_id,
       trim(t.title || ' ' || t.first_name || ' ' || t.last_name) AS practice, count(*) AS calls,
       count(*) FILTER (WHERE c.status IN ('reached', 'callback_due')) AS reached,
       sum(ceil(extract(epoch FROM least(c.ended_at - c.started_at, cast(:longest AS interval))) / 60))::int AS minutes
FROM communication_service.phone_call c
JOIN therapist_service.therapist t ON t.id = c.therapist_id
LEFT JOIN platform.person p ON p.id = c.person_id
WHERE c.started_at >= :since AND c.ended_at IS NOT NULL AND {whose}
GROUP BY 1, 2, 3 ORDER BY 1 DESC, minutes DESC, practice
"""


@dataclass(frozen=True, slots=True)
class CallMinutes:
    """The calls of one day to one practice."""

    day: date
    therapist_id: int
    practice: str
    calls: int
    reached: int
    minutes: int


def call_minutes(session: Session, *, now: datetime, days: int = 14, mine: bool = False) -> tuple[CallMinutes, ...]:
    """The calls of today and the days before, newest first; of everybody or (`mine`) of the person logged in."""
    first = now.astimezone(BERLIN).date() - timedelta(days=days - 1)
    whose = "p.role_name = session_user" if mine else "true"
    rows = session.execute(
        text(_MINUTES.format(whose=whose)), {"since": datetime.combine(first, time(0), BERLIN), "longest": LONGEST}
    )
    return tuple(CallMinutes(*row) for row in rows)


def minutes_today(session: Session, *, now: datetime) -> int:
    """Minutes the person logged in spoke on the phone today."""
    return sum(row.minutes for row in call_minutes(session, now=now, days=1, mine=True))
