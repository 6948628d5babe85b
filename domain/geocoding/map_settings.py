"""Where an office has addresses and ways looked up, and whether patients may be asked about. All off at first.

The key of a router is sealed to the worker before it comes here.
"""

import re
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from domain import events
from domain.editing import load_for_edit
from domain.errors import Invalid
from domain.geocoding.map_models import MapSettings
from domain.hosts import is_this_machine

GEOCODERS = ("none", "nominatim", "photon")
ROUTERS = ("none", "osrm", "valhalla", "openrouteservice")
PERMISSIONS = ("patients_to_geocoder", "patients_to_router")
FASTEST = 6000  # questions a minute
_URL = re.compile(r"https?://[^\s/?#]+[^\s?#]*")


@dataclass(frozen=True, slots=True)
class MapForm:
    """What a person sets; addresses without a path's last slash, rates in questions a minute."""

    geocoder: str = "none"
    geocoder_url: str = ""
    geocoder_per_minute: int = 60
    patients_to_geocoder: bool = False
    router: str = "none"
    router_url: str = ""
    router_per_minute: int = 60
    router_transit: bool = False
    patients_to_router: bool = False


@dataclass(frozen=True, slots=True)
class Maps:
    """The settings as they are kept; the key of the router stays sealed.

    `router_key_bound` False: it was sealed by a release before 0021 and nobody wrote it since.
    """

    form: MapForm
    version: int
    sealed_router_key: bytes | None
    router_key_bound: bool


def read_maps(session: Session) -> Maps:
    """The office's settings; the migration made the row."""
    row = session.get_one(MapSettings, 1)
    form = MapForm(**{field.name: getattr(row, field.name) for field in fields(MapForm)})
    return Maps(form, row.version, row.sealed_router_key, row.router_key_bound)


def save_maps(session: Session, form: MapForm, *, version: int, sealed_key: bytes | None = None) -> frozenset[str]:
    """Save; a new `sealed_key` replaces the one that is there, None leaves it, empty takes it away.

    What the office no longer allows is no longer asked, and what was allowed of one server is not of another
    (triggers): returns what was dropped so, `patients_to_geocoder`, `patients_to_router` and `key`. Raises Invalid
    (field), Conflict and Forbidden.
    """
    _check(form)
    row = load_for_edit(session, MapSettings, 1, version)
    had_key = row.sealed_router_key is not None
    for field in fields(MapForm):
        value = getattr(form, field.name)
        setattr(row, field.name, value.strip().rstrip("/") if isinstance(value, str) else value)
    if sealed_key is not None:
        row.sealed_router_key = sealed_key or None
    events.record(session, "map_settings.changed", 1)
    session.flush()
    session.refresh(row)
    dropped = {name for name in PERMISSIONS if getattr(form, name) and not getattr(row, name)}
    if had_key and sealed_key is None and row.sealed_router_key is None:
        dropped.add("key")
    return frozenset(dropped)


def router_purpose(url: str) -> dict[str, int | str]:
    """What the key of a router is sealed for: one server, told by scheme, host and port (the database's server_of)."""
    parts = urlsplit(url.strip())
    try:
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        port = 0  # the form refuses it
    return {"use": "router", "server": f"{parts.scheme}://{(parts.hostname or '').rstrip('.')}:{port}"}


def _check(form: MapForm) -> None:
    for kind, known in (("geocoder", GEOCODERS), ("router", ROUTERS)):
        chosen, url = getattr(form, kind), getattr(form, f"{kind}_url").strip()
        if chosen not in known:
            raise Invalid("map_settings.kind", field=kind)
        if chosen == "none":
            if getattr(form, f"patients_to_{kind}"):
                raise Invalid("map_settings.no_server", field=f"patients_to_{kind}")
            continue
        if not _URL.fullmatch(url) or not _port_fits(url):
            raise Invalid("outside.address", field=f"{kind}_url", url=url)
        if getattr(form, f"patients_to_{kind}") and not _sheltered(url):
            raise Invalid("map_settings.unsheltered", field=f"{kind}_url")
        if not 1 <= getattr(form, f"{kind}_per_minute") <= FASTEST:
            raise Invalid("office.out_of_bounds", field=f"{kind}_per_minute", low=1, high=FASTEST)
    if form.router_transit and form.router != "valhalla":
        raise Invalid("map_settings.transit", field="router_transit")


def _sheltered(url: str) -> bool:
    """Whether nobody reads on the way what is told there (the database's is_sheltered)."""
    parts = urlsplit(url)
    return parts.scheme == "https" or is_this_machine(parts.hostname or "")


def _port_fits(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
