"""Redirects, each a question of its own; and questions that may reach public servers only."""

import contextlib
import socket
import ssl
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from domain.database import Database
from domain.errors import Unavailable
from domain.outside import admit, host_states, note_failure, take_turn
from sync.http import client as http_client
from sync.http import exchange
from sync.http.addresses import may_move
from sync.http.answers import Answer, Validators
from sync.http.client import OutsideClient
from sync.http.reach import Reach, is_public
from tests.servers.certificates import write_certificate
from tests.servers.hostile import Asked, hostile, reply
from tests.sync.geo.conftest import writer
from tests.sync.http.conftest import AGENT, PATIENT, client_on

FAST = 0.01


@pytest.mark.parametrize(
    ("before", "to", "may"),
    [
        ("https://praxis.example/", "https://www.praxis.example/x", True),
        ("https://www.praxis.example/", "https://praxis.example/", True),
        ("http://praxis.example/", "https://www.praxis.example/", True),
        ("http://praxis.example:8080/", "http://praxis.example:8080/x", True),
        ("https://praxis.example/", "http://praxis.example/", False),
        ("https://praxis.example/", "https://praxis.example:8443/", False),
        ("http://praxis.example/", "http://praxis.example:5432/", False),
        ("http://praxis.example:8080/", "https://praxis.example/", False),
        ("https://praxis.example/", "https://boese.example/", False),
        ("https://praxis.example/", "https://www.boese.example/", False),
        ("https://praxis.example/", "https://mail.praxis.example/", False),
        ("https://praxis.example/", "https://a:b@praxis.example/", False),
        ("https://praxis.example/", "file:///etc/passwd", False),
    ],
)
def test_a_redirect_is_followed_within_a_name_only(before: str, to: str, may: bool) -> None:
    """With or without "www."; to no other host or port, and never to less safety."""
    assert may_move(httpx.URL(before), httpx.URL(to)) is may


def test_each_hop_waits_for_its_turn(worker_database: Database) -> None:
    """Three redirects are four questions, as far apart as any."""
    came: list[float] = []

    def answer(connection: socket.socket, asked: Asked) -> None:
        came.append(time.monotonic())
        number = int(asked.path[1:] or 0)
        act = reply("302 Found", Location=f"/{number + 1}") if number < 3 else reply("200 OK", b"x")
        act(connection, asked)

    with hostile(answer) as server:
        began = time.monotonic()
        client_on(worker_database).get(f"{server.url}/0", interval=0.6)
    assert len(came) == 4
    assert came[-1] - began > 1.7  # the first may come late from its turn, the last not before its own


def test_leave_is_asked_for_each_hop(worker_database: Database) -> None:
    """Whoever may not read the second page does not get there by the first."""
    asked_leave: list[str] = []

    def leave(url: str) -> float:
        asked_leave.append(httpx.URL(url).path)
        if url.endswith("/geheim"):
            raise Unavailable("outside.robots", host="x")
        return FAST

    with (
        hostile(reply("302 Found", Location="/geheim")) as server,
        pytest.raises(Unavailable, match=r"outside\.robots"),
    ):
        client_on(worker_database).get(server.url, interval=FAST, leave=leave)
    assert asked_leave == ["/", "/geheim"]
    assert [asked.path for asked in server.asked] == ["/"]


@pytest.mark.parametrize(
    ("start", "to", "told"),
    [
        ("http://karten.example/suche", "https://karten.example/suche", None),
        ("https://karten.example/suche", "https://www.karten.example/suche", None),
        ("https://karten.example/suche", "/finde", "KEY"),
    ],
)
def test_a_key_is_told_to_nobody_else(
    worker_database: Database, monkeypatch: pytest.MonkeyPatch, start: str, to: str, told: str | None
) -> None:
    """Another origin gets who we are and nothing that was meant for the first."""
    seen: list[httpx.Request] = []

    async def answered(request: httpx.Request, *_: object) -> tuple[Answer, str | None]:
        seen.append(request)
        return Answer(200, str(request.url), b"", "", "utf-8", Validators()), to if len(seen) == 1 else None

    monkeypatch.setattr(http_client, "exchange", answered)
    client_on(worker_database).get(start, interval=FAST, headers={"Authorization": "KEY"})
    assert seen[0].headers["Authorization"] == "KEY"
    assert seen[1].headers.get("Authorization") == told
    assert seen[1].headers["User-Agent"] == AGENT


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1", "172.16.0.1", "100.64.0.1", "0.0.0.0", "224.0.0.1",  # noqa: S104 - a test's own list
     "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1",
     "64:ff9b::a00:1", "2002:a00:1::1"],
)  # fmt: skip
def test_addresses_of_an_own_network_are_not_public(address: str) -> None:
    """Whatever they are wrapped in."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_addresses_of_the_open_net_are_public(address: str) -> None:
    """As most practices' are."""
    assert is_public(address)


