"""What a week can be planned from: open searches, who may be asked now, and the best pairs that pass every rule.

For a whole country judging every pair would take minutes. A k-d tree finds who is near; of those the most promising
(expected answer × closeness) are judged first, and more only where too few passed. The rules judge in the database,
as everywhere.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log1p
from typing import Any

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.access import OfficeSettings, office
from domain.geocoding.earth import EARTH_KM
from domain.matching.expected import COLUMNS, EXPECTED
from domain.matching.facts import SEARCH_FACTS, THERAPIST_FACTS
from domain.matching.rules import RULES
from domain.planning.chance import combined
from domain.planning.model import Arc, Budget, Option, Problem, Seeker, share, weight
from domain.planning.numbers import Floats, Ints

BEST = 30  # arcs a search keeps
LOOKED_AT = (64, 320)  # how many of the most promising are judged before the next look; the last look takes all
CHUNK = 1000  # searches at a time, neighbours together
SLACK_KM = 0.05
OVERDUE_SHARE = 0.1  # of the searches, those waiting longest, whom the plan must not leave out

_SEEKERS = f"""
SELECT s.search_id, s.urgency, s.waiting_since, s.lat, s.lon, s.radius_km,
       ARRAY(SELECT count(*) FROM matching_service.inquiry_item i
             JOIN matching_service.inquiry q ON q.id = i.inquiry_id AND q.closed_at IS NULL
             JOIN matching_service.inquiry_item together ON together.inquiry_id = q.id
             WHERE i.search_id = s.search_id AND i.status IN ('pending', 'needs_info') GROUP BY q.id) AS open_sizes
FROM ({SEARCH_FACTS} WHERE ps.status = 'active') AS s
WHERE s.consent AND s.lat IS NOT NULL
ORDER BY round(s.lat::numeric, 0), s.lon, s.search_id
"""
_ASKABLE = f"""
SELECT x.therapist_id, x.contact_point_id, x.lat, x.lon, x.email, x.phone, x.capacity, x.capacity_as_of, {COLUMNS},
       coalesce((SELECT lift FROM matching_service.answer_rate WHERE dimension = 'channel' AND value = 'phone'), 0)
       AS phone_lift
FROM ({THERAPIST_FACTS}) AS x {EXPECTED}
WHERE x.available AND x.open_inquiry_id IS NULL AND (x.cooling_until IS NULL OR x.cooling_until <= :now)
  AND x.lat IS NOT NULL AND (x.email <> '' OR x.phone <> '') AND NOT x.contact_point_id = ANY (:without)
ORDER BY x.therapist_id
"""
_PASSED = f"""
WITH pairs AS (
    SELECT * FROM unnest(cast(:searches AS bigint[]), cast(:therapists AS bigint[])) WITH ORDINALITY
    AS p (search_id, therapist_id, number)),
s AS MATERIALIZED ({SEARCH_FACTS} WHERE ps.id = ANY (:search_ids)),
t AS MATERIALIZED ({THERAPIST_FACTS} WHERE th.id = ANY (:therapist_ids))
SELECT number FROM pairs JOIN s USING (search_id) JOIN t USING (therapist_id)
WHERE {" AND ".join(f"({rule.verdict})" for rule in RULES)}
"""


@dataclass(frozen=True, slots=True)
class Askable:
    """A therapist who may be asked now; probabilities of an inquiry by mail and by phone (None where not possible)."""

    therapist_id: int
    contact_point_id: int
    lat: float
    lon: float
    mail: float | None
    phone: float | None

    @property
    def best(self) -> float:
        """The better of both."""
        return max(self.mail or 0.0, self.phone or 0.0)


def planning_problem(session: Session, *, now: datetime, budget: Budget, without: Collection[int] = ()) -> Problem:
    """Everything a week is planned from. Contact points in `without` are left out (skipped, or accepted already)."""
    settings = office(session)
    rows = session.execute(text(_SEEKERS), {"now": now, "today": now.date()}).all()
    askable = _askable(session, settings, now=now, without=without)
    return Problem(
        seekers=_seekers(rows, prior=settings.response_prior, now=now),
        options=list(_options(askable, settings)),
        arcs=[
            arc
            for start in range(0, len(rows), CHUNK)
            for arc in _arcs(session, rows[start : start + CHUNK], askable, now)
        ],
        budget=budget,
    )


def _seekers(rows: Sequence[Any], *, prior: float, now: datetime) -> list[Seeker]:
    waits = sorted((row.waiting_since, row.search_id) for row in rows)
    longest = {search_id for _, search_id in waits[: max(1, round(len(waits) * OVERDUE_SHARE))]}
    return [
        Seeker(
            search_id=row.search_id,
            weight=weight(urgency=row.urgency, waited_days=(now.date() - row.waiting_since).days),
            hope=-sum(log1p(-share(prior, size)) for size in row.open_sizes),
            overdue=row.search_id in longest,
        )
        for row in rows
    ]


def _askable(session: Session, settings: OfficeSettings, *, now: datetime, without: Collection[int]) -> list[Askable]:
    params = {"now": now, "today": now.date(), "prior": settings.response_prior, "without": list(without)}

    def mean(row: Any, channel_lift: float) -> float:
        # the weekday is open until the slot is known, so that it does not count here
        return combined(
            settings.response_prior,
            trials=row.trials,
            answered=row.answered,
            successes=row.successes,
            people=row.people,
            answer_shift=row.office_answers + channel_lift,
            person_shift=row.office_places,
            place_shift=row.capacity_shift,
        ).mean

    return [
        Askable(
            therapist_id=row.therapist_id,
            contact_point_id=row.contact_point_id,
            lat=row.lat,
            lon=row.lon,
            mail=mean(row, row.channel_lift) if row.email else None,
            phone=mean(row, row.phone_lift) if row.phone else None,
        )
        for row in session.execute(text(_ASKABLE), params)
    ]


def _options(askable: Sequence[Askable], settings: OfficeSettings) -> Iterator[Option]:
    for who in askable:
        place = {"lat": who.lat, "lon": who.lon}
        if who.mail is not None:
            yield Option(who.therapist_id, who.contact_point_id, "email", who.mail, 0.0, **place)
        if who.phone is not None:
            yield Option(
                who.therapist_id, who.contact_point_id, "phone", who.phone, float(settings.call_minutes), **place
            )


def _unit(lat: Floats, lon: Floats) -> Floats:
    """Points on a ball of one unit: there the straight distance grows with the great circle's."""
    rad_lat, rad_lon = np.radians(lat), np.radians(lon)
    return np.column_stack([np.cos(rad_lat) * np.cos(rad_lon), np.cos(rad_lat) * np.sin(rad_lon), np.sin(rad_lat)])


