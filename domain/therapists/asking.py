"""Whether a practice may be asked: the one rule, for SQL and for a record in hand.

A block that is over hinders nothing. Nobody sets such a practice back to active, so whoever asks compares the day.
"""

from datetime import date

from sqlalchemy import TextClause, text

# the office's day of a moment that is given as `:now`
TODAY_OF_NOW = "(cast(:now AS timestamptz) AT TIME ZONE 'Europe/Berlin')::date"


def may_be_asked(status: str, blocked_until: date | None, *, today: date) -> bool:
    """Whether a practice of this status may be asked on a day."""
    return status == "active" or (status == "blocked" and blocked_until is not None and blocked_until <= today)


def asked_where(therapist: str, today: str = "cast(:today AS date)") -> str:
    """The same as a condition in SQL on a row of therapists, by its alias."""
    return (
        f"({therapist}.status = 'active'"
        f" OR ({therapist}.status = 'blocked' AND coalesce({therapist}.blocked_until <= {today}, false)))"
    )


def is_asked(today: date) -> TextClause:
    """The same as a condition of a select of `Therapist`."""
    return text(asked_where("therapist_service.therapist", "cast(:asked_today AS date)")).bindparams(asked_today=today)
