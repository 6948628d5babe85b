"""Geocoders by geopy, through the office's one HTTP client. What comes back is not trusted: it is judged elsewhere.

geopy's own RateLimiter is not used: with its default an outage looks like "not found". Turns are the client's.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol
from unicodedata import category
from urllib.parse import urlsplit

from geopy.adapters import BaseSyncAdapter
from geopy.exc import GeopyError
from geopy.geocoders import Nominatim, Photon

from domain.errors import Unavailable
from domain.geocoding.addresses import Address, Found
from domain.geocoding.map_settings import MapForm
from sync.http.client import OutsideClient

HITS = 5
METRES_PER_DEGREE = 111_190
ROADS = ("road", "pedestrian", "footway", "path", "square", "place", "hamlet", "residential")
TOWNS = ("city", "town", "village", "municipality", "hamlet", "suburb")


class Geocoder(Protocol):
    """Asks one server for an address; no hits where it knows none. Raises Unavailable."""

    def find(self, address: Address) -> list[Found]:
        """Its hits for a cleaned address."""
        ...


class _Adapter(BaseSyncAdapter):  # type: ignore[misc]  # geopy has no types
    """geopy's way to the network, leading through our client."""

    def __init__(self, client: OutsideClient, interval: float, shape: type) -> None:
        super().__init__(proxies=None, ssl_context=None)
        self._client, self._interval, self._shape = client, interval, shape

    def get_json(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> Any:  # noqa: ARG002 - the client has its own
        said = self._client.get(url, interval=self._interval, headers=_only_ours(headers)).json()
        if not isinstance(said, self._shape):
            # geopy would read "null" or "{}" as "nothing found"
            raise Unavailable("outside.garbage", host=urlsplit(url).hostname)
        return said

    def get_text(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> str:  # noqa: ARG002 - likewise
        return self._client.get(url, interval=self._interval, headers=_only_ours(headers)).text()


def _only_ours(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() != "user-agent"}


class NominatimGeocoder:
    """A Nominatim, asked by parts so that a town is never taken for a street."""

    def __init__(self, client: OutsideClient, url: str, interval: float) -> None:
        self._url = url
        self._geopy = Nominatim(**_place(client, url, interval, list), user_agent="Platzlotse")

    def find(self, address: Address) -> list[Found]:
        """Its hits for a cleaned address."""
        parts = {
            "street": f"{address.house_number} {address.street}".strip(),
            "postalcode": address.plz,
            "city": address.city,
        }
        query = {name: value for name, value in parts.items() if value}
        return _read(
            self._url,
            lambda: self._geopy.geocode(
                query, exactly_one=False, limit=HITS, addressdetails=True, language="de", country_codes="de"
            ),
            _of_nominatim,
        )


class PhotonGeocoder:
    """A Photon, asked in one line."""

    def __init__(self, client: OutsideClient, url: str, interval: float) -> None:
        self._url = url
        self._geopy = Photon(**_place(client, url, interval, dict), user_agent="Platzlotse")

    def find(self, address: Address) -> list[Found]:
        """Its hits for a cleaned address."""
        street = f"{address.street} {address.house_number}".strip()
        town = f"{address.plz} {address.city}".strip()
        return _read(
            self._url,
            lambda: self._geopy.geocode(f"{street}, {town}", exactly_one=False, limit=HITS, language="de"),
            _of_photon,
        )


def geocoder_of(settings: MapForm, client: OutsideClient) -> Geocoder | None:
    """The configured one; None where there is none."""
    interval = 60 / settings.geocoder_per_minute
    if settings.geocoder == "nominatim":
        return NominatimGeocoder(client, settings.geocoder_url, interval)
    if settings.geocoder == "photon":
        return PhotonGeocoder(client, settings.geocoder_url, interval)
    return None


def _place(client: OutsideClient, url: str, interval: float, shape: type) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "scheme": parts.scheme,
        "domain": parts.netloc + parts.path.rstrip("/"),
        "adapter_factory": lambda **_: _Adapter(client, interval, shape),
    }


def _read(url: str, ask: Callable[[], Iterable[Any] | None], read: Callable[[Mapping[str, Any]], Found]) -> list[Found]:
    """Its hits; a shape nobody expects is garbage, never "nothing found"."""
    try:
        return [read(hit.raw) for hit in ask() or ()]
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, GeopyError) as exc:
        raise Unavailable("outside.garbage", host=urlsplit(url).hostname) from exc


def _of_nominatim(raw: Mapping[str, Any]) -> Found:
    details: Mapping[str, Any] = raw["address"]
    south, north, west, east = (float(edge) for edge in raw["boundingbox"])
    town = next((_word(details[name]) for name in TOWNS if details.get(name)), "")
    road = next((_word(details[name]) for name in ROADS if details.get(name)), "")
    address = Address(road, _word(details.get("house_number", "")), _word(details.get("postcode", "")), town)
    return Found(address, float(raw["lat"]), float(raw["lon"]), _extent(south, north, west, east), "nominatim")


def _of_photon(raw: Mapping[str, Any]) -> Found:
    details: Mapping[str, Any] = raw["properties"]
    lon, lat = (float(part) for part in raw["geometry"]["coordinates"])
    # a street of its own is named by "name"
    road = _word(details.get("street") or (details.get("name") if details.get("osm_key") == "highway" else "") or "")
    west, north, east, south = (float(edge) for edge in details.get("extent") or (lon, lat, lon, lat))
    address = Address(
        road, _word(details.get("housenumber", "")), _word(details.get("postcode", "")), _word(details.get("city", ""))
    )
    return Found(address, lat, lon, _extent(south, north, west, east), "photon")


def _word(said: object) -> str:
    """A word a database keeps. Raises ValueError for signs that are no letters."""
    word = str(said)
    if any(category(sign) in {"Cc", "Cs"} for sign in word):
        raise ValueError("signs that are no letters")
    return word


def _extent(south: float, north: float, west: float, east: float) -> int:
    """Half the diagonal of a box in metres; in Germany a degree of longitude is about 0.63 of one of latitude."""
    return round(METRES_PER_DEGREE * math.hypot(north - south, 0.63 * (east - west)) / 2)
