"""Addresses on the web as they are asked for: read strictly, compared as the net knows them, and who is never asked."""

from urllib.parse import urlsplit

import httpx

from domain.errors import Invalid, Unavailable

NEVER = "116117.de"  # its search answers people in a browser only
DEFAULT_PORTS = {"http": 80, "https": 443}


def read_address(url: str) -> httpx.URL:
    """An address with scheme, host and port as they are asked for. Raises Invalid where it is none."""
    try:
        found = httpx.URL(url)
        parts = urlsplit(str(found))
        good = found.scheme in DEFAULT_PORTS and bool(found.raw_host) and (parts.port is None or parts.port > 0)
    except (ValueError, httpx.InvalidURL):  # InvalidURL: also what is no name in the net
        good = False
    if not good:
        raise Invalid("outside.address", url=url)
    if is_never_asked(name_of(found)):
        raise Unavailable("outside.never", host=NEVER)
    return found


def name_of(url: httpx.URL) -> str:
    """The host as the net knows it, without the point that may end it."""
    return url.raw_host.decode("ascii").rstrip(".").lower()


def port_of(url: httpx.URL) -> int:
    """The port that is asked."""
    return url.port or DEFAULT_PORTS[url.scheme]


def host_of(url: str) -> str:
    """The host a rate and a breaker belong to, as ``name:port``."""
    found = httpx.URL(url)
    return f"{name_of(found)}:{port_of(found)}"


def is_never_asked(name: str) -> bool:
    """Whether a host, as the net knows it, is one we ask nothing."""
    return name == NEVER or name.endswith(f".{NEVER}")


def same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    """Whether both are one server: what is told to the one may be told to the other."""
    return one.scheme == other.scheme and name_of(one) == name_of(other) and port_of(one) == port_of(other)


def may_move(before: httpx.URL, to: httpx.URL) -> bool:
    """Whether a redirect is followed: within the same name, with or without "www.", never to less safety.

    Another port is another server, but for the change from http to https.
    """
    if to.scheme not in DEFAULT_PORTS or not to.raw_host or to.userinfo:
        return False
    if name_of(before).removeprefix("www.") != name_of(to).removeprefix("www."):
        return False
    if before.scheme == to.scheme:
        return port_of(before) == port_of(to)
    return before.scheme == "http" and port_of(before) == 80 and port_of(to) == 443
