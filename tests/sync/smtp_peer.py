"""A mail server on loopback that takes, refuses, defers, or hangs up at a chosen point of the conversation."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Peer:
    """What the server does, and what it saw."""

    port: int = 0
    script: str = "take"
    taken: list[bytes] = field(default_factory=list)


@contextmanager
def smtp_peer(script: str) -> Iterator[Peer]:
    """A server following one script.

    take, refuse_rcpt, defer_data, cut_greeting, cut_rcpt, cut_at_data, cut_in_data, cut_after_data or
    nonsense_after_data.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    peer = Peer(listener.getsockname()[1], script)
    thread = threading.Thread(target=_serve, args=(listener, peer), daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        listener.shutdown(socket.SHUT_RDWR)  # wakes accept(), which close() would not
        thread.join(30)
        listener.close()


def _serve(listener: socket.socket, peer: Peer) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            _talk(connection, peer)


def _talk(connection: socket.socket, peer: Peer) -> None:  # noqa: C901, PLR0912 - a conversation, line by line
    if peer.script == "cut_greeting":
        return
    file = connection.makefile("rb")
    connection.sendall(b"220 peer\r\n")
    while line := file.readline():
        verb = line[:4].upper()
        if verb in {b"EHLO", b"HELO"}:
            connection.sendall(b"250-peer\r\n250 AUTH PLAIN\r\n")
        elif verb == b"AUTH":
            connection.sendall(b"535 5.7.8 not known here\r\n")
        elif verb == b"MAIL":
            connection.sendall(b"250 ok\r\n")
        elif verb == b"RCPT":
            if peer.script == "cut_rcpt":
                return
            connection.sendall(b"550 nobody here\r\n" if peer.script == "refuse_rcpt" else b"250 ok\r\n")
        elif verb == b"DATA":
            if peer.script == "cut_at_data":
                return
            connection.sendall(b"354 go on\r\n")
            if peer.script == "cut_in_data":
                file.readline()
                return
            content = b""
            while (part := file.readline()) not in {b".\r\n", b""}:
                content += part
            if peer.script == "cut_after_data":
                return
            if peer.script == "nonsense_after_data":
                connection.sendall(b"fine, thank you\r\n")
            elif peer.script == "defer_data":
                connection.sendall(b"451 later\r\n")
            else:
                peer.taken.append(content)
                connection.sendall(b"250 taken\r\n")
        else:
            connection.sendall(b"221 bye\r\n")
            return
