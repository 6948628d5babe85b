"""Suggestions for an address that is being typed, from a Photon or a Nominatim of one's own.

They are asked without geopy: what is typed is no address yet. What comes back is checked.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from urllib.parse import urlencode

from domain.casework.suggesting import Suggestion, Typed
from domain.geocoding.map_settings import MapForm
from sync.geo.geocoders import ROADS, TOWNS
from sync.geo.routers import understood
from sync.http.answers import Limits
from sync.http.client import OutsideClient

MOST = 6
ASKED_FOR = 12  # some fall out: other countries, or the same twice
LONGEST = 120  # letters of one part; a longer one is none
# later than this nobody wants it any more
LIMITS = Limits(connect=2, silence=3, total=4, attempts=1, turn=3, together=6, largest=500_000)


class Suggester(Protocol):
    """Asks one server what an address may become."""

    def suggest(self, typed: Typed) -> list[Suggestion]:
        """The likeliest first, at most MOST. Raises Unavailable."""
        ...


class PhotonSuggester:
    """A Photon: made for it, knows beginnings of words."""

    def __init__(self, client: OutsideClient, url: str, interval: float) -> None:
        self._client, self._url, self._interval = client, url, interval

    def suggest(self, typed: Typed) -> list[Suggestion]:
        """What begins so."""
        query = {"q": _line(typed), "limit": ASKED_FOR, "lang": "de", "bbox": "5.5,47,15.5,55.2"}
        url = f"{self._url}/api?{urlencode(query)}"
        said = self._client.get(url, interval=self._interval, limits=LIMITS).json()
        with understood(self._url):
            return _best(_of_photon(feature["properties"]) for feature in said["features"])


class NominatimSuggester:
    """A Nominatim: knows whole words only, so it speaks once a street is complete."""

    def __init__(self, client: OutsideClient, url: str, interval: float) -> None:
        self._client, self._url, self._interval = client, url, interval

    def suggest(self, typed: Typed) -> list[Suggestion]:
        """What is called so."""
        query = {
            "q": _line(typed), "format": "jsonv2", "addressdetails": 1, "limit": ASKED_FOR, "countrycodes": "de",
            "accept-language": "de",
        }  # fmt: skip
        url = f"{self._url}/search?{urlencode(query)}"
        said = self._client.get(url, interval=self._interval, limits=LIMITS).json()
        with understood(self._url):
            if not isinstance(said, list):
                raise TypeError("no list of hits")
            return _best(_of_nominatim(hit["address"]) for hit in said)


def suggester_of(settings: MapForm, client: OutsideClient) -> Suggester | None:
    """The configured one; None where there is none."""
    interval, url = 60 / settings.geocoder_per_minute, settings.geocoder_url
    if settings.geocoder == "photon":
        return PhotonSuggester(client, url, interval)
    return NominatimSuggester(client, url, interval) if settings.geocoder == "nominatim" else None


def _line(typed: Typed) -> str:
    town = f"{typed.plz} {typed.city}".strip()
    return f"{typed.street}, {town}" if town else typed.street


def _best(found: Iterable[Suggestion | None]) -> list[Suggestion]:
    """Those with a street, each once, in the server's order."""
    known = dict.fromkeys(one for one in found if one is not None and one.street)
    return list(known)[:MOST]


def _of_photon(raw: Mapping[str, Any]) -> Suggestion | None:
    if raw.get("countrycode", "DE") != "DE":
        return None
    road = raw.get("street") or (raw.get("name") if raw.get("osm_key") == "highway" else "")
    return _checked(road, raw.get("housenumber"), raw.get("postcode"), raw.get("city"))


def _of_nominatim(raw: Mapping[str, Any]) -> Suggestion | None:
    road = next((raw[name] for name in ROADS if raw.get(name)), "")
    town = next((raw[name] for name in TOWNS if raw.get(name)), "")
    return _checked(road, raw.get("house_number"), raw.get("postcode"), town)


def _checked(*parts: object) -> Suggestion | None:
    """The parts as text a field may hold; None where one is none."""
    texts = ["" if part is None else str(part).strip() for part in parts]
    fine = all(len(text) <= LONGEST and text.isprintable() for text in texts)
    return Suggestion(*texts) if fine else None
