"""Which holidays a place keeps: its Land, or Augsburg, which has one of its own. By postal code."""

from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.orm import Session

LAND_OF = {
    "Baden-Württemberg": "BW", "Bayern": "BY", "Berlin": "BE", "Brandenburg": "BB", "Bremen": "HB", "Hamburg": "HH",
    "Hessen": "HE", "Mecklenburg-Vorpommern": "MV", "Niedersachsen": "NI", "Nordrhein-Westfalen": "NW",
    "Rheinland-Pfalz": "RP", "Saarland": "SL", "Sachsen": "SN", "Sachsen-Anhalt": "ST", "Schleswig-Holstein": "SH",
    "Thüringen": "TH",
}  # fmt: skip
AUGSBURG = "Augsburg"
CITY_OF_AUGSBURG = frozenset({"Augsburg", "Kreisfreie Stadt Augsburg"})  # not the district around it
_STATES = """
SELECT DISTINCT ON (plz) plz, state, district FROM geocoding_service.plz_place
WHERE plz = ANY(:codes) AND state <> '' ORDER BY plz, place
"""


def regions_of(session: Session, plz_codes: Collection[str]) -> dict[str, str]:
    """The region of each postal code that is known: two letters of the Land, or Augsburg."""
    wanted = sorted({plz for plz in plz_codes if plz})
    if not wanted:
        return {}
    rows = session.execute(text(_STATES), {"codes": wanted})
    return {
        row.plz: AUGSBURG if row.district in CITY_OF_AUGSBURG else LAND_OF[row.state]
        for row in rows
        if row.state in LAND_OF
    }
