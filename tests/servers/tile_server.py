"""A server of map pictures on the loopback: one grey square for all, and a note of who asked for what."""

import struct
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


def picture(grey: int = 200, side: int = 256) -> bytes:
    """A square PNG of one grey."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    rows = (b"\0" + bytes([grey]) * side) * side
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class TileServer:
    """Answers every path with `content` and `status`; `elsewhere` makes it send everybody there instead."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.cookies: list[str] = []
        self.content, self.status, self.elsewhere = picture(), 200, ""
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                server.agents.add(self.headers["User-Agent"])
                server.cookies += self.headers.get_all("Cookie") or []
                self.send_response(302 if server.elsewhere else server.status)
                if server.elsewhere:
                    self.send_header("Location", server.elsewhere)
                self.send_header("Content-Type", "image/png")
                self.send_header("Content-Length", str(len(server.content)))
                self.send_header("Cache-Control", "max-age=86400")
                self.send_header("Set-Cookie", "who=you")
                self.end_headers()
                self.wfile.write(server.content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
                del format, args

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.host = f"http://127.0.0.1:{self._server.server_port}"
        self.address = self.host + "/{z}/{x}/{y}.png"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
