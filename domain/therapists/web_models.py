"""Tables of practices' own web pages: who is to be read, by what schedule, and what was found there."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.access import Person
from domain.database import Base, Identified, Versioned
from domain.therapists.models import Therapist

SCHEMA = {"schema": "therapist_service"}


class WebSchedule(Versioned, Base):
    """The one row: whether pages are read by themselves, each how often (days), and how many practices an hour."""

    __tablename__ = "web_schedule"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("every_days BETWEEN 7 AND 365 AND per_hour BETWEEN 1 AND 120", name="pace"),
        SCHEMA,
    )

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    enabled: Mapped[bool] = mapped_column(default=False)
    every_days: Mapped[int] = mapped_column(SmallInteger, default=90)
    per_hour: Mapped[int] = mapped_column(SmallInteger, default=20)


class WebReading(Base):
    """That a practice's pages are to be read, and how far it is; `asked_by` is empty where the schedule asked."""

    __tablename__ = "web_reading"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'reading', 'done', 'failed')", name="state"),
        CheckConstraint("(state = 'reading') = (claimed_until IS NOT NULL)", name="claim"),
        CheckConstraint("(state IN ('done', 'failed')) = (done_at IS NOT NULL)", name="done"),
        Index("ix_web_reading_asked_by", "asked_by"),
        Index("ix_web_reading_scheduled", "asked_at", postgresql_where=text("asked_by IS NULL")),
        Index("ix_web_reading_open", "not_before", postgresql_where=text("done_at IS NULL")),
        SCHEMA,
    )

    therapist_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey(Therapist.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    state: Mapped[str] = mapped_column(default="waiting")
    asked_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    asked_at: Mapped[datetime]
    not_before: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    cause: Mapped[str] = mapped_column(default="")
    params: Mapped[dict[str, int | str]] = mapped_column(JSONB, default=dict)
    pages: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]


class WebFinding(Identified, Base):
    """A suggestion with its quote, address and time, and what a person made of it."""

    __tablename__ = "web_finding"
    __table_args__ = (
        CheckConstraint("kind IN ('email', 'phone_hours', 'capacity', 'methods', 'languages')", name="kind"),
        CheckConstraint("state IN ('suggested', 'accepted', 'rejected')", name="state"),
        CheckConstraint("(state = 'suggested') = (decided_at IS NULL)", name="decided"),
        Index(
            "uq_web_finding_once",
            "therapist_id",
            "kind",
            "value",
            unique=True,
            postgresql_where=text("state = 'suggested'"),
        ),
        Index("ix_web_finding_decided_by", "decided_by"),
        Index("ix_web_finding_suggested", "therapist_id", postgresql_where=text("state = 'suggested'")),
        SCHEMA,
    )

    therapist_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Therapist.id, ondelete="CASCADE"))
    kind: Mapped[str]
    value: Mapped[dict[str, object]] = mapped_column(JSONB)
    quote: Mapped[str]
    address: Mapped[str]
    found_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="suggested")
    decided_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    decided_at: Mapped[datetime | None]
