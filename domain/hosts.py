"""Whose machine a host is: this very one, one of the office's network, or one of the world. Pure; asks nobody.

Hosts are written in many ways that a network reads alike: with a dot at the end, as one number, in octal, as IPv4
within IPv6. A name of the world that leads home is not recognised: that only whoever looks it up can know.
"""

import ipaddress
import re
import socket

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# endings that no machine of the world has
_HOME_ENDINGS = (".local", ".localdomain", ".lan", ".home", ".internal", ".intranet", ".home.arpa", ".fritz.box")
_NUMBERS = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+)){0,3}")


def is_this_machine(host: str) -> bool:
    """Whether a host is this very machine."""
    host = _plain(host)
    if host == "localhost" or host.endswith(".localhost"):
        return True
    return any(address.is_loopback or address.is_unspecified for address in _addresses(host))


def is_at_home(host: str) -> bool:
    """Whether a host is this machine or one of the office's own network, where nothing of the world should reach."""
    host = _plain(host)
    addresses = _addresses(host)
    if addresses:
        return any(not address.is_global or address.is_multicast for address in addresses)
    return "." not in host or is_this_machine(host) or f".{host}".endswith(_HOME_ENDINGS)


def _plain(host: str) -> str:
    """In small letters, without brackets, a zone or a dot at the end."""
    return host.strip().lower().strip("[]").partition("%")[0].rstrip(".")


def _addresses(host: str) -> list[Address]:
    """The address a host is written as, and those it holds; none for a name."""
    try:
        found: Address = ipaddress.ip_address(host)
    except ValueError:
        if not _NUMBERS.fullmatch(host):
            return []
        try:
            # as every browser reads it: 127.1, 2130706433, 0x7f.1
            return [ipaddress.IPv4Address(socket.inet_aton(host))]
        except OSError:
            return []
    if isinstance(found, ipaddress.IPv4Address):
        return [found]
    # ::ffff:127.0.0.1, 2002:7f00:1::, 64:ff9b::127.0.0.1, ::127.0.0.1
    held = [found.ipv4_mapped, found.sixtofour]
    if found in _TRANSLATED or (int(found) >> 32 == 0 and int(found) > 1):
        held.append(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))
    inner = [address for address in held if address is not None]
    return list(inner) if inner else [found]


_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
