"""All the worker does with maps: addresses, ways, and trying a server out. Each is a round of its own thread."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime

from domain.access import office
from domain.casework.placing import ask_again
from domain.casework.reaching import forget_old_reach
from domain.casework.suggesting import forget_typed
from domain.casework.travelling import forget_old_ways
from domain.database import Session
from domain.errors import PlatzlotseError, Unavailable
from domain.geocoding.addresses import Address, clean
from domain.geocoding.answers import forget_old_answers
from domain.geocoding.lookup import locate
from domain.geocoding.map_settings import MapForm, Maps, read_maps
from domain.geocoding.server_tests import note_server_answer, take_server_test
from domain.outside import close_breaker
from domain.travel.ways import Spot
from domain.values import TravelMode
from sync.geo.geocoders import geocoder_of
from sync.geo.placing import Placing, find_address
from sync.geo.reaching import Reaching
from sync.geo.router_work import RouterKey
from sync.geo.routers import Unroutable, router_of
from sync.geo.suggesting import Suggesting
from sync.geo.travelling import Travelling
from sync.http.addresses import host_of
from sync.http.answers import Limits
from sync.http.client import OutsideClient, Write
from sync.http.identity import user_agent

STEPS = 200  # of one round; then others of this thread have their turn
TRYING = Limits(connect=5, silence=10, total=15, attempts=1, turn=20, together=15)
# where an office is whose settings name no address
SOMEWHERE = Address("Alexanderplatz", "1", "10178", "Berlin")
SOMEWHERE_SPOT = Spot(52.5219, 13.4132)
SHORT_WAY = 0.02  # degrees to the north: some two kilometres


class MapWork:
    """Rounds of looking things up; `stop` ends whatever waits for its turn."""

    def __init__(self, write: Write, *, now: Callable[[], datetime], router_key: RouterKey) -> None:
        self._write, self._now, self._router_key = write, now, router_key
        self._stopped = threading.Event()
        self._placing = Placing(write, now=now, make_client=self._client)
        self._travelling = Travelling(write, now=now, router_key=router_key, make_client=self._client)
        self._reaching = Reaching(write, now=now, router_key=router_key, make_client=self._client)
        self._suggesting = Suggesting(write, now=now, make_client=self._client)

    def stop(self) -> None:
        """No further question; one that waits for its turn is given up and comes again."""
        self._stopped.set()

    def place(self) -> None:
        """Look up addresses until none is due or the server does not answer."""
        self._round(self._placing.step)

    def travel(self) -> None:
        """Ask for areas and ways until none is due, and answer whoever tries a server out: for all somebody waits."""
        self.answer_test()
        self._round(self._reaching.step)
        self._round(self._travelling.step)

    def suggest(self) -> None:
        """Ask what an address may become that somebody is typing."""
        self._round(self._suggesting.step)

    def forget_typed(self) -> None:
        """Take away what was typed some minutes ago."""
        self._write(forget_typed)

    def forget(self) -> None:
        """Drop answers that no longer hold, and ask again for some of what was not found when they were given."""
        self._write(lambda s: forget_old_answers(s, now=self._now()))
        self._write(lambda s: forget_old_ways(s, now=self._now()))
        self._write(lambda s: forget_old_reach(s, now=self._now()))
        self._write(lambda s: ask_again(s, now=self._now()))

    def answer_test(self) -> bool:
        """Try a server if somebody asked; False when nobody did."""
        asked = self._write(lambda s: take_server_test(s, now=self._now()))
        if asked is None:
            return False
        number, kind = asked
        trouble, params = self._try(kind)
        self._write(lambda s: note_server_answer(s, number, now=self._now(), trouble=trouble, params=params))
        return True

    def _round(self, step: Callable[[], bool]) -> None:
        for _ in range(STEPS):
            if self._stopped.is_set() or not step():
                return

    def _client(self, write: Write, **values: object) -> OutsideClient:
        return OutsideClient(write, sleep=self._sleep, **values)  # type: ignore[arg-type]  # what Placing gives

    def _sleep(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise Unavailable("outside.stopping")

    def _try(self, kind: str) -> tuple[str, Mapping[str, int | str]]:
        """A server's trouble ('' for none), and what a sentence names."""

        def read(session: Session) -> tuple[Maps, Address, Spot, str]:
            settings = office(session)
            given = clean(Address(settings.street, "", settings.plz, settings.city))
            here = locate(session, given.plz, given.city) if given.plz else None
            spot = Spot(here.lat, here.lon) if here else SOMEWHERE_SPOT
            return read_maps(session), given if given.street else SOMEWHERE, spot, user_agent(settings)

        maps, address, spot, agent = self._write(read)
        url = getattr(maps.form, f"{kind}_url")
        began = time.monotonic()
        try:
            client = self._client(self._write, user_agent=agent, now=self._now, limits=TRYING)
            self._write(lambda s: close_breaker(s, host_of(url)))
            known = (
                self._try_geocoder(maps.form, client, address)
                if kind == "geocoder"
                else self._try_router(maps, client, spot)
            )
        except PlatzlotseError as exc:
            plain = {name: value for name, value in exc.params.items() if isinstance(value, (int, str))}
            return exc.code, plain
        said = f"{address.street} {address.house_number}, {address.plz} {address.city}".strip(" ,")
        return "", {"known": int(known), "milliseconds": round(1000 * (time.monotonic() - began)), "address": said}

    @staticmethod
    def _try_geocoder(form: MapForm, client: OutsideClient, address: Address) -> bool:
        geocoder = geocoder_of(form, client)
        if geocoder is None:
            raise Unavailable("map_settings.no_geocoder")
        return find_address(address, geocoder) is not None

    def _try_router(self, maps: Maps, client: OutsideClient, spot: Spot) -> bool:
        key = self._router_key(maps)
        router = router_of(maps.form, client, key=key, now=self._now())
        if router is None:
            raise Unavailable("map_settings.no_router")
        try:
            (way,) = router.ways(TravelMode.CAR, spot, [Spot(spot.lat + SHORT_WAY, spot.lon)])
        except Unroutable:
            return False  # it understood us, and has no road there
        return way.minutes is not None
