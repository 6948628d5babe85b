"""The worker's work on areas somebody can reach: one a question."""

from datetime import datetime

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
from domain.geocoding.map_settings import MapForm
from domain.values import TravelMode
from sync.geo.held import Held, Hold
from sync.geo.reachers import Reacher, reacher_of
from sync.geo.router_work import RouterWork
from sync.http.client import OutsideClient


class Reaching(RouterWork[AskedReach, Reacher]):
    """Asks for areas. One a router refuses is not asked for again until somebody does."""

    what = "area"

    def _take(self, session: Session) -> AskedReach | None:
        return take_reach(session, now=self._now())

    def _hold(self) -> Hold[AskedReach]:
        return hold_reach

    def _router(self, form: MapForm, mode: TravelMode, client: OutsideClient, key: str) -> Reacher | None:
        return reacher_of(form, client, key=key, now=self._now()) if mode in reach_modes(form) else None

    def _ask(self, router: Reacher, held: Held[AskedReach]) -> None:
        rings = router.reach(held.asked.mode, held.asked.start, held.asked.minutes)
        self._write(lambda s: note_reach(s, held.asked, rings, source=router.source, now=self._now()))

    def _later(self, session: Session, asked: AskedReach, cause: str, until: datetime | None) -> None:
        put_reach_back(session, asked, cause, now=self._now(), until=until)

    def _refused(self, session: Session, asked: AskedReach, cause: str) -> None:
        note_refusal(session, asked, cause, now=self._now())
