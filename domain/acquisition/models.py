"""Tables of acquisition: which file brought what, what of it could not be read, and columns a person named."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.access import Person
from domain.database import Base, Identified, Versioned


class ImportFile(Identified, Base):
    """One import of one file: kind, hash and the counts that must add up.

    `source_key` names the directory it is of; `began_at` is set by the database alone.
    """

    __tablename__ = "import_file"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("read = imported + updated + unchanged + skipped + rejected", name="counts_add_up"),
        CheckConstraint("undone_at IS NOT NULL OR undone_by IS NULL", name="undone"),
        Index("ix_import_file_sha256", "sha256"),
        Index("ix_import_file_source_key", "source_key"),
        {"schema": "scraping_service"},
    )

    file_name: Mapped[str]
    kind: Mapped[str]
    source_key: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str]
    as_of: Mapped[date]
    imported_at: Mapped[datetime]
    began_at: Mapped[datetime] = mapped_column(server_default=func.now())
    imported_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    read: Mapped[int] = mapped_column(default=0)
    imported: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    gone: Mapped[int] = mapped_column(default=0)
    undone_at: Mapped[datetime | None]
    undo_began_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))


class RejectedRow(Identified, Base):
    """A row that could not be read: where it stands and why (a code with parameters, no personal data)."""

    __tablename__ = "rejected_row"
    __table_args__ = (
        Index("ix_rejected_row_import_file_id", "import_file_id"),
        {"schema": "scraping_service"},
    )

    import_file_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(ImportFile.id, ondelete="CASCADE"))
    row: Mapped[int]
    reason: Mapped[str]
    params: Mapped[dict[str, object]] = mapped_column(JSONB)


class LeftOutValue(Identified, Base):
    """A value of a row that came in which could not be read: where it stands and why (a code), never what it was."""

    __tablename__ = "left_out_value"
    __table_args__ = (
        CheckConstraint("reason LIKE 'import.note.%'", name="reason"),
        Index("ix_left_out_value_import_file_id", "import_file_id"),
        {"schema": "scraping_service"},
    )

    import_file_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(ImportFile.id, ondelete="CASCADE"))
    row: Mapped[int]
    reason: Mapped[str]


class TableColumns(Identified, Versioned, Base):
    """Field → header of tables whose headers have this digest, as a person took one over last."""

    __tablename__ = "table_columns"
    __table_args__ = (
        UniqueConstraint("digest", name="uq_table_columns_digest"),
        CheckConstraint("digest ~ '^[0-9a-f]{16}$'", name="digest"),
        CheckConstraint("about IN ('therapist_table', 'office_table', 'contact_table')", name="about"),
        CheckConstraint("jsonb_typeof(fields) = 'object'", name="fields"),
        CheckConstraint(
            """NOT jsonb_path_exists(fields, 'strict $.* ? (@.type() != "string")', silent => true)""", name="headers"
        ),
        {"schema": "scraping_service"},
    )

    digest: Mapped[str]
    about: Mapped[str]
    fields: Mapped[dict[str, str]] = mapped_column(JSONB)
    confirmed_at: Mapped[datetime]
