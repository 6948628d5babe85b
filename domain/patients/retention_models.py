"""Tables of the runs that erase records which are due."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.access import Person
from domain.database import Base, Identified
from domain.patients.models import Patient


class RetentionRun(Identified, Base):
    """That a person had erased what was due, by which of the office's periods."""

    __tablename__ = "retention_run"
    __table_args__ = (Index("ix_retention_run_begun_by", "begun_by"), {"schema": "patient_service"})

    begun_by: Mapped[int] = mapped_column(BigInteger, ForeignKey(Person.id))
    begun_at: Mapped[datetime]
    placed_years: Mapped[int] = mapped_column(SmallInteger)
    other_months: Mapped[int] = mapped_column(SmallInteger)


class RetentionLine(Identified, Base):
    """One record of a run: since when it was due, and whether it was erased or what kept it (a code)."""

    __tablename__ = "retention_line"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'erased', 'kept')", name="status"),
        CheckConstraint("(status = 'open') = (done_at IS NULL)", name="done"),
        CheckConstraint("(status = 'kept') = (kept_by <> '')", name="kept"),
        CheckConstraint("kept_by ~ '^[a-z_.]{0,60}$'", name="kept_by"),
        Index("uq_retention_line_run_id_patient_id", "run_id", "patient_id", unique=True),
        Index("ix_retention_line_patient_id", "patient_id"),
        Index("ix_retention_line_open", "run_id", "id", postgresql_where=text("status = 'open'")),
        {"schema": "patient_service"},
    )

    run_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(RetentionRun.id))
    patient_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Patient.id))
    due_on: Mapped[date]
    status: Mapped[str] = mapped_column(default="open", server_default=text("'open'"))
    done_at: Mapped[datetime | None]
    kept_by: Mapped[str] = mapped_column(default="", server_default=text("''"))
