"""How old what a practice said of its places is. After the office's number of days it wants to be asked again.

A day that is named ("Plätze ab März") counts as said until then: what lies ahead is not stale.
"""

from dataclasses import dataclass
from datetime import date, timedelta

# what the list of therapists can be narrowed to: to be asked again, or one thing that was said
TO_CHECK = "check"
FILTERS = (TO_CHECK, "free", "waiting_list", "full", "list_closed")

STALE = """(t.capacity <> 'unknown' OR t.capacity_note <> '') AND t.status = 'active' AND t.merged_into_id IS NULL
    AND coalesce(greatest(t.capacity_as_of, t.capacity_from), '-infinity'::date)
        + (SELECT o.capacity_stale_days FROM platform.office o WHERE o.id = 1)
        <= (cast(:now AS timestamptz) AT TIME ZONE 'Europe/Berlin')::date"""
CONDITION = f"CASE WHEN cast(:capacity AS text) = '{TO_CHECK}' THEN {STALE} ELSE t.capacity = :capacity END"


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of places: by whom is told elsewhere; `as_of` None where nobody noted the day."""

    capacity: str
    as_of: date | None
    from_day: date | None
    note: str = ""

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was said at all."""
        return self.capacity == "unknown" and not self.note

    def is_stale(self, *, today: date, stale_days: int) -> bool:
        """Whether it wants to be asked again: the same rule as STALE, for one record on the screen."""
        if self.is_nothing:
            return False
        known = [day for day in (self.as_of, self.from_day) if day is not None]
        return not known or max(known) + timedelta(days=stale_days) <= today
