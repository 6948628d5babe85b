"""The worker's work on addresses: take one, clean it, ask from the house to the street, note what came of it.

Each address costs at most four questions. An outage puts it back and ends the round; nothing is ever concluded from it.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.access import office
from domain.casework.placing import AskedPlace, hold_place, note_place, put_back, take_place
from domain.database import Session
from domain.errors import PlatzlotseError, Unavailable
from domain.geocoding.addresses import (
    Address,
    Difference,
    Judged,
    clean,
    is_beyond,
    judge,
    spelled_like,
    without_number,
)
from domain.geocoding.answers import UNASKED, Unasked, keep_answer, known_answer, known_streets
from domain.geocoding.lookup import locate
from domain.geocoding.map_settings import read_maps
from domain.values import Coordinate
from sync.geo.geocoders import Geocoder, geocoder_of
from sync.geo.held import WITHDRAWN, Held, geocoder_server, unforeseen
from sync.http.client import OutsideClient, Write
from sync.http.identity import user_agent

log = logging.getLogger(__name__)
MakeClient = Callable[..., OutsideClient]


@dataclass(frozen=True, slots=True)
class _Ready:
    """An address with what is known of it before anybody is asked."""

    asked: AskedPlace
    address: Address
    known: Judged | Unasked | None
    streets: Sequence[str]
    within: Coordinate | None


class Placing:
    """Looks addresses up, one a step."""

    def __init__(self, write: Write, *, now: Callable[[], datetime], make_client: MakeClient = OutsideClient) -> None:
        self._write, self._now, self._make_client = write, now, make_client

    def step(self) -> bool:
        """Look up the next address; False where none is due or the server does not answer: then wait a while."""
        ready = self._write(self._take)
        if ready is None:
            return False
        held = Held(ready.asked, hold_place, self._now)
        try:
            judged = self._find(ready, held)
            self._write(lambda s: self._note(s, ready, held.asked, judged))
        except PlatzlotseError as exc:  # an outage, or an address of a server that a person has to mend
            self._put_back(held.asked, exc)
            # what is this address's own affair keeps no other waiting
            return exc.code == WITHDRAWN or not isinstance(exc, Unavailable)
        except Exception as exc:  # noqa: BLE001 - it concerns this one alone
            # likewise, and it counts as a try
            self._put_back(held.asked, unforeseen(exc))
        return True

    def _put_back(self, asked: AskedPlace, error: PlatzlotseError) -> None:
        until = error.params.get("until")
        later = datetime.fromisoformat(str(until)) if until else None
        self._write(lambda s: put_back(s, asked, error.code, now=self._now(), until=later))
        log.info("address %d put back: %s", asked.request_id, error.code)

    def _take(self, session: Session) -> _Ready | None:
        asked = take_place(session, now=self._now())
        if asked is None:
            return None
        address = clean(asked.address)
        within = locate(session, address.plz, "") if address.plz else None
        known = known_answer(session, address, now=self._now())
        if within is not None and isinstance(known, Judged) and _is_another(known, within):
            known = UNASKED
        return _Ready(asked, address, known, known_streets(session, address.plz) if known is UNASKED else (), within)

    def _find(self, ready: _Ready, held: Held[AskedPlace]) -> Judged | None:
        if not isinstance(ready.known, Unasked):
            return ready.known
        geocoder = self._write(lambda s: self._geocoder(s, held))
        if geocoder is None:
            raise Unavailable("map_settings.no_geocoder")
        return find_address(ready.address, geocoder, ready.streets, within=ready.within)

    def _geocoder(self, session: Session, held: Held[AskedPlace]) -> Geocoder | None:
        form = read_maps(session).form
        client = self._make_client(
            self._write,
            user_agent=user_agent(office(session)),
            now=self._now,
            permit=lambda s: held.keep(s, server=(form.geocoder, form.geocoder_url), said=geocoder_server),
        )
        return geocoder_of(form, client)

    def _note(self, session: Session, ready: _Ready, asked: AskedPlace, judged: Judged | None) -> None:
        if isinstance(ready.known, Unasked) and not ready.asked.of_patient:
            source = read_maps(session).form.geocoder
            keep_answer(session, ready.address, judged, source=source, now=self._now())
        note_place(session, asked, judged, now=self._now())


def _is_another(known: Judged, within: Coordinate) -> bool:
    """Whether an answer kept once is of another PLZ far away, as it was taken before that was looked at."""
    return Difference.PLZ_DIFFERS in known.warnings and is_beyond(known.lat, known.lon, within)


def find_address(
    address: Address, geocoder: Geocoder, streets: Sequence[str] = (), *, within: Coordinate | None = None
) -> Judged | None:
    """House, then house without the town's name, then as the map spells the street, then the street alone."""
    if not address.street:
        return None
    best: Judged | None = None
    for attempt in _attempts(address, streets):
        found = judge(attempt, geocoder.find(attempt), within=within)
        if found is not None and found.quality == "house":
            return found
        if best is None or (found is not None and found.quality == "street" and best.quality == "plz"):
            best = found
    return best


def _attempts(address: Address, streets: Sequence[str]) -> list[Address]:
    tried = [address]
    if address.plz and address.city:
        tried.append(replace(address, city=""))
    if (spelled := spelled_like(address.street, streets)) is not None:
        tried.append(replace(address, street=spelled))
    if address.house_number:
        tried.append(without_number(tried[-1] if spelled else address))
    return tried
