"""What stands on the map. Free of Qt."""

from dataclasses import dataclass
from enum import StrEnum


class MarkerState(StrEnum):
    """How a practice stands: each has a colour and a shape of its own (resources/map/signs.js)."""

    AVAILABLE = "available"
    COOLING = "cooling"
    OPEN_INQUIRY = "open_inquiry"
    EXCLUDED = "excluded"
    UNKNOWN = "unknown"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class MapMarker:
    """One practice at degrees (WGS 84); `uncertain` where only the PLZ is known."""

    id: int
    lat: float
    lon: float
    state: MarkerState
    title: str
    detail: str
    uncertain: bool
