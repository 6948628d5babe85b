"""What hinders the worker's rounds: noted by the worker, shown by Verwaltung and by ``doctor``.

A trouble is a code of `domain.errors`, or the name of an error nobody foresaw; never its words, which may name
somebody.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import events
from domain.database import Base


class WorkerTrouble(Base):
    """A round of the worker that fails, since when, and when it was last tried; gone once it is well again."""

    __tablename__ = "worker_trouble"
    __table_args__ = (
        CheckConstraint("char_length(round) <= 100 AND char_length(trouble) <= 200", name="length"),
        {"schema": "platform"},
    )

    round: Mapped[str] = mapped_column(primary_key=True)
    trouble: Mapped[str]
    since: Mapped[datetime]
    last_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A round that fails: its name, the code or the error's name, since when, and when it was last tried."""

    round: str
    trouble: str
    since: datetime
    last_at: datetime


def note_trouble(session: Session, name: str, trouble: str, *, now: datetime) -> None:
    """A round failed; `since` stays from the first time."""
    row = {"round": name[:100], "trouble": trouble[:200], "since": now, "last_at": now}
    session.execute(
        insert(WorkerTrouble)
        .values(row)
        .on_conflict_do_update(index_elements=["round"], set_={"trouble": row["trouble"], "last_at": now})
    )
    events.record(session, "worker.trouble", 0)


def forget_trouble(session: Session, name: str) -> None:
    """A round is well again."""
    session.execute(delete(WorkerTrouble).where(WorkerTrouble.round == name[:100]))
    events.record(session, "worker.well", 0)


def forget_all_troubles(session: Session) -> None:
    """A worker begins: what it cannot do it will find out."""
    session.execute(delete(WorkerTrouble))


def troubles(session: Session) -> tuple[Trouble, ...]:
    """What hinders the worker now, the oldest first."""
    rows = session.scalars(select(WorkerTrouble).order_by(WorkerTrouble.since, WorkerTrouble.round))
    return tuple(Trouble(r.round, r.trouble, r.since, r.last_at) for r in rows)
