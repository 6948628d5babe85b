"""How likely somebody answers: learned from calls made, by practice and by weekday and hour of the whole office.

A practice's own share is drawn to the office's at that hour: (WEIGHT × office + reached) / (WEIGHT + attempts), the
mean of a Beta distribution; the office's hour in the same way to FIRST.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.weektime import BERLIN

FIRST = 0.35  # of calls inside published hours, before the office knows better; an assumption, replaced by experience
WEIGHT = 4.0  # how many attempts the assumption counts for
PERIOD = timedelta(days=365)

_COUNT = """
SELECT therapist_id, weekday, hour, attempts, reached FROM communication_service.call_attempts(:since)
"""


@dataclass(frozen=True, slots=True)
class Reachability:
    """Calls to one practice, and what the office knows of each weekday and hour (attempts, reached)."""

    attempts: int
    reached: int
    by_hour: Mapping[tuple[int, int], tuple[int, int]]

    def of_hour(self, moment: datetime) -> tuple[int, int]:
        """The office's calls at this weekday and hour: attempts, reached."""
        local = moment.astimezone(BERLIN)
        return self.by_hour.get((local.isoweekday(), local.hour), (0, 0))

    def at(self, moment: datetime) -> float:
        """The share of attempts at this weekday and hour that reach somebody (0–1)."""
        tried, got = self.of_hour(moment)
        office = (WEIGHT * FIRST + got) / (WEIGHT + tried)
        return (WEIGHT * office + self.reached) / (WEIGHT + self.attempts)


def reachability(session: Session, therapist_ids: Collection[int], *, now: datetime) -> dict[int, Reachability]:
    """What is known of some practices, by id; whoever was never called has the office's share."""
    by_hour: dict[tuple[int, int], tuple[int, int]] = {}
    own: dict[int, tuple[int, int]] = {}
    for row in session.execute(text(_COUNT), {"since": now - PERIOD}):
        tried, got = by_hour.get((row.weekday, row.hour), (0, 0))
        by_hour[row.weekday, row.hour] = (tried + row.attempts, got + row.reached)
        tried, got = own.get(row.therapist_id, (0, 0))
        own[row.therapist_id] = (tried + row.attempts, got + row.reached)
    return {number: Reachability(*own.get(number, (0, 0)), by_hour) for number in therapist_ids}
