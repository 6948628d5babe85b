"""The expected answer of a contact point, asked of the database: what planning/chance.py defines, for many at once.

`EXPECTED` is written after a FROM item `x` with therapist_id, contact_point_id, email and the columns on capacity; it
adds `e` with the history, the shifts in log-odds and the mean. Parameters: `:now`, `:today`, `:prior`. The channel is
mail where there is one, else the telephone; the weekday is today's.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Result, text
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.planning.chance import (
    AFTER_PROMISE,
    ANSWER_PRIOR,
    BEFORE_PROMISE,
    CAPACITY_HALF_LIFE_DAYS,
    CAPACITY_SHIFT,
    HISTORY_HALF_LIFE_DAYS,
    MOST_LIKELY,
    PRIOR_WEIGHT,
    PROMISE_LEAD_DAYS,
    Chance,
    combined,
    lift,
    office_lift,
    person_lift,
)
from domain.therapists.asking import asked_where

RATES_KEPT = timedelta(hours=1)
RATES_PERIOD = timedelta(days=365)

_SAID = " ".join(f"WHEN '{state}' THEN {shift}" for state, shift in CAPACITY_SHIFT.items())

EXPECTED = f"""
LEFT JOIN LATERAL (
    SELECT count(*) AS asked, count(*) FILTER (WHERE answered) AS replied, count(*) FILTER (WHERE success) AS brought,
           coalesce(sum(weight), 0)::float8 AS trials,
           coalesce(sum(weight) FILTER (WHERE answered), 0)::float8 AS answered,
           coalesce(sum(weight) FILTER (WHERE success), 0)::float8 AS successes
    FROM (SELECT answered, success, power(0.5::float8, greatest(0, extract(epoch FROM cast(:now AS timestamptz) - sent_at)::float8 / 86400)
                                / {HISTORY_HALF_LIFE_DAYS}) AS weight
          FROM matching_service.inquiry_result r WHERE r.contact_point_id = x.contact_point_id) AS weighed) AS h ON true
LEFT JOIN LATERAL (
    -- the day a practice promised: places from then, or the end of a waiting list
    SELECT greatest(x.capacity_from, (
        SELECT max(i.waitlisted_until) FROM matching_service.inquiry q
        JOIN matching_service.inquiry_item i ON i.inquiry_id = q.id
        WHERE q.contact_point_id = x.contact_point_id AND i.status = 'waitlisted')) AS promised) AS pr ON true
LEFT JOIN LATERAL (
    SELECT CASE WHEN x.email <> '' THEN 'email' ELSE 'phone' END AS channel,
           CASE WHEN pr.promised IS NULL THEN
                    coalesce(CASE x.capacity {_SAID} END, 0)::float8
                    * power(0.5::float8, greatest(0, cast(:today AS date) - coalesce(x.capacity_as_of, cast(:today AS date)))
                                 / {CAPACITY_HALF_LIFE_DAYS})
                WHEN pr.promised > cast(:today AS date) + {PROMISE_LEAD_DAYS} THEN {BEFORE_PROMISE}::float8
                ELSE {AFTER_PROMISE} * power(0.5::float8, greatest(0, cast(:today AS date) - pr.promised)
                                                  / {CAPACITY_HALF_LIFE_DAYS}) END AS capacity_shift) AS c ON true
LEFT JOIN LATERAL (
    SELECT coalesce(sum(lift) FILTER (WHERE dimension = 'channel' AND value = c.channel), 0) AS channel_lift,
           coalesce(sum(lift) FILTER (WHERE dimension = 'weekday'
                                            AND value = cast(extract(isodow FROM cast(:today AS date)) AS text)), 0)
           AS weekday_lift,
           coalesce(sum(lift) FILTER (WHERE dimension = 'office' AND value = 'answers'), 0) AS office_answers,
           coalesce(sum(lift) FILTER (WHERE dimension = 'office' AND value = 'places'), 0) AS office_places
    FROM matching_service.answer_rate) AS l ON true
LEFT JOIN LATERAL (
    -- of several persons behind a mailbox any may have a place
    SELECT greatest(1, count(*)) AS people FROM therapist_service.therapist colleague
    WHERE colleague.contact_point_id = x.contact_point_id AND {asked_where("colleague")}) AS m ON true
LEFT JOIN LATERAL (
    SELECT least({MOST_LIKELY}, cast(:prior AS float8) / {ANSWER_PRIOR}) AS first) AS f ON true
LEFT JOIN LATERAL (
    SELECT least({MOST_LIKELY}, 1 - power(1 - 1 / (1 + exp(-(ln(f.first / (1 - f.first)) + office_places))), m.people))
           AS place_prior) AS pp ON true
LEFT JOIN LATERAL (
    SELECT ({PRIOR_WEIGHT} / (1 + exp(-(ln({ANSWER_PRIOR} / (1 - {ANSWER_PRIOR})) + office_answers + channel_lift + weekday_lift)))
            + h.answered) / ({PRIOR_WEIGHT} + h.trials)
           * ({PRIOR_WEIGHT} / (1 + exp(-(ln(pp.place_prior / (1 - pp.place_prior)) + capacity_shift)))
              + h.successes) / ({PRIOR_WEIGHT} + h.answered) AS mean) AS e ON true
