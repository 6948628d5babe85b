"""Ports for servers of tests that must be told one before they listen."""

import secrets
import socket
from contextlib import suppress

# below those the system gives to connections that go out and to listeners without a wish: nobody gets it by chance
CHOICE = range(15_000, 32_000)


def free_port() -> int:
    """A port nobody listens on at the moment."""
    while True:
        port = secrets.choice(CHOICE)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
