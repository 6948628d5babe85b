"""A service of this machine that nobody outside should reach: it notes whoever connects, and answers everybody."""

import socket
import threading
from typing import Self

ANSWER = (
    b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Private-Network: true\r\n"
    b"Content-Length: 2\r\nConnection: close\r\n\r\nok"
)


class CountedService:
    """Listens on every address of this machine; `visits` are the first lines of what was asked."""

    def __init__(self) -> None:
        self.visits: list[str] = []
        self._listening = socket.create_server(("0.0.0.0", 0))  # noqa: S104 - so that 0.0.0.0 leads here, too
        self.port: int = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # a closed socket does not wake whoever waits at it
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(2)
                try:
                    self.visits.append(connection.recv(4096).partition(b"\r\n")[0].decode("latin-1"))
                    connection.sendall(ANSWER)
                except OSError:
                    self.visits.append("broken off")
