"""Trying something out that only the worker can: a person's question is a row, the worker takes it and answers once.

Each kind of question has a table of its own with what it asks and what came of it; here is what they share. A question
is worth an answer only while somebody waits for it.
"""

from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import BigInteger, ForeignKey, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.access import Person
from domain.database import Identified
from domain.errors import NotFound

WORTH_ANSWERING = timedelta(minutes=10)


class Trial(Identified):
    """Who asked and when, when a worker took it, and when it was answered."""

    __tablename__: str

    asked_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    asked_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


T = TypeVar("T", bound=Trial)


def next_trial(session: Session, kind: type[T], *, now: datetime, answered_within: timedelta) -> T | None:
    """The oldest question nobody answers yet, locked; None where there is none worth it.

    A worker that took one and is silent for longer than `answered_within` was killed.
    """
    return session.scalar(
        select(kind)
        .where(
            kind.done_at.is_(None),
            kind.asked_at > now - WORTH_ANSWERING,
            or_(kind.taken_at.is_(None), kind.taken_at < now - answered_within),
        )
        .order_by(kind.asked_at, kind.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def read_trial(session: Session, kind: type[T], trial_id: int) -> T:
    """A question with what came of it. Raises NotFound."""
    found = session.get(kind, trial_id)
    if found is None:
        raise NotFound("record.not_found", table=kind.__tablename__, id=trial_id)
    return found
