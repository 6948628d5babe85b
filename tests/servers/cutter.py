"""A network that can be cut: TCP on this machine in front of PostgreSQL's socket.

Cut before the question, the server never hears it; cut before the answer, it did what it was asked and nobody is told.
"""

import contextlib
import select
import socket
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy.engine import make_url

CHUNK = 65536


class Cutter:
    """Forwards connections to the socket in `folder` until it is told to cut; `listen` is its own port, 0 for any."""

    def __init__(self, folder: str, port: int = 5432, *, listen: int = 0) -> None:
        self._target = str(Path(folder) / f".s.PGSQL.{port}")
        self._listener = socket.create_server(("127.0.0.1", listen))
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._cut, self._once = "", False
        self._thread = threading.Thread(target=self._run, name="cutter", daemon=True)
        self._ended = False

    def through(self, url: str) -> str:
        """The same login by way of this network."""
        port = self._listener.getsockname()[1]
        there = make_url(url).set(host="127.0.0.1", port=port, query={})
        return there.render_as_string(hide_password=False)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = True
        self._thread.join(5)
        self._listener.close()
        self._hang_up()

    def cut(self, lost: str, *, once: bool = False) -> None:
        """Lose the next ``question`` or the next ``answer``, and every connection with it; `once`: then work again."""
        self._once = once
        self._cut = lost

    def mend(self) -> None:
        """Work again."""
        self._cut = ""

    def _run(self) -> None:
        while not self._ended:
            sides = [side for pair in self._pairs for side in pair]
            ready, _, _ = select.select([self._listener, *sides], [], [], 0.02)
            for side in ready:
                if side is self._listener:
                    self._accept()
                elif any(side in pair for pair in self._pairs):
                    self._forward(side)

    def _accept(self) -> None:
        here, _ = self._listener.accept()
        if self._cut:
            here.close()
            return
        there = socket.socket(socket.AF_UNIX)
        there.connect(self._target)
        self._pairs.append((here, there))

    def _forward(self, side: socket.socket) -> None:
        here, there = next(pair for pair in self._pairs if side in pair)
        is_question = side is here
        if self._cut == ("question" if is_question else "answer"):
            side.recv(CHUNK)  # the server answered: what it did is done
            if self._once:
                self._cut = ""
            self._hang_up()
            return
        try:
            data = side.recv(CHUNK)
            (there if is_question else here).sendall(data)
        except OSError:
            data = b""
        if not data:
            self._close((here, there))

    def _hang_up(self) -> None:
        for pair in list(self._pairs):
            self._close(pair)

    def _close(self, pair: tuple[socket.socket, socket.socket]) -> None:
        self._pairs.remove(pair)
        for side in pair:
            with contextlib.suppress(OSError):
                side.close()
