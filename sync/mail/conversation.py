"""A conversation with an SMTP server: connecting, TLS, login, and a time after which it is over whatever happens.

smtplib waits for each byte anew, so a server that drips them would keep a sender for ever; here a timer cuts the line.
All of it takes less than a mail's lease: who lost the lease hands nothing over any more.
What goes wrong before a mail is named is the account's trouble and comes as Unavailable or Forbidden, never the mail's.
"""

import base64
import hmac
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from domain.communication.claiming import SLOWEST
from domain.errors import Forbidden, PlatzlotseError, Unavailable
from sync.mail.troubles import trouble_of

# our name in the greeting: an address literal (RFC 5321, 4.1.3). The machine's own name is nobody's business, and
# asking for it costs seconds where its network does not know it.
GREETING_NAME = "[127.0.0.1]"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
TIMEOUT_SECONDS = 30.0  # of silence
OPENING_SECONDS = 60.0  # connecting, TLS and login together
SPEAKING_SECONDS = 60.0  # from there to the content
PATIENCE = 4  # times the silence: servers look into a mail before they take it
QUESTIONS = 5  # a server may ask at one login
BLOCK = 64_000  # a socket's timeout is for all it is given at once
_DOTS = re.compile(rb"(?m)^\.")


class Conversation(smtplib.SMTP):
    """SMTP that is cut off when its time is over, and remembers whether the content has begun."""

    content_began = False

    def __init__(self, host: str, port: int, *, security: str, timeout: float) -> None:
        super().__init__(local_hostname=GREETING_NAME, timeout=timeout)
        self._server, self._port, self._security = host, port, security
        self._timer: threading.Timer | None = None
        self._silence = timeout
        self.was_cut = False

    def allow(self, seconds: float) -> None:
        """From now on that long; then the line is cut."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def begin(self) -> None:
        """Connect and hear the greeting."""
        code, _ = self.connect(self._server, self._port)
        if code != 220:
            raise Unavailable("mail_server.no_greeting", host=self._server, port=self._port)

    def secure(self) -> None:
        """STARTTLS. Raises Unavailable where the server does not offer it: nothing is said in the clear."""
        self.ehlo_or_helo_if_needed()
        code = self.docmd("STARTTLS")[0] if self.has_extn("starttls") else 0
        if code != 220:
            raise Unavailable("mail_server.no_starttls", host=self._server, port=self._port)
        assert self.sock is not None
        self.sock = self._in_tls(self.sock)
        # nothing that was said before counts, nor what somebody put in between (RFC 3207, 4.2)
        self.file = None
        self.helo_resp = self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False

    def auth(
        self, mechanism: str, authobject: Callable[..., str | None], *, initial_response_ok: bool = True
    ) -> tuple[int, bytes]:
        """Say name and password in UTF-8 (RFC 4616), where smtplib knows ASCII only."""

        def coded(words: str) -> str:
            return base64.b64encode(words.encode("utf-8")).decode("ascii")

        first = authobject() if initial_response_ok else None
        code, reply = self.docmd("AUTH", mechanism if first is None else f"{mechanism} {coded(first)}")
        self._auth_challenge_count = int(first is not None)  # smtplib's own LOGIN asks it
        while code == 334:
            self._auth_challenge_count += 1
            if self._auth_challenge_count > QUESTIONS:
                raise smtplib.SMTPAuthenticationError(code, reply)
            code, reply = self.docmd(coded(authobject(base64.b64decode(reply)) or ""))
        if code not in {235, 503}:  # 503: logged in already
            raise smtplib.SMTPAuthenticationError(code, reply)
        return code, reply

    def auth_cram_md5(self, challenge: bytes | None = None) -> str | None:  # type: ignore[override]  # overloads
        """The password proves itself with a sum of its UTF-8 (RFC 2195)."""
        if challenge is None:
            return None
        return f"{self.user} {hmac.new(self.password.encode('utf-8'), challenge, 'md5').hexdigest()}"

    @property
    def size_limit(self) -> int | None:
        """The largest mail (bytes) the server announced (RFC 1870); None where it named no limit."""
        announced = self.esmtp_features.get("size", "").split()
        limit = int(announced[0]) if announced and announced[0].isascii() and announced[0].isdigit() else 0
        return limit or None

    def content(self, source: bytes) -> tuple[int, bytes]:
        """Transmit a message; after the server's go-ahead silence means that nobody knows."""
        code, reply = self.docmd("DATA")
        if code != 354:
            # a "yes" here would be one to a mail that was never transmitted
            return (code, reply) if 400 <= code < 600 else (-1, reply)
        self.content_began = True
        patient = PATIENCE * self._silence
        self.allow(len(source) / SLOWEST + patient)
        quoted = _DOTS.sub(b"..", source)
        quoted += b".\r\n" if quoted.endswith(b"\r\n") else b"\r\n.\r\n"
        for start in range(0, len(quoted), BLOCK):
            self.send(quoted[start : start + BLOCK])
        assert self.sock is not None
        self.sock.settimeout(patient)
        return self.getreply()

    def close(self) -> None:
        """Close the line; the server is not waited for."""
        if self._timer is not None:
            self._timer.cancel()
        super().close()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made = socket.create_connection((host, port), timeout)
        self.sock = made  # so that it can be cut while it is being secured
        if self.was_cut:  # the name was looked up, or its addresses were tried, for too long
            made.close()
            raise TimeoutError
        return self._in_tls(made) if self._security == "tls" else made

    def _in_tls(self, plain: socket.socket) -> socket.socket:
        secured = ssl.create_default_context().wrap_socket(
            plain, server_hostname=self._server, do_handshake_on_connect=False
        )
        self.sock = secured
        try:
            secured.do_handshake()
        except BaseException:
            secured.close()
            raise
        return secured

    def _cut(self) -> None:
        self.was_cut = True
        if isinstance(self.sock, socket.socket):
            with suppress(OSError):
                # past TLS: its own shutdown would first take the encryption off
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


@contextmanager
def conversation(host: str, port: int, security: str, *, timeout: float = TIMEOUT_SECONDS) -> Iterator[Conversation]:
    """A line to a server on which nothing was said yet; closed with the block. Raises Unavailable."""
    if security == "none" and host not in LOOPBACK:
        raise Unavailable("smtp.tls_required", host=host)
    made = Conversation(host, port, security=security, timeout=timeout)
    made.allow(OPENING_SECONDS)
    try:
        with told(made, host, port):
            made.begin()
        yield made
    finally:
        made.close()


def log_in(line: Conversation, host: str, username: str, password: str) -> None:
    """Say who we are. Raises Forbidden (smtp.login, or smtp.login_letters where those may be why) or Unavailable."""
    line.ehlo_or_helo_if_needed()
    try:
        line.login(username, password)
    except smtplib.SMTPAuthenticationError as exc:
        if exc.smtp_code < 500:
            raise Unavailable("mail_server.login_later", host=host) from exc
        understood = (username + password).isascii()
        raise Forbidden("smtp.login" if understood else "smtp.login_letters", host=host) from exc
    except smtplib.SMTPNotSupportedError as exc:
        raise Unavailable("mail_server.no_login", host=host) from exc


@contextmanager
def told(line: Conversation, host: str, port: int) -> Iterator[None]:
    """What goes wrong on the way is told by a code."""
    try:
        yield
    except PlatzlotseError:
        raise
    except (smtplib.SMTPException, OSError, ValueError) as exc:
        raise trouble_of(TimeoutError() if line.was_cut else exc, host=host, port=port) from exc
