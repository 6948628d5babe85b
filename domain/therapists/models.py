"""Tables of therapists. Institution, person, site and contact point are different things."""

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
from sqlalchemy.dialects.postgresql import INT4MULTIRANGE, JSONB, Range
from sqlalchemy.orm import Mapped, mapped_column

from domain.acquisition.models import ImportFile
from domain.database import Base, Identified, Versioned
from domain.geocoding.models import Located, located_checks

SCHEMA = {"schema": "therapist_service"}
WEEK_CHECK = "{0} IS NULL OR {0} <@ int4range(0, 10080)"


class Practice(Identified, Versioned, Base):
    """A practice: one or more persons under one roof or name."""

    __tablename__ = "practice"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("seat IN ('statutory', 'private', 'unknown')", name="seat"),
        SCHEMA,
    )

    name: Mapped[str]
    seat: Mapped[str] = mapped_column(default="unknown")
    web: Mapped[str] = mapped_column(default="")


class PracticeSite(Identified, Versioned, Located, Base):
    """Where a practice works. `accessible` is None where nobody told."""

    __tablename__ = "practice_site"
    __table_args__ = (
        CheckConstraint("plz = '' OR plz ~ '^[0-9]{5}$'", name="plz"),
        *located_checks(),
        Index("ix_practice_site_practice_id", "practice_id"),
        Index("ix_practice_site_lat_lon", "lat", "lon"),
        SCHEMA,
    )

    practice_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Practice.id))
    street: Mapped[str] = mapped_column(default="")
    house_number: Mapped[str] = mapped_column(default="")
    plz: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    addition: Mapped[str] = mapped_column(default="")
    accessible: Mapped[bool | None]


class ContactPoint(Identified, Base):
    """Where an inquiry arrives: a mailbox (several therapists may share it), else the practice itself.

    Cooling and "one open inquiry" hang on it, so every therapist has exactly one: never NULL.
    """

    __tablename__ = "contact_point"
    __table_args__ = (
        CheckConstraint("num_nonnulls(mailbox, practice_id) = 1", name="mailbox_or_practice"),
        CheckConstraint("mailbox = lower(mailbox) AND mailbox LIKE '%@%'", name="mailbox"),
        Index("uq_contact_point_mailbox", "mailbox", unique=True),
        Index("uq_contact_point_practice_id", "practice_id", unique=True),
        SCHEMA,
    )

    mailbox: Mapped[str | None]
    practice_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Practice.id))


