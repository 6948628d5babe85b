"""Which therapists the map shows: filters with counts, an area, a text, one patient's candidates. Pure, free of Qt.

An offer is one combination of method, age group and setting, so these three are asked of the same offer: somebody with
groups for adults and single sessions for children has no groups for children.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.therapists.on_map import MapPlace, offer_bits
from ui.map.markers import MapMarker, MarkerState
from ui.map.shapes import Point, within

FACETS = ("state", "method", "age_group", "setting", "seat", "language")
OFFER_FACETS = ("method", "age_group", "setting")
STATES: Mapping[str, MarkerState] = {
    "available": MarkerState.AVAILABLE,
    "open_inquiry": MarkerState.OPEN_INQUIRY,
    "cooling": MarkerState.COOLING,
    "full": MarkerState.FULL,
}


# what the facets look at: thousands share one
Key = tuple[MarkerState, int, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A therapist on the map with its marker; key and order are computed once, not at every choice."""

    place: MapPlace
    marker: MapMarker
    key: Key
    order: str


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for. Facets hold a code, empty for all; `area` its lines; `text` the ids a text found.

    `candidates` are the markers of one patient's judgement, by id, the best first: then nobody else is shown.
    """

    facets: Mapping[str, str] = field(default_factory=dict)
    area: tuple[tuple[Point, ...], ...] = ()
    text: frozenset[int] | None = None
    candidates: Mapping[int, MapMarker] | None = None


@dataclass(frozen=True, slots=True)
class Selected:
    """Who is shown (by name; candidates the best first), and for each facet how many each of its codes would show (the other facets as they are)."""

    shown: tuple[Shown, ...]
    counts: Mapping[str, Mapping[str, int]]


def shown(place: MapPlace) -> Shown:
    """A therapist as the map without a patient shows them."""
    marker = MapMarker(
        id=place.therapist_id,
        lat=place.lat,
        lon=place.lon,
        state=STATES.get(place.state, MarkerState.EXCLUDED),
        title=place.name,
        detail=f"{place.plz} {place.city}".strip(),
        uncertain=not place.exact,
    )
    return _shown(place, marker)


def _shown(place: MapPlace, marker: MapMarker) -> Shown:
    key = (marker.state, place.offer_mask, place.seat, place.languages)
    return Shown(place, marker, key, place.name.casefold())


def select(everybody: Iterable[Shown], wanted: Selection) -> Selected:
    """Apply a selection (not on the GUI thread where they are many: some 30 ms for 40,000)."""
    pool = _pool(everybody, wanted)
    distinct = Counter(one.key for one in pool)
    passing = {key for key in distinct if _passes(key, wanted.facets)}
    counts = {facet: _count(facet, distinct, wanted.facets) for facet in FACETS}
    found = [one for one in pool if one.key in passing]
    if wanted.candidates is not None:
        rank = {number: place for place, number in enumerate(wanted.candidates)}
        found.sort(key=lambda one: rank[one.place.therapist_id])
    else:
        found.sort(key=lambda one: one.order)
    return Selected(tuple(found), counts)


def _pool(everybody: Iterable[Shown], wanted: Selection) -> Sequence[Shown]:
    """Those whom text, area and patient leave."""
    pool = list(everybody)
    if wanted.candidates is not None:
        judged = wanted.candidates
        pool = [_shown(one.place, judged[n]) for one in pool if (n := one.place.therapist_id) in judged]
    if (ids := wanted.text) is not None:
        pool = [one for one in pool if one.place.therapist_id in ids]
    if wanted.area:
        found = within([(one.place.lat, one.place.lon) for one in pool], wanted.area)
        pool = [one for one, is_in in zip(pool, found, strict=True) if is_in]
    return pool


def _passes(key: Key, facets: Mapping[str, str]) -> bool:
    state, mask, seat, languages = key
    asked = {name: facets.get(name, "") for name in OFFER_FACETS}
    return (
        facets.get("state", "") in {"", state}
        and facets.get("seat", "") in {"", seat}
        and (not (language := facets.get("language", "")) or language in languages)
        and (not any(asked.values()) or bool(mask & offer_bits(**asked)))
    )


def _count(facet: str, distinct: Mapping[Key, int], facets: Mapping[str, str]) -> Mapping[str, int]:
    """How many each code of a facet would show, and under "" how many without it."""
    others = {name: code for name, code in facets.items() if name != facet}
    open_keys = [(key, number) for key, number in distinct.items() if _passes(key, others)]
    counts = Counter({"": sum(number for _, number in open_keys)})
    if facet in OFFER_FACETS:
        for code in _CODES[facet]:
            bits = offer_bits(**{name: others.get(name, "") for name in OFFER_FACETS if name != facet}, **{facet: code})
            counts[code] = sum(number for key, number in open_keys if key[1] & bits)
        return counts
    for (state, _, seat, languages), number in open_keys:
        for code in {"state": (state.value,), "seat": (seat,), "language": languages}[facet]:
            counts[code] += number
    return counts


_CODES = {
    "method": ("cbt", "psychodynamic", "analytic", "systemic"),
    "age_group": ("adult", "child_youth"),
    "setting": ("individual", "group"),
}
