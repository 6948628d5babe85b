"""Everything the program consists of, asked of the installation: name, version, licence, link, the licence's words.

Reads files and takes a moment; free of Qt.
"""

import re
import tomllib
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from importlib.resources import files
from pathlib import Path

VERSION = "0.1.0"  # pyproject.toml says the same; a test compares
ROOT = Path(__file__).resolve().parents[2]
USUAL_FILES = ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE.rst", "COPYING")
LONGEST = 200_000  # letters of a licence that are shown
# the whole text of a licence instead of its name
_WORDY = 60
_LINKS = ("homepage", "home", "source", "source code", "repository", "documentation", "github")


@dataclass(frozen=True, slots=True)
class Part:
    """A part and whose it is. `text` is the licence as it came with the part; empty where none did."""

    name: str
    version: str
    about: str
    licence: str
    link: str
    text: str


def own_part() -> Part:
    """The program itself."""
    own = ROOT / "LICENSE"
    return Part(
        "Platzlotse", VERSION, "dieses Programm", "MIT", "", own.read_text("utf-8") if own.exists() else "MIT License"
    )


def all_parts() -> tuple[Part, ...]:
    """The program, what is no Python package, then the packages by name."""
    told = tomllib.loads((files("resources") / "parts.toml").read_text("utf-8"))
    others = [
        Part(entry["name"], "", entry["about"], entry["licence"], entry["link"], _resource(entry.get("text", "")))
        for entry in told["parts"]
    ]
    packages = sorted(_packages(told["packages"]), key=lambda part: part.name.casefold())
    return (own_part(), *others, *packages)


def _packages(known: dict[str, str]) -> list[Part]:
    meant = _locked()
    found: dict[str, Part] = {}
    for distribution in distributions():
        name = normal(distribution.name or "")
        if name and name not in found and (meant is None or name in meant):
            found[name] = _part(distribution, known.get(name, ""))
    return list(found.values())


def _locked() -> frozenset[str] | None:
    """The packages the program needs; None where the list was not delivered: then all that are installed."""
    lock = ROOT / "requirements.lock"
    if not lock.exists():
        return None
    return frozenset(normal(name) for name in re.findall(r"(?m)^([A-Za-z0-9_.-]+)==", lock.read_text("utf-8")))


def normal(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _part(distribution: Distribution, known: str) -> Part:
    return Part(
        distribution.name,
        distribution.version,
        _one(distribution, "Summary"),
        _licence(distribution) or known,
        _link(distribution),
        _text(distribution),
    )


def _one(distribution: Distribution, name: str) -> str:
    """A field of its data; empty where it has none."""
    return next((str(value).strip() for value in distribution.metadata.get_all(name) or ()), "")


def _licence(distribution: Distribution) -> str:
    if said := _one(distribution, "License-Expression"):
        return said
    classified = [
        entry.rpartition(" :: ")[2]
        for entry in distribution.metadata.get_all("Classifier") or []
        if entry.startswith("License ::") and not entry.endswith("OSI Approved")
    ]
    said = _one(distribution, "License")
    if said and len(said) <= _WORDY and "\n" not in said and said.lower() not in {"unknown", "dual license"}:
        return said
    return " / ".join(dict.fromkeys(classified))


def _link(distribution: Distribution) -> str:
    entries = (str(entry).partition(",") for entry in distribution.metadata.get_all("Project-URL") or [])
    told = {name.strip().lower(): address.strip() for name, _, address in entries}
    home = _one(distribution, "Home-page")
    return next((told[name] for name in _LINKS if name in told), home or next(iter(told.values()), ""))


def _text(distribution: Distribution) -> str:
    """By the names its data tell, or the usual ones: listing all files of Qt would take seconds."""
    named = [str(name) for name in distribution.metadata.get_all("License-File") or USUAL_FILES]
    read = (distribution.read_text(f"licenses/{name}") or distribution.read_text(name) for name in named)
    return "\n\n────────\n\n".join(dict.fromkeys(text.strip() for text in read if text))[:LONGEST]


def _resource(path: str) -> str:
    return (files("resources") / path).read_text("utf-8") if path else ""
