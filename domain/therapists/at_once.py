"""A thousand rows or keys in one statement with one parameter: each parameter of its own costs more than the work."""

from collections.abc import Collection, Sequence
from json import dumps
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, any_, literal, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from domain.database import Base
from domain.therapists.directory_rules import as_json


def among(column: InstrumentedAttribute[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """Whether a column has one of the values."""
    wanted: ColumnElement[Any] = literal(list(values), ARRAY(column.type))
    return column == any_(wanted)


def insert_at_once(session: Session, model: type[Base], rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows of one shape, sent as one JSON text.

    Columns not named take the database's defaults. The ids come in the order of the rows, since one statement draws
    them from the sequence in that order.
    """
    if not rows:
        return []
    names = sorted({name for row in rows for name in row})
    empty = {name: "none" if name == "geo_quality" else None for name in names}
    given = dumps([empty | {name: as_json(value) for name, value in row.items()} for row in rows])
    table, listed = str(model.__table__), ", ".join(f'"{name}"' for name in names)
    statement = f"""INSERT INTO {table} ({listed}) SELECT {listed}
        FROM ROWS FROM (jsonb_populate_recordset(NULL::{table}, cast(:given AS jsonb))) WITH ORDINALITY AS r
        ORDER BY r.ordinality RETURNING id"""
    return sorted(session.scalars(text(statement), {"given": given}))
