"""Events on their way to Kafka, over its protocol: at least once, in order, whatever happens to the network."""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Self, TypeVar
from uuid import uuid4

import pytest
from confluent_kafka import Consumer, TopicPartition
from sqlalchemy import text

from domain.database import Database, Session
from domain.errors import Invalid, Unavailable
from domain.event_feed import CONSUMER, events_to_come, take_consumer
from sync.mail.ports import Write
from sync.relay.kafka import KafkaBroker, KafkaSettings
from sync.relay.relay import EventRelay
from tests.conftest import NOW
from tests.servers.kafka import KafkaNetwork, KafkaServer

T = TypeVar("T")
AGGREGATES = 37
TOPIC = "platzlotse.matching_service"
A_WHILE = 120.0


@pytest.fixture
def kafka() -> Iterator[KafkaServer]:
    server = KafkaServer()
    server.start()
    yield server
    server.kill()


@pytest.fixture
def network(kafka: KafkaServer) -> Iterator[KafkaNetwork]:
    with KafkaNetwork(kafka) as network:
        yield network


def tell(database: Database, count: int, *, first: int = 0) -> None:
    """So many events of a few aggregates; each carries its number."""
    with database.write() as session:
        session.execute(
            text(
                "INSERT INTO platform.event (event_type, producer, entity_id, payload)"
                " SELECT 'inquiry.noted', 'matching_service', n % :few, jsonb_build_object('number', n)"
                " FROM generate_series(cast(:first AS int), :last) n"
            ),
            {"few": AGGREGATES, "first": first, "last": first + count - 1},
        )


def writer(database: Database) -> Write:
    """Work in one transaction, as the worker does it."""

    def write(work: Callable[[Session], T]) -> T:
        with database.write() as session:
            return work(session)

    return write


def relay_of(database: Database, address: str, *, patience: float = 1.0) -> EventRelay:
    """A worker's part, with its broker."""
    broker = KafkaBroker(KafkaSettings(address), patience=patience)
    return EventRelay(broker, writer(database), now=lambda: NOW)


def to_come(database: Database) -> int | None:
    """How many it does not have yet."""
    with database.read() as session:
        return events_to_come(session, CONSUMER)


def received(kafka: KafkaServer, count: int) -> list[tuple[str, int]]:
    """Everything the broker has, each partition in its order, until so many different ones came."""
    consumer = Consumer({"bootstrap.servers": f"127.0.0.1:{kafka.port}", "group.id": uuid4().hex, "log_level": 0})
    partitions = consumer.list_topics(TOPIC, timeout=30).topics[TOPIC].partitions
    consumer.assign([TopicPartition(TOPIC, number, 0) for number in partitions])
    came: list[tuple[str, int]] = []
    until = time.monotonic() + A_WHILE
    while len({number for _, number in came}) < count and time.monotonic() < until:
        for message in consumer.consume(1000, timeout=0.2):
            assert message.error() is None
            value, key = message.value(), message.key()
            assert isinstance(value, bytes)
            assert isinstance(key, bytes)
            came.append((key.decode(), json.loads(value)["payload"]["number"]))
    consumer.close()
    return came


def in_order(came: list[tuple[str, int]], count: int) -> bool:
    """Every number came, and of each aggregate none came for the first time after a later one."""
    firsts: dict[str, list[int]] = defaultdict(list)
    for key, number in came:
        if number not in firsts[key]:
            firsts[key].append(number)
    every = sorted(number for numbers in firsts.values() for number in numbers)
    return every == list(range(count)) and all(numbers == sorted(numbers) for numbers in firsts.values())


def test_what_happened_arrives_with_its_envelope_and_key(
    database: Database, worker_database: Database, kafka: KafkaServer, network: KafkaNetwork
) -> None:
    """Each once, where nothing is in the way."""
    tell(database, 1200)
    relay = relay_of(worker_database, network.address, patience=A_WHILE)
    relay.relay()
    assert to_come(worker_database) == 0
    came = received(kafka, 1200)
    assert len(came) == 1200
    assert in_order(came, 1200)
    assert {key for key, _ in came} == {f"inquiry:{n}" for n in range(AGGREGATES)}
    relay.stop()


class Handing:
    """A worker's round in a thread: tried again after each failure, which is counted."""

    def __init__(self, relay: EventRelay) -> None:
        self._relay, self.failures = relay, 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay-round")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._relay.stop()
        self._thread.join(A_WHILE)

    def _run(self) -> None:
        while not self._ended.wait(0.01):
            try:
                self._relay.relay()
            except Unavailable:
                self.failures += 1