class Therapist(Identified, Versioned, Base):
    """One therapist (or an institution) at one site.

    `offers` holds codes `method:age_group:setting`; `offer_mask` and `age_mask` are the database's own
    reading of them (docs in the migration). Age limits in years, 0 = none. Weekly times in minutes since
    Monday 00:00, None where unknown. `identity_key` is how a directory knows somebody, `edited_key` the same
    after the name or address was corrected by hand; imports recognise both, and every TherapistAlias. Who was merged
    (`merged_into_id`) stays as they were and stands for whom they were merged into.
    """

    __tablename__ = "therapist"
    __table_args__ = (
        CheckConstraint("last_name <> ''", name="last_name"),
        CheckConstraint("sex IN ('female', 'male', 'diverse', 'not_stated')", name="sex"),
        CheckConstraint("licence IN ('psychological', 'medical', 'child_youth', 'unknown')", name="licence"),
        CheckConstraint("public.offers_valid(offers)", name="offers"),
        CheckConstraint("status IN ('active', 'inactive', 'blocked', 'opted_out', 'merged')", name="status"),
        CheckConstraint("(status = 'merged') = (merged_into_id IS NOT NULL)", name="merged"),
        CheckConstraint("merged_into_id <> id", name="merged_into_another"),
        CheckConstraint("status <> 'blocked' OR blocked_reason <> ''", name="blocked_with_reason"),
        CheckConstraint("age_min >= 0 AND (age_max = 0 OR age_max >= age_min)", name="age_limits"),
        CheckConstraint("capacity IN ('unknown', 'free', 'waiting_list', 'full', 'list_closed')", name="capacity"),
        CheckConstraint("patient_sex IN ('any', 'female', 'male')", name="patient_sex"),
        CheckConstraint(WEEK_CHECK.format("phone_hours"), name="phone_hours"),
        CheckConstraint(WEEK_CHECK.format("office_hours"), name="office_hours"),
        CheckConstraint(WEEK_CHECK.format("treatment_hours"), name="treatment_hours"),
        Index("ix_therapist_sort_name", text('sort_name COLLATE "C"'), "id"),
        Index("ix_therapist_identity_key", "identity_key"),
        Index("ix_therapist_edited_key", "edited_key", postgresql_where=text("edited_key <> ''")),
        Index("ix_therapist_contact_point_id", "contact_point_id"),
        Index("ix_therapist_merged_into_id", "merged_into_id"),
        Index("ix_therapist_practice_id", "practice_id"),
        Index("ix_therapist_site_id", "site_id"),
        Index(
            "ix_therapist_search_text",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
        Index("ix_therapist_specialties", "specialties", postgresql_using="gin"),
        Index("ix_therapist_qualifications", "qualifications", postgresql_using="gin"),
        Index(
            "ix_therapist_skills_text",
            "skills_text",
            postgresql_using="gin",
            postgresql_ops={"skills_text": "gin_trgm_ops"},
        ),
        SCHEMA,
    )

    practice_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Practice.id))
    site_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(PracticeSite.id))
    contact_point_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(ContactPoint.id))
    is_institution: Mapped[bool] = mapped_column(default=False)
    salutation: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    first_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str]
    sex: Mapped[str] = mapped_column(default="not_stated")
    licence: Mapped[str] = mapped_column(default="unknown")
    offers: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    offers_source: Mapped[str] = mapped_column(default="manual")
    offer_mask: Mapped[int] = mapped_column(BigInteger, Computed("public.offer_mask(offers, licence)", persisted=True))
    age_mask: Mapped[int] = mapped_column(SmallInteger, Computed("public.age_mask(offers, licence)", persisted=True))
    age_min: Mapped[int] = mapped_column(SmallInteger, default=0)
    age_max: Mapped[int] = mapped_column(SmallInteger, default=0)
    patient_sex: Mapped[str] = mapped_column(default="any")
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    specialties: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    qualifications: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    skills_text: Mapped[str] = mapped_column(
        Text,
        Computed(
            "public.search_fold(public.words(specialties) || ' ' || public.words(qualifications))", persisted=True
        ),
    )
    diagnoses_preferred: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    diagnoses_excluded: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    status: Mapped[str] = mapped_column(default="active")
    blocked_reason: Mapped[str] = mapped_column(default="")
    blocked_until: Mapped[date | None]
    merged_into_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("therapist_service.therapist.id"))
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    mobile: Mapped[str] = mapped_column(default="")
    fax: Mapped[str] = mapped_column(default="")
    web: Mapped[str] = mapped_column(default="")
    phone_hours: Mapped[list[Range[int]] | None] = mapped_column(INT4MULTIRANGE)
    office_hours: Mapped[list[Range[int]] | None] = mapped_column(INT4MULTIRANGE)
    hours_as_of: Mapped[date | None]
    treatment_hours: Mapped[list[Range[int]] | None] = mapped_column(INT4MULTIRANGE)
    capacity: Mapped[str] = mapped_column(default="unknown")
    capacity_from: Mapped[date | None]
    capacity_note: Mapped[str] = mapped_column(default="")
    capacity_as_of: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="manual")
    source_file_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(ImportFile.id))
    source_as_of: Mapped[date | None]
    source_seen_at: Mapped[datetime | None]
    locked_fields: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    identity_key: Mapped[str] = mapped_column(default="")
    edited_key: Mapped[str] = mapped_column(default="")
    sort_name: Mapped[str] = mapped_column(
        Text, Computed("public.fold(last_name || ' ' || first_name)", persisted=True)
    )
    search_text: Mapped[str] = mapped_column(
        Text,
        Computed(
            "public.search_fold(title || ' ' || first_name || ' ' || last_name || ' ' || first_name || ' ' || email)",
            persisted=True,
        ),
    )


class MailboxOptOut(Identified, Versioned, Base):
    """The opt-out of a contact point (Art. 21 GDPR): whoever is reached there, now or later, is asked nothing.

    `therapist_id` is who said so, `before` what the others were by their numbers; a lifted one stays with its reason.
    """

    __tablename__ = "mailbox_opt_out"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(before) = 'object'", name="before"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_reason = '')", name="lifted"),
        Index("uq_mailbox_opt_out_contact_point_id", "contact_point_id", unique=True),
        Index("ix_mailbox_opt_out_therapist_id", "therapist_id"),
        SCHEMA,
    )

    contact_point_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(ContactPoint.id))
    therapist_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Therapist.id))
    noted_at: Mapped[datetime]
    before: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    lifted_at: Mapped[datetime | None]
    lifted_reason: Mapped[str] = mapped_column(default="")
