"""A mail server that gives what it is told to: for mailboxes no real server would show on request."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Folder:
    """An inbox: by UID the source of each mail (None: the server has it and gives NIL). Changed before it is asked."""

    mails: dict[int, bytes | None]
    uidvalidity: int = 1
    broken: set[int] = field(default_factory=set)  # UIDs the server refuses (NO)
    most: int = 1_000_000  # bytes of a copy it takes
    copies: list[bytes] = field(default_factory=list)
    cut_after: int = 0  # looks of a line, after which the server ends it (0: never)

    def answer(self, said: str) -> bytes | None:
        """What a command brings; None where it is refused."""
        if said == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n"
        if said.startswith("EXAMINE"):
            told = b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] x\r\n* OK [UIDNEXT %d] x\r\n"
            return told % (len(self.mails), self.uidvalidity, max(self.mails, default=0) + 1)
        if said.startswith("UID SEARCH"):
            found = [] if "HEADER" in said else sorted(self.mails)
            return b"* SEARCH" + b"".join(b" %d" % uid for uid in found) + b"\r\n"
        if asked := re.match(r"UID FETCH ([\d,]+) (.*)", said):
            uids = [int(number) for number in asked[1].split(",")]
            if "BODY" in said and self.broken.intersection(uids):
                return None
            return b"".join(
                b"* %d FETCH (%s)\r\n" % (uid, self._fetched(uid, asked[2])) for uid in uids if uid in self.mails
            )
        return b""

    def take(self, copy: bytes) -> bytes | None:
        """Keep a copy; None where it is too large."""
        if len(copy) > self.most:
            return None
        self.copies.append(copy)
        return b""

    def _fetched(self, uid: int, wanted: str) -> bytes:
        source = self.mails[uid]
        if "SIZE" in wanted:
            return b"UID %d RFC822.SIZE %d" % (uid, 500 if source is None else len(source))
        if source is None:
            return b"UID %d BODY[] NIL" % uid
        if "HEADER" in wanted:
            source = source.partition(b"\n\n")[0] + b"\n\n"
            return b"UID %d BODY[HEADER]<0> {%d}\r\n%s" % (uid, len(source), source)
        return b"UID %d BODY[] {%d}\r\n%s" % (uid, len(source), source)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    folder: Folder


class _Talk(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.wfile.write(b"* OK IMAP4rev1\r\n")
        looks = 0
        while line := self.rfile.readline():
            tag, _, command = line.strip().partition(b" ")
            looks += command.startswith(b"EXAMINE")
            if 0 < self.server.folder.cut_after < looks:
                return
            literal = re.search(rb"\{(\d+)\}$", command)
            if literal:
                self.wfile.write(b"+ go on\r\n")
                said = self.server.folder.take(self.rfile.read(int(literal[1])))
                self.rfile.readline()
            else:
                said = self.server.folder.answer(command.decode())
            self.wfile.write((said or b"") + tag + (b" NO\r\n" if said is None else b" OK done\r\n"))


@contextmanager
def scripted_imap(folder: Folder) -> Iterator[int]:
    """A server with one inbox that takes copies; gives its port on loopback."""
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.folder = folder
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
