"""The worker's work on ways: a short list a question, asked part by part."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from domain.casework.travelling import (
    AskedWays,
    hold_ways,
    leave_rest,
    note_ways,
    put_ways_back,
    routed_modes,
    take_ways,
)
from domain.database import Session
from domain.geocoding.map_settings import MapForm
from domain.travel.ways import Routed, Spot
from domain.values import TravelMode
from sync.geo.held import Held, Hold
from sync.geo.one_by_one import in_parts, ways_one_by_one
from sync.geo.router_work import RouterWork
from sync.geo.routers import Router, router_of
from sync.http.client import OutsideClient


class Travelling(RouterWork[AskedWays, Router]):
    """Asks for ways. What is known of a list is kept, though the rest of it comes later or never."""

    what = "ways"

    def _take(self, session: Session) -> AskedWays | None:
        return take_ways(session, now=self._now())

    def _hold(self) -> Hold[AskedWays]:
        return hold_ways

    def _router(self, form: MapForm, mode: TravelMode, client: OutsideClient, key: str) -> Router | None:
        return router_of(form, client, key=key, now=self._now()) if mode in routed_modes(form) else None

    def _ask(self, router: Router, held: Held[AskedWays]) -> None:
        mode, start, every = held.asked.mode, held.asked.start, held.asked.ends
        asked_for = 0
        for ends in in_parts(every):
            said = ways_one_by_one(router, mode, start, ends)
            asked_for += len(said)
            self._note(held.asked, ends[: len(said)], said, router.source, more=asked_for < len(every))
            if len(said) < len(ends):
                self._write(lambda s: leave_rest(s, held.asked, now=self._now()))
                return

    def _note(self, asked: AskedWays, ends: Sequence[Spot], said: Sequence[Routed], source: str, *, more: bool) -> None:
        part = replace(asked, ends=tuple(ends))
        self._write(lambda s: note_ways(s, part, said, source=source, now=self._now(), more=more))

    def _later(self, session: Session, asked: AskedWays, cause: str, until: datetime | None) -> None:
        put_ways_back(session, asked, cause, now=self._now(), until=until)

    def _refused(self, session: Session, asked: AskedWays, cause: str) -> None:
        # the page asks for what it lacks by itself, so that it waits, and is not over
        put_ways_back(session, asked, cause, now=self._now())
