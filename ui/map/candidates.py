"""The candidates of a search as markers: who fits, who is excluded or unknown, and why not. Free of Qt."""

from collections.abc import Iterator

from domain.matching.candidates import Candidates, PracticeCandidate
from ui import formats
from ui.map.markers import MapMarker, MarkerState


def candidate_markers(found: Candidates) -> list[MapMarker]:
    """Every practice named by the judgement that has a place."""
    return [
        MapMarker(
            id=c.therapist_id,
            lat=c.lat,
            lon=c.lon,
            state=state,
            title=c.name,
            detail=f"{c.city}, {formats.distance(c.distance_km)}",
            uncertain=c.geo_quality not in {"house", "street"},
        )
        for c, state in _judged(found)
        if c.lat is not None and c.lon is not None
    ]


def _judged(found: Candidates) -> Iterator[tuple[PracticeCandidate, MarkerState]]:
    for candidate in found.fit:
        yield candidate, MarkerState.AVAILABLE
    for group in found.excluded:
        for candidate in group.nearest:
            if group.rule != "contact_point":
                yield candidate, MarkerState.EXCLUDED
            else:
                yield candidate, MarkerState.OPEN_INQUIRY if candidate.open_inquiry_id else MarkerState.COOLING
    for group in found.unknown:
        for candidate in group.nearest:
            yield candidate, MarkerState.UNKNOWN
