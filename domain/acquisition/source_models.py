"""Tables of sources: directories read over HTTP, each reading of one, and the last answer of each of its pages."""

from datetime import date, datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, deferred, mapped_column

from domain.access import Person
from domain.acquisition.models import ImportFile
from domain.database import Base, Identified, Versioned

SCHEMA = {"schema": "scraping_service"}
STATES = (
    "'waiting', 'reading', 'stopped', 'failed', 'tried', 'unchanged', 'review', 'applied', 'discarded', 'superseded'"
)


class DirectorySource(Identified, Versioned, Base):
    """A directory on the web; `address` may hold {plz}, `description` says what stands where on a page of HTML."""

    __tablename__ = "directory_source"
    __table_args__ = (
        CheckConstraint("kind IN ('json', 'html')", name="kind"),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("address ~ '^https?://[^/?#]+'", name="address"),
        CheckConstraint("address !~* '^https?://([^/?#]*[.@])?116117[.]de([.]?[:/?#]|[.]?$)'", name="never"),
        CheckConstraint("(kind = 'html') = (description <> '')", name="description"),
        CheckConstraint("(position('{plz}' IN address) > 0) = (cardinality(postcodes) > 0)", name="postcodes"),
        CheckConstraint("per_minute BETWEEN 1 AND 60 AND every_days BETWEEN 0 AND 365", name="pace"),
        CheckConstraint(
            "permitted = (permitted_by <> '') AND permitted = (permitted_on IS NOT NULL)", name="permission"
        ),
        CheckConstraint("permitted OR NOT enabled", name="enabled"),
        Index("uq_directory_source_name", text("lower(name)"), unique=True),
        SCHEMA,
    )

    name: Mapped[str]
    kind: Mapped[str]
    address: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    postcodes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    per_minute: Mapped[int] = mapped_column(SmallInteger, default=12)
    every_days: Mapped[int] = mapped_column(SmallInteger, default=0)
    enabled: Mapped[bool] = mapped_column(default=False)
    permitted: Mapped[bool] = mapped_column(default=False)
    permitted_by: Mapped[str] = mapped_column(default="")
    permitted_on: Mapped[date | None]
    applies_itself: Mapped[bool] = mapped_column(default=False)


class SourceRun(Identified, Base):
    """One reading of a source, page by page; a `trial` reads the first page and keeps nothing."""

    __tablename__ = "source_run"
    __table_args__ = (
        CheckConstraint(f"state IN ({STATES})", name="state"),
        CheckConstraint("(state = 'reading') = (claimed_until IS NOT NULL)", name="claim"),
        CheckConstraint("(state IN ('waiting', 'reading')) = (done_at IS NULL)", name="done"),
        CheckConstraint("(state = 'review') = (content IS NOT NULL)", name="content"),
        Index("uq_source_run_open", "source_id", unique=True, postgresql_where=text("done_at IS NULL")),
        Index("uq_source_run_review", "source_id", unique=True, postgresql_where=text("state = 'review'")),
        Index("ix_source_run_source_id", "source_id", "id"),
        Index("ix_source_run_asked_by", "asked_by"),
        Index("ix_source_run_import_file_id", "import_file_id"),
        SCHEMA,
    )

    source_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(DirectorySource.id))
    trial: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="waiting")
    asked_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    asked_at: Mapped[datetime]
    not_before: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    stop_asked: Mapped[bool] = mapped_column(default=False)
    tries: Mapped[int] = mapped_column(default=0)
    cause: Mapped[str] = mapped_column(default="")
    params: Mapped[dict[str, int | str]] = mapped_column(JSONB, default=dict)
    pages: Mapped[int] = mapped_column(default=0)
    pages_done: Mapped[int] = mapped_column(default=0)
    entries: Mapped[int] = mapped_column(default=0)
    content_sha256: Mapped[str] = mapped_column(default="")
    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    import_file_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(ImportFile.id))
    done_at: Mapped[datetime | None]


class SourcePage(Identified, Base):
    """The last answer of a page. `run_id` is the last run that has it done: a killed worker's run goes on behind it."""

    __tablename__ = "source_page"
    __table_args__ = (
        Index("uq_source_page_source_address", "source_id", "address", unique=True),
        Index("ix_source_page_run_id", "run_id"),
        SCHEMA,
    )

    source_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(DirectorySource.id))
    address: Mapped[str]
    run_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(SourceRun.id))
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    charset: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    read_at: Mapped[datetime]
