"""Tables of what is to be looked up outside of practices and patients: addresses, and the ways between them."""

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.database import Base, Identified
from domain.geocoding.map_models import MODES
from domain.patients.models import Patient
from domain.therapists.models import PracticeSite

SCHEMA = {"schema": "geocoding_service"}


class PlaceRequest(Identified, Base):
    """An address to be found, a site's or a patient's. Triggers write it; patients' only where the office allows it.

    `cause` is the code of what hindered the last try, `warnings` in what the found address differs.
    """

    __tablename__ = "place_request"
    __table_args__ = (
        CheckConstraint("num_nonnulls(site_id, patient_id) = 1", name="of_one"),
        CheckConstraint("state IN ('waiting', 'asking', 'placed', 'not_found')", name="state"),
        CheckConstraint("(state = 'asking') = (lease_until IS NOT NULL)", name="lease"),
        CheckConstraint("(state IN ('placed', 'not_found')) = (done_at IS NOT NULL)", name="done"),
        Index("uq_place_request_site_id", "site_id", unique=True),
        Index("uq_place_request_patient_id", "patient_id", unique=True),
        Index("ix_place_request_open", "tries", text("id DESC"), postgresql_where=text("done_at IS NULL")),
        Index("ix_place_request_asked_at", "asked_at"),
        Index("ix_place_request_not_found", "done_at", postgresql_where=text("state = 'not_found'")),
        SCHEMA,
    )

    site_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(PracticeSite.id, ondelete="CASCADE"))
    patient_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Patient.id, ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(server_default="waiting")
    asked_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    not_before: Mapped[datetime] = mapped_column(server_default=text("now()"))
    lease_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    cause: Mapped[str] = mapped_column(server_default="")
    warnings: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    done_at: Mapped[datetime | None]


class TravelRequest(Identified, Base):
    """The sites of a patient's short list whose ways a router is to say."""

    __tablename__ = "travel_request"
    __table_args__ = (
        CheckConstraint(MODES, name="mode"),
        CheckConstraint("cardinality(site_ids) BETWEEN 1 AND 1000", name="short"),
        CheckConstraint("state IN ('waiting', 'asking', 'done')", name="state"),
        CheckConstraint("(state = 'asking') = (lease_until IS NOT NULL)", name="lease"),
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done"),
        Index("uq_travel_request_patient_mode", "patient_id", "mode", unique=True),
        Index("ix_travel_request_open", "tries", text("id DESC"), postgresql_where=text("done_at IS NULL")),
        SCHEMA,
    )

    patient_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Patient.id, ondelete="CASCADE"))
    mode: Mapped[str]
    site_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    state: Mapped[str] = mapped_column(server_default="waiting")
    asked_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    not_before: Mapped[datetime] = mapped_column(server_default=text("now()"))
    lease_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    cause: Mapped[str] = mapped_column(server_default="")
    done_at: Mapped[datetime | None]
