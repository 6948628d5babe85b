"""The pages of one source brought together: a change is seen by their content, and becomes one file.

The file has a shape our readers know, so that reviewing, importing and undoing it are as for a person's file.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from domain.acquisition.foreign_json import read_json, write_json
from domain.acquisition.json_depth import check_depth
from domain.acquisition.reading import CUT_LENGTHS
from domain.acquisition.source_description import Description, entries_of
from domain.errors import Invalid

ARZTSUCHE, PLZ_DIRECTORY = "arztPraxisDatas", "therapists"
# what belongs to one query and not to the practice (directory-formats)
PASSING = frozenset({"id", "distance", "geoeffnet", "nteStart", "nteEnde"})


@dataclass(frozen=True, slots=True)
class PageContent:
    """What one page holds: entries of one of the two shapes, and whether the directory cut its list."""

    shape: str
    entries: tuple[Any, ...]
    cut: bool = False


@dataclass(slots=True)
class Content:
    """All pages of a reading; an entry that several pages name counts once."""

    shape: str = ""
    entries: dict[str, Any] = field(default_factory=dict)
    cut: bool = False

    def add(self, page: PageContent) -> None:
        """One more page. Raises Invalid where it has another shape than those before."""
        if not page.entries:
            return
        if self.shape and page.shape != self.shape:
            raise Invalid("source.mixed_shapes")
        self.shape, self.cut = page.shape, self.cut or page.cut
        for entry in page.entries:
            self.entries.setdefault(_key(entry), entry)

    @property
    def sha256(self) -> str:
        """The same for the same practices, in whatever order and whenever they were read."""
        return sha256("\n".join(sorted(self.entries)).encode()).hexdigest()

    def file(self, *, on: date) -> bytes:
        """As a file of its shape."""
        entries = list(self.entries.values())
        whole = (
            {ARZTSUCHE: entries, "moreResults": self.cut}
            if self.shape == ARZTSUCHE
            else {"metadata": {"scrape_date": on.isoformat(), "total": len(entries)}, PLZ_DIRECTORY: entries}
        )
        return write_json(whole)


def page_content(text: str, description: Description | None, *, page: str = "") -> PageContent:
    """What a page holds: HTML with a description, JSON without one. Raises Invalid where it is neither."""
    if description is not None:
        return PageContent(PLZ_DIRECTORY, tuple(entries_of(text, description, page=page)))
    try:
        check_depth(text)
        whole = read_json(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as exc:
        raise Invalid("source.page_unreadable", page=page) from exc
    for shape in (ARZTSUCHE, PLZ_DIRECTORY):
        entries = whole.get(shape) if isinstance(whole, Mapping) else None
        if isinstance(entries, list):
            cut = shape == ARZTSUCHE and (whole.get("moreResults") is True or len(entries) in CUT_LENGTHS)
            return PageContent(shape, tuple(entries), cut)
    raise Invalid("source.page_unknown", page=page)


def _key(entry: object) -> str:
    lasting = {k: v for k, v in entry.items() if k not in PASSING} if isinstance(entry, Mapping) else entry
    return json.dumps(lasting, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
