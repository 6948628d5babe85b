"""A real SMTP server (aiosmtpd) on loopback that answers each step as a test wants, with TLS and login where asked."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.servers.ports import free_port

USER, PASSWORD = b"buero", b"richtig"
UMLAUTS = ("büro", "schlüssel-für-süd")  # another account of the server


@dataclass
class Script:
    """What the server answers to each step (empty: yes), and what it saw."""

    mail: str = ""
    rcpt: str = ""
    data: str = ""
    port: int = 0
    senders: list[tuple[str, list[str]]] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """MAIL FROM."""
        self.senders.append((address, options))
        if self.mail:
            return self.mail
        envelope.mail_from = address
        return "250 ok"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """RCPT TO."""
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """The content."""
        if self.data:
            return self.data
        self.taken.append(envelope.content)
        return "250 2.0.0 taken"


@contextmanager
def scripted(
    script: Script,
    *,
    size: int | None = None,
    security: str = "none",
    certificate: Path | None = None,
    login: bool = False,
) -> Iterator[int]:
    """The server running; its port. `security` as an account names it; the certificate's key lies beside it (.key)."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    port = free_port()
    controller = Controller(
        script,
        hostname="127.0.0.1",
        port=port,
        ready_timeout=60.0,
        server_hostname="localhost",
        ssl_context=context if security == "tls" else None,
        tls_context=context if security == "starttls" else None,
        require_starttls=security == "starttls",
        data_size_limit=size,
        auth_required=login and security != "tls",  # it would warn where TLS is not its own STARTTLS
        auth_require_tls=login and security != "tls",
        authenticator=_known if login else None,
    )
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def _known(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    return AuthResult(
        success=(data.login, data.password) in {(USER, PASSWORD), tuple(word.encode() for word in UMLAUTS)},
        handled=False,
    )


@contextmanager
def plain_speaker(*, says: bytes = b"", drips: float = 0.0) -> Iterator[int]:
    """A port where something answers that is no mail server: says something, or a byte now and then for ever."""
    listener = socket.create_server(("127.0.0.1", 0))
    ends = threading.Event()

    def talk(connection: socket.socket) -> None:
        with connection:
            try:
                connection.sendall(says)
                while not ends.wait(drips or 30) and drips:
                    connection.sendall(b"2")
            except OSError:
                return

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    try:
        yield listener.getsockname()[1]
    finally:
        ends.set()
        listener.shutdown(socket.SHUT_RDWR)
        server.join(30)
        listener.close()
