"""Tables of planning: learned answer rates and the week's plan, line by line."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Double, ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain.database import Base, Identified, Versioned
from domain.matching.models import SCHEMA, Inquiry
from domain.therapists.models import ContactPoint, Therapist


class AnswerRate(Base):
    """What the office learned from its inquiries, in log-odds (`lift`).

    By channel and weekday (1 Monday – 7 Sunday) how often they are answered beside all; of all (``office``) how often
    they are answered (``answers``) and bring something then (``places``), beside the priors.
    """

    __tablename__ = "answer_rate"
    __table_args__ = (
        CheckConstraint("dimension IN ('office', 'channel', 'weekday')", name="dimension"),
        CheckConstraint("hits BETWEEN 0 AND trials", name="counts"),
        SCHEMA,
    )

    dimension: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    trials: Mapped[int]
    hits: Mapped[int]
    lift: Mapped[float] = mapped_column(Double)
    counted_at: Mapped[datetime]


class WeekPlan(Identified, Versioned, Base):
    """The office's plan for the week that begins on `monday`; budgets, and how good it can be at most."""

    __tablename__ = "week_plan"
    __table_args__ = (
        CheckConstraint("extract(isodow FROM monday) = 1", name="monday"),
        CheckConstraint("bound >= value", name="bound"),
        Index("uq_week_plan_monday", "monday", unique=True),
        SCHEMA,
    )

    monday: Mapped[date]
    mails: Mapped[int]
    minutes: Mapped[int]
    expected: Mapped[float] = mapped_column(Double)
    value: Mapped[float] = mapped_column(Double)
    bound: Mapped[float] = mapped_column(Double)
    planned_at: Mapped[datetime]


class PlanLine(Identified, Versioned, Base):
    """One contact of a week's plan: proposed, locked, skipped, or accepted and thereby an inquiry."""

    __tablename__ = "plan_line"
    __table_args__ = (
        CheckConstraint("status IN ('proposed', 'locked', 'skipped', 'accepted')", name="status"),
        CheckConstraint("channel IN ('email', 'phone')", name="channel"),
        CheckConstraint("cardinality(search_ids) BETWEEN 1 AND 6", name="patients"),
        CheckConstraint("(status = 'accepted') = (inquiry_id IS NOT NULL)", name="accepted"),
        Index("uq_plan_line_contact_point", "plan_id", "contact_point_id", unique=True),
        Index("ix_plan_line_therapist_id", "therapist_id"),
        Index("ix_plan_line_contact_point_id", "contact_point_id"),
        Index("ix_plan_line_inquiry_id", "inquiry_id"),
        SCHEMA,
    )

    plan_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(WeekPlan.id))
    therapist_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Therapist.id))
    contact_point_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(ContactPoint.id))
    channel: Mapped[str]
    slot_at: Mapped[datetime | None]
    probability: Mapped[float] = mapped_column(Double)
    gain: Mapped[float] = mapped_column(Double)
    status: Mapped[str] = mapped_column(default="proposed")
    search_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    inquiry_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Inquiry.id))
