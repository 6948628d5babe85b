"""Whatever a server does, the client is through in time, takes no more than allowed, and says what it was."""

import gzip
import socket
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import Invalid, Unavailable
from sync.http.answers import Limits, Validators
from sync.http.client import OutsideClient
from sync.http.identity import VERSION
from tests.servers.hostile import Answering, Asked, hostile, reply
from tests.sync.http.conftest import AGENT, QUICK
from ui.errors import describe

FAST = 0.0  # no pause between two turns


def failing(client: OutsideClient, url: str, limits: Limits | None = None) -> Unavailable:
    """What it raises, in time and in words."""
    began = time.monotonic()
    with pytest.raises(Unavailable) as error:
        client.get(url, interval=FAST, limits=limits)
    assert time.monotonic() - began < 60
    said = describe(error.value)
    assert "outside." not in said
    assert "{" not in said
    return error.value


def test_a_page_arrives_and_we_said_who_we_are(client: OutsideClient) -> None:
    """Program, version and how the office is reached; what the page says of its state is kept for the next time."""
    with hostile(reply("200 OK", "Grüße".encode(), ETag='"7"', Content_Type="text/plain; charset=utf-8")) as server:
        answer = client.get(f"{server.url}/seite", interval=FAST)
    assert (answer.text(), answer.content_type, answer.validators.etag) == ("Grüße", "text/plain", '"7"')
    assert server.asked[0].headers["user-agent"] == AGENT
    assert "cookie" not in server.asked[0].headers


def test_the_version_we_name_is_the_programs() -> None:
    """As pyproject.toml has it."""
    project = tomllib.loads((Path(__file__).resolve().parents[3] / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["version"] == VERSION


def test_what_did_not_change_is_not_sent_again(client: OutsideClient) -> None:
    """ETag and date go along; 304 is an answer without a body."""

    def answer(connection: socket.socket, asked: Asked) -> None:
        assert asked.headers["if-none-match"] == '"7"'
        assert asked.headers["if-modified-since"] == "Mon, 23 Nov 2026 09:00:00 GMT"
        connection.sendall(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n")

    with hostile(answer) as server:
        found = client.get(server.url, interval=FAST, known=Validators('"7"', "Mon, 23 Nov 2026 09:00:00 GMT"))
    assert found.unchanged
    assert found.body == b""


def silent(connection: socket.socket, _: Asked) -> None:
    """Reads the question and says nothing until the client hangs up."""
    connection.recv(1)


def reset(connection: socket.socket, _: Asked) -> None:
    """Breaks the connection off."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    connection.close()


def half(connection: socket.socket, _: Asked) -> None:
    """Promises more than it sends."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")


def babble(connection: socket.socket, _: Asked) -> None:
    """Speaks something else."""
    connection.sendall(b"220 mail.example ESMTP\r\n\x00\xff\xfe\r\n\r\n")


def bad_packing(connection: socket.socket, _: Asked) -> None:
    """Says gzip and sends none."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhallo")


BOMB = gzip.compress(b"0" * 30_000_000)


@pytest.mark.parametrize(
    ("answer", "code", "asked"),
    [
        (silent, "outside.timeout", 1),
        (reset, "outside.unreachable", 3),
        (half, "outside.unreachable", 3),
        (babble, "outside.garbage", 1),
        (bad_packing, "outside.garbage", 1),
        (reply("200 OK", BOMB, Content_Encoding="gzip"), "outside.too_large", 1),
        (reply("500 Internal Server Error"), "outside.server_error", 1),
        (reply("503 Service Unavailable"), "outside.server_error", 3),
        (reply("503 Service Unavailable", Retry_After="60"), "outside.server_error", 1),
        (reply("401 Unauthorized"), "outside.refused", 1),
        (reply("403 Forbidden"), "outside.refused", 1),
        (reply("429 Too Many Requests", Retry_After="60"), "outside.refused", 1),
        (reply("404 Not Found"), "outside.status", 1),
        (reply("302 Found", Location="https://anmeldung.example/login"), "outside.redirected", 1),
        (reply("302 Found", Location="/"), "outside.redirected", 4),
        (reply("302 Found", Location="file:///etc/passwd"), "outside.redirected", 1),
        (reply("302 Found", Location="http://[half"), "outside.redirected", 1),
        (reply("302 Found", Location="http://x:port/"), "outside.garbage", 1),
    ],
)
def test_a_server_that_misbehaves_is_told_apart(
    client: OutsideClient, answer: Answering, code: str, asked: int
) -> None:
    """Its kind has a name and a sentence; what may pass is asked again, what tells us to stay away is not."""
    with hostile(answer) as server:
        assert failing(client, server.url, QUICK if answer is silent else None).code == code
        assert len(server.asked) == asked


@pytest.mark.parametrize(
    "head", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"]
)
def test_slow_bytes_end_with_the_time_in_all(client: OutsideClient, head: bytes) -> None:
    """A byte every 50 ms is no silence, and would last for ever: in the head as in the body."""

    def answer(connection: socket.socket, _: Asked) -> None:
        connection.sendall(head)
        server.drip(connection, b"H" if not head else b"x", 0.05)

    with hostile(answer) as server:
        began = time.monotonic()
        assert failing(client, server.url, QUICK).code in {"outside.timeout", "outside.garbage"}
        assert time.monotonic() - began < 30


def test_an_endless_body_is_cut_off(client: OutsideClient) -> None:
    """No length promised, no end: no more is read than allowed."""

    def answer(connection: socket.socket, _: Asked) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 10_000)

    with hostile(answer) as server:
        assert failing(client, server.url).code == "outside.too_large"


def test_a_move_within_the_host_is_followed(client: OutsideClient) -> None:
    """And the answer says where it came from."""

    def answer(connection: socket.socket, asked: Asked) -> None:
        act = reply("200 OK", b"da") if asked.path == "/neu" else reply("301 Moved Permanently", Location="/neu")
        act(connection, asked)

    with hostile(answer) as server:
        found = client.get(f"{server.url}/alt", interval=FAST)
        assert (found.body, found.url) == (b"da", f"{server.url}/neu")


def test_nobody_listens(client: OutsideClient) -> None:
    """A port without a server, a name without a host."""
    with hostile(reply("200 OK")) as server:
        gone = server.url
    assert failing(client, gone).code == "outside.unreachable"


@pytest.mark.parametrize(
    "url", ["", "nominatim", "file:///etc/passwd", "http://", "http://x:99999/", "ftp://a.example"]
)
def test_what_is_no_address_is_not_asked(client: OutsideClient, url: str) -> None:
    """Only http and https, with a host."""
    with pytest.raises(Invalid):
        client.get(url)


def test_text_that_is_no_json_is_garbage(client: OutsideClient) -> None:
    """A page of a login portal instead of the answer."""
    with hostile(reply("200 OK", b"<html>Willkommen im WLAN</html>")) as server:
        answer = client.get(server.url, interval=FAST)
        with pytest.raises(Unavailable, match=r"outside\.garbage"):
            answer.json()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=300), promised=st.booleans())
def test_any_bytes_are_survived(client: OutsideClient, noise: bytes, promised: bool) -> None:
    """An answer or a named fault, never anything else."""
    head = b"HTTP/1.1 200 OK\r\n" if promised else b""

    def answer(connection: socket.socket, _: Asked) -> None:
        connection.sendall(head + noise)

    with hostile(answer) as server:
        try:
            client.get(server.url, interval=FAST, limits=Limits(silence=0.3, total=0.6, attempts=1))
        except Unavailable as exc:
            assert exc.code.startswith("outside.")  # noqa: PT017 - either way is right
