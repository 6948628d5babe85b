"""Reference rows of the PLZ table; filled by the migration, read by everybody."""

from sqlalchemy import CheckConstraint, Double, Index
from sqlalchemy.orm import Mapped, mapped_column

from domain.database import Base, Identified


class PlzPlace(Identified, Base):
    """One place name inside a PLZ with its own coordinate; `place` is empty for the PLZ's own centre.

    `uncertainty_m` is the radius in metres within which an address of that PLZ (or place) usually lies.
    """

    __tablename__ = "plz_place"
    __table_args__ = (
        Index("ix_plz_place_plz", "plz"),
        CheckConstraint("plz ~ '^[0-9]{5}$'", name="plz_format"),
        CheckConstraint("lat BETWEEN 47 AND 55.2 AND lon BETWEEN 5.5 AND 15.5", name="in_germany"),
        {"schema": "geocoding_service"},
    )

    plz: Mapped[str]
    place: Mapped[str]
    lat: Mapped[float] = mapped_column(Double)
    lon: Mapped[float] = mapped_column(Double)
    uncertainty_m: Mapped[int]
    district: Mapped[str]
    state: Mapped[str]
    source: Mapped[str]


class Located:
    """Columns of a row that stands somewhere: degrees (WGS 84) and what is known of their precision.

    `geo_locked` is a place set by hand: no import and no geocoder moves it (trigger `keep_pin`), until the address
    changes.
    """

    lat: Mapped[float | None] = mapped_column(Double)
    lon: Mapped[float | None] = mapped_column(Double)
    geo_quality: Mapped[str] = mapped_column(default="none")
    geo_uncertainty_m: Mapped[int | None]
    geo_source: Mapped[str | None]
    geo_locked: Mapped[bool] = mapped_column(default=False)


def located_checks() -> tuple[CheckConstraint, ...]:
    """A coordinate is whole and in Germany's box, or absent with quality `none`."""
    return (
        CheckConstraint("geo_quality IN ('house', 'street', 'plz', 'ort', 'none')", name="geo_quality"),
        CheckConstraint(
            "(geo_quality = 'none' AND lat IS NULL AND lon IS NULL)"
            " OR (geo_quality <> 'none' AND lat BETWEEN 47 AND 55.2 AND lon BETWEEN 5.5 AND 15.5)",
            name="geo_whole",
        ),
        CheckConstraint("NOT geo_locked OR lat IS NOT NULL", name="geo_locked"),
    )
