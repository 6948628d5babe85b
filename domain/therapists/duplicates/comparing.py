"""Two records side by side before they are merged: every field that differs, and which side is proposed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.therapists.duplicates.fields import ADDRESS, FIELDS

Row = Mapping[str, Any]
_EMPTY: tuple[object, ...] = (None, "", [], 0, "unknown", "not_stated", "any", "none")
_ONE = """
SELECT to_jsonb(t) - '{search_text,skills_text,sort_name}'::text[] || jsonb_build_object(
           'address', trim(trim(st.street || ' ' || st.house_number) || ', ' || trim(st.plz || ' ' || st.city), ', '))
FROM therapist_service.therapist t JOIN therapist_service.practice_site st ON st.id = t.site_id WHERE t.id = :id
"""


@dataclass(frozen=True, slots=True)
class FieldPair:
    """One field of two records. `values` are the columns as JSON has them; `proposed` is the id of the better side.

    `locked` names the ids on whose side a caseworker entered it by hand; `settled` says that there is no choice.
    """

    name: str
    first: object
    second: object
    proposed: int
    locked: tuple[int, ...]
    settled: bool = False


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two records with what differs; `keep` is the one proposed to stay (the longer known)."""

    first_id: int
    second_id: int
    keep: int
    fields: tuple[FieldPair, ...]


def stored(session: Session, therapist_id: int) -> Row:
    """A therapist's row as JSON, with `address` in words. Raises NotFound."""
    row: Row | None = session.scalar(text(_ONE), {"id": therapist_id})
    if row is None:
        raise NotFound("record.not_found", table="therapist", id=therapist_id)
    return row


def side_by_side(session: Session, first_id: int, second_id: int) -> SideBySide:
    """What differs between two records. Proposed is what was entered by hand, else what says something, else the newer."""
    first, second = stored(session, first_id), stored(session, second_id)
    pairs = []
    for name, columns in {**FIELDS, ADDRESS: (ADDRESS,)}.items():
        mine, theirs = first[columns[0]], second[columns[0]]
        if mine != theirs:
            # an objection (Art. 21 GDPR) stays, whatever record it stands in
            settled = name == "status" and "opted_out" in {mine, theirs}
            better, locked = _better(name, first, second), _locked(name, first, second)
            pairs.append(FieldPair(name, mine, theirs, better, locked, settled))
    return SideBySide(first_id, second_id, min(first_id, second_id), tuple(pairs))


def _locked(name: str, first: Row, second: Row) -> tuple[int, ...]:
    names = {"street", "plz"} if name == ADDRESS else {name}
    return tuple(row["id"] for row in (first, second) if names.intersection(row["locked_fields"]))


def _better(name: str, first: Row, second: Row) -> int:
    locked = _locked(name, first, second)
    if len(locked) == 1:
        return locked[0]
    column = ADDRESS if name == ADDRESS else FIELDS[name][0]
    if name == "status":
        # whoever may not be asked under one name may not be asked under the other
        order = ("opted_out", "blocked", "inactive", "active")
        return int(min((first, second), key=lambda row: order.index(row["status"]))["id"])
    said = [row for row in (first, second) if row[column] not in _EMPTY]
    if len(said) == 1:
        return int(said[0]["id"])
    if name in {"first_name", "last_name"} and len(first[column]) != len(second[column]):
        return int(max((first, second), key=lambda row: len(row[column]))["id"])
    return int(max((first, second), key=lambda row: (row["source_as_of"] or "", -row["id"]))["id"])
