"""Tables of matching: searches, exclusions, inquiries with their items, answers, cooling and placements."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.access import Person
from domain.database import Base, Identified, Versioned
from domain.matching.states import (
    LIVE_ACCEPTANCE,
    OPEN_SEARCH,
    OPEN_STAGES,
    PLACES,
    InquiryStage,
    ItemStatus,
    SearchStatus,
)
from domain.patients.models import Patient
from domain.therapists.models import ContactPoint, Practice, Therapist

SCHEMA = {"schema": "matching_service"}


def sql_set(codes: object) -> str:
    """Codes of an enum or a set of them as an SQL list, in a stable order."""
    return ", ".join(f"'{code}'" for code in sorted(str(code) for code in codes))  # type: ignore[attr-defined]


class PlaceSearch(Identified, Versioned, Base):
    """The search for one place for one patient. At most one is open at a time.

    What was said of a pause stays while a place is promised that came during it.
    """

    __tablename__ = "place_search"
    __table_args__ = (
        CheckConstraint(f"status IN ({sql_set(SearchStatus)})", name="status"),
        CheckConstraint("urgency BETWEEN 0 AND 2", name="urgency"),
        CheckConstraint(
            "status IN ('paused', 'tentative') OR (paused_until IS NULL AND pause_reason = '')", name="pause"
        ),
        CheckConstraint(f"(status IN ({sql_set(OPEN_SEARCH)})) = (closed_at IS NULL)", name="closed_at_with_status"),
        Index(
            "uq_place_search_open",
            "patient_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_place_search_patient_id", "patient_id"),
        Index("uq_place_search_id_patient_id", "id", "patient_id", unique=True),
        Index("ix_place_search_status", "status", "waiting_since"),
        SCHEMA,
    )

    patient_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Patient.id))
    status: Mapped[str] = mapped_column(default="draft")
    urgency: Mapped[int] = mapped_column(SmallInteger, default=0)
    waiting_since: Mapped[date]
    paused_until: Mapped[date | None]
    pause_reason: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str] = mapped_column(default="")
    reopen_reason: Mapped[str] = mapped_column(default="")


class Exclusion(Identified, Versioned, Base):
    """A therapist or a practice a patient must not be offered to; of one search or of all."""

    __tablename__ = "exclusion"
    __table_args__ = (
        CheckConstraint("num_nonnulls(therapist_id, practice_id) = 1", name="therapist_or_practice"),
        CheckConstraint("reason <> ''", name="reason"),
        Index("ix_exclusion_patient_id", "patient_id"),
        SCHEMA,
    )

    patient_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Patient.id))
    search_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(PlaceSearch.id))
    therapist_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Therapist.id))
    practice_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Practice.id))
    reason: Mapped[str]
    ends_on: Mapped[date | None]


class Inquiry(Identified, Versioned, Base):
    """An inquiry for 1–6 patients to one contact point; `closed_at` is set when nothing more is awaited.

    `clock_started_at` is when the days to reminder and expiry began to run: sending, a late reply, or sending
    moved by the days the practice was out of office.
    """

    __tablename__ = "inquiry"
    __table_args__ = (
        CheckConstraint(f"stage IN ({sql_set(InquiryStage)})", name="stage"),
        CheckConstraint("channel IN ('email', 'phone', 'letter')", name="channel"),
        CheckConstraint("stage = 'draft' OR approved_at IS NOT NULL OR stage = 'cancelled'", name="approved_at"),
        CheckConstraint(
            "stage NOT IN ('sent', 'out_of_office', 'answered', 'expired', 'withdrawn') OR sent_at IS NOT NULL",
            name="sent_at",
        ),
        CheckConstraint(f"(stage IN ({sql_set(OPEN_STAGES)})) = (closed_at IS NULL)", name="closed_at_with_stage"),
        CheckConstraint("(stage = 'out_of_office') = (out_of_office_until IS NOT NULL)", name="out_of_office"),
        Index("uq_inquiry_reference", "reference", unique=True),
        Index(
            "uq_inquiry_open_contact_point",
            "contact_point_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_inquiry_contact_point_id", "contact_point_id"),
        Index("ix_inquiry_therapist_id", "therapist_id"),
        Index("ix_inquiry_stage", "stage", "sent_at"),
        SCHEMA,
    )

    contact_point_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(ContactPoint.id))
    therapist_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Therapist.id))
    stage: Mapped[str] = mapped_column(default="draft")
    channel: Mapped[str] = mapped_column(default="email")
    reference: Mapped[str]
    created_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    approved_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(SmallInteger, default=0)
    last_reminded_at: Mapped[datetime | None]
    out_of_office_until: Mapped[date | None]
    out_of_office_since: Mapped[date | None]
    clock_started_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str] = mapped_column(default="")
    cooling_override: Mapped[str] = mapped_column(default="")


class InquiryItem(Identified, Versioned, Base):
    """One patient's position in an inquiry. The partial unique index keeps one live acceptance per search.

    `ended_at` says that the therapy it led to is over: a search opened again may then find another place.
    `place_from` is the day from which a promised place is free, where that is not at once; it goes with the place
    (trigger).
    """

    __tablename__ = "inquiry_item"
    __table_args__ = (
        CheckConstraint(f"status IN ({sql_set(ItemStatus)})", name="status"),
        CheckConstraint("position BETWEEN 1 AND 6", name="position"),
        CheckConstraint("ended_at IS NULL OR status = 'in_therapy'", name="ended_after_therapy"),
        Index("uq_inquiry_item_position", "inquiry_id", "position", unique=True),
        Index("uq_inquiry_item_search", "inquiry_id", "search_id", unique=True),
        Index("uq_inquiry_item_reference_code", "reference_code", unique=True),
        Index("uq_inquiry_item_id_inquiry_id", "id", "inquiry_id", unique=True),
        Index(
            "uq_inquiry_item_live_acceptance",
            "search_id",
            unique=True,
            postgresql_where=text(f"status IN ({sql_set(LIVE_ACCEPTANCE)}) AND ended_at IS NULL"),
        ),
        Index("ix_inquiry_item_search_id", "search_id"),
        SCHEMA,
    )

    inquiry_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Inquiry.id))
    search_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(PlaceSearch.id))
    position: Mapped[int] = mapped_column(SmallInteger)
    reference_code: Mapped[str]
    status: Mapped[str] = mapped_column(default="pending")
    answered_at: Mapped[datetime | None]
    waitlisted_until: Mapped[date | None]
    place_from: Mapped[date | None]
    ended_at: Mapped[datetime | None]


class Answer(Identified, Base):
    """One answer to one item, as it was given; append-only. A correction is a further row."""

    __tablename__ = "answer"
    __table_args__ = (
        CheckConstraint(f"status IN ({sql_set(ItemStatus)})", name="status"),
        CheckConstraint("channel IN ('email', 'phone', 'letter', 'visit')", name="channel"),
        CheckConstraint(f"place_from IS NULL OR status IN ({sql_set(PLACES)})", name="place_from"),
        Index("ix_answer_item_id", "item_id", "at"),
        SCHEMA,
    )

    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(InquiryItem.id))
    status: Mapped[str]
    at: Mapped[datetime]
    channel: Mapped[str | None]
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    note: Mapped[str] = mapped_column(default="")
    waitlisted_until: Mapped[date | None]
    place_from: Mapped[date | None]


class CoolingPeriod(Identified, Base):
    """Until when a contact point is left in peace, and why. One row per cause; the latest end counts."""

    __tablename__ = "cooling_period"
    __table_args__ = (
        CheckConstraint("cause IN ('answer', 'expiry', 'wish')", name="cause"),
        Index("ix_cooling_period_contact_point_id", "contact_point_id", "ends_at"),
        SCHEMA,
    )

    contact_point_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(ContactPoint.id))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    cause: Mapped[str]
    inquiry_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Inquiry.id))


class Placement(Identified, Versioned, Base):
    """A patient's place in therapy: begun after the trial sessions, ended with an outcome."""

    __tablename__ = "placement"
    __table_args__ = (
        CheckConstraint("outcome IN ('closed_success', 'closed_dropout', 'withdrawn')", name="outcome"),
        CheckConstraint("(ended_on IS NULL) = (outcome IS NULL)", name="ended_with_outcome"),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ended_after_start"),
        Index("uq_placement_item_id", "item_id", unique=True),
        Index("ix_placement_search_id", "search_id"),
        SCHEMA,
    )

    search_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(PlaceSearch.id))
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(InquiryItem.id))
    therapist_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Therapist.id))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    outcome: Mapped[str | None]
