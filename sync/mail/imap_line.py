"""A line to an IMAP server that ends: after its time whatever drips, and after so many bytes whatever is announced.

imaplib waits for each byte anew and takes whatever length a server names, so a hostile one would keep a watch for ever
or fill the memory. Here every command has its time, after which a timer cuts the line, and a bound on its answer.
"""

import imaplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from imapclient import IMAPClient

ENOUGH = 8_000_000  # bytes of an answer without a mail: two hundred sizes, or the numbers of a million mails


class Line:
    """The socket under a conversation, its time and what it may still bring."""

    def __init__(self) -> None:
        self.socket: socket.socket | None = None
        self.was_cut = False
        self.left = ENOUGH

    @contextmanager
    def within(self, seconds: float, *, most: int = ENOUGH) -> Iterator[None]:
        """So long and so much may the block take; then the line is cut. Raises TimeoutError where time was over."""
        self.left = most
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except (imaplib.IMAP4.error, OSError, EOFError) as exc:
            if self.was_cut:
                raise TimeoutError from exc
            raise
        finally:
            timer.cancel()

    def took(self, data: bytes) -> bytes:
        """Count what came. Raises ConnectionError where it is more than a server has to say."""
        self.left -= len(data)
        if self.left < 0:
            raise ConnectionError
        return data

    def may_take(self, size: int) -> None:
        """Ask before so many bytes are waited for. Raises ConnectionError."""
        if size > self.left:
            raise ConnectionError

    def _cut(self) -> None:
        self.was_cut = True
        if self.socket is not None:
            with suppress(OSError):
                # past TLS: its own shutdown would first take the encryption off
                socket.socket.shutdown(self.socket, socket.SHUT_RDWR)


class _Counted(imaplib.IMAP4):
    """What is read is counted, and its socket is known from the first byte on."""

    def __init__(self, host: str, port: int, line: Line, tls: ssl.SSLContext | None, timeout: float) -> None:
        self._line, self._tls = line, tls
        super().__init__(host, port, timeout)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        made = socket.create_connection((self.host, self.port), timeout)
        self._line.socket = made
        if self._line.was_cut:  # its name was looked up for too long
            made.close()
            raise TimeoutError
        if self._tls is not None:
            made = self._tls.wrap_socket(made, server_hostname=self.host)
            self._line.socket = made
        return made

    def read(self, size: int) -> bytes:
        """So many bytes, if they may come."""
        self._line.may_take(size)
        return self._line.took(super().read(size))

    def readline(self) -> bytes:
        """A line of an answer."""
        return self._line.took(super().readline())


class BoundedClient(IMAPClient):  # type: ignore[misc]  # the library has no types
    """IMAPClient on a counted line."""

    def __init__(self, host: str, port: int, *, tls: ssl.SSLContext | None, timeout: float, line: Line) -> None:
        self._line, self._silence = line, timeout
        super().__init__(host, port, ssl=tls is not None, ssl_context=tls, timeout=timeout)

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - IMAPClient's name
        return _Counted(self.host, self.port, self._line, self.ssl_context, self._silence)

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> None:
        """From here on the line is the encrypted one."""
        super().starttls(ssl_context)
        self._line.socket = self._imap.sock

    def log_in(self, username: str, password: str) -> None:
        """Say who we are, in UTF-8 where ASCII does not do.

        Raises LoginError; UnicodeError where the server has no way to hear it.
        """
        if not (username + password).isascii() and self.has_capability("AUTH=PLAIN"):
            self.plain_login(username, password)
        else:
            self.login(username, password)
