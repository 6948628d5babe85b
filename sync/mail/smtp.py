"""Handing a message to an SMTP server, and saying exactly what came of it.

What matters is how far the conversation got: before DATA nothing was transmitted and trying again is safe; after
DATA began and without the server's answer nobody knows (the mail is unclear). Nothing here is logged but codes.
"""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum

from domain.errors import Unavailable

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
TIMEOUT_SECONDS = 30
# our name in the greeting: an address literal (RFC 5321, 4.1.3). The machine's own name is nobody's business, and
# asking for it costs seconds where its network does not know it.
GREETING_NAME = "[127.0.0.1]"


class Outcome(StrEnum):
    """What became of one attempt."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    POSTPONED = "postponed"
    UNREACHABLE = "unreachable"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Outcome and the server's own words (code and text, shortened)."""

    outcome: Outcome
    reply: str


class _Conversation(smtplib.SMTP):
    """SMTP that remembers whether DATA has begun and whether the server has answered it."""

    data_began = False

    def data(self, msg: object) -> tuple[int, bytes]:
        """Transmit the message; from here on silence means nobody knows."""
        self.data_began = True
        return super().data(msg)  # type: ignore[arg-type]


class _TlsConversation(smtplib.SMTP_SSL, _Conversation):
    """The same inside TLS from the first byte."""


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    """One account on one server. `security`: tls, starttls, or none (on this machine only)."""

    host: str
    port: int
    security: str = "starttls"
    username: str = ""
    password: str = ""
    timeout: float = TIMEOUT_SECONDS

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> Delivery:
        """Try once. Raises Unavailable only for settings that would send in the clear."""
        if self.security == "none" and self.host not in LOOPBACK:
            raise Unavailable("smtp.tls_required", host=self.host)
        conversation: _Conversation | None = None
        try:
            conversation = self._connect()
            code, reply = self._deliver(conversation, message, sender, recipient)
        except smtplib.SMTPResponseException as exc:
            return _answered(exc.smtp_code, exc.smtp_error)
        except smtplib.SMTPRecipientsRefused as exc:
            return _answered(*next(iter(exc.recipients.values())))
        except UnicodeError as exc:
            # smtplib speaks ASCII: a password or address it cannot say; nothing was transmitted
            return Delivery(Outcome.REFUSED, type(exc).__name__)
        except (smtplib.SMTPException, OSError) as exc:
            began = conversation is not None and conversation.data_began
            return Delivery(Outcome.UNCLEAR if began else Outcome.UNREACHABLE, type(exc).__name__)
        finally:
            if conversation is not None:
                conversation.close()
        return _answered(code, reply)

    def _connect(self) -> _Conversation:
        if self.security == "tls":
            return _TlsConversation(
                self.host, self.port, GREETING_NAME, timeout=self.timeout, context=ssl.create_default_context()
            )
        conversation = _Conversation(self.host, self.port, GREETING_NAME, timeout=self.timeout)
        if self.security == "starttls":
            conversation.starttls(context=ssl.create_default_context())
        return conversation

    def _deliver(
        self, conversation: _Conversation, message: EmailMessage, sender: str, recipient: str
    ) -> tuple[int, bytes]:
        conversation.ehlo_or_helo_if_needed()
        if self.username:
            conversation.login(self.username, self.password)
        for code, reply in (conversation.mail(sender), conversation.rcpt(recipient)):
            if code >= 400:
                return code, reply
        # quit() is not waited for: the answer to DATA is what counts
        return conversation.data(message.as_bytes())


def _answered(code: int, reply: bytes | str) -> Delivery:
    words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    text = f"{code} {' '.join(words.split())}"[:300]
    if 200 <= code < 300:
        return Delivery(Outcome.ACCEPTED, text)
    return Delivery(Outcome.REFUSED if code >= 500 else Outcome.POSTPONED, text)
