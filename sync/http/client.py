"""The office's one HTTP client: whoever in the worker goes outside goes through here.

It waits for its turn (one rate a host for the whole office), asks the breaker, says who we are, takes no more bytes or
time than allowed, and tries again only what is safe to ask twice, out of the host's budget of retries. A redirect is a
question of its own, with its own turn and leave; few are followed, and none to another host, another port or less
safety. What it raises is Unavailable:

    outside.unreachable  no connection, or it broke           outside.server_error  5xx
    outside.timeout      too slow, in silence or in all       outside.refused       401, 403, 429: leave it alone
    outside.too_large    more bytes than allowed              outside.status        another 4xx
    outside.garbage      no HTTP, or not what was promised    outside.redirected    to another host, or in a circle
    outside.busy         no turn within the time              outside.paused        the breaker is open
    outside.private      not a public server                  outside.resting       open, since it refused us
    outside.never        a host we ask nothing

It must not know what is asked for.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Protocol, TypeVar

import httpx
import stamina

from domain.database import Session
from domain.errors import Invalid, Unavailable
from domain.outside import admit, note_failure, note_success, put_off, spend_retry, take_turn
from sync.http.addresses import host_of, may_move, read_address, same_origin
from sync.http.answers import Answer, Limits, Validators
from sync.http.exchange import exchange
from sync.http.reach import Reach

# these write every address they ask for into the log, people's among them
for _talkative in ("httpx", "httpcore", "geopy"):
    logging.getLogger(_talkative).setLevel(logging.WARNING)

T = TypeVar("T")
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
        reach: Reach = Reach.ANYWHERE,
    ) -> None:
        self._reach, self._permit = reach, permit
        self._write, self._now, self._sleep = write, now, sleep
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
        leave: Callable[[str], float] | None = None,
    ) -> Answer:
        """Ask for a page; turns at its host are `interval` seconds apart. With `known` it may be `unchanged`.

        `leave` is asked before every address, a redirect's among them: it refuses, or says how many seconds apart.
        Of statuses that are `understood` the answer is read as well, where else outside.status is raised.
        """
        limits = limits or self._limits
        request = _request("GET", read_address(url), {**(headers or {}), **(known or Validators()).headers()})
        for _ in range(limits.redirects + 1):
            spacing = max(interval, leave(str(request.url))) if leave is not None else interval
            answer, location = self._ask(request, spacing, limits, frozenset(understood))
            if location is None:
                return answer
            request = _moved(request, location)
        raise Unavailable("outside.redirected", host=request.url.host, to=request.url.host)

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
        request = _request("POST", read_address(url), headers or {}, body)
        answer, location = self._ask(request, interval, limits or self._limits, frozenset(understood))
        if location is not None:
            raise Unavailable("outside.redirected", host=request.url.host, to=location[:100])
        return answer

    def _ask(
        self, request: httpx.Request, interval: float, limits: Limits, understood: frozenset[int]
    ) -> tuple[Answer, str | None]:
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

    def _once(
        self, request: httpx.Request, interval: float, limits: Limits, understood: frozenset[int]
    ) -> tuple[Answer, str | None]:
        host = host_of(str(request.url))

        def turn(session: Session) -> float:
            # one transaction: whoever gets no turn does not keep the breaker's one question from others
            admit(session, host, now=self._now())
            return take_turn(session, host, interval=interval, longest=limits.turn)

        wait = self._write(turn)
        if wait > 0:
            self._sleep(wait)
        if self._permit is not None:
            self._write(self._permit)
        try:
            answer = asyncio.run(exchange(request, limits, self._reach, understood))
        except Unavailable as exc:
            self._note(host, exc)
            if exc.params.get("again") and self._write(lambda s: spend_retry(s, host)):
                raise _TryAgain(exc) from exc
            raise
        self._write(lambda s: note_success(s, host, now=self._now()))
        return answer

    def _note(self, host: str, error: Unavailable) -> None:
        if error.code == "outside.private":
            return  # it was not asked

        def work(session: Session) -> None:
            if error.code in NOT_ITS_FAULT:
                note_success(session, host, now=self._now())
                return
            note_failure(session, host, error.code, now=self._now(), at_once=error.code == "outside.refused")
            seconds = error.params.get("retry_after")
            if isinstance(seconds, float):
                put_off(session, host, seconds=min(seconds, LONGEST_PUT_OFF))

        self._write(work)


def _request(method: str, url: httpx.URL, headers: Mapping[str, str], body: Any = None) -> httpx.Request:
    """A question as it goes out. Raises Invalid where a header is none."""
    try:
        return httpx.Request(method, url, headers=dict(headers), json=body)
    except (ValueError, httpx.InvalidURL) as exc:
        raise Invalid("outside.address", url=str(url)) from exc


def _moved(request: httpx.Request, location: str) -> httpx.Request:
    """The question a redirect leads to; another server is told nothing that was meant for the first."""
    host = request.url.host
    try:
        target = request.url.join(location)
        read_address(str(target))
    except (ValueError, httpx.InvalidURL) as exc:
        raise Unavailable("outside.garbage", host=host) from exc
    except Invalid as exc:
        raise Unavailable("outside.redirected", host=host, to="") from exc
    if not may_move(request.url, target):
        raise Unavailable("outside.redirected", host=host, to=target.host)
    kept = {k: v for k, v in request.headers.items() if k.lower() != "host"} if same_origin(request.url, target) else {}
    return httpx.Request("GET", target, headers=kept)
