"""How far a question may go: to the whole world, or to public servers only, whatever a name says it leads to.

An address somebody else wrote (a directory's cell) may lead into the office's own network. So the name is looked up
here, every answer is looked at, and the connection goes to the one that was looked at: no second look-up may differ.
"""

import asyncio
import ipaddress
import socket
from enum import StrEnum

import httpx

from domain.errors import Unavailable
from sync.http.addresses import DEFAULT_PORTS, name_of, port_of

MOST_TRIED = 3  # addresses of one name


class Reach(StrEnum):
    """Whom a question may reach."""

    PUBLIC = "public"
    ANYWHERE = "anywhere"


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open net; one that carries another inside is judged by both."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if found in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None and not is_public(str(inner)):
            return False
        if found.ipv4_mapped is not None:
            return True
    return found.is_global and not found.is_multicast and not found.is_reserved


_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


async def public_addresses(url: httpx.URL) -> tuple[str, ...]:
    """The IP addresses a name leads to. Raises Unavailable (outside.private) where one of them is not public."""
    host = name_of(url)
    if port_of(url) not in DEFAULT_PORTS.values():
        raise Unavailable("outside.private", host=host)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host.strip("[]"), port_of(url), type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
    except (OSError, UnicodeError) as exc:
        raise Unavailable("outside.unreachable", host=host, again=True) from exc
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses or not all(map(is_public, addresses)):
        raise Unavailable("outside.private", host=host)
    return addresses[:MOST_TRIED]


def led_to(request: httpx.Request, address: str) -> httpx.Request:
    """The same question, asked of that very address; its Host and its certificate stay those of the name."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,  # its Host among them
        content=request.read(),
        extensions={**request.extensions, "sni_hostname": name_of(request.url)},
    )
