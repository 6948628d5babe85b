"""Lists in SQL: one statement that filters, sorts and cuts a page, and counts the whole.

Slices give the SELECT, their sort keys and filters as SQL of their own; values are always bound.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from domain.errors import Invalid
from domain.paging import ListQuery, Page

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listing:
    """A list's SQL: `select` without WHERE, sort keys → expressions, filters → conditions on :<key>.

    `searched` are the columns of folded text, in one of which every word of the free text must occur; `tiebreak` keeps
    pages apart when the sort column has equal values.
    """

    select: str
    sorts: Mapping[str, str]
    filters: Mapping[str, str]
    default_sort: str
    tiebreak: str
    searched: str | tuple[str, ...] = ()
    where: str = "true"


def fetch_page(
    session: Session,
    listing: Listing,
    query: ListQuery,
    make: Callable[[RowMapping], T],
    **params: object,
) -> Page[T]:
    """The page a query asks for. Raises Invalid for a sort key or filter the list does not have."""
    conditions = [listing.where]
    values: dict[str, Any] = dict(params)
    for key, value in query.filters.items():
        if key not in listing.filters:
            raise Invalid("list.filter_unknown", filter=key)
        if value:
            conditions.append(listing.filters[key])
            values[key] = value
    for number, word in enumerate(query.text.split()):
        columns = (listing.searched,) if isinstance(listing.searched, str) else listing.searched
        if not columns:
            raise Invalid("list.not_searchable")
        conditions.append(" OR ".join(f"{name} LIKE '%' || public.fold(:word{number}) || '%'" for name in columns))
        values[f"word{number}"] = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    sort = query.sort or listing.default_sort
    if sort not in listing.sorts:
        raise Invalid("list.sort_unknown", sort=sort)
    direction = "DESC" if query.descending else "ASC"
    body = f"{listing.select} WHERE {' AND '.join(f'({c})' for c in conditions)}"
    total = session.scalar(text(f"SELECT count(*) FROM ({body}) AS counted"), values)
    rows: Sequence[RowMapping] = (
        session.execute(
            text(
                f"{body} ORDER BY {listing.sorts[sort]} {direction} NULLS LAST, {listing.tiebreak} {direction}"
                " LIMIT :limit OFFSET :offset"
            ),
            values | {"limit": query.limit, "offset": query.offset},
        )
        .mappings()
        .all()
    )
    return Page(tuple(make(row) for row in rows), int(total or 0), query.offset)
