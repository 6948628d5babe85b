"""Hands the feed of events on to a broker: at least once, in order, and the cursor only past what was acknowledged."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import uuid4

from domain.errors import PlatzlotseError
from domain.event_feed import (
    CONSUMER,
    PLACES_AT_ONCE,
    PlacedEvent,
    events_after,
    events_to_come,
    give_places,
    leave_consumer,
    move_cursor,
    take_consumer,
)
from sync.mail.ports import Write

BATCH = 500


class Broker(Protocol):
    """Where events go."""

    def publish(self, events: Sequence[PlacedEvent]) -> int:
        """Hand over in this order; how many from the first on were acknowledged without a gap.

        Fewer than all only where somebody ended it. Raises PlatzlotseError where the broker does not take them;
        `published` tells how many it had taken.
        """
        ...

    @property
    def published(self) -> int:
        """How many of the last call were acknowledged without a gap."""
        ...

    def close(self) -> None:
        """Forget what is under way."""
        ...


class EventRelay:
    """One worker's part in it; several may run, one at a time has the turn."""

    def __init__(self, broker: Broker | None, write: Write, *, now: Callable[[], datetime]) -> None:
        self._broker, self._write, self._now = broker, write, now
        self._holder = uuid4()
        self._stopped = threading.Event()

    def relay(self) -> None:
        """Hand on everything there is. Raises what the broker raised; what it had taken stays taken."""
        while self._write(give_places) == PLACES_AT_ONCE:
            pass
        if self._broker is None or self._write(lambda s: events_to_come(s, CONSUMER)) == 0:
            return
        try:
            while not self._stopped.is_set() and self._hand_on(self._broker):
                pass
        finally:
            # no other worker need wait for the lease's end
            self._write(lambda s: leave_consumer(s, CONSUMER, holder=self._holder))

    def stop(self) -> None:
        """End at the next step; what is under way and not acknowledged is handed over again another time."""
        self._stopped.set()
        if self._broker is not None:
            self._broker.close()

    def _hand_on(self, broker: Broker) -> bool:
        place = self._write(lambda s: take_consumer(s, CONSUMER, holder=self._holder, now=self._now()))
        if place is None:
            return False
        following = self._write(lambda s: events_after(s, place, limit=BATCH))
        if not following:
            return False
        try:
            taken = broker.publish(following)
        except PlatzlotseError:
            self._move(following[: broker.published])
            raise
        self._move(following[:taken])
        return taken == BATCH

    def _move(self, taken: Sequence[PlacedEvent]) -> None:
        if taken:
            last = taken[-1].place
            self._write(lambda s: move_cursor(s, CONSUMER, last, holder=self._holder, now=self._now()))
