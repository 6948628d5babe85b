"""The worker's work on areas somebody can reach: take one, ask the router, keep what it says."""

import logging
from collections.abc import Callable
from datetime import datetime

from domain.access import office
from domain.casework.reaching import (
    AskedReach,
    hold_reach,
    note_reach,
    note_refusal,
    put_reach_back,
    reach_modes,
    take_reach,
)
from domain.database import Session
from domain.errors import PlatzlotseError, Unavailable
from domain.geocoding.map_settings import read_maps
from sync.geo.held import WITHDRAWN, Held, router_server, unforeseen
from sync.geo.reachers import Reacher, reacher_of
from sync.geo.travelling import RouterKey
from sync.http.client import OutsideClient, Write
from sync.http.identity import user_agent

log = logging.getLogger(__name__)
REFUSALS = {"outside.status"}  # it answers, and will say the same in an hour


class Reaching:
    """Asks for areas, one a step. `router_key` opens the key of a router."""

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
        """Ask for the next area; False where none is due or the router does not answer."""
        asked = self._write(lambda s: take_reach(s, now=self._now()))
        if asked is None:
            return False
        held = Held(asked, hold_reach, self._now)
        try:
            reacher = self._write(lambda s: self._reacher(s, held))
            rings = reacher.reach(asked.mode, asked.start, asked.minutes)
            self._write(lambda s: note_reach(s, held.asked, rings, source=reacher.source, now=self._now()))
        except PlatzlotseError as exc:
            return self._put_back(held.asked, exc)
        except Exception as exc:  # noqa: BLE001 - it concerns this one alone
            # whatever nobody foresaw concerns this area alone, counts as a try, and keeps no other waiting
            self._put_back(held.asked, unforeseen(exc))
        return True

    def _reacher(self, session: Session, held: Held[AskedReach]) -> Reacher:
        maps = read_maps(session)
        client = self._make_client(
            self._write,
            user_agent=user_agent(office(session)),
            now=self._now,
            permit=lambda s: held.keep(s, server=router_server(maps.form), said=router_server),
        )
        key = self._router_key(maps)
        reacher = reacher_of(maps.form, client, key=key, now=self._now())
        if reacher is None or held.asked.mode not in reach_modes(maps.form):
            raise Unavailable("map_settings.no_router")
        return reacher

    def _put_back(self, asked: AskedReach, error: PlatzlotseError) -> bool:
        """Whether it may go on with the next: a refusal says nothing of another question."""
        log.info("area %d put back: %s", asked.request_id, error.code)
        if error.code in REFUSALS:
            self._write(lambda s: note_refusal(s, asked, error.code, now=self._now()))
            return True
        until = error.params.get("until")
        later = datetime.fromisoformat(str(until)) if until else None
        self._write(lambda s: put_reach_back(s, asked, error.code, now=self._now(), until=later))
        return error.code == WITHDRAWN
