"""Groups: a practice that offers group therapy and the patients open to it who could sit in one together.

A group needs several at once, so that waiting one by one seldom fills it; here they are seen together. All hard rules
hold for each of them, the offered method is one they wish and is offered to their age as a group, and where their
times are known they share a session.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.geocoding.boxes import DEGREES_PER_KM, WIDEST_DEGREES_PER_KM
from domain.matching.facts import SEARCH_FACTS, THERAPIST_FACTS
from domain.matching.rules import GROUP_BITS, RULES
from domain.values import WeekSpan
from domain.weektime import common, from_multirange

SMALLEST, LARGEST = 3, 6  # a group has 3 to 9 members (Psychotherapie-Richtlinie § 11); an inquiry at most 6
SESSION_MINUTES = 100  # a session of group therapy
LOOKED_AT = 300  # the most pressing searches open to groups
SUGGESTED = 40

_TOGETHER = f"""
WITH s AS MATERIALIZED (
    {SEARCH_FACTS} WHERE ps.status = 'active' AND w.group_ok AND p.lat IS NOT NULL
    ORDER BY ps.urgency DESC, ps.waiting_since, ps.id LIMIT {LOOKED_AT}),
t AS MATERIALIZED ({THERAPIST_FACTS} WHERE th.offer_mask & {GROUP_BITS} <> 0 AND th.status <> 'opted_out'
                   AND st.lat IS NOT NULL)
SELECT t.therapist_id, t.contact_point_id, trim(t.title || ' ' || t.first_name || ' ' || t.last_name) AS therapist,
       t.city, s.search_id, trim(s.first_name || ' ' || s.last_name) AS patient, s.urgency, s.waiting_since, s.availability,
       public.distance_km(s.lat, s.lon, t.lat, t.lon) AS distance_km
FROM s JOIN t ON t.lat BETWEEN s.lat - s.radius_km * {DEGREES_PER_KM} AND s.lat + s.radius_km * {DEGREES_PER_KM}
            AND t.lon BETWEEN s.lon - s.radius_km * {WIDEST_DEGREES_PER_KM} AND s.lon + s.radius_km * {WIDEST_DEGREES_PER_KM}
WHERE t.offer_mask & s.method_bits & s.age_bits & {GROUP_BITS} <> 0
  AND {" AND ".join(f"({rule.verdict})" for rule in RULES)}
ORDER BY t.therapist_id, s.urgency DESC, s.waiting_since, s.search_id
"""


@dataclass(frozen=True, slots=True)
class GroupMember:
    """Somebody of a suggested set."""

    search_id: int
    name: str
    urgency: int
    waiting_since: date
    distance_km: float


@dataclass(frozen=True, slots=True)
class GroupSet:
    """A practice with a group and those who could join it; `times` they share (empty: of nobody known)."""

    therapist_id: int
    therapist: str
    city: str
    members: tuple[GroupMember, ...]
    times: tuple[WeekSpan, ...]


def group_sets(session: Session, *, now: datetime, limit: int = SUGGESTED) -> tuple[GroupSet, ...]:
    """Suggested sets, the largest and longest waiting first; a contact point and a patient are in one set only."""
    rows = session.execute(text(_TOGETHER), {"now": now, "today": now.date()}).all()
    by_practice = [list(pairs) for _, pairs in groupby(rows, key=lambda row: row.therapist_id)]
    chosen: list[GroupSet] = []
    taken: set[int] = set()
    asked: set[int] = set()
    while len(chosen) < limit:
        sets = [
            (found, pairs[0].contact_point_id)
            for pairs in by_practice
            if pairs[0].contact_point_id not in asked
            and (found := _largest([row for row in pairs if row.search_id not in taken])) is not None
        ]
        if not sets:
            return tuple(chosen)
        best, point = min(sets, key=lambda one: _rank(one[0], now.date()))
        chosen.append(best)
        asked.add(point)
        taken.update(member.search_id for member in best.members)
        by_practice = [[row for row in pairs if row.search_id not in taken] for pairs in by_practice]
        by_practice = [pairs for pairs in by_practice if len(pairs) >= SMALLEST]
    return tuple(chosen)


def _rank(found: GroupSet, today: date) -> tuple[int, int, int]:
    waited = sum((today - member.waiting_since).days for member in found.members)
    return -len(found.members), -waited, found.therapist_id


def _largest(rows: Sequence[Any]) -> GroupSet | None:
    """The most pressing who share a session; whoever shares none with those before is left out."""
    members: list[Any] = []
    times: tuple[WeekSpan, ...] | None = None
    for row in rows:
        own = from_multirange(row.availability)
        shared = times if own is None else own if times is None else common(times, own, minutes=SESSION_MINUTES)
        if shared == ():
            continue
        members.append(row)
        times = shared
        if len(members) == LARGEST:
            break
    if len(members) < SMALLEST:
        return None
    return GroupSet(
        therapist_id=rows[0].therapist_id,
        therapist=rows[0].therapist,
        city=rows[0].city,
        members=tuple(GroupMember(r.search_id, r.patient, r.urgency, r.waiting_since, r.distance_km) for r in members),
        times=times or (),
    )
