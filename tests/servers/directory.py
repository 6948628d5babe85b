"""A directory on the loopback that behaves like the official one: a session by cookie, a search page, POST /api/data.

What it answers next is set from outside; it notes every call to its interface with the headers it came with.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

PAGE = """<!doctype html><html lang="de"><meta charset="utf-8"><title>Arztsuche</title>
<style>body{font:15px sans-serif;margin:24px}input,button{font:inherit;padding:6px 10px}li{margin:6px 0}</style>
<h1>Arztsuche (Nachbau)</h1>
<form><input id="plz" aria-label="PLZ" value="52062"><button id="go">Suchen</button></form>
<p><a id="away" href="https://anderswo.example/">Impressum eines anderen</a>
<a id="file" href="/liste.zip" download>Liste laden</a></p><ul id="list"></ul>
<script>
const show = (found) => document.getElementById("list").replaceChildren(...(found.arztPraxisDatas || []).map((one) => {
  const line = document.createElement("li"); line.textContent = `${one.name}, ${one.plz} ${one.ort}`; return line; }));
const body = () => JSON.stringify({ plz: document.getElementById("plz").value });
const head = { "Content-Type": "application/json", "X-Page": "own" };
window.search = () => fetch("/api/data", { method: "POST", headers: head, body: body() })
  .then((answer) => answer.json()).then(show).catch(() => {});
window.searchOld = () => { const call = new XMLHttpRequest(); call.open("POST", "/api/data");
  call.responseType = "json"; call.onload = () => show(call.response || {}); call.send(body()); };
window.other = () => fetch("/api/other", { method: "POST" }).then((answer) => answer.text());
document.querySelector("form").onsubmit = (event) => { event.preventDefault(); window.search(); };
document.body.dataset.native = "ready";
</script></html>"""

FILES = {
    "/": (200, PAGE.encode(), "text/html; charset=utf-8", "session=invented; HttpOnly"),
    "/liste.zip": (200, b"PK", "application/zip", ""),
}


class DirectoryServer:
    """`answer` is what the next searches get; without the page's cookie they are refused."""

    def __init__(self) -> None:
        self.answer: bytes = b'{"arztPraxisDatas": [], "moreResults": false}'
        self.status = 200
        self.forget_sessions = False
        self.calls: list[dict[str, str]] = []
        self.visits: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.address = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(server: DirectoryServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.visits.append(self.path)
            if self.path == "/weg":
                self.send_response(302)
                self.send_header("Location", "https://anderswo.example/")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            status, content, kind, cookie = FILES.get(self.path, (404, b"", "text/plain", ""))
            self._reply(status, content, kind, cookie=cookie)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path != "/api/data":
                self._reply(200, json.dumps({"arztPraxisDatas": [{"name": "Falsch"}]}).encode(), "application/json")
                return
            server.calls.append(dict(self.headers.items()))
            known = "session=invented" in (self.headers.get("Cookie") or "") and not server.forget_sessions
            if known:
                self._reply(server.status, server.answer, "application/json")
            else:
                self._reply(403, b"no session", "text/plain")

        def _reply(self, status: int, content: bytes, kind: str, *, cookie: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            if cookie:
                self.send_header("Set-Cookie", cookie)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            del format, args

    return Handler
