"""A mail server that an ordinary user may run, where OpenSMTPD cannot: aiosmtpd in front of the same LMTP.

It takes a mail only after the mailbox has it. Knows which addresses are taken, and nothing of mailboxes.
"""

import asyncio
import os
import smtplib
from collections.abc import Callable
from typing import Any

from aiosmtpd.controller import Controller


class Relay:
    """Listens on a port of this machine between `start` and `stop`."""

    def __init__(self, lmtp_port: int, takes: Callable[[str], bool]) -> None:
        self._handler = _Handler(lmtp_port, takes)
        self._controller: Controller | None = None

    def start(self, port: int) -> None:
        """Begin to take mail; OSError if the port is taken."""
        self._controller = Controller(
            self._handler, hostname="127.0.0.1", port=port, server_hostname="localhost", ready_timeout=60.0
        )
        self._controller.start()

    def stop(self) -> None:
        """Take no mail any more."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


class _Handler:
    """aiosmtpd's handler; it numbers each mail in its answer and in the mail, as mail servers do."""

    def __init__(self, lmtp_port: int, takes: Callable[[str], bool]) -> None:
        self._lmtp_port, self._takes = lmtp_port, takes

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if not self._takes(address):
            return f"550 Invalid recipient: <{address}>"
        envelope.rcpt_tos.append(address)
        return "250 Recipient ok"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        number = os.urandom(4).hex()
        received = f"Received: by localhost with ESMTP id {number}\r\n".encode()
        try:
            await asyncio.to_thread(self._hand_over, envelope, received + envelope.original_content)
        except (smtplib.SMTPException, OSError) as exc:
            return f"451 {type(exc).__name__}"
        return f"250 {number} Message accepted for delivery"

    def _hand_over(self, envelope: Any, content: bytes) -> None:
        with smtplib.LMTP("127.0.0.1", self._lmtp_port, "[127.0.0.1]") as mailboxes:
            mailboxes.sendmail(envelope.mail_from, envelope.rcpt_tos, content)
