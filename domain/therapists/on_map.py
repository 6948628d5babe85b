"""Therapists as the map needs them: few columns of all of them, in pages; those that changed; those a text finds.

Whether somebody may be asked is read beside them (matching), as in the list.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.therapists.asking import TODAY_OF_NOW, asked_where

METHODS = ("cbt", "psychodynamic", "analytic", "systemic")
AGE_GROUPS = ("adult", "child_youth", "unknown")
SETTINGS = ("individual", "group", "unknown")
PAGE = 5_000  # rows of one reading: some 50 ms


@dataclass(frozen=True, slots=True)
class MapPlace:
    """A therapist on the map (degrees, WGS 84).

    `state` is available, full (no places, or the list is closed), open_inquiry, cooling, or the status that closes
    the record. `offer_mask` holds the offers as bits (`offer_bits`); `exact` is false where only the PLZ is known.
    """

    therapist_id: int
    site_id: int
    name: str
    plz: str
    city: str
    lat: float
    lon: float
    exact: bool
    state: str
    offer_mask: int
    seat: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MapPage:
    """A portion by id: ask on after `last` until it is None. `placeless` were passed over, having no coordinate."""

    places: tuple[MapPlace, ...]
    last: int | None
    placeless: int


_COLUMNS = f"""
SELECT t.id AS therapist_id, t.site_id,
       concat_ws(', ', t.last_name, nullif(t.first_name, ''), nullif(t.title, '')) AS name,
       st.plz, st.city, st.lat, st.lon, st.geo_quality IN ('house', 'street') AS exact,
       CASE WHEN NOT {asked_where("t", TODAY_OF_NOW)} THEN t.status
            WHEN EXISTS (SELECT FROM matching_service.inquiry q
                         WHERE q.contact_point_id = t.contact_point_id AND q.closed_at IS NULL) THEN 'open_inquiry'
            WHEN EXISTS (SELECT FROM matching_service.cooling_period k
                         WHERE k.contact_point_id = t.contact_point_id AND k.ends_at > :now) THEN 'cooling'
            WHEN t.capacity IN ('full', 'list_closed') THEN 'full'
            ELSE 'available' END AS state,
       t.offer_mask, pr.seat, t.languages
FROM therapist_service.therapist t
JOIN therapist_service.practice pr ON pr.id = t.practice_id
JOIN therapist_service.practice_site st ON st.id = t.site_id
WHERE t.merged_into_id IS NULL
"""


def map_page(session: Session, *, after: int, now: datetime, limit: int = PAGE) -> MapPage:
    """The next therapists by id."""
    rows = session.execute(
        text(f"{_COLUMNS} AND t.id > :after ORDER BY t.id LIMIT :limit"),
        {"now": now, "after": after, "limit": limit},
    ).all()
    places = _places(rows)
    return MapPage(places, rows[-1].therapist_id if len(rows) == limit else None, len(rows) - len(places))


def map_places(
    session: Session, *, therapists: Collection[int], inquiries: Collection[int], now: datetime
) -> Mapping[int, MapPlace | None]:
    """These therapists and all whom these inquiries reach; None for who is not on the map (any more)."""
    rows = session.execute(
        text(f"""{_COLUMNS} AND (t.id = ANY (:therapists) OR t.contact_point_id IN (
            SELECT contact_point_id FROM matching_service.inquiry WHERE id = ANY (:inquiries)))"""),
        {"now": now, "therapists": list(therapists), "inquiries": list(inquiries)},
    ).all()
    found: dict[int, MapPlace | None] = dict.fromkeys(therapists)
    found.update((row.therapist_id, None) for row in rows)
    found.update((place.therapist_id, place) for place in _places(rows))
    return found


def ids_with_text(session: Session, words: str) -> frozenset[int]:
    """Whose name, address, practice or place has every word; umlauts may be written either way."""
    conditions, values = ["true"], {}
    for number, word in enumerate(words.split()):
        conditions.append(
            f"(t.search_text || ' ' || st.plz || ' ' || public.search_fold(st.city || ' ' || pr.name))"
            f" LIKE '%' || public.fold(:word{number}) || '%'"
        )
        values[f"word{number}"] = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = session.scalars(
        text(f"""SELECT t.id FROM therapist_service.therapist t
            JOIN therapist_service.practice pr ON pr.id = t.practice_id
            JOIN therapist_service.practice_site st ON st.id = t.site_id WHERE {" AND ".join(conditions)}"""),
        values,
    )
    return frozenset(rows)


def offer_bits(*, method: str = "", age_group: str = "", setting: str = "") -> int:
    """Bits of `offer_mask` that one offer of this kind may set; an empty word leaves a dimension open.

    The layout is that of the database's `offer_bit` (migration 0001). An offer whose age group or setting nobody
    told passes only where none is asked for.
    """
    return sum(
        1 << (9 * METHODS.index(m) + 3 * AGE_GROUPS.index(a) + SETTINGS.index(s))
        for m in ((method,) if method else METHODS)
        for a in ((age_group,) if age_group else AGE_GROUPS)
        for s in ((setting,) if setting else SETTINGS)
    )


def _places(rows: Iterable[Any]) -> tuple[MapPlace, ...]:
    return tuple(
        MapPlace(
            row.therapist_id, row.site_id, row.name, row.plz, row.city, row.lat, row.lon, row.exact, row.state,
            row.offer_mask, row.seat, tuple(row.languages),
        )
        for row in rows
        if row.lat is not None
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class MapContact:
    """How one of a list is reached; phone in E.164."""

    therapist_id: int
    name: str
    practice: str
    street: str
    plz: str
    city: str
    phone: str
    email: str
    offers: tuple[str, ...]
    seat: str


def map_contacts(session: Session, therapists: Collection[int]) -> Mapping[int, MapContact]:
    """How these are reached, by id."""
    rows = session.execute(
        text("""
        SELECT t.id AS therapist_id, trim(t.title || ' ' || t.first_name || ' ' || t.last_name) AS name,
               pr.name AS practice, trim(st.street || ' ' || st.house_number) AS street, st.plz, st.city,
               coalesce(nullif(t.phone, ''), t.mobile) AS phone, t.email, t.offers, pr.seat
        FROM therapist_service.therapist t
        JOIN therapist_service.practice pr ON pr.id = t.practice_id
        JOIN therapist_service.practice_site st ON st.id = t.site_id WHERE t.id = ANY (:ids)"""),
        {"ids": list(therapists)},
    ).mappings()
    return {row["therapist_id"]: MapContact(**{**row, "offers": tuple(row["offers"])}) for row in rows}