def test_the_connection_goes_to_the_address_that_was_looked_at(
    worker_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is looked up once cannot lead elsewhere the second time; the host is still asked by its name."""

    async def looked_up(_url: httpx.URL) -> tuple[str, ...]:
        return ("127.0.0.1",)

    monkeypatch.setattr(exchange, "public_addresses", looked_up)
    client = OutsideClient(
        writer(worker_database), user_agent=AGENT, limits=PATIENT, now=lambda: datetime.now(UTC), reach=Reach.PUBLIC
    )
    with hostile(reply("200 OK", b"da")) as server:
        found = client.get(f"http://praxis.invalid:{server.port}/x?a=1", interval=FAST)
        assert (found.body, found.url) == (b"da", f"http://praxis.invalid:{server.port}/x?a=1")
        assert server.asked[0].headers["host"] == f"praxis.invalid:{server.port}"
        assert server.asked[0].path == "/x?a=1"


@pytest.mark.parametrize(("named", "code"), [("praxis.invalid", ""), ("boese.invalid", "outside.unreachable")])
def test_the_certificate_is_the_names_and_not_the_addresss(
    worker_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, named: str, code: str
) -> None:
    """Who is asked by an address must still prove to be whom the name means."""
    write_certificate(tmp_path / "c.pem", tmp_path / "k.pem", names=[x509.DNSName(named)])
    serving, trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=tmp_path / "c.pem")
    serving.load_cert_chain(tmp_path / "c.pem", tmp_path / "k.pem")
    listener = socket.create_server(("127.0.0.1", 0))

    async def looked_up(_url: httpx.URL) -> tuple[str, ...]:
        return ("127.0.0.1",)

    def serve() -> None:
        taken, _ = listener.accept()
        with taken, contextlib.suppress(OSError), serving.wrap_socket(taken, server_side=True) as connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nda")

    monkeypatch.setattr(exchange, "public_addresses", looked_up)
    monkeypatch.setattr(exchange, "_certificates", lambda: trusting)
    client = OutsideClient(
        writer(worker_database), user_agent=AGENT, now=lambda: datetime.now(UTC), reach=Reach.PUBLIC,
        limits=replace(PATIENT, attempts=1),
    )  # fmt: skip
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    address = f"https://praxis.invalid:{listener.getsockname()[1]}/"
    try:
        if code:
            with pytest.raises(Unavailable) as error:
                client.get(address, interval=FAST)
            assert error.value.code == code
        else:
            assert client.get(address, interval=FAST).body == b"da"
    finally:
        listener.close()
        thread.join(30)


@pytest.mark.parametrize(
    "url", ["https://arztsuche.116117.de/", "https://arztsuche.116117\u3002de/", "https://116117.de./"]
)
def test_the_search_of_the_116117_is_asked_nothing(worker_database: Database, url: str) -> None:
    """However its name is written, by whomever."""
    with pytest.raises(Unavailable, match=r"outside\.never"):
        client_on(worker_database).get(url)
    with worker_database.read() as session:
        assert host_states(session) == ()


def test_who_gets_no_turn_keeps_no_breaker_half_open(worker_database: Database) -> None:
    """The one question after a pause is left to whoever asks it."""
    with hostile(reply("200 OK", b"da")) as server:
        now = datetime.now(UTC)
        with worker_database.write() as session:
            note_failure(session, server.host, "outside.refused", now=now - timedelta(minutes=5), at_once=True)
            take_turn(session, server.host, interval=100.0, longest=1000.0)
        client = client_on(worker_database)
        with pytest.raises(Unavailable, match=r"outside\.busy"):
            client.get(server.url)
        with worker_database.write() as session:
            admit(session, server.host, now=now)  # paused where somebody else probes
