"""Tables of patients. What a state machine derives (searching, offered, …) is not stored here."""

from datetime import date, datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import INT4MULTIRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from domain.access import Person, Team
from domain.database import Base, Identified, Versioned
from domain.geocoding.models import Located, located_checks

WEEK_CHECK = "{0} IS NULL OR {0} <@ int4range(0, 10080)"


class Patient(Identified, Versioned, Located, Base):
    """One person in need. `registered_on` starts the wait; `restricted_at` and the like close the record."""

    __tablename__ = "patient"
    __table_args__ = (
        CheckConstraint("last_name <> ''", name="last_name"),
        CheckConstraint("sex IN ('female', 'male', 'diverse', 'not_stated')", name="sex"),
        CheckConstraint("insurance_kind IN ('statutory', 'private', 'self_pay', 'unknown')", name="insurance_kind"),
        CheckConstraint("birth_date IS NULL OR birth_date > '1900-01-01'", name="birth_date"),
        CheckConstraint("plz = '' OR plz ~ '^[0-9]{5}$'", name="plz"),
        CheckConstraint("(closed_at IS NULL) = (closed_outcome IS NULL)", name="closed_with_outcome"),
        CheckConstraint("closed_outcome IN ('closed_success', 'closed_dropout', 'withdrawn')", name="closed_outcome"),
        CheckConstraint("deputy_id IS NULL OR deputy_id <> responsible_id", name="deputy_is_another"),
        *located_checks(),
        Index("ix_patient_sort_name", text('sort_name COLLATE "C"'), "id"),
        Index(
            "ix_patient_search_text",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
        Index("ix_patient_resubmission", "resubmission_on", postgresql_where=text("resubmission_on IS NOT NULL")),
        Index("ix_patient_registered_on", "registered_on", "id"),
        Index("ix_patient_responsible_id", "responsible_id"),
        Index("ix_patient_team_id", "team_id", postgresql_include=["id"]),
        {"schema": "patient_service"},
    )

    first_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str]
    birth_date: Mapped[date | None]
    sex: Mapped[str] = mapped_column(default="not_stated")
    street: Mapped[str] = mapped_column(default="")
    house_number: Mapped[str] = mapped_column(default="")
    plz: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    insurer: Mapped[str] = mapped_column(default="")
    insurance_kind: Mapped[str] = mapped_column(default="unknown")
    insurance_number: Mapped[str] = mapped_column(default="")
    registered_on: Mapped[date]
    ready_at: Mapped[datetime | None]
    responsible_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    deputy_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    team_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Team.id))
    resubmission_on: Mapped[date | None]
    resubmission_note: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    wants_status: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(default="manual")
    closed_at: Mapped[datetime | None]
    closed_outcome: Mapped[str | None]
    restricted_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    sort_name: Mapped[str] = mapped_column(
        Text, Computed("public.fold(last_name || ' ' || first_name)", persisted=True)
    )
    search_text: Mapped[str] = mapped_column(
        Text,
        Computed(
            "public.search_fold(first_name || ' ' || last_name || ' ' || first_name || ' ' || email || ' ' || plz"
            " || ' ' || city)",
            persisted=True,
        ),
    )


class MedicalInformation(Versioned, Base):
    """Health data (Art. 9 GDPR), apart from the profile so that grants can tell them apart."""

    __tablename__ = "medical_information"
    __table_args__ = (
        CheckConstraint("ptv11_code = '' OR ptv11_code ~ '^[A-Z0-9]{12}$'", name="ptv11_code"),
        {"schema": "patient_service"},
    )

    patient_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Patient.id, ondelete="CASCADE"), primary_key=True)
    complaints: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    diagnoses: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    complaint_note: Mapped[str] = mapped_column(default="")
    previous_therapy_end: Mapped[date | None]
    consultation_on: Mapped[date | None]
    ptv11_on: Mapped[date | None]
    timely_needed: Mapped[bool] = mapped_column(default=False)
    ptv11_code: Mapped[str] = mapped_column(default="")


class Wishes(Versioned, Base):
    """What the patient wishes and can manage. An empty set of methods means any; `radius_km` None the office's.

    `availability` is None where nobody asked yet; minutes since Monday 00:00.
    """

    __tablename__ = "wishes"
    __table_args__ = (
        CheckConstraint("methods <@ ARRAY['cbt', 'psychodynamic', 'analytic', 'systemic']", name="methods"),
        CheckConstraint("therapist_sex IN ('any', 'female', 'male')", name="therapist_sex"),
        CheckConstraint("radius_km BETWEEN 1 AND 500", name="radius_km"),
        CheckConstraint("travel_mode IN ('car', 'public_transport', 'bicycle', 'foot')", name="travel_mode"),
        CheckConstraint(WEEK_CHECK.format("availability"), name="availability"),
        {"schema": "patient_service"},
    )

    patient_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Patient.id, ondelete="CASCADE"), primary_key=True)
    methods: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    method_mask: Mapped[int] = mapped_column(BigInteger, Computed("public.method_mask(methods)", persisted=True))
    group_ok: Mapped[bool] = mapped_column(default=False)
    therapist_sex: Mapped[str] = mapped_column(default="any")
    radius_km: Mapped[int | None] = mapped_column(SmallInteger)
    travel_mode: Mapped[str | None]
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    accessibility_needed: Mapped[bool] = mapped_column(default=False)
    reimbursement_ok: Mapped[bool] = mapped_column(default=False)
    availability: Mapped[list[Range[int]] | None] = mapped_column(INT4MULTIRANGE)


class Guardian(Identified, Versioned, Base):
    """A person with custody of a minor patient (Sorgeberechtigte)."""

    __tablename__ = "guardian"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        Index("ix_guardian_patient_id", "patient_id"),
        {"schema": "patient_service"},
    )

    patient_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Patient.id, ondelete="CASCADE"))
    name: Mapped[str]
    relation: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")


class Consent(Identified, Versioned, Base):
    """Consent to one scope: versioned text, date, who gave it (`given_by` None: not recorded)."""

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint(
            "scope IN ('storage', 'pseudonymous_inquiry', 'identity_to_practice', 'papers_to_insurer', 'voicemail')",
            name="scope",
        ),
        CheckConstraint("given_by IN ('patient', 'guardian')", name="given_by"),
        CheckConstraint("withdrawn_on IS NULL OR withdrawn_on >= given_on", name="withdrawn_after_given"),
        Index(
            "uq_consent_valid",
            "patient_id",
            "scope",
            unique=True,
            postgresql_where=text("withdrawn_on IS NULL"),
        ),
        Index("ix_consent_patient_id", "patient_id"),
        {"schema": "patient_service"},
    )

    patient_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Patient.id, ondelete="CASCADE"))
    scope: Mapped[str]
    text_version: Mapped[str]
    given_on: Mapped[date]
    given_by: Mapped[str | None]
    withdrawn_on: Mapped[date | None]
