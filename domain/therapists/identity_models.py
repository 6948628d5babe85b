"""Tables of identity: how directories know somebody, who is merged with whom, and who is not the same."""

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.access import Person
from domain.acquisition.models import ImportFile
from domain.database import Base, Identified
from domain.therapists.models import SCHEMA, PracticeSite, Therapist


class TherapistAlias(Identified, Base):
    """A name, address or mailbox under which a directory knows somebody, besides those shown."""

    __tablename__ = "therapist_alias"
    __table_args__ = (
        Index("uq_therapist_alias_known_as", "therapist_id", "identity_key", "first_name", "email", unique=True),
        Index("ix_therapist_alias_identity_key", "identity_key"),
        Index("ix_therapist_alias_email", "email", postgresql_where=text("email <> ''")),
        SCHEMA,
    )

    therapist_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Therapist.id, ondelete="CASCADE"))
    identity_key: Mapped[str]
    first_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str]
    sex: Mapped[str] = mapped_column(default="not_stated")
    email: Mapped[str] = mapped_column(default="")


class DistinctPair(Identified, Base):
    """Two who look alike and are not one, as a person decided."""

    __tablename__ = "distinct_pair"
    __table_args__ = (
        CheckConstraint("first_id < second_id", name="in_order"),
        Index("uq_distinct_pair", "first_id", "second_id", unique=True),
        Index("ix_distinct_pair_second_id", "second_id"),
        Index("ix_distinct_pair_decided_by", "decided_by"),
        SCHEMA,
    )

    first_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Therapist.id, ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Therapist.id, ondelete="CASCADE"))
    decided_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    decided_at: Mapped[datetime]


class TherapistMerge(Identified, Base):
    """Two records brought together, with what is needed to take it back.

    `kept_before` and `kept_after` are the status and the changed columns of the one kept, as PostgreSQL writes them;
    `moved` lists [table, column, row id] of what pointed to the other; `cooling_ids` are the waiting times copied.
    """

    __tablename__ = "therapist_merge"
    __table_args__ = (
        CheckConstraint("kept_id <> dropped_id", name="two"),
        CheckConstraint("undone_at IS NOT NULL OR undone_by IS NULL", name="undone"),
        Index("uq_therapist_merge_live", "dropped_id", unique=True, postgresql_where=text("undone_at IS NULL")),
        Index("ix_therapist_merge_kept_id", "kept_id"),
        Index("ix_therapist_merge_dropped_id", "dropped_id"),
        Index("ix_therapist_merge_merged_by", "merged_by"),
        Index("ix_therapist_merge_undone_by", "undone_by"),
        Index("ix_therapist_merge_added_site_id", "added_site_id"),
        SCHEMA,
    )

    kept_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Therapist.id))
    dropped_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Therapist.id))
    merged_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    merged_at: Mapped[datetime]
    kept_before: Mapped[dict[str, object]] = mapped_column(JSONB)
    kept_after: Mapped[dict[str, object]] = mapped_column(JSONB)
    dropped_status: Mapped[str]
    moved: Mapped[list[list[object]]] = mapped_column(JSONB)
    added_site_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(PracticeSite.id, ondelete="SET NULL"))
    cooling_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))


class HandEdit(Identified, Base):
    """Who or which site was written by neither an import nor its undoing, and when last; the database writes it."""

    __tablename__ = "hand_edit"
    __table_args__ = (
        CheckConstraint("num_nonnulls(therapist_id, site_id) = 1", name="of_one"),
        Index("uq_hand_edit_therapist_id", "therapist_id", unique=True),
        Index("uq_hand_edit_site_id", "site_id", unique=True),
        SCHEMA,
    )

    therapist_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Therapist.id, ondelete="CASCADE"))
    site_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(PracticeSite.id, ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class ImportChange(Identified, Base):
    """What an import did to one therapist: columns before and after.

    `version` and `touched_at` are the therapist's afterwards. The database writes both, and takes lines only from the
    transaction of the import. A line of many (`therapist_ids`) says of whom the file names as they are known: only the
    day they are known as of is newer.
    """

    __tablename__ = "import_change"
    __table_args__ = (
        CheckConstraint("became IN ('new', 'changed', 'moved', 'gone')", name="became"),
        Index("ix_import_change_import_file_id", "import_file_id"),
        Index("ix_import_change_therapist_id", "therapist_id"),
        CheckConstraint(
            "therapist_ids IS NULL OR (therapist_id IS NULL AND became = 'changed' AND cardinality(therapist_ids) > 0"
            " AND array_position(therapist_ids, NULL) IS NULL)",
            name="together",
        ),
        Index(
            "ix_import_change_therapist_ids",
            "therapist_ids",
            postgresql_using="gin",
            postgresql_where=text("therapist_ids IS NOT NULL"),
        ),
        {"schema": "scraping_service"},
    )

    import_file_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(ImportFile.id))
    row: Mapped[int] = mapped_column(Integer)
    therapist_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Therapist.id, ondelete="SET NULL"))
    therapist_ids: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    became: Mapped[str]
    version: Mapped[int]
    touched_at: Mapped[datetime | None]
    before: Mapped[dict[str, object]] = mapped_column(JSONB)
    after: Mapped[dict[str, object]] = mapped_column(JSONB)
