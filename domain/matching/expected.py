"""The expected answer of a contact point, asked of the database: what planning/chance.py defines, for many at once.

`EXPECTED` is written after a FROM item `x` with therapist_id, contact_point_id, email and the columns on capacity; it
adds `e` with the history, the shifts in log-odds and the mean. Parameters: `:now`, `:today`, `:prior`. The channel is
mail where there is one, else the telephone; the weekday is today's.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
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
)

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
           AS weekday_lift
    FROM matching_service.answer_rate) AS l ON true
LEFT JOIN LATERAL (
    -- of several persons behind a mailbox any may have a place
    SELECT greatest(1, count(*)) AS people FROM therapist_service.therapist colleague
    WHERE colleague.contact_point_id = x.contact_point_id AND colleague.status = 'active') AS m ON true
LEFT JOIN LATERAL (
    SELECT least({MOST_LIKELY}, 1 - power(1 - least({MOST_LIKELY}, cast(:prior AS float8) / {ANSWER_PRIOR}), m.people))
           AS place_prior) AS pp ON true
LEFT JOIN LATERAL (
    SELECT ({PRIOR_WEIGHT} / (1 + exp(-(ln({ANSWER_PRIOR} / (1 - {ANSWER_PRIOR})) + channel_lift + weekday_lift)))
            + h.answered) / ({PRIOR_WEIGHT} + h.trials)
           * ({PRIOR_WEIGHT} / (1 + exp(-(ln(pp.place_prior / (1 - pp.place_prior)) + capacity_shift)))
              + h.successes) / ({PRIOR_WEIGHT} + h.answered) AS mean) AS e ON true
"""
COLUMNS = "h.asked, h.replied, h.brought, h.trials, h.answered, h.successes, m.people, pr.promised, c.channel, c.capacity_shift, l.channel_lift, l.weekday_lift"


@dataclass(frozen=True, slots=True)
class ExpectedAnswer:
    """How likely an inquiry brings an acceptance or a first talk, and why. Shifts and lifts are in log-odds.

    `asked` inquiries were decided so far, `replied` answered, and `brought` of them something; `people` may have a place;
    `promised` is the day the practice named.
    """

    chance: Chance
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
    return ExpectedAnswer(
        chance=combined(
            prior,
            trials=row.trials,
            answered=row.answered,
            successes=row.successes,
            people=row.people,
            answer_shift=row.channel_lift + row.weekday_lift,
            place_shift=row.capacity_shift,
        ),
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


_ONE = f"""
SELECT x.capacity, x.capacity_as_of, o.response_prior, {COLUMNS}
FROM therapist_service.therapist x JOIN platform.office o ON o.id = 1 {EXPECTED.replace(":prior", "o.response_prior")}
WHERE x.id = :therapist_id
"""


def expected_of(session: Session, therapist_id: int, *, now: datetime) -> ExpectedAnswer:
    """The expected answer of one therapist's contact point. Raises NotFound when there is no such therapist."""
    row = session.execute(text(_ONE), {"therapist_id": therapist_id, "now": now, "today": now.date()}).one_or_none()
    if row is None:
        raise NotFound("record.not_found", table="therapist", id=therapist_id)
    return expected_answer(row, prior=row.response_prior)


_COUNT = """
SELECT dimension, value, count(*) AS trials, count(*) FILTER (WHERE answered) AS answered
FROM matching_service.inquiry_result
CROSS JOIN LATERAL (VALUES ('all', ''), ('channel', channel), ('weekday', cast(extract(isodow FROM sent_at) AS text)))
    AS by (dimension, value)
WHERE sent_at > :since
GROUP BY dimension, value
"""
_KEEP = """
INSERT INTO matching_service.answer_rate (dimension, value, trials, answered, lift, counted_at)
VALUES (:dimension, :value, :trials, :answered, :lift, :now)
ON CONFLICT (dimension, value) DO UPDATE
SET trials = excluded.trials, answered = excluded.answered, lift = excluded.lift, counted_at = excluded.counted_at
"""


def count_rates(session: Session, *, now: datetime) -> bool:
    """Learn anew how channels and weekdays differ, from the last year; at most once in RATES_KEPT. True if done."""
    last = session.scalar(text("SELECT max(counted_at) FROM matching_service.answer_rate"))
    if last is not None and now - last < RATES_KEPT:
        return False
    rows = session.execute(text(_COUNT), {"since": now - RATES_PERIOD}).all()
    everything = next((row for row in rows if row.dimension == "all"), None)
    if everything is None:
        return False
    for row in rows:
        if row.dimension != "all":
            moved = lift(
                trials=row.trials,
                answered=row.answered,
                all_trials=everything.trials,
                all_answered=everything.answered,
            )
            session.execute(
                text(_KEEP),
                {
                    "dimension": row.dimension, "value": row.value, "trials": row.trials,
                    "answered": row.answered, "lift": moved, "now": now,
                },
            )  # fmt: skip
    return True
