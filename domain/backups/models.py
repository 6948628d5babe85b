"""Tables of the backups: what there is and what came of it, and the office's settings for them."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.database import Base, Identified, Versioned


class Backup(Identified, Base):
    """A backup that is wanted, being made, there, or was not to be; its row goes with its file.

    `trouble` is a code: why it failed, or why one that is there could not be verified; `copy_trouble` why the second
    place has it not.
    """

    __tablename__ = "backup"
    __table_args__ = (
        CheckConstraint("kind IN ('hourly', 'manual', 'safety')", name="kind"),
        CheckConstraint("state IN ('wanted', 'running', 'made', 'verified', 'failed')", name="state"),
        CheckConstraint(
            "(state IN ('made', 'verified')) = (made_at IS NOT NULL) AND (made_at IS NOT NULL) = (file_name <> '')"
            " AND (state = 'verified') = (verified_at IS NOT NULL)",
            name="complete",
        ),
        CheckConstraint("state <> 'failed' OR trouble <> ''", name="failed"),
        CheckConstraint(
            "char_length(folder) <= 1000 AND char_length(file_name) <= 200"
            " AND char_length(trouble) <= 200 AND char_length(copy_trouble) <= 200",
            name="length",
        ),
        CheckConstraint("jsonb_typeof(trouble_params) = 'object'", name="trouble_params"),
        Index("uq_backup_file_name", "file_name", unique=True, postgresql_where=text("file_name <> ''")),
        Index("uq_backup_wanted", "state", unique=True, postgresql_where=text("state = 'wanted'")),
        Index("uq_backup_running", "state", unique=True, postgresql_where=text("state = 'running'")),
        Index("ix_backup_asked_at", "asked_at"),
        {"schema": "platform"},
    )

    kind: Mapped[str] = mapped_column(server_default="manual")
    state: Mapped[str] = mapped_column(server_default="wanted")
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    copied_at: Mapped[datetime | None]
    folder: Mapped[str] = mapped_column(server_default="")
    file_name: Mapped[str] = mapped_column(server_default="")
    size: Mapped[int] = mapped_column(BigInteger, server_default="0")
    row_count: Mapped[int] = mapped_column(BigInteger, server_default="0")
    newest_event: Mapped[int] = mapped_column(BigInteger, server_default="0")
    trouble: Mapped[str] = mapped_column(server_default="")
    trouble_params: Mapped[dict[str, int | str]] = mapped_column(JSONB, server_default=text("'{}'"))
    copy_trouble: Mapped[str] = mapped_column(server_default="")


class BackupSettings(Versioned, Base):
    """The one row of the office's settings; an empty folder is the one beside the worker's other files."""

    __tablename__ = "backup_settings"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("limit_days BETWEEN 1 AND 30", name="limit_days"),
        CheckConstraint("char_length(folder) <= 1000 AND char_length(second_folder) <= 1000", name="length"),
        CheckConstraint("second_folder = '' OR second_folder <> folder", name="second_place"),
        CheckConstraint("(recovery_key IS NULL) = (recovery_made_at IS NULL)", name="recovery"),
        CheckConstraint("octet_length(recovery_key) = 32", name="recovery_key"),
        {"schema": "platform"},
    )

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    folder: Mapped[str] = mapped_column(server_default="")
    second_folder: Mapped[str] = mapped_column(server_default="")
    limit_days: Mapped[int] = mapped_column(SmallInteger, server_default="2")
    recovery_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    recovery_made_at: Mapped[datetime | None]
    since: Mapped[datetime] = mapped_column(server_default=text("now()"))