def _arcs(session: Session, rows: Sequence[Any], askable: Sequence[Askable], now: datetime) -> Iterator[Arc]:
    """The best pairs of some searches that pass every rule."""
    from scipy.spatial import cKDTree

    if not rows or not askable:
        return
    radius = np.array([float(row.radius_km) for row in rows])
    points = _unit(np.array([row.lat for row in rows]), np.array([row.lon for row in rows]))
    sites = _unit(np.array([who.lat for who in askable]), np.array([who.lon for who in askable]))
    near = cKDTree(sites).query_ball_point(points, 2 * np.sin((radius + SLACK_KM) / EARTH_KM / 2))
    search = np.repeat(np.arange(len(rows)), [len(found) for found in near])
    site = np.concatenate([np.array(found, dtype=np.int64) for found in near])
    if not len(site):
        return
    chord = np.linalg.norm(points[search] - sites[site], axis=1)
    closeness = np.clip(1 - 0.5 * 2 * EARTH_KM * np.arcsin(chord / 2) / radius[search], 0.5, 1.0)
    promise = closeness * np.array([who.best for who in askable])[site]
    order = np.lexsort((site, -promise, search))
    search, site, closeness = search[order], site[order], closeness[order]
    rank = np.arange(len(search)) - np.searchsorted(search, search)
    yield from _looks(session, rows, askable, search=search, site=site, closeness=closeness, rank=rank, now=now)


def _looks(
    session: Session,
    rows: Sequence[Any],
    askable: Sequence[Askable],
    *,
    search: Ints,
    site: Ints,
    closeness: Floats,
    rank: Ints,
    now: datetime,
) -> Iterator[Arc]:
    found: dict[int, int] = dict.fromkeys(range(len(rows)), 0)
    seen = 0
    for upto in (*LOOKED_AT, int(rank.max()) + 1):
        hungry = np.array([found[number] < BEST for number in range(len(rows))])
        look = np.flatnonzero((rank >= seen) & (rank < upto) & hungry[search])
        seen = upto
        if not len(look):
            continue
        passed = _passed(
            session,
            [rows[n].search_id for n in search[look].tolist()],
            [askable[n].therapist_id for n in site[look].tolist()],
            now=now,
        )
        for pair in look[np.array(sorted(passed), dtype=np.int64)].tolist():
            number = int(search[pair])
            if found[number] < BEST:
                found[number] += 1
                yield Arc(rows[number].search_id, askable[int(site[pair])].therapist_id, float(closeness[pair]))


def _passed(session: Session, searches: Sequence[int], therapists: Sequence[int], *, now: datetime) -> list[int]:
    """The places, from 0, of the pairs that pass every rule."""
    params = {
        "searches": list(searches), "therapists": list(therapists), "search_ids": list(set(searches)),
        "therapist_ids": list(set(therapists)), "now": now, "today": now.date(),
    }  # fmt: skip
    return [number - 1 for number in session.scalars(text(_PASSED), params)]
