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

    def fetched(self, uid: int, wanted: str) -> bytes:
        """What FETCH says of one mail."""
        source = self.mails[uid]
        if "SIZE" in wanted:
            return b"UID %d RFC822.SIZE %d" % (uid, 500 if source is None else len(source))
        if source is None:
            return b"UID %d BODY[] NIL" % uid
        if "HEADER" in wanted:
            source = source.partition(b"\n\n")[0] + b"\n\n"
            return b"UID %d BODY[HEADER]<0> {%d}\r\n%s" % (uid, len(source), source)
        return b"UID %d BODY[] {%d}\r\n%s" % (uid, len(source), source)


@contextmanager
def scripted_imap(folder: Folder) -> Iterator[int]:
    """A server with one inbox; gives its port on loopback."""

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK IMAP4rev1\r\n")
            while line := self.rfile.readline():
                tag, _, command = line.strip().partition(b" ")
                said = command.decode()
                result = b"OK done"
                if said == "CAPABILITY":
                    self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n")
                elif said.startswith("EXAMINE"):
                    last = max(folder.mails, default=0) + 1
                    told = b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] x\r\n* OK [UIDNEXT %d] x\r\n"
                    self.wfile.write(told % (len(folder.mails), folder.uidvalidity, last))
                elif said.startswith("UID SEARCH"):
                    self.wfile.write(b"* SEARCH" + b"".join(b" %d" % uid for uid in sorted(folder.mails)) + b"\r\n")
                elif found := re.match(r"UID FETCH ([\d,]+) (.*)", said):
                    uids = [int(number) for number in found[1].split(",")]
                    if "BODY" in said and folder.broken.intersection(uids):
                        result = b"NO it is broken"
                        uids = []
                    for uid in uids:
                        if uid in folder.mails:
                            self.wfile.write(b"* %d FETCH (%s)\r\n" % (uid, folder.fetched(uid, found[2])))
                self.wfile.write(tag + b" " + result + b"\r\n")

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    with Server(("127.0.0.1", 0), Talk) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
