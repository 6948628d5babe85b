"""The page of a directory's own search that is shown inside the program: one address, one host. Pure; asks nobody."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from domain.errors import Invalid
from domain.hosts import is_this_machine

FIELD = "directory_search"


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A checked address. `origin` is scheme, host and port, as a browser compares them."""

    address: str
    origin: str
    on_this_machine: bool


def search_page(address: str) -> SearchPage | None:
    """The page an office entered, None for none. Raises Invalid (``search_page.…``, field) for what cannot be one.

    Without encryption only this machine may be asked: what a person searches for says where their patients live.
    """
    address = address.strip()
    if not address:
        return None
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise Invalid("search_page.address", field=FIELD) from None
    if parts.scheme not in {"http", "https"} or not host or port == 0 or re.search(r"\s", address):
        raise Invalid("search_page.address", field=FIELD)
    if parts.username is not None or parts.password is not None:
        raise Invalid("search_page.password", field=FIELD)
    here = is_this_machine(host)
    if parts.scheme == "http" and not here:
        raise Invalid("search_page.unencrypted", field=FIELD)
    return SearchPage(address, origin_of(address), here)


def origin_of(address: str) -> str:
    """Scheme, host and port of an address, ports that go without saying left out; empty where there is no host."""
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return ""
    if not host:
        return ""
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{host}" + (f":{port}" if port is not None and port != usual else "")
