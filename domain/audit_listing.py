"""The audit as a list: who changed or opened what, when, in which columns. Contents are apart and never shown."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from domain.listing import Listing, fetch_page
from domain.paging import ListQuery, Page

_LISTING = Listing(
    select="SELECT e.id, e.at, e.actor, p.display_name, e.operation, e.table_name, e.row_id, e.columns"
    " FROM audit.entry e LEFT JOIN platform.person p ON p.role_name = e.actor",
    sorts={"at": "e.id"},
    filters={
        "actor": "e.actor = :actor",
        "operation": "e.operation = :operation",
        "table_name": "e.table_name = :table_name",
        "row_id": "e.row_id = cast(:row_id AS bigint)",
        # days as they are at the office
        "since": "e.at >= cast(:since AS date)::timestamp AT TIME ZONE 'Europe/Berlin'",
        "until": "e.at < (cast(:until AS date) + 1)::timestamp AT TIME ZONE 'Europe/Berlin'",
    },
    default_sort="at",
    tiebreak="e.id",
)


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One change or reading. `who` is a person's name, else the login (the worker, the owner)."""

    id: int
    at: datetime
    who: str
    operation: str
    table_name: str
    row_id: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditActors:
    """Whose entries one may ask for: login and name; None where this person may not read the audit."""

    people: tuple[tuple[str, str], ...] | None


def audit_actors(session: Session) -> AuditActors:
    """Everybody who works or worked here, by name; None for who may not read the audit."""
    if not session.scalar(text("SELECT has_table_privilege('audit.entry', 'SELECT')")):
        return AuditActors(None)
    rows = session.execute(text("SELECT role_name, display_name FROM platform.person ORDER BY lower(display_name), id"))
    return AuditActors(tuple((row.role_name, row.display_name) for row in rows))


def list_audit(session: Session, query: ListQuery) -> Page[AuditLine]:
    """A page, the newest first. Filters: actor (login), operation, table_name, row_id, since and until (ISO days).

    Raises Forbidden for who may not read the audit.
    """
    return fetch_page(session, _LISTING, query, _line)


def _line(row: RowMapping) -> AuditLine:
    return AuditLine(
        row["id"], row["at"], row["display_name"] or row["actor"], row["operation"], row["table_name"], row["row_id"],
        tuple(row["columns"]),
    )  # fmt: skip
