"""Where an office takes the pictures behind its map from: one server's address, or a file. Pure; asks nobody.

Whoever asks a server for a picture tells it which region is looked at; that is why there is none unless an office
enters one, why it is one host, and why it is written out here what such an address may be.
"""

import re
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import urlsplit

from domain.errors import Invalid
from domain.hosts import is_at_home

PARTS = ("{z}", "{x}", "{y}")
FILE_SUFFIX = ".mbtiles"


@dataclass(frozen=True, slots=True)
class TileSource:
    """A checked source: the address with {z}, {x} and {y}, or the path of an .mbtiles file; and whom it owes thanks."""

    address: str
    attribution: str

    @property
    def is_file(self) -> bool:
        """Whether it lies on this machine (or its network) as one file."""
        return is_file(self.address)

    def address_of(self, z: int, x: int, y: int) -> str:
        """The address of one picture."""
        return self.address.replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y))


def is_file(address: str) -> bool:
    """Whether a source is meant as a file."""
    return "://" not in address and PurePath(address).suffix.lower() == FILE_SUFFIX


def tile_source(address: str, attribution: str) -> TileSource | None:
    """The source an office entered, None for none. Raises Invalid (``tiles.…``, field) for what cannot be one."""
    address, attribution = address.strip(), attribution.strip()
    if not address:
        return None
    if not is_file(address):
        _check_address(address)
    if not attribution:
        raise Invalid("tiles.attribution", field="tile_attribution")
    return TileSource(address, attribution)


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        port_fine = parts.port is None or parts.port > 0
    except ValueError:
        raise Invalid("tiles.address", field="tile_source") from None
    if parts.scheme not in {"http", "https"} or not host or not port_fine or re.search(r"\s", address):
        raise Invalid("tiles.address", field="tile_source")
    if parts.username is not None or parts.password is not None:
        raise Invalid("tiles.password", field="tile_source")
    # {s} would spread the requests over several hosts: one host is what the office agreed to
    if "{" in parts.netloc or sorted(re.findall(r"\{[^}]*\}", address)) != sorted(PARTS):
        raise Invalid("tiles.parts", field="tile_source")
    if parts.scheme == "http" and not is_at_home(host):
        raise Invalid("tiles.unencrypted", field="tile_source", host=host)
