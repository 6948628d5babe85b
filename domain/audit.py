"""Audit: who changed which row when. The database writes it by triggers; this module only knows the tables.

`audit.entry` is append-only and carries no personal data; `audit.content` (before and after) stands apart so
that it can be erased and stays closed to auditors.
"""

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.database import Base, Identified


class AuditEntry(Identified, Base):
    """One change or reading: who, when, which row, which columns, and the salted hash of the content."""

    __tablename__ = "entry"
    __table_args__ = (Index("ix_entry_table_name_row_id", "table_name", "row_id"), {"schema": "audit"})

    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    actor: Mapped[str] = mapped_column(server_default=text("session_user"))
    operation: Mapped[str]
    table_name: Mapped[str]
    row_id: Mapped[int] = mapped_column(BigInteger)
    columns: Mapped[list[str]] = mapped_column(ARRAY(Text))
    content_hash: Mapped[bytes | None] = mapped_column(LargeBinary)


class AuditContent(Base):
    """The row before and after the change, with the salt of its hash; erasable."""

    __tablename__ = "content"
    __table_args__ = ({"schema": "audit"},)

    entry_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("audit.entry.id"), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    before: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, object] | None] = mapped_column(JSONB)


def record_reading(session: Session, table_name: str, row_id: int) -> None:
    """Note that the person on this connection opened a record (services call it; a direct SELECT is not seen).

    The database's own function writes the entry, so that nobody can write one in another's name.
    """
    session.execute(text("SELECT audit.record_reading(:what, :which)"), {"what": table_name, "which": row_id})
