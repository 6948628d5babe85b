"""Tables of areas somebody can reach, and of addresses suggested while one types."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.access import Person
from domain.database import Base, Identified
from domain.geocoding.map_models import MODES
from domain.patients.models import Patient

SCHEMA = {"schema": "geocoding_service"}


class ReachArea(Base):
    """What a router said around a middle in ten-thousandths of a degree; `rings`: lines of [lat, lon]."""

    __tablename__ = "reach_area"
    __table_args__ = (
        CheckConstraint(MODES, name="mode"),
        CheckConstraint("jsonb_typeof(rings) = 'array'", name="rings"),
        Index("ix_reach_area_known_at", "known_at"),
        SCHEMA,
    )

    lat: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    lon: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    mode: Mapped[str] = mapped_column(primary_key=True)
    minutes: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    rings: Mapped[list[list[list[float]]]] = mapped_column(JSONB)
    source: Mapped[str]
    known_at: Mapped[datetime]


class ReachRequest(Identified, Base):
    """An area a router is to say: around a patient, or around a place in ten-thousandths of a degree."""

    __tablename__ = "reach_request"
    __table_args__ = (
        CheckConstraint("num_nonnulls(patient_id, lat) = 1 AND (lat IS NULL) = (lon IS NULL)", name="start"),
        CheckConstraint(MODES, name="mode"),
        CheckConstraint("minutes BETWEEN 5 AND 120", name="minutes"),
        CheckConstraint("state IN ('waiting', 'asking', 'done')", name="state"),
        CheckConstraint("(state = 'asking') = (lease_until IS NOT NULL)", name="lease"),
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done"),
        Index("uq_reach_request_patient", "patient_id", "mode", "minutes", unique=True),
        Index("uq_reach_request_place", "lat", "lon", "mode", "minutes", unique=True),
        Index("ix_reach_request_open", "not_before", "id", postgresql_where=text("done_at IS NULL")),
        SCHEMA,
    )

    patient_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Patient.id, ondelete="CASCADE"))
    lat: Mapped[int | None] = mapped_column(Integer)
    lon: Mapped[int | None] = mapped_column(Integer)
    mode: Mapped[str]
    minutes: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(server_default="waiting")
    asked_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    not_before: Mapped[datetime] = mapped_column(server_default=text("now()"))
    lease_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    cause: Mapped[str] = mapped_column(server_default="")
    done_at: Mapped[datetime | None]


class SuggestRequest(Identified, Base):
    """What a person is typing of an address, and what a server suggests; one row a person, gone after minutes."""

    __tablename__ = "suggest_request"
    __table_args__ = (
        CheckConstraint(
            "char_length(typed) BETWEEN 3 AND 100 AND char_length(plz) <= 10 AND char_length(city) <= 100", name="short"
        ),
        CheckConstraint("state IN ('waiting', 'asking', 'done')", name="state"),
        CheckConstraint("(state = 'asking') = (lease_until IS NOT NULL)", name="lease"),
        CheckConstraint("jsonb_typeof(found) = 'array'", name="found"),
        Index("uq_suggest_request_asked_by", "asked_by", unique=True),
        SCHEMA,
    )

    asked_by: Mapped[int] = mapped_column(BigInteger, ForeignKey(Person.id))
    of_patient: Mapped[bool]
    typed: Mapped[str]
    plz: Mapped[str] = mapped_column(server_default="")
    city: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="waiting")
    asked_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    lease_until: Mapped[datetime | None]
    cause: Mapped[str] = mapped_column(server_default="")
    found: Mapped[list[list[str]]] = mapped_column(JSONB, server_default=text("'[]'"))