def soon(that: Callable[[], bool]) -> None:
    """Wait for it."""
    until = time.monotonic() + A_WHILE
    while not that():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.005)


@pytest.mark.parametrize(
    ("count", "cuts"), [(1500, 2), pytest.param(10_000, 10, marks=pytest.mark.soak, id="10000 and ten times")]
)
def test_a_broker_that_is_gone_again_and_again_gets_everything_in_order(
    database: Database, worker_database: Database, kafka: KafkaServer, network: KafkaNetwork, count: int, cuts: int
) -> None:
    """Each time in the middle of handing on; events go on happening meanwhile."""
    relay = relay_of(worker_database, network.address)
    share = count // cuts
    with Handing(relay) as handing:
        for cut in range(cuts):
            waiting = to_come(worker_database) or 0
            tell(database, share - 100, first=cut * share)
            soon(lambda most=waiting + share - 100: to_come(worker_database) not in {None, most})  # type: ignore[misc]
            network.cut()
            failures = handing.failures
            tell(database, 100, first=(cut + 1) * share - 100)
            soon(lambda before=failures: handing.failures > before)  # type: ignore[misc]
            assert to_come(worker_database)
            network.mend()
        soon(lambda: to_come(worker_database) == 0)
    assert in_order(received(kafka, count), count)


def test_what_a_broker_that_died_had_acknowledged_is_not_sent_again_and_the_rest_is(
    database: Database, worker_database: Database, kafka: KafkaServer, network: KafkaNetwork
) -> None:
    """The cursor is past what was acknowledged, and not past more."""
    tell(database, 800)
    relay = relay_of(worker_database, network.address)
    with Handing(relay) as handing:
        soon(lambda: to_come(worker_database) == 0)
        network.cut()
        tell(database, 300, first=800)
        soon(lambda: handing.failures > 0)
        kafka.kill()
        kafka.start()
        network.mend()
        soon(lambda: to_come(worker_database) == 0)
    numbers = [number for _, number in received(kafka, 300)]
    assert set(numbers) == set(range(800, 1100))


def test_while_another_worker_has_the_turn_nothing_is_handed_on(
    database: Database, worker_database: Database, network: KafkaNetwork
) -> None:
    """One at a time, so that order is kept."""
    tell(database, 5)
    with worker_database.write() as session:
        take_consumer(session, CONSUMER, holder=uuid4(), now=NOW)
    relay = relay_of(worker_database, network.address)
    relay.relay()
    assert to_come(worker_database) == 5
    relay.stop()


def test_without_a_broker_events_get_their_places_all_the_same(database: Database, worker_database: Database) -> None:
    """So that one that comes later finds them in order, and none waits for ever."""
    tell(database, 1100)
    relay = EventRelay(None, writer(worker_database), now=lambda: NOW)
    relay.relay()
    with worker_database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM platform.event_place")) == 1100
    relay.stop()


def test_a_relay_that_is_stopped_ends_soon(
    database: Database, worker_database: Database, network: KafkaNetwork
) -> None:
    """Also while it waits for a broker that is away; the turn is given back."""
    network.cut()
    tell(database, 5)
    relay = relay_of(worker_database, network.address, patience=10 * A_WHILE)
    with Handing(relay):
        soon(lambda: to_come(worker_database) == 5)
    with worker_database.write() as session:
        assert take_consumer(session, CONSUMER, holder=uuid4(), now=NOW) == 0


@pytest.mark.parametrize("given", ["kafka", "kafka:port", ":9092", "kafka:9092,"])
def test_an_address_that_is_none_is_refused(given: str) -> None:
    """Before anything is asked."""
    with pytest.raises(Invalid, match=r"relay\.bootstrap"):
        KafkaBroker(KafkaSettings(given))


@pytest.mark.parametrize(
    ("address", "username", "protocol"),
    [
        ("127.0.0.1:9092", "", "plaintext"),
        ("127.0.0.1:9092", "buero", "sasl_plaintext"),
        ("kafka.buero.example:9093", "", "ssl"),
        ("kafka.buero.example:9093, 127.0.0.1:9092", "buero", "sasl_ssl"),
    ],
)
def test_off_this_machine_it_is_always_encrypted(address: str, username: str, protocol: str) -> None:
    """Whatever is set."""
    assert KafkaSettings(address, username=username).for_library()["security.protocol"] == protocol
