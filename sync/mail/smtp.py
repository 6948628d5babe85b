"""Handing a message to an SMTP server, and saying exactly what came of it.

What matters is how far the conversation got: before DATA nothing was transmitted and trying again is safe; after
DATA began and without the server's answer nobody knows (the mail is unclear). Nothing here is logged but codes.
"""

import smtplib
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum

from domain.communication.server_answers import TOO_LARGE, Step, Verdict, understand
from domain.errors import PlatzlotseError, Unavailable
from sync.mail.conversation import (
    LOOPBACK,
    SPEAKING_SECONDS,
    TIMEOUT_SECONDS,
    Conversation,
    conversation,
    log_in,
    told,
)
from sync.mail.troubles import trouble_of


class Outcome(StrEnum):
    """What became of one attempt."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    POSTPONED = "postponed"
    UNREACHABLE = "unreachable"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Outcome and the server's own words (code and text, shortened).

    `cause` is the code of what hindered it, with what its sentence names; `size_limit` the largest mail (bytes) the
    server announced, None where it named none or was not reached (`reached`).
    """

    outcome: Outcome
    reply: str
    cause: str = ""
    params: Mapping[str, int | str] = field(default_factory=dict)
    reached: bool = False
    size_limit: int | None = None


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    """One account on one server. `security`: tls, starttls, or none (on this machine only).

    `largest` is the office's own limit of a mail (bytes).
    """

    host: str
    port: int
    security: str = "starttls"
    username: str = ""
    password: str = ""
    timeout: float = TIMEOUT_SECONDS
    largest: int | None = None

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> Delivery:
        """Try once. Raises Unavailable only for settings that would send in the clear."""
        if self.security == "none" and self.host not in LOOPBACK:
            raise Unavailable("smtp.tls_required", host=self.host)
        source = message.as_bytes(policy=SMTP)  # lines end as SMTP wants them
        try:
            with conversation(self.host, self.port, self.security, timeout=self.timeout) as line:
                with told(line, self.host, self.port):
                    self.open(line)
                return self._hand_over(line, source, sender, recipient)
        except PlatzlotseError as exc:
            return Delivery(Outcome.UNREACHABLE, "", exc.code, words_of(exc))

    def open(self, line: Conversation) -> None:
        """TLS and login, so that mails may be named. Raises Unavailable and Forbidden."""
        if self.security == "starttls":
            line.secure()
        line.ehlo_or_helo_if_needed()
        if self.username:
            log_in(line, self.host, self.username, self.password)

    def _hand_over(self, line: Conversation, source: bytes, sender: str, recipient: str) -> Delivery:
        limit = line.size_limit
        least = min((n for n in (limit, self.largest) if n is not None), default=None)
        if least is not None and len(source) > least:
            # the server would refuse it after megabytes, or earlier and in its own words (RFC 1870)
            return Delivery(Outcome.REFUSED, "", TOO_LARGE, {"size": len(source), "allowed": least}, True, limit)
        options = [f"SIZE={len(source)}"] if line.has_extn("size") else []
        line.allow(SPEAKING_SECONDS)
        try:
            step, (code, reply) = Step.SENDER, line.mail(sender, options)
            if 200 <= code < 300:
                step, (code, reply) = Step.RECIPIENT, line.rcpt(recipient)
            if 200 <= code < 300:
                step, (code, reply) = Step.CONTENT, line.content(source)
        except smtplib.SMTPResponseException as exc:
            step, code, reply = Step.CONTENT, -1, _bytes(exc.smtp_error)  # a line without an end
        except (smtplib.SMTPException, OSError, ValueError) as exc:
            told_by = trouble_of(TimeoutError() if line.was_cut else exc, host=self.host, port=self.port)
            outcome = Outcome.UNCLEAR if line.content_began else Outcome.UNREACHABLE
            return Delivery(outcome, "", told_by.code, {"host": self.host, "port": self.port}, True, limit)
        return _answered(step, code, reply, began=line.content_began, size=len(source), limit=limit)


def words_of(error: PlatzlotseError) -> dict[str, int | str]:
    """What the sentence of an error names, as it can be kept."""
    return {name: value if isinstance(value, int) else str(value) for name, value in error.params.items()}


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode("utf-8", "replace")


def _answered(step: Step, code: int, reply: bytes, *, began: bool, size: int, limit: int | None) -> Delivery:
    words = " ".join(reply.decode("utf-8", "replace").split())
    answer = understand(step, code, words)
    text = f"{code} {words}"[:300] if code > 0 else words[:300]
    outcome = {
        Verdict.YES: Outcome.ACCEPTED,
        Verdict.NO: Outcome.REFUSED,
        Verdict.LATER: Outcome.POSTPONED,
        # what is no answer of SMTP says nothing: it may have been taken
        Verdict.NONSENSE: Outcome.UNCLEAR if began else Outcome.UNREACHABLE,
    }[answer.verdict]
    params: dict[str, int | str] = {"size": size, "allowed": limit or 0} if answer.cause == TOO_LARGE else {}
    return Delivery(outcome, text, answer.cause, params, True, limit)
