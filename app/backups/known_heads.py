"""Ends of the chains as backups know them: beside the backups, and in those that open."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from nacl.public import PrivateKey

from app.backups.making import read_manifest
from domain.backups.chain_heads import KeptHead, heads_beside, read
from domain.backups.files import backups_in
from domain.chain_walk import Known
from domain.errors import PlatzlotseError

NEWEST = 30  # of a place; an end of an older one lies before those of the newer


def known_heads(places: Iterable[Path], keys: Sequence[PrivateKey]) -> tuple[KeptHead, ...]:
    """Every end that is told, each once; a place that is not there tells nothing. Raises for a torn file."""
    found: dict[KeptHead, None] = {}
    for place in places:
        if not place.is_dir():
            continue
        found |= dict.fromkeys(heads_beside(place))
        for file in backups_in(place)[:NEWEST] if keys else ():
            with suppress(PlatzlotseError):  # another key's, or damaged: its own check says so
                found |= dict.fromkeys(read(read_manifest(file.path, keys).heads, file.name))
    return tuple(found)


def of_log(heads: Iterable[KeptHead], log: str) -> tuple[Known, ...]:
    """Those of one chain, as its check takes them."""
    return tuple(Known(head.links, bytes.fromhex(head.link_hash), head.moment) for head in heads if head.log == log)
