"""The frame of everything a router is asked for: take one question, ask while it may leave, note what was said.

What trouble means is the same for all: a server that does not answer ends the round, whatever concerns one question
alone does not.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, Generic, Protocol, TypeVar

from domain.access import office
from domain.database import Session
from domain.errors import PlatzlotseError, Unavailable
from domain.geocoding.map_settings import MapForm, Maps, read_maps
from domain.values import TravelMode
from sync.geo.held import WITHDRAWN, Held, Hold, router_server, unforeseen
from sync.http.client import OutsideClient, Write
from sync.http.identity import user_agent

log = logging.getLogger(__name__)
REFUSALS = {"outside.status"}  # it answers, and will say the same in an hour
RouterKey = Callable[[Maps], str]


class Question(Protocol):
    """What one asked for by one mode."""

    @property
    def request_id(self) -> int:
        """Its row."""

    @property
    def mode(self) -> TravelMode:
        """By what one goes."""


A = TypeVar("A", bound=Question)
R = TypeVar("R")


class RouterWork(ABC, Generic[A, R]):
    """One question of a kind a step; R is what answers it. `router_key` opens the key of a router."""

    what: ClassVar[str]

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
        """Ask the next question; False where none is due or the router does not answer."""
        asked = self._write(self._take)
        if asked is None:
            return False
        held = Held(asked, self._hold(), self._now)
        try:
            router = self._write(lambda s: self._configured(s, held))
            self._ask(router, held)
        except PlatzlotseError as exc:
            return self._put_back(held.asked, exc)
        except Exception as exc:  # noqa: BLE001 - it concerns this one alone
            # whatever nobody foresaw counts as a try, and keeps no other waiting
            self._put_back(held.asked, unforeseen(exc))
        return True

    @abstractmethod
    def _take(self, session: Session) -> A | None:
        """Claim the next question."""

    @abstractmethod
    def _hold(self) -> Hold[A]:
        """What asks the database before a question leaves."""

    @abstractmethod
    def _router(self, form: MapForm, mode: TravelMode, client: OutsideClient, key: str) -> R | None:
        """What the office has set for this mode; None where it has nothing."""

    @abstractmethod
    def _ask(self, router: R, held: Held[A]) -> None:
        """Ask and note what was said."""

    @abstractmethod
    def _later(self, session: Session, asked: A, cause: str, until: datetime | None) -> None:
        """Nobody answered: later again."""

    @abstractmethod
    def _refused(self, session: Session, asked: A, cause: str) -> None:
        """The router answers, but not this question."""

    def _configured(self, session: Session, held: Held[A]) -> R:
        maps = read_maps(session)
        client = self._make_client(
            self._write,
            user_agent=user_agent(office(session)),
            now=self._now,
            permit=lambda s: held.keep(s, server=router_server(maps.form), said=router_server),
        )
        router = self._router(maps.form, held.asked.mode, client, self._router_key(maps))
        if router is None:
            raise Unavailable("map_settings.no_router")
        return router

    def _put_back(self, asked: A, error: PlatzlotseError) -> bool:
        """Whether it may go on with the next question."""
        log.info("%s %d put back: %s", self.what, asked.request_id, error.code)
        if error.code in REFUSALS:
            self._write(lambda s: self._refused(s, asked, error.code))
            return True
        until = error.params.get("until")
        later = datetime.fromisoformat(str(until)) if until else None
        self._write(lambda s: self._later(s, asked, error.code, later))
        # what is this question's own affair keeps no other waiting
        return error.code == WITHDRAWN or not isinstance(error, Unavailable)
