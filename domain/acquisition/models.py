"""Tables of acquisition: which file brought what, and which of its rows could not be read."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.access import Person
from domain.database import Base, Identified


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
