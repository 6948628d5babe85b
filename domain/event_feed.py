"""The feed of events: one order that whoever follows keeps a cursor in, at least once, and never past a late commit.

Numbers of events are drawn before their transaction ends, so a cursor over them would skip what commits late. An event
waits from its own transaction on (`EventWaiting`, by a trigger) and gets its place only once it is committed.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.database import Base
from domain.errors import Conflict
from domain.events import Event

CONSUMER = "kafka"  # the one there is: the relay
LEASE = timedelta(seconds=90)  # a worker killed over its turn holds nobody up for longer
PLACES_AT_ONCE = 1000


class EventWaiting(Base):
    """An event that has no place yet; only the database's own functions write here."""

    __tablename__ = "event_waiting"
    __table_args__ = ({"schema": "platform"},)

    event_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class EventPlace(Base):
    """The place of an event: 1, 2, 3 … without gaps, in an order in which no later commit comes before."""

    __tablename__ = "event_place"
    __table_args__ = (Index("uq_event_place_event_id", "event_id", unique=True), {"schema": "platform"})

    place: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(ForeignKey("platform.event.id"))


class EventTurn(Base):
    """One row: who holds it gives places."""

    __tablename__ = "event_turn"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), {"schema": "platform"})

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)


class EventConsumer(Base):
    """How far a consumer is. `holder` works at it until `lease_until`; the cursor never goes back."""

    __tablename__ = "event_consumer"
    __table_args__ = (
        CheckConstraint("name ~ '^[a-z_]{1,40}$'", name="name"),
        CheckConstraint("place >= 0", name="place"),
        {"schema": "platform"},
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    moved_at: Mapped[datetime | None]
    holder: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class PlacedEvent:
    """An event with its place; `aggregate` is whose events keep their order among themselves (``inquiry:17``)."""

    place: int
    producer: str
    aggregate: str
    envelope: dict[str, object]


def give_places(session: Session) -> int:
    """Give places to what is committed and has none, at most `PLACES_AT_ONCE`; returns how many."""
    placed: int = session.execute(select(func.platform.place_events(PLACES_AT_ONCE))).scalar_one()
    return placed


def take_consumer(session: Session, name: str, *, holder: UUID, now: datetime) -> int | None:
    """Be the one who works for this consumer until `now` + `LEASE`; its cursor, or None while another one is at it."""
    session.execute(insert(EventConsumer).values(name=name).on_conflict_do_nothing())
    row = session.get_one(EventConsumer, name, with_for_update=True, populate_existing=True)
    if row.holder not in {None, holder} and row.lease_until is not None and row.lease_until > now:
        return None
    row.holder, row.lease_until = holder, now + LEASE
    return row.place


def events_after(session: Session, place: int, *, limit: int) -> tuple[PlacedEvent, ...]:
    """The next events in the feed's order."""
    rows = session.execute(
        select(EventPlace.place, Event)
        .join(Event, Event.id == EventPlace.event_id)
        .where(EventPlace.place > place)
        .order_by(EventPlace.place)
        .limit(limit)
    )
    return tuple(_placed(place, event) for place, event in rows)


def move_cursor(session: Session, name: str, place: int, *, holder: UUID, now: datetime) -> None:
    """The consumer has everything up to `place`; the lease goes on. Raises Conflict (relay.taken)."""
    row = session.get_one(EventConsumer, name, with_for_update=True, populate_existing=True)
    if row.holder != holder:
        raise Conflict("relay.taken")
    row.place, row.moved_at, row.lease_until = place, now, now + LEASE


def leave_consumer(session: Session, name: str, *, holder: UUID) -> None:
    """Give the turn back, so that another worker need not wait for the lease's end."""
    row = session.get(EventConsumer, name, with_for_update=True, populate_existing=True)
    if row is not None and row.holder == holder:
        row.holder = row.lease_until = None


def events_to_come(session: Session, name: str) -> int | None:
    """How many events the consumer does not have yet; None where nobody follows by that name."""
    waiting: int | None = session.execute(select(func.platform.events_to_come(name))).scalar_one()
    return waiting


def _placed(place: int, event: Event) -> PlacedEvent:
    topic = event.event_type.split(".", 1)[0]
    # what a topic says without a number belongs together, too
    aggregate = topic if event.entity_id is None else f"{topic}:{event.entity_id}"
    envelope: dict[str, object] = {
        "eventId": str(event.event_id),
        "eventType": event.event_type,
        "version": event.version,
        "timestamp": event.occurred_at.astimezone(UTC).isoformat(),
        "producer": event.producer,
        "payload": event.payload,
    }
    return PlacedEvent(place, event.producer, aggregate, envelope)
