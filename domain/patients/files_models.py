"""Tables of patients' papers: what is known of a file, and its bytes apart."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from domain.access import Person
from domain.database import Base, Identified, Versioned
from domain.file_types import FILE_BYTES
from domain.patients.models import Patient

FILE_KINDS = ("ptv11", "consent", "referral", "certificate", "insurance", "other")


class PatientFile(Identified, Versioned, Base):
    """A paper of a patient's. Erased, it keeps who, when and why, and neither name nor content.

    `kind_confirmed` says that a person told what it is; of one kept before that was asked, nobody has yet.
    """

    __tablename__ = "patient_file"
    __table_args__ = (
        CheckConstraint(f"kind IN {FILE_KINDS}", name="kind"),
        CheckConstraint(f"size BETWEEN 1 AND {FILE_BYTES}", name="size"),
        CheckConstraint(r"char_length(name) <= 120 AND name !~ '[/\\[:cntrl:]]'", name="name"),
        CheckConstraint("(erased_at IS NULL) = (erased_reason = '')", name="erased_with_reason"),
        CheckConstraint(
            "(erased_at IS NULL) = (name <> '') AND (erased_at IS NULL OR note = '')", name="named_until_erased"
        ),
        Index("uq_patient_file_id_patient_id", "id", "patient_id", unique=True),
        Index("ix_patient_file_patient_id", "patient_id"),
        Index("ix_patient_file_added_by", "added_by"),
        Index("ix_patient_file_erased_by", "erased_by"),
        Index(
            "ix_patient_file_unconfirmed",
            "patient_id",
            postgresql_where=text("NOT kind_confirmed AND erased_at IS NULL"),
        ),
        {"schema": "patient_service"},
    )

    patient_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Patient.id))
    kind: Mapped[str]
    kind_confirmed: Mapped[bool] = mapped_column(server_default=text("false"))
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    added_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    added_at: Mapped[datetime]
    erased_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    erased_at: Mapped[datetime | None]
    erased_reason: Mapped[str] = mapped_column(default="")


class PatientFileContent(Base):
    """The bytes; the same twice for one patient is refused by the database."""

    __tablename__ = "patient_file_content"
    __table_args__ = (
        CheckConstraint(f"octet_length(content) BETWEEN 1 AND {FILE_BYTES}", name="size"),
        ForeignKeyConstraint(
            ["file_id", "patient_id"],
            ["patient_service.patient_file.id", "patient_service.patient_file.patient_id"],
            name="fk_patient_file_content_file_id_patient_id",
        ),
        Index("uq_patient_file_content_sha256", "patient_id", "sha256", unique=True),
        {"schema": "patient_service"},
    )

    file_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    patient_id: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[bytes] = mapped_column(LargeBinary, Computed("sha256(content)", persisted=True))
