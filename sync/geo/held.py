"""What a worker has taken, while it is asked about: before each question the database says whether it may leave, still.

Between two questions lie minutes: turns are waited for, and meanwhile a permission is taken back, a server changed, a
patient restricted, or a lease runs out and another worker goes on.
"""

import logging
import traceback
from collections.abc import Callable
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from domain.database import Session
from domain.errors import PlatzlotseError, Unavailable
from domain.geocoding.map_settings import MapForm, read_maps

log = logging.getLogger(__name__)

T = TypeVar("T")
WITHDRAWN = "place.withdrawn"
Server = tuple[str, str]


class Hold(Protocol[T]):
    """Renews a lease, or raises Unavailable."""

    def __call__(self, session: Session, asked: T, /, *, now: datetime) -> T:
        """What was taken, with its new lease."""
        ...


class Held(Generic[T]):
    """`asked` with its lease as it is now."""

    def __init__(self, asked: T, hold: Hold[T], now: Callable[[], datetime]) -> None:
        self.asked, self._hold, self._now = asked, hold, now

    def keep(self, session: Session, *, server: Server, said: Callable[[MapForm], Server]) -> None:
        """Right before a question leaves for a server. Raises Unavailable where it may not."""
        if said(read_maps(session).form) != server:
            raise Unavailable(WITHDRAWN)
        self.asked = self._hold(session, self.asked, now=self._now())


def geocoder_server(form: MapForm) -> Server:
    """Kind and address of the geocoder."""
    return form.geocoder, form.geocoder_url


def router_server(form: MapForm) -> Server:
    """Kind and address of the router."""
    return form.router, form.router_url


def unforeseen(error: Exception) -> PlatzlotseError:
    """An error nobody foresaw, as the cause a person reads. Logged is where it arose; its words may name people."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("looking something up failed: %s\n%s", type(error).__name__, where)
    return Unavailable("outside.unforeseen", kind=type(error).__name__)
