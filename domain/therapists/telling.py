"""What an import says of one record: fields before and after, under which name and place. Pure."""

from typing import Any

from domain.acquisition.records import TherapistRecord
from domain.therapists.changes import Became, FieldChange, RecordChange
from domain.therapists.directory_rules import FOLLOWS, as_json, is_unknown

Changes = dict[str, tuple[Any, Any]]
HIDDEN = frozenset(FOLLOWS) - {"geo_quality"}


def described(
    record: TherapistRecord,
    became: Became,
    therapist_id: int,
    fields: tuple[FieldChange, ...],
    *,
    accepted: bool = True,
    locked: tuple[FieldChange, ...] = (),
) -> RecordChange:
    """A record with what becomes of it."""
    name = " ".join(part for part in (record.title, record.first_name, record.last_name) if part)
    place = f"{record.plz} {record.city}".strip()
    return RecordChange(record.row, became, therapist_id, name, place, fields, locked, accepted)


def of_new(values: dict[str, Any]) -> tuple[FieldChange, ...]:
    """All that is said of somebody new."""
    return tuple(
        FieldChange(name, None, as_json(value))
        for name, value in values.items()
        if name not in HIDDEN and not is_unknown(value)
    )


def fields_of(changes: Changes) -> tuple[FieldChange, ...]:
    """The columns a person reads, as JSON has them."""
    return tuple(
        FieldChange(name, as_json(old), as_json(new)) for name, (old, new) in changes.items() if name not in HIDDEN
    )
