"""Tables of looking things up outside: the office's settings, what geocoders and routers said, trying a server out."""

from datetime import datetime

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Double,
    FetchedValue,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, REAL
from sqlalchemy.orm import Mapped, mapped_column

from domain.database import Base, Identified, Versioned
from domain.trials import Trial

SCHEMA = {"schema": "geocoding_service"}
MODES = "mode IN ('car', 'public_transport', 'bicycle', 'foot')"


class MapSettings(Versioned, Base):
    """The one row: which servers, how often they are asked, and whether patients may be asked about at all."""

    __tablename__ = "map_settings"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("geocoder IN ('none', 'nominatim', 'photon')", name="geocoder"),
        CheckConstraint("router IN ('none', 'osrm', 'valhalla', 'openrouteservice')", name="router"),
        CheckConstraint(
            "(geocoder = 'none' OR geocoder_url ~ '^https?://[^/?#]+')"
            " AND (router = 'none' OR router_url ~ '^https?://[^/?#]+')",
            name="urls",
        ),
        CheckConstraint(
            "geocoder_per_minute BETWEEN 1 AND 6000 AND router_per_minute BETWEEN 1 AND 6000", name="rates"
        ),
        CheckConstraint(
            "(geocoder <> 'none' OR NOT patients_to_geocoder) AND (router <> 'none' OR NOT patients_to_router)",
            name="patients",
        ),
        CheckConstraint("router = 'valhalla' OR NOT router_transit", name="transit"),
        CheckConstraint(
            "(NOT patients_to_geocoder OR platform.is_sheltered(geocoder_url))"
            " AND (NOT patients_to_router OR platform.is_sheltered(router_url))",
            name="sheltered",
        ),
        SCHEMA,
    )

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    geocoder: Mapped[str] = mapped_column(default="none")
    geocoder_url: Mapped[str] = mapped_column(default="")
    geocoder_per_minute: Mapped[int] = mapped_column(SmallInteger, default=60)
    patients_to_geocoder: Mapped[bool] = mapped_column(default=False)
    router: Mapped[str] = mapped_column(default="none")
    router_url: Mapped[str] = mapped_column(default="")
    router_per_minute: Mapped[int] = mapped_column(SmallInteger, default=60)
    router_transit: Mapped[bool] = mapped_column(default=False)
    sealed_router_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    # the database sets it
    router_key_bound: Mapped[bool] = mapped_column(server_default=text("true"), server_onupdate=FetchedValue())
    patients_to_router: Mapped[bool] = mapped_column(default=False)


class GeocodeAnswer(Identified, Base):
    """What a geocoder said of a practice's address, cleaned; quality `none` where it knew none. Never a patient's."""

    __tablename__ = "geocode_answer"
    __table_args__ = (
        CheckConstraint("quality IN ('house', 'street', 'none')", name="quality"),
        CheckConstraint(
            "(quality = 'none') = (lat IS NULL) AND (lat IS NULL) = (lon IS NULL)"
            " AND (lat IS NULL) = (uncertainty_m IS NULL)",
            name="whole",
        ),
        CheckConstraint("lat BETWEEN 47 AND 55.2 AND lon BETWEEN 5.5 AND 15.5", name="in_germany"),
        Index("uq_geocode_answer_address_key", "address_key", unique=True),
        Index("ix_geocode_answer_plz", "plz"),
        SCHEMA,
    )

    address_key: Mapped[str]
    street: Mapped[str]
    house_number: Mapped[str]
    plz: Mapped[str]
    city: Mapped[str]
    lat: Mapped[float | None] = mapped_column(Double)
    lon: Mapped[float | None] = mapped_column(Double)
    quality: Mapped[str]
    uncertainty_m: Mapped[int | None]
    warnings: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    source: Mapped[str]
    answered_at: Mapped[datetime]


class TravelTime(Base):
    """A way a router knows; ends in ten-thousandths of a degree. `minutes` None where it knows none."""

    __tablename__ = "travel_time"
    __table_args__ = (
        CheckConstraint(MODES, name="mode"),
        CheckConstraint("minutes >= 0 AND km >= 0", name="positive"),
        Index("ix_travel_time_known_at", "known_at"),
        SCHEMA,
    )

    from_lat: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    from_lon: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    mode: Mapped[str] = mapped_column(primary_key=True)
    to_lat: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    to_lon: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    minutes: Mapped[float | None] = mapped_column(REAL)
    km: Mapped[float | None] = mapped_column(REAL)
    source: Mapped[str]
    known_at: Mapped[datetime]


class ServerTest(Trial, Base):
    """A person's question whether a server answers, and what came of it."""

    __tablename__ = "server_test"
    __table_args__ = (
        CheckConstraint("kind IN ('geocoder', 'router')", name="kind"),
        CheckConstraint("done_at IS NULL OR taken_at IS NOT NULL", name="taken"),
        Index("ix_server_test_asked_by", "asked_by"),
        Index("ix_server_test_open", "asked_at", postgresql_where=text("done_at IS NULL")),
        SCHEMA,
    )

    kind: Mapped[str]
    trouble: Mapped[str] = mapped_column(default="")
    params: Mapped[dict[str, int | str]] = mapped_column(JSONB, default=dict)
