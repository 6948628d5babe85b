"""Tables of batches: many mails gathered, looked through, and sent in one go.

A batch is `draft` until a person releases it; held (`paused`, `taken_back`) it lets none of its mails go. That it is
done is derived (view ``batch_progress``). A line is about a practice (an inquiry to be made, or one to be reminded
of) or about a patient (the weekly status); `open` until it was made, left out or refused.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain.access import Person
from domain.database import Base, Identified, Versioned
from domain.matching.models import Inquiry
from domain.matching.plan_models import PlanLine
from domain.patients.models import Patient
from domain.therapists.models import Therapist

SCHEMA = {"schema": "communication_service"}
HOLDING = ("paused", "taken_back")
_OPEN = text("status = 'open'")


class Batch(Identified, Versioned, Base):
    """One batch: who gathered it, who released it; `status_week` is the Monday of a weekly status."""

    __tablename__ = "batch"
    __table_args__ = (
        CheckConstraint("kind IN ('inquiries', 'reminders', 'weekly_status')", name="kind"),
        CheckConstraint("status IN ('draft', 'running', 'paused', 'taken_back')", name="status"),
        CheckConstraint("status <> 'draft' OR released_at IS NULL", name="released"),
        CheckConstraint("status NOT IN ('running', 'paused') OR released_at IS NOT NULL", name="under_way"),
        CheckConstraint("(kind = 'weekly_status') = (status_week IS NOT NULL)", name="status_week"),
        Index("ix_batch_status", "status"),
        Index("ix_batch_created_by", "created_by"),
        Index("ix_batch_released_by", "released_by"),
        SCHEMA,
    )

    kind: Mapped[str]
    status: Mapped[str] = mapped_column(default="draft")
    status_week: Mapped[date | None]
    created_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    released_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    released_at: Mapped[datetime | None]


class BatchLine(Identified, Base):
    """One mail (call, letter) of a batch, before and after it was made.

    `channel` is the way wished for an inquiry; `email_id` or `call_id` is what was made (a letter has neither);
    `reminded_before` what a reminder taken back gives back. A refused line names why, and perhaps the inquiry that
    stood in its way. `search_ids` are kept by the database as a foreign key would keep them.
    """

    __tablename__ = "batch_line"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'left_out', 'made', 'refused', 'taken_back')", name="status"),
        CheckConstraint("channel IN ('email', 'phone', 'letter')", name="channel"),
        CheckConstraint("cardinality(search_ids) BETWEEN 1 AND 6", name="searches"),
        CheckConstraint("num_nonnulls(therapist_id, patient_id) = 1", name="about"),
        CheckConstraint("(status = 'refused') = (refusal <> '')", name="refusal"),
        CheckConstraint("(status IN ('made', 'taken_back')) = (made_at IS NOT NULL)", name="made"),
        Index("ix_batch_line_batch_id", "batch_id", "status"),
        Index("ix_batch_line_search_ids", "search_ids", postgresql_using="gin"),
        Index("ix_batch_line_therapist_id", "therapist_id"),
        Index("ix_batch_line_plan_line_id", "plan_line_id"),
        Index("ix_batch_line_inquiry_id", "inquiry_id"),
        Index("ix_batch_line_patient_id", "patient_id"),
        Index("ix_batch_line_call_id", "call_id"),
        Index("ix_batch_line_other_inquiry_id", "other_inquiry_id"),
        Index("uq_batch_line_email_id", "email_id", unique=True),
        Index("uq_batch_line_open_plan_line", "plan_line_id", unique=True, postgresql_where=_OPEN),
        Index("uq_batch_line_open_inquiry", "inquiry_id", unique=True, postgresql_where=_OPEN),
        Index("uq_batch_line_open_patient", "patient_id", unique=True, postgresql_where=_OPEN),
        SCHEMA,
    )

    batch_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Batch.id))
    therapist_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Therapist.id))
    search_ids: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    channel: Mapped[str | None]
    plan_line_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(PlanLine.id, ondelete="SET NULL"))
    inquiry_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Inquiry.id))
    patient_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Patient.id))
    status: Mapped[str] = mapped_column(default="open")
    email_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("communication_service.email.id"))
    call_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("communication_service.phone_call.id"))
    made_at: Mapped[datetime | None]
    reminded_before: Mapped[datetime | None]
    refusal: Mapped[str] = mapped_column(default="")
    refused_rules: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    other_inquiry_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Inquiry.id))
