"""Tables of practices' own web pages: who is to be read, and what was found there."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.access import Person
from domain.database import Base, Identified
from domain.therapists.models import Therapist

SCHEMA = {"schema": "therapist_service"}


class WebReading(Base):
    """A person's wish to have a practice's pages read, and how far it is."""

    __tablename__ = "web_reading"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'reading', 'done', 'failed')", name="state"),
        CheckConstraint("(state = 'reading') = (claimed_until IS NOT NULL)", name="claim"),
        CheckConstraint("(state IN ('done', 'failed')) = (done_at IS NOT NULL)", name="done"),
        Index("ix_web_reading_asked_by", "asked_by"),
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