"""
COLUMNS = "h.asked, h.replied, h.brought, h.trials, h.answered, h.successes, m.people, pr.promised, c.channel, c.capacity_shift, l.channel_lift, l.weekday_lift, l.office_answers, l.office_places"


@dataclass(frozen=True, slots=True)
class ExpectedAnswer:
    """How likely an inquiry brings an acceptance or a first talk, and why. Shifts and lifts are in log-odds.

    `low` and `high` bound the middle 80 %; worked out here, off the GUI thread, since the first time loads a library.
    `asked` inquiries were decided so far, `replied` answered, and `brought` of them something; `people` may have a place;
    `promised` is the day the practice named.
    """

    chance: Chance
    low: float
    high: float
    asked: int
    replied: int
    brought: int
    people: int
    channel: str
    channel_lift: float
    weekday_lift: float
    capacity: str
    capacity_as_of: date | None
    capacity_shift: float
    promised: date | None


def expected_answer(row: Any, *, prior: float) -> ExpectedAnswer:
    """The answer of a row that holds COLUMNS, capacity and capacity_as_of."""
    chance = combined(
        prior,
        trials=row.trials,
        answered=row.answered,
        successes=row.successes,
        people=row.people,
        answer_shift=row.office_answers + row.channel_lift + row.weekday_lift,
        person_shift=row.office_places,
        place_shift=row.capacity_shift,
    )
    low, high = chance.interval()
    return ExpectedAnswer(
        chance=chance,
        low=low,
        high=high,
        asked=row.asked,
        replied=row.replied,
        brought=row.brought,
        people=row.people,
        channel=row.channel,
        channel_lift=row.channel_lift,
        weekday_lift=row.weekday_lift,
        capacity=row.capacity,
        capacity_as_of=row.capacity_as_of,
        capacity_shift=row.capacity_shift,
        promised=row.promised,
    )


_SOME = f"""
SELECT x.id, x.capacity, x.capacity_as_of, o.response_prior, {COLUMNS}
FROM therapist_service.therapist x JOIN platform.office o ON o.id = 1 {EXPECTED.replace(":prior", "o.response_prior")}
WHERE x.id = ANY(cast(:therapist_ids AS bigint[]))
"""


def expected_of(session: Session, therapist_id: int, *, now: datetime) -> ExpectedAnswer:
    """The expected answer of one therapist's contact point. Raises NotFound when there is no such therapist."""
    row = _asked(session, [therapist_id], now=now).one_or_none()
    if row is None:
        raise NotFound("record.not_found", table="therapist", id=therapist_id)
    return expected_answer(row, prior=row.response_prior)


def expected_means(session: Session, therapist_ids: Collection[int], *, now: datetime) -> dict[int, float]:
    """The expected answer (0–1) of many therapists' contact points, by therapist, without its reasons."""
    rows = _asked(session, therapist_ids, now=now)
    return {
        row.id: combined(
            row.response_prior, trials=row.trials, answered=row.answered, successes=row.successes, people=row.people,
            answer_shift=row.office_answers + row.channel_lift + row.weekday_lift, person_shift=row.office_places,
            place_shift=row.capacity_shift,
        ).mean
        for row in rows
    }  # fmt: skip


def _asked(session: Session, therapist_ids: Collection[int], *, now: datetime) -> Result[Any]:
    return session.execute(text(_SOME), {"therapist_ids": list(therapist_ids), "now": now, "today": now.date()})


_COUNT = """
SELECT dimension, value, count(*) AS trials, count(*) FILTER (WHERE answered) AS answered,
       count(*) FILTER (WHERE success) AS successes
FROM matching_service.inquiry_result
CROSS JOIN LATERAL (VALUES ('all', ''), ('channel', channel), ('weekday', cast(extract(isodow FROM sent_at) AS text)))
    AS by (dimension, value)
WHERE sent_at BETWEEN :since AND :until
GROUP BY dimension, value
"""
_PEOPLE = f"""
SELECT avg(behind.people) FROM matching_service.inquiry_result r
CROSS JOIN LATERAL (SELECT greatest(1, count(*)) AS people FROM therapist_service.therapist t
                    WHERE t.contact_point_id = r.contact_point_id AND {asked_where("t", "cast(:until AS date)")}) AS behind
WHERE r.answered AND r.sent_at BETWEEN :since AND :until
"""
_KEEP = """
INSERT INTO matching_service.answer_rate (dimension, value, trials, hits, lift, counted_at)
VALUES (:dimension, :value, :trials, :hits, :lift, :now)
ON CONFLICT (dimension, value) DO UPDATE
SET trials = excluded.trials, hits = excluded.hits, lift = excluded.lift, counted_at = excluded.counted_at
"""


def count_rates(session: Session, *, prior: float, expiry_days: int, now: datetime) -> bool:
    """Learn anew from the last year, at most once in RATES_KEPT; `prior` is the office's. True if done.

    Only inquiries old enough to have expired count: of younger ones the answered are known, the silent are not yet.
    """
    last = session.scalar(text("SELECT max(counted_at) FROM matching_service.answer_rate"))
    if last is not None and now - last < RATES_KEPT:
        return False
    period = {"since": now - RATES_PERIOD, "until": now - timedelta(days=expiry_days)}
    rows = session.execute(text(_COUNT), period).all()
    everything = next((row for row in rows if row.dimension == "all"), None)
    if everything is None:
        return False
    trials, answered, successes = everything.trials, everything.answered, everything.successes
    people = float(session.scalar(text(_PEOPLE), period) or 1)
    learned = [
        ("office", "answers", trials, answered, office_lift(trials=trials, hits=answered, prior=ANSWER_PRIOR)),
        ("office", "places", answered, successes,
         person_lift(answered=answered, successes=successes, people=people, prior=prior)),
    ]  # fmt: skip
    learned += [
        (row.dimension, row.value, row.trials, row.answered,
         lift(trials=row.trials, answered=row.answered, all_trials=trials, all_answered=answered))
        for row in rows
        if row.dimension != "all"
    ]  # fmt: skip
    for dimension, value, tried, hits, moved in learned:
        session.execute(
            text(_KEEP),
            {"dimension": dimension, "value": value, "trials": tried, "hits": hits, "lift": moved, "now": now},
        )
    return True
