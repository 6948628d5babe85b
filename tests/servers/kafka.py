"""A Kafka on this machine: librdkafka's own mock cluster in a process of its own, behind a network that can be cut.

The cluster speaks the real protocol over TCP. It tells clients its own port and forgets everything when it is killed;
the network in front keeps one port, and puts that into what the cluster says of itself.
"""

import contextlib
import socket
import struct
import subprocess
import sys
import threading
from types import TracebackType
from typing import Self

HOST = b"127.0.0.1"
CLUSTER = """
import sys
from confluent_kafka import Producer
cluster = Producer({"bootstrap.servers": "127.0.0.1:1", "test.mock.num.brokers": 1, "log_level": 0})
(broker,) = cluster.list_topics(timeout=30).brokers.values()
print(broker.port, flush=True)
sys.stdin.read()
"""


class KafkaServer:
    """One broker; `kill` forgets everything it had, `start` begins with nothing at another port."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    def start(self) -> None:
        """Returns when it takes connections."""
        self._process = subprocess.Popen(
            [sys.executable, "-c", CLUSTER],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def kill(self) -> None:
        """At once."""
        if self._process is not None:
            process, self._process = self._process, None
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                assert pipe is not None
                pipe.close()


class KafkaNetwork:
    """One address in front of a broker; cut, it takes no connection and loses those there are."""

    def __init__(self, server: KafkaServer) -> None:
        self._server = server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._is_cut = False
        self._ended = False
        self._guard = threading.Lock()
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, name="kafka-network", daemon=True)

    @property
    def address(self) -> str:
        """Where clients find the broker."""
        return f"127.0.0.1:{self._port}"

    @property
    def _port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = True
        with contextlib.suppress(OSError):
            socket.create_connection(self._listener.getsockname(), 1).close()  # wakes it
        self._accepting.join(30)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(30)

    def cut(self) -> None:
        """Lose every connection, whatever is under way in it, and take none."""
        with self._guard:
            self._is_cut = True
            ends, self._ends = self._ends, []
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def mend(self) -> None:
        """Work again."""
        with self._guard:
            self._is_cut = False

    def _accept(self) -> None:
        while not self._ended:
            here, _ = self._listener.accept()
            with self._guard:
                there = None if self._is_cut or self._ended else self._connect()
                if there is None:
                    here.close()
                    continue
                self._ends += [here, there]
            for source, target, frames in ((here, there, False), (there, here, True)):
                thread = threading.Thread(target=self._pump, args=(source, target, frames), daemon=True)
                thread.start()
                self._threads.append(thread)

    def _connect(self) -> socket.socket | None:
        try:
            return socket.create_connection(("127.0.0.1", self._server.port), 30)
        except OSError:
            return None

    def _pump(self, source: socket.socket, target: socket.socket, frames: bool) -> None:
        with contextlib.suppress(OSError):
            source.settimeout(None)
            while data := (_frame(source) if frames else source.recv(65536)):
                # what it says of itself: its name and its port follow each other
                target.sendall(data.replace(*self._names()) if frames else data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _names(self) -> tuple[bytes, bytes]:
        return HOST + struct.pack(">i", self._server.port), HOST + struct.pack(">i", self._port)


def _frame(source: socket.socket) -> bytes:
    """One whole answer, with its length before it; nothing at the end."""
    head = source.recv(4, socket.MSG_WAITALL)
    if len(head) < 4:
        return b""
    (length,) = struct.unpack(">i", head)
    return head + source.recv(length, socket.MSG_WAITALL)
