"""A Kafka broker, by librdkafka: acknowledged by all replicas, idempotent, in order.

Within one producer no message overtakes another of its partition: it is tried until it is acknowledged, so none can
fail and leave a gap that a later one passes. What was not acknowledged in time is dropped with the whole producer, and
handed over again from there; a consumer sees some events twice, and never one of an aggregate before an earlier one.
"""

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from domain.errors import Invalid, Unavailable
from domain.event_feed import PlacedEvent

if TYPE_CHECKING:
    from confluent_kafka import KafkaError, Message, Producer

PATIENCE = 20.0  # seconds without an acknowledgement
STEP = 0.1  # seconds, how late an end is noticed
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """Where the office's Kafka is. Off this machine only over TLS; `ca` is a file, else the system's certificates.

    Topics are ``prefix.producer`` (``platzlotse.matching_service``); with a `username` the worker logs in by SCRAM.
    """

    bootstrap: str
    prefix: str = "platzlotse"
    ca: Path | None = None
    username: str = ""
    password: str = ""

    def for_library(self) -> dict[str, str | int | bool]:
        """As librdkafka wants it. Raises Invalid (relay.bootstrap) for what is no ``host:port, host:port``."""
        servers = [server.strip() for server in self.bootstrap.split(",")]
        for server in servers:
            host, _, port = server.rpartition(":")
            if not host or not port.isdigit():
                raise Invalid("relay.bootstrap", given=self.bootstrap)
        here = all(server.rpartition(":")[0] in LOOPBACK for server in servers)
        encrypted = not here or self.ca is not None
        protocol = ("sasl_" if self.username else "") + ("ssl" if encrypted else "plaintext")
        login = {"sasl.mechanism": "SCRAM-SHA-512", "sasl.username": self.username, "sasl.password": self.password}
        return {
            "bootstrap.servers": ",".join(servers),
            "security.protocol": protocol,
            "client.id": "platzlotse",
            "log_level": 0,  # it would write to the worker's output; Verwaltung says what hinders the relay
            "acks": "all",
            "enable.idempotence": True,
            "message.timeout.ms": 0,  # for ever: see above
            "reconnect.backoff.max.ms": 2000,
            "partitioner": "murmur2_random",  # what other clients take for the same key
            **({"ssl.ca.location": str(self.ca)} if self.ca is not None else {}),
            **(login if self.username else {}),
        }


class KafkaBroker:
    """`sync.relay.relay.Broker` over the network. Raises Invalid (relay.library) where confluent-kafka is missing."""

    def __init__(self, settings: KafkaSettings, *, patience: float = PATIENCE) -> None:
        try:
            import confluent_kafka
        except ImportError as exc:
            raise Invalid("relay.library") from exc
        self._library = confluent_kafka
        self._settings, self._patience = settings, patience
        self._options = settings.for_library()
        self._producer: Producer | None = None
        self._ended = threading.Event()
        self._taken: list[bool] = []
        self._refused: KafkaError | None = None

    @property
    def published(self) -> int:
        """How many of the last call were acknowledged without a gap."""
        return next((n for n, taken in enumerate(self._taken) if not taken), len(self._taken))

    def publish(self, events: Sequence[PlacedEvent]) -> int:
        """Hand over. Raises Unavailable (relay.away) for silence, Unavailable (relay.refused) where one is refused."""
        self._taken, self._refused = [False] * len(events), None
        producer = self._producer = self._producer or self._library.Producer(self._options)
        for number, event in enumerate(events):
            producer.produce(
                f"{self._settings.prefix}.{event.producer}",
                key=event.aggregate,
                value=json.dumps(event.envelope, ensure_ascii=False, separators=(",", ":")),
                on_delivery=partial(self._note, self._taken, number),
            )
        try:
            self._wait(producer)
        except Unavailable:
            self._drop()
            raise
        return self.published

    def close(self) -> None:
        """End what is under way; a waiting `publish` returns soon."""
        self._ended.set()

    def _wait(self, producer: "Producer") -> None:
        seen, since = 0, time.monotonic()
        while not all(self._taken) and not self._ended.is_set():
            producer.poll(STEP)
            if self._refused is not None:
                raise Unavailable("relay.refused", reason=self._refused.name())
            known = sum(self._taken)
            if known > seen:
                seen, since = known, time.monotonic()
            elif time.monotonic() - since > self._patience:
                raise Unavailable("relay.away")

    def _note(self, taken: list[bool], number: int, error: "KafkaError | None", _message: "Message") -> None:
        if taken is not self._taken:
            return  # of an earlier call, which was given up
        if error is None:
            taken[number] = True
        else:
            self._refused = error

    def _drop(self) -> None:
        # with its own memory of what is under way: nothing of it may arrive after what a new one hands over
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.purge(in_queue=True, in_flight=True, blocking=True)
