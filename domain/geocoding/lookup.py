"""Where an address lies as far as the PLZ table knows: the place inside the PLZ, else the PLZ's centre.

House and street precision come from a geocoder or a directory, never from here. An unknown or impossible
PLZ gives None: distance rules then say "unknown" instead of letting it pass.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import Invalid
from domain.geocoding.folding import fold_place
from domain.geocoding.models import PlzPlace
from domain.values import Coordinate, GeoQuality


@dataclass(frozen=True, slots=True)
class PlzIndex:
    """The PLZ table in memory, for bulk work: centre by PLZ, place by (PLZ, folded name)."""

    centres: Mapping[str, Coordinate]
    places: Mapping[tuple[str, str], Coordinate]

    def locate(self, plz: str, city: str) -> Coordinate | None:
        """The best coordinate for a PLZ and a town's name, or None where the PLZ does not exist."""
        return self.places.get((plz, fold_place(city))) or self.centres.get(plz)


def load_index(session: Session) -> PlzIndex:
    """Read the whole table (about 31,000 rows, some 0.1 s)."""
    return _index(_rows(session, None))


def locate(session: Session, plz: str, city: str) -> Coordinate | None:
    """The best coordinate for one PLZ and town, or None where the PLZ does not exist."""
    return _index(_rows(session, plz)).locate(plz, city)


def whole_plz(session: Session, plz: str, city: str, *, field: str = "plz") -> str:
    """A typed PLZ of five digits; four get their lost zero back where the town is one of that PLZ, or none is named.

    Raises Invalid (`field`): with the PLZ that may be meant and its town where the town written is another.
    """
    typed = plz.strip()
    if not typed or re.fullmatch(r"\d{5}", typed):
        return typed
    if re.fullmatch(r"\d{4}", typed):
        meant = f"0{typed}"
        rows = session.scalars(select(PlzPlace.place).where(PlzPlace.plz == meant).order_by(PlzPlace.place)).all()
        if rows and (not city.strip() or fold_place(city) in set(map(fold_place, rows))):
            return meant
        if rows:
            raise Invalid(
                "address.plz_short", field=field, plz=meant, city=min(filter(None, rows), key=len, default="")
            )
    raise Invalid("address.plz", field=field)


Row = tuple[str, str, float, float, int, str]


def _rows(session: Session, plz: str | None) -> Iterable[Row]:
    query = select(PlzPlace.plz, PlzPlace.place, PlzPlace.lat, PlzPlace.lon, PlzPlace.uncertainty_m, PlzPlace.source)
    if plz is not None:
        query = query.where(PlzPlace.plz == plz)
    return session.execute(query)


def _index(rows: Iterable[Row]) -> PlzIndex:
    centres: dict[str, Coordinate] = {}
    places: dict[tuple[str, str], Coordinate] = {}
    for plz, place, lat, lon, uncertainty_m, source in rows:
        quality = GeoQuality.PLZ
        coordinate = Coordinate(lat, lon, quality, uncertainty_m, source)
        if place:
            places.setdefault((plz, fold_place(place)), coordinate)
        else:
            centres[plz] = coordinate
    return PlzIndex(centres, places)
