"""A local mail server for trying out: takes every mail and keeps it in a folder, so that nothing leaves the machine."""

import os
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

READY_SECONDS = 60.0  # until it listens, on a busy machine


class _Keeper:
    """aiosmtpd's handler: one private file per mail."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        name = f"{len(list(self._folder.glob('*.eml'))) + 1:06d}-{os.urandom(3).hex()}"
        descriptor = os.open(self._folder / f"{name}.new", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(envelope.original_content)
        (self._folder / f"{name}.new").rename(self._folder / f"{name}.eml")
        return "250 caught"


class MailCatcher:
    """The server; `start` gives its port on loopback."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._controller: Controller | None = None

    def start(self) -> int:
        """Listen on a free port of this machine; returns the port."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        port = _free_port()
        self._controller = Controller(
            _Keeper(self._folder),
            hostname="127.0.0.1",
            port=port,
            server_hostname="localhost",
            ready_timeout=READY_SECONDS,
        )
        self._controller.start()
        return port

    def stop(self) -> None:
        """Stop listening; what was caught stays."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def count(self) -> int:
        """How many mails lie in the folder."""
        return len(list(self._folder.glob("*.eml")))


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
