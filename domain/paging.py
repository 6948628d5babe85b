"""A page of a list and the question it answers. Lists page, sort and search in SQL, never in the window."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list shows: free text, filters by key, one sort column, and a window of rows."""

    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False
    offset: int = 0
    limit: int = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows `offset` … of `total` rows that answer a ListQuery."""

    rows: tuple[T, ...]
    total: int
    offset: int
