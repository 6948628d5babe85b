"""Where an address lies as far as the PLZ table knows: the place inside the PLZ, else the PLZ's centre.

House and street precision come from a geocoder or a directory, never from here. An unknown or impossible
PLZ gives None: distance rules then say "unknown" instead of letting it pass.
"""

import re
from collections.abc import Iterable

from sqlalchemy import ARRAY, Text, any_, literal, select
from sqlalchemy.orm import Session

from domain.errors import Invalid
from domain.geocoding.folding import fold_place
from domain.geocoding.models import PlzPlace
from domain.values import Coordinate, GeoQuality


class PlzIndex:
    """What the PLZ table knows, read as far as it is asked for: the whole takes longer than a small import."""

    def __init__(self) -> None:
        self._read: set[str] = set()
        self._centres: dict[str, Coordinate] = {}
        self._places: dict[tuple[str, str], Coordinate] = {}

    def read(self, session: Session, plzs: Iterable[str]) -> None:
        """Know these PLZ, too: those of a batch at once."""
        if not (new := set(plzs) - self._read):
            return
        query = select(
            PlzPlace.plz, PlzPlace.place, PlzPlace.lat, PlzPlace.lon, PlzPlace.uncertainty_m, PlzPlace.source
        ).where(PlzPlace.plz == any_(literal(list(new), ARRAY(Text))))
        for plz, place, lat, lon, uncertainty_m, source in session.execute(query):
            coordinate = Coordinate(lat, lon, GeoQuality.PLZ, uncertainty_m, source)
            if place:
                self._places.setdefault((plz, fold_place(place)), coordinate)
            else:
                self._centres[plz] = coordinate
        self._read |= new

    def locate(self, plz: str, city: str) -> Coordinate | None:
        """The best coordinate for a PLZ that was read and a town's name, or None where the PLZ does not exist."""
        return self._places.get((plz, fold_place(city))) or self._centres.get(plz)


def locate(session: Session, plz: str, city: str) -> Coordinate | None:
    """The best coordinate for one PLZ and town, or None where the PLZ does not exist."""
    index = PlzIndex()
    index.read(session, [plz])
    return index.locate(plz, city)


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
