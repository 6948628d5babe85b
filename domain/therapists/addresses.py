"""When two writings are of one address, and what one adds to the other. Pure.

An address is changed as a whole or not at all: a street of one file and a number of another make a house nobody wrote
of. Another spelling changes nothing, or two colleagues' rows would change their site to and fro with every reading.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from domain.acquisition.text import fold_house
from domain.geocoding.folding import fold_place, fold_street
from domain.therapists.directory_rules import GEO, improvements, is_unknown

ADDRESS = ("street", "house_number", "plz", "city")
_NOWHERE = dict.fromkeys(GEO) | {"geo_quality": "none"}


class Address(Protocol):
    """A street with its number in a town; each empty where it is not known."""

    @property
    def street(self) -> str:
        """As it is written."""

    @property
    def house_number(self) -> str:
        """As it is written."""

    @property
    def plz(self) -> str:
        """Five digits."""

    @property
    def city(self) -> str:
        """As it is written."""


def same_address(one: Address, other: Address) -> bool:
    """Whether an address completes the other instead of contradicting it: a second site is not a correction.

    Towns are compared where a PLZ is missing only: one PLZ's town is written in many ways.
    """
    pairs = [
        (fold_street(one.street), fold_street(other.street)),
        (fold_house(one.house_number), fold_house(other.house_number)),
        (one.plz, other.plz) if one.plz and other.plz else (fold_place(one.city), fold_place(other.city)),
    ]
    return not any(mine and others and mine != others for mine, others in pairs)


def site_changes(old: Mapping[str, Any], new: Mapping[str, Any], *, only_unknown: bool = False) -> dict[str, Any]:
    """What a file's columns change of a site with the same address: name → (old, new).

    Where the address is completed, the place known was that of another house: the file's own takes its turn, or none.
    """
    rest = {name: value for name, value in new.items() if name not in ADDRESS}
    added = {
        name: (old.get(name), new[name])
        for name in ADDRESS
        if name in new and is_unknown(old.get(name)) and not is_unknown(new[name])
    }
    if not added:
        return improvements(old, rest, only_unknown=only_unknown)
    place = {name: (old.get(name), new.get(name, _NOWHERE[name])) for name in GEO}
    other = improvements(
        old, {name: value for name, value in rest.items() if name not in GEO}, only_unknown=only_unknown
    )
    return added | {name: change for name, change in place.items() if change[0] != change[1]} | other


def differing(one: Address, other: Address) -> dict[str, tuple[Any, Any]]:
    """The parts of an address another one writes otherwise."""
    pairs = {name: (getattr(one, name), getattr(other, name)) for name in ADDRESS}
    return {name: pair for name, pair in pairs.items() if pair[1] and pair[0] != pair[1]}
