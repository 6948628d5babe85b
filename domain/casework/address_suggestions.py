"""What an address being typed may become: towns of the PLZ table, streets of practices and of the cache.

Nothing leaves the office, and no patient's street is offered to anybody.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

MOST = 12
SHORTEST = 2  # letters before anything is offered
_TOWNS = """
SELECT DISTINCT plz, place FROM geocoding_service.plz_place
WHERE place <> '' AND (plz LIKE :typed || '%' OR public.fold(place) LIKE public.fold(:typed) || '%')
ORDER BY plz, place LIMIT :most
"""
_STREETS = """
SELECT DISTINCT street FROM (
    SELECT street FROM geocoding_service.geocode_answer WHERE plz = :plz AND quality <> 'none'
    UNION ALL
    SELECT street FROM therapist_service.practice_site WHERE plz = :plz AND geo_quality IN ('house', 'street')
) AS known WHERE public.fold(street) LIKE public.fold(:typed) || '%' ORDER BY street LIMIT :most
"""


def suggest_towns(session: Session, typed: str) -> tuple[tuple[str, str], ...]:
    """PLZ and town by the beginning of either."""
    typed = _plain(typed)
    if len(typed) < SHORTEST:
        return ()
    rows = session.execute(text(_TOWNS), {"typed": typed, "most": MOST})
    return tuple((row.plz, row.place) for row in rows)


def suggest_streets(session: Session, plz: str, typed: str) -> tuple[str, ...]:
    """Streets of a PLZ by their beginning."""
    typed = _plain(typed)
    if len(typed) < SHORTEST or not plz:
        return ()
    return tuple(session.scalars(text(_STREETS), {"plz": plz, "typed": typed, "most": MOST}))


def _plain(typed: str) -> str:
    """Without what LIKE would read as a pattern."""
    return "".join(c for c in typed.strip() if c not in "%_\\")
