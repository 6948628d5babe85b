"""Editing a row two people may hold: lock it, compare the version, and name who was faster."""

from typing import TypeVar, cast

from sqlalchemy.orm import Session

from domain.access import person_name
from domain.database import Base, Versioned
from domain.errors import Conflict, NotFound

R = TypeVar("R", bound=Base)


def load_for_edit(session: Session, model: type[R], row_id: int, version: int | None = None) -> R:
    """The row, locked until the transaction ends (not against new rows that refer to it).

    Raises NotFound when it is gone and Conflict (who, when) when it is not the version the caller saw; with
    `version` None the caller did not show the row to anybody and takes it as it is.
    """
    row = session.get(model, row_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is None:
        raise NotFound("record.not_found", table=model.__tablename__, id=row_id)
    seen: Versioned | None = cast("Versioned", row) if hasattr(row, "version") else None
    if version is not None and seen is not None and seen.version != version:
        raise Conflict(
            "record.changed_meanwhile",
            table=model.__tablename__,
            id=row_id,
            by=person_name(session, seen.updated_by),
            at=seen.updated_at.isoformat(),
        )
    return row
