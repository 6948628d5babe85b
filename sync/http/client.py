"""The office's one HTTP client: whoever in the worker goes outside goes through here.

It waits for its turn (one rate a host for the whole office), asks the breaker, says who we are, takes no more bytes or
time than allowed, follows few redirects and none to another host, and tries again only what is safe to ask twice.
What it raises is Unavailable:

    outside.unreachable  no connection, or it broke           outside.server_error  5xx
    outside.timeout      too slow, in silence or in all       outside.refused       401, 403, 429: leave it alone
    outside.too_large    more bytes than allowed              outside.status        another 4xx
    outside.garbage      no HTTP, or not what was promised    outside.redirected    to another host, or in a circle
    outside.busy         no turn within the time              outside.paused        the breaker is open

It must not know what is asked for.
"""

import asyncio
import functools
import logging
import ssl
import time
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import httpx
import stamina

from domain.database import Session
from domain.errors import Invalid, Unavailable
from domain.outside import admit, note_failure, note_success, put_off, take_turn
from sync.http.answers import Answer, Limits, Validators

# these write every address they ask for into the log, people's among them
for _talkative in ("httpx", "httpcore", "geopy"):
    logging.getLogger(_talkative).setLevel(logging.WARNING)

T = TypeVar("T")
AGAIN = {502, 503, 504}
STAY_AWAY = {401, 403, 429}
NOT_ITS_FAULT = {"outside.status", "outside.redirected"}  # it answers; what was asked for is wrong
LONGEST_PUT_OFF = 3600.0  # seconds; whoever wants more peace is asked again after an hour


class Write(Protocol):
    """One transaction of the worker."""

    def __call__(self, work: Callable[[Session], T], /) -> T:
        """Do the work and commit."""
        ...


class _TryAgain(Exception):
    """A failure that may have passed by the next attempt."""

    def __init__(self, error: Unavailable) -> None:
        super().__init__(error.code)
        self.error = error


class OutsideClient:
    """Asks hosts outside. Blocking: call it on a thread of the worker.

    `permit` is asked when a question's turn has come, right before it leaves: what it raises keeps it here.
    """

    def __init__(
        self,
        write: Write,
        *,
        user_agent: str,
        now: Callable[[], datetime],
        limits: Limits | None = None,
        sleep: Callable[[float], None] = time.sleep,
        permit: Callable[[Session], None] | None = None,
    ) -> None:
        self._write, self._now, self._sleep, self._permit = write, now, sleep, permit
        self._user_agent = user_agent
        self._limits = limits or Limits()

    def get(
        self,
        url: str,
        *,
        interval: float = 1.0,
        headers: Mapping[str, str] | None = None,
        known: Validators | None = None,
        limits: Limits | None = None,
        understood: Collection[int] = (),
    ) -> Answer:
        """Ask for a page; turns at its host are `interval` seconds apart. With `known` it may be `unchanged`.

        Of statuses that are `understood` the answer is read as well, where else outside.status is raised.
        """
        request = httpx.Request("GET", _checked(url), headers={**(headers or {}), **(known or Validators()).headers()})
        return self._ask(request, interval, limits or self._limits, frozenset(understood))

    def question(
        self,
        url: str,
        body: Any,
        *,
        interval: float = 1.0,
        headers: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        understood: Collection[int] = (),
    ) -> Answer:
        """A question too long for an address, as JSON by POST. It must change nothing there: it may be asked twice."""
        request = httpx.Request("POST", _checked(url), json=body, headers=dict(headers or {}))
        return self._ask(request, interval, limits or self._limits, frozenset(understood))

    def _ask(self, request: httpx.Request, interval: float, limits: Limits, understood: frozenset[int]) -> Answer:
        request.headers.update({"User-Agent": self._user_agent, "Accept-Encoding": "gzip"})
        try:
            for attempt in stamina.retry_context(
                on=_TryAgain, attempts=limits.attempts, timeout=limits.together, wait_initial=0.2, wait_max=5.0
            ):
                with attempt:
                    return self._once(request, interval, limits, understood)
        except _TryAgain as exc:
            raise exc.error from exc.__cause__
        raise AssertionError("unreachable")  # pragma: no cover

    def _once(self, request: httpx.Request, interval: float, limits: Limits, understood: frozenset[int]) -> Answer:
        host = host_of(str(request.url))
        self._write(lambda s: admit(s, host, now=self._now()))
        wait = self._write(lambda s: take_turn(s, host, interval=interval, longest=limits.turn))
        if wait > 0:
            self._sleep(wait)
        if self._permit is not None:
            self._write(self._permit)
        try:
            answer = self._follow(request, limits, understood)
        except Unavailable as exc:
            self._note(host, exc)
            if exc.params.get("again"):
                raise _TryAgain(exc) from exc
            raise
        self._write(lambda s: note_success(s, host, now=self._now()))
        return answer

    def _note(self, host: str, error: Unavailable) -> None:
        def work(session: Session) -> None:
            if error.code in NOT_ITS_FAULT:
                note_success(session, host, now=self._now())
                return
            note_failure(session, host, error.code, now=self._now(), at_once=error.code == "outside.refused")
            seconds = error.params.get("retry_after")
            if isinstance(seconds, float):
                put_off(session, host, seconds=min(seconds, LONGEST_PUT_OFF))

        self._write(work)

    def _follow(self, request: httpx.Request, limits: Limits, understood: frozenset[int]) -> Answer:
        until = time.monotonic() + limits.total
        for _ in range(limits.redirects + 1):
            left = replace(limits, total=max(0.01, until - time.monotonic()))
            answer, location = asyncio.run(_exchange(request, left, understood))
            if location is None:
                return answer
            try:
                target = request.url.join(location)
            except httpx.InvalidURL as exc:
                raise Unavailable("outside.garbage", host=request.url.host) from exc
            if target.scheme not in {"http", "https"} or target.host != request.url.host or request.method != "GET":
                raise Unavailable("outside.redirected", host=request.url.host, to=target.host)
            headers = {k: v for k, v in request.headers.items() if k.lower() != "host"}
            request = httpx.Request("GET", target, headers=headers)
        raise Unavailable("outside.redirected", host=request.url.host, to=request.url.host)


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Whom to trust; reading the list costs more than a question."""
    return httpx.create_ssl_context()


def host_of(url: str) -> str:
    """The host a rate and a breaker belong to, as ``name:port``."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good:
        raise Invalid("outside.address", url=url)
    return url


