"""One question and its whole answer: no more bytes or time than allowed, and nothing that comes back is believed."""

import asyncio
import functools
import ssl
import zlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from domain.errors import Unavailable
from sync.http.answers import Answer, Limits, Validators
from sync.http.reach import Reach, led_to, public_addresses

AGAIN = {502, 503, 504}
STAY_AWAY = {401, 403, 429}


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Whom to trust; reading the list costs more than a question."""
    return httpx.create_ssl_context()


async def exchange(
    request: httpx.Request, limits: Limits, reach: Reach, understood: frozenset[int] = frozenset()
) -> tuple[Answer, str | None]:
    """One request and its whole answer, or where it points to. A client of its own keeps no cookies.

    An answer of a status that is `understood` is read, too, where else Unavailable is raised.
    """
    host = request.url.host
    timeout = httpx.Timeout(limits.silence, connect=limits.connect)
    try:
        async with asyncio.timeout(limits.total), httpx.AsyncClient(timeout=timeout, verify=_certificates()) as client:
            response = await _send(client, request, reach)
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
    except UnicodeError as exc:  # a name no resolver takes
        raise Unavailable("outside.garbage", host=host) from exc
    validators = Validators(response.headers.get("ETag"), response.headers.get("Last-Modified"))
    content_type, _, rest = response.headers.get("Content-Type", "").partition(";")
    charset = _charset(rest)
    return (
        Answer(response.status_code, str(request.url), body, content_type.strip().lower(), charset, validators),
        location,
    )


async def _send(client: httpx.AsyncClient, request: httpx.Request, reach: Reach) -> httpx.Response:
    if reach is Reach.ANYWHERE:
        return await client.send(request, stream=True)
    *others, last = await public_addresses(request.url)
    for address in others:
        try:
            return await client.send(led_to(request, address), stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            continue
    return await client.send(led_to(request, last), stream=True)


def _charset(parameters: str) -> str:
    for part in parameters.split(";"):
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset" and value.isascii():
            return value.strip().strip("\"'") or "utf-8"
    return "utf-8"


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
        return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError, TypeError):
        return None
