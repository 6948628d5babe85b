"""Reading a mailbox over IMAP (RFC 3501) and keeping copies of sent mails there. Nothing is deleted or marked.

A mailbox is opened for reading only, so that a colleague's mail program sees it as it was. Errors come as Unavailable.
"""

import imaplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from imapclient.exceptions import CapabilityError, IMAPClientError, LoginError

from domain.communication.claiming import SLOWEST
from domain.communication.incoming.source import LARGEST, LARGEST_HEAD
from domain.errors import Forbidden, PlatzlotseError, Unavailable
from sync.mail.conversation import LOOPBACK
from sync.mail.imap_line import ENOUGH, BoundedClient, Line
from sync.mail.troubles import trouble_of

TIMEOUT_SECONDS = 30
OPENING = 3  # times the silence: connecting, TLS and login together
ANSWERING = 4  # times the silence: one command, without the mail it may bring
AT_ONCE = 200  # UIDs asked for in one go
_TROUBLE = (IMAPClientError, imaplib.IMAP4.error, OSError, ssl.SSLError, EOFError, UnicodeError)


@dataclass(frozen=True, slots=True)
class ImapAccess:
    """How a mailbox is reached. `security`: tls, starttls, or none (on this machine only)."""

    host: str
    port: int
    security: str
    username: str
    password: str
    timeout: float = TIMEOUT_SECONDS


@dataclass(frozen=True, slots=True)
class FolderState:
    """What the server says of a folder: UIDs mean something only together with UIDVALIDITY."""

    uidvalidity: int
    uidnext: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """The source of a mail of `size` bytes; of one that is too large the beginning of its headers.

    `refused`: the server could not give it, only its headers or not even those.
    """

    source: bytes
    size: int
    whole: bool = True
    refused: bool = False


class Mailbox:
    """One open connection; made by `open_mailbox`."""

    def __init__(self, client: BoundedClient, line: Line, silence: float) -> None:
        self._client, self._line, self._silence = client, line, silence
        self.folder = ""  # the one that is open

    @contextmanager
    def _asking(self, code: str, *, mail: int = 0, more: float = 0.0) -> Iterator[None]:
        """One command: its time and what it may bring, with a mail of so many bytes; told by a code."""
        seconds = ANSWERING * self._silence + mail / SLOWEST + more
        with _told(code), self._line.within(seconds, most=ENOUGH + mail):
            yield

    def select(self, folder: str) -> FolderState:
        """Open a folder for reading."""
        with self._asking("imap.folder"):
            answer = self._client.select_folder(folder, readonly=True)
        self.folder = folder
        return FolderState(int(answer[b"UIDVALIDITY"]), int(answer.get(b"UIDNEXT", 0)))

    def above(self, uid: int, *, since: date | None = None, old_below: int = 0) -> list[int]:
        """Every mail above a UID, in order; with `since` those that came from that day on.

        Below `old_below` one written before that day is left out, too: who moves a mailbox brings all of it in today.
        """
        with self._asking("imap.reading"):
            # a server names the day a mail came in its own time zone
            came = ["SINCE", since - timedelta(days=1)] if since is not None else []
            # "n:*" always names the newest mail, also when it is below n
            uids = {u for u in self._client.search(["UID", f"{uid + 1}:*", *came]) if u > uid}
        if since is not None and uid + 1 < old_below:
            with self._asking("imap.reading"):
                uids -= set(self._client.search(["UID", f"{uid + 1}:{old_below - 1}", "SENTBEFORE", since]))
        return sorted(uids)

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """How large mails are (bytes); one that went meanwhile is left out."""
        found: dict[int, int] = {}
        for start in range(0, len(uids), AT_ONCE):
            with self._asking("imap.reading"):
                answer = self._client.fetch(uids[start : start + AT_ONCE], ["RFC822.SIZE"])
            found.update({u: size for u, data in answer.items() if isinstance(size := data.get(b"RFC822.SIZE"), int)})
        return found

    def head(self, uid: int) -> Fetched | None:
        """Only the headers of a mail; None when it went meanwhile."""
        return self._part(uid, f"BODY.PEEK[HEADER]<0.{LARGEST_HEAD + 1}>", LARGEST_HEAD + 1, 0, whole=False)

    def source(self, uid: int, *, size: int) -> Fetched | None:
        """The source of a mail, unread as it was; None when it went meanwhile. Too large: its headers only.

        `size` is what the server said, 0 where it said none. Raises Unavailable for one it has and gives nothing of.
        """
        whole = size <= LARGEST
        # of headers one byte more than is read tells that they are too long
        part = "BODY.PEEK[]" if whole else f"BODY.PEEK[HEADER]<0.{LARGEST_HEAD + 1}>"
        return self._part(uid, part, size if whole else LARGEST_HEAD + 1, size, whole=whole)

    def _part(self, uid: int, part: str, most: int, size: int, *, whole: bool) -> Fetched | None:
        with self._asking("imap.reading", mail=most):
            answer = self._client.fetch([uid], [part]).get(uid, {})
        if not answer:
            return None
        found = next((value for key, value in answer.items() if key.startswith(b"BODY[")), None)
        # a mail that is there and comes without its words (NIL) did not go: the server cannot give it
        if found is None or (whole and size and not found):
            raise Unavailable("imap.reading")
        return Fetched(bytes(found), size, whole)

    def has_message(self, message_id: str) -> bool:
        """Whether a mail of that Message-ID lies in the open folder."""
        with self._asking("imap.reading"):
            return bool(self._client.search(["HEADER", "Message-ID", message_id]))

    def append(self, folder: str, source: bytes, *, at: datetime) -> None:
        """Put a copy of a sent mail into a folder, marked as read."""
        with self._asking("imap.append", mail=len(source)):
            self._client.append(folder, source, (b"\\Seen",), at)

    def can_idle(self) -> bool:
        """Whether the server tells of new mail by itself (RFC 2177)."""
        with self._asking("imap.reading"):
            return bool(self._client.has_capability("IDLE"))

    def idle(self, seconds: float) -> bool:
        """Wait that long for news of the open folder; True when there were some."""
        with self._asking("imap.reading", more=seconds):
            self._client.idle()
            try:
                news = self._client.idle_check(timeout=seconds)
            finally:
                self._client.idle_done()
        return bool(news)