async def _exchange(request: httpx.Request, limits: Limits, understood: frozenset[int]) -> tuple[Answer, str | None]:
    """One request and its whole answer, or where it points to. A client of its own keeps no cookies."""
    host = request.url.host
    timeout = httpx.Timeout(limits.silence, connect=limits.connect)
    try:
        async with asyncio.timeout(limits.total), httpx.AsyncClient(timeout=timeout, verify=_certificates()) as client:
            response = await client.send(request, stream=True)
            try:
                location = response.headers.get("Location") if response.is_redirect else None
                if location is None and response.status_code not in understood:
                    _check_status(response, host)
                body = b"" if location is not None else await _body(response, limits.largest, host)
            finally:
                await response.aclose()
    except (TimeoutError, httpx.TimeoutException) as exc:
        raise Unavailable("outside.timeout", host=host, again=isinstance(exc, httpx.ConnectTimeout)) from exc
    except (httpx.DecodingError, httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as exc:
        raise Unavailable("outside.garbage", host=host) from exc
    except httpx.RemoteProtocolError as exc:
        broke = "disconnected" in str(exc) or "closed connection" in str(exc)
        raise Unavailable("outside.unreachable" if broke else "outside.garbage", host=host, again=broke) from exc
    except httpx.TransportError as exc:
        raise Unavailable("outside.unreachable", host=host, again=True) from exc
    validators = Validators(response.headers.get("ETag"), response.headers.get("Last-Modified"))
    content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    charset = response.charset_encoding or "utf-8"
    return Answer(response.status_code, str(response.url), body, content_type, charset, validators), location


def _check_status(response: httpx.Response, host: str) -> None:
    status = response.status_code
    if response.is_success or status == 304:
        return
    seconds = _retry_after(response)
    if status >= 500:
        # whoever names its own time is not asked before
        again = status in AGAIN and seconds is None
        raise Unavailable("outside.server_error", host=host, status=status, again=again, retry_after=seconds)
    if status in STAY_AWAY:
        raise Unavailable("outside.refused", host=host, status=status, retry_after=seconds)
    raise Unavailable("outside.status", host=host, status=status)


async def _body(response: httpx.Response, largest: int, host: str) -> bytes:
    """The body, unpacked; a small packet may unpack to a huge one, so no more is unpacked than allowed."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", ""}:
        raise Unavailable("outside.garbage", host=host)
    packed = zlib.decompressobj(wbits=31) if encoding == "gzip" else None
    body = bytearray()
    try:
        async for part in response.aiter_raw(65536):
            body += part if packed is None else packed.decompress(part, largest + 1 - len(body))
            if len(body) > largest:
                raise Unavailable("outside.too_large", host=host, largest=largest)
    except zlib.error as exc:
        raise Unavailable("outside.garbage", host=host) from exc
    if packed is not None and not packed.eof:
        raise Unavailable("outside.garbage", host=host)
    return bytes(body)


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds a server asks to be left alone, by number or by date; None where it does not say."""
    said = response.headers.get("Retry-After", "").strip()
    if said.isdecimal():
        return float(said[:9])
    try:
        when = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
