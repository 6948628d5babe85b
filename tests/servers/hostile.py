"""A web server of a test's own making: each connection is answered by a function that gets the socket."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

Answering = Callable[[socket.socket, "Asked"], None]


class Asked:
    """What a client asked for: the request line's path, and its headers in lower case; `at` when (s, monotonic)."""

    def __init__(self, head: bytes) -> None:
        self.at = time.monotonic()
        first, *lines = head.decode("latin-1").split("\r\n")
        self.method, self.path = [*first.split(" "), "", ""][:2]
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


class HostileServer:
    """Listens on loopback; `asked` is everything that came, `port` where."""

    def __init__(self, answer: Answering) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._run, name="hostile", daemon=True)
        self._thread.start()

    @property
    def host(self) -> str:
        """As the client's tables name it."""
        return f"127.0.0.1:{self.port}"

    def close(self) -> None:
        """Stop; whoever still drips bytes notices at the next one."""
        self._ended.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in [self._thread, *self._threads]:
            thread.join(30)

    def drip(self, connection: socket.socket, data: bytes, pause: float) -> None:
        """Send byte by byte for ever, `pause` seconds apart, until the client or the test has enough."""
        while not self._ended.wait(pause):
            connection.sendall(data)

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), name="hostile-answer", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(60)
            head = b""
            while b"\r\n\r\n" not in head:
                part = connection.recv(65536)
                if not part:
                    return
                head += part
            asked = Asked(head.partition(b"\r\n\r\n")[0])
            # what is left unread when the connection ends makes a reset of it, and the answer may be lost
            left = int(asked.headers.get("content-length", "0")) - len(head.partition(b"\r\n\r\n")[2])
            while left > 0 and (part := connection.recv(65536)):
                left -= len(part)
            self.asked.append(asked)
            self.answer(connection, asked)
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def hostile(answer: Answering) -> Iterator[HostileServer]:
    """A server for the time of a test."""
    server = HostileServer(answer)
    try:
        yield server
    finally:
        server.close()


def reply(status: str, body: bytes = b"", **headers: str) -> Answering:
    """A well-formed answer; header names with underscores for hyphens."""

    def answer(connection: socket.socket, _: Asked) -> None:
        lines = {"Content-Length": str(len(body)), "Connection": "close"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        connection.sendall(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body)

    return answer
