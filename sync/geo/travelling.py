"""The worker's work on ways: take a short list, ask the router part by part, keep what it says."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from domain.access import office
from domain.casework.travelling import AskedWays, hold_ways, note_ways, put_ways_back, routed_modes, take_ways
from domain.database import Session
from domain.errors import PlatzlotseError, Unavailable
from domain.geocoding.map_settings import Maps, read_maps
from domain.travel.ways import Routed
from sync.geo.held import WITHDRAWN, Held, router_server, unforeseen
from sync.geo.routers import Router, in_parts, router_of, ways_one_by_one
from sync.http.client import OutsideClient, Write
from sync.http.identity import user_agent

log = logging.getLogger(__name__)
RouterKey = Callable[[Maps], str]


class Travelling:
    """Asks for ways, one short list a step. `router_key` opens the key of a router."""

    def __init__(
        self,
        write: Write,
        *,
        now: Callable[[], datetime],
        router_key: RouterKey,
        make_client: Callable[..., OutsideClient] = OutsideClient,
    ) -> None:
        self._write, self._now, self._router_key, self._make_client = write, now, router_key, make_client

    def step(self) -> bool:
        """Ask for the next short list; False where none is due or the router does not answer."""
        asked = self._write(lambda s: take_ways(s, now=self._now()))
        if asked is None:
            return False
        held = Held(asked, hold_ways, self._now)
        try:
            router = self._write(lambda s: self._router(s, held))
            parts = list(in_parts(asked.ends))
            for number, ends in enumerate(parts, start=1):
                said = ways_one_by_one(router, asked.mode, asked.start, ends)
                self._note(replace(held.asked, ends=tuple(ends)), said, router.source, more=number < len(parts))
        except PlatzlotseError as exc:
            self._put_back(held.asked, exc)
            return exc.code == WITHDRAWN or not isinstance(exc, Unavailable)
        except Exception as exc:  # noqa: BLE001 - it concerns this one alone
            # whatever nobody foresaw concerns this list alone, counts as a try, and keeps no other waiting
            self._put_back(held.asked, unforeseen(exc))
        return True

    def _note(self, part: AskedWays, said: list[Routed], source: str, *, more: bool) -> None:
        self._write(lambda s: note_ways(s, part, said, source=source, now=self._now(), more=more))

    def _router(self, session: Session, held: Held[AskedWays]) -> Router:
        maps = read_maps(session)
        client = self._make_client(
            self._write,
            user_agent=user_agent(office(session)),
            now=self._now,
            permit=lambda s: held.keep(s, server=router_server(maps.form), said=router_server),
        )
        key = self._router_key(maps)
        router = router_of(maps.form, client, key=key, now=self._now())
        if router is None or held.asked.mode not in routed_modes(maps.form):
            raise Unavailable("map_settings.no_router")
        return router

    def _put_back(self, asked: AskedWays, error: PlatzlotseError) -> None:
        until = error.params.get("until")
        later = datetime.fromisoformat(str(until)) if until else None
        self._write(lambda s: put_ways_back(s, asked, error.code, now=self._now(), until=later))
        log.info("ways %d put back: %s", asked.request_id, error.code)
