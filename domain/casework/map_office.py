"""Karten und Wege as Verwaltung sees them: settings with a sealed key, and how everything outside is doing."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.placing import PlacingProgress, placing_progress
from domain.communication.sealing import seal
from domain.geocoding.map_settings import MapForm, Maps, read_maps, router_purpose, save_maps
from domain.outside import HostState, host_states


@dataclass(frozen=True, slots=True)
class MapOffice:
    """Settings, addresses on their way, ways and areas on theirs (with the last cause of a delay), and every host."""

    maps: Maps
    placing: PlacingProgress
    ways_waiting: int
    ways_cause: str
    hosts: tuple[HostState, ...]


def read_map_office(session: Session) -> MapOffice:
    """All of it in one snapshot."""
    ways = session.execute(
        text(
            "SELECT count(*) AS waiting,"
            # of one place, and nothing about the server
            " coalesce(max(cause) FILTER (WHERE cause NOT IN ('', 'travel.nowhere')), '') AS cause FROM ("
            " SELECT cause, done_at FROM geocoding_service.travel_request"
            " UNION ALL SELECT cause, done_at FROM geocoding_service.reach_request) AS asked WHERE done_at IS NULL"
        )
    ).one()
    return MapOffice(read_maps(session), placing_progress(session), ways.waiting, ways.cause, host_states(session))


def save_map_office(session: Session, form: MapForm, *, version: int, key: str | None = None) -> frozenset[str]:
    """Save; a router's `key` is sealed to the worker, None leaves the one that is there. Returns what was dropped.

    Raises Invalid (field), Conflict, Forbidden, and Unavailable before a worker ran for the first time.
    """
    sealed = None if key is None else seal(session, key, purpose=router_purpose(form.router_url)) if key else b""
    return save_maps(session, form, version=version, sealed_key=sealed)
