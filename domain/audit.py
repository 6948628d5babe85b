"""Audit: who changed which row when. The database writes it by triggers; this module only knows the tables.

`audit.entry` is append-only and carries no personal data; `audit.content` (before and after) stands apart so
that it can be erased and stays closed to auditors. The worker chains the entries after their commit.
"""

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.database import Base, Identified

LINKS_AT_ONCE = 10_000  # a transaction; a killed worker loses at most these, and they wait again


class AuditEntry(Identified, Base):
    """One change or reading: who, when, which row, which columns, and the salted hash of the content."""

    __tablename__ = "entry"
    __table_args__ = (
        Index("ix_entry_table_name_row_id", "table_name", "row_id"),
        Index("ix_entry_actor", "actor", "id"),
        Index(
            "ix_entry_refusal",
            "table_name",
            "row_id",
            "at",
            postgresql_where=text(
                "table_name = 'patient_service.patient' AND columns @> '{restricted_at}'::text[]"
                " OR table_name = 'patient_service.patient' AND columns @> '{wants_status}'::text[]"
                " OR table_name = 'therapist_service.therapist' AND columns @> '{status}'::text[]"
            ),
        ),
        {"schema": "audit"},
    )

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


class ContentErasure(Base):
    """That a content was erased, when and by whom; append-only, written by a trigger."""

    __tablename__ = "content_erasure"
    __table_args__ = ({"schema": "audit"},)

    entry_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    actor: Mapped[str] = mapped_column(server_default=text("session_user"))


class EntryPending(Base):
    """An entry that waits for its link."""

    __tablename__ = "entry_pending"
    __table_args__ = ({"schema": "audit"},)

    entry_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class EntryLink(Base):
    """One link: the hash of an entry (all of it), and the hash over the link before and this one."""

    __tablename__ = "entry_link"
    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("octet_length(entry_hash) = 32 AND octet_length(link_hash) = 32", name="hashes"),
        Index("uq_entry_link_entry_id", "entry_id", unique=True),
        {"schema": "audit"},
    )

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(BigInteger)
    entry_hash: Mapped[bytes] = mapped_column(LargeBinary)
    link_hash: Mapped[bytes] = mapped_column(LargeBinary)


def chain_entries(session: Session, *, many: int = LINKS_AT_ONCE) -> int:
    """Link what is committed and waits, at most `many` entries; returns how many. Only the worker may."""
    linked: int = session.execute(text("SELECT audit.chain_entries(:many)"), {"many": many}).scalar_one()
    return linked


def chain_entries_waiting(session: Session) -> bool:
    """Link one batch; whether more may wait, for a transaction of its own."""
    return chain_entries(session) == LINKS_AT_ONCE


def record_reading(session: Session, table_name: str, row_id: int) -> None:
    """Note that the person on this connection opened a record (services call it; a direct SELECT is not seen).

    The database's own function writes the entry, so that nobody can write one in another's name.
    """
    session.execute(text("SELECT audit.record_reading(:what, :which)"), {"what": table_name, "which": row_id})