@contextmanager
def open_mailbox(access: ImapAccess) -> Iterator[Mailbox]:
    """Connect and log in.

    Raises Unavailable (imap.tls_required, mail_server.*) or Forbidden (imap.login, imap.login_letters).
    """
    if access.security == "none" and access.host not in LOOPBACK:
        raise Unavailable("imap.tls_required", host=access.host)
    line = Line()
    tls = ssl.create_default_context() if access.security != "none" else None
    with _connecting(access), line.within(OPENING * access.timeout):
        client = BoundedClient(
            access.host,
            access.port,
            tls=tls if access.security == "tls" else None,
            timeout=access.timeout,
            line=line,
        )
    try:
        with _connecting(access), line.within(OPENING * access.timeout):
            if access.security == "starttls":
                client.starttls(tls)
            try:
                client.log_in(access.username, access.password)
            except (LoginError, UnicodeError) as exc:
                understood = (access.username + access.password).isascii()
                raise Forbidden("imap.login" if understood else "imap.login_letters", host=access.host) from exc
        yield Mailbox(client, line, access.timeout)
    finally:
        with suppress(*_TROUBLE):
            client.shutdown()


@contextmanager
def _connecting(access: ImapAccess) -> Iterator[None]:
    """What goes wrong before the mailbox is open is told as precisely as for sending."""
    try:
        yield
    except PlatzlotseError:
        raise
    except CapabilityError as exc:
        raise Unavailable("mail_server.no_starttls", host=access.host, port=access.port) from exc
    except (IMAPClientError, imaplib.IMAP4.error) as exc:
        raise Unavailable("mail_server.no_greeting", host=access.host, port=access.port) from exc
    except _TROUBLE as exc:
        raise trouble_of(exc, host=access.host, port=access.port) from exc


@contextmanager
def _told(code: str, **params: str) -> Iterator[None]:
    """Whatever goes wrong on the way is told by a code; the server's own words may hold addresses."""
    try:
        yield
    except PlatzlotseError:
        raise
    except _TROUBLE as exc:
        raise Unavailable(code, **params) from exc
