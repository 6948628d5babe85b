"""The table of access reports made (Art. 15 GDPR)."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from domain.access import Person
from domain.database import Base, Identified
from domain.patients.models import Patient


class AccessReport(Identified, Base):
    """That a report was made: of whom, by whom, when, and its hashes. It keeps no copy."""

    __tablename__ = "access_report"
    __table_args__ = (
        CheckConstraint("octet_length(json_sha256) = 32 AND octet_length(pdf_sha256) = 32", name="hashes"),
        Index("ix_access_report_patient_id", "patient_id", "made_at"),
        Index("ix_access_report_made_by", "made_by"),
        {"schema": "patient_service"},
    )

    patient_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Patient.id))
    made_by: Mapped[int] = mapped_column(BigInteger, ForeignKey(Person.id))
    made_at: Mapped[datetime]
    json_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    pdf_sha256: Mapped[bytes] = mapped_column(LargeBinary)
