"""What one change of an import becomes when it is taken back: column by column, beside what others wrote since."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.acquisition.models import ImportFile
from domain.therapists.directory_rules import PROVENANCE
from domain.therapists.import_journal import Change, changes_of


@dataclass(frozen=True, slots=True)
class _Line:
    """A change of another import, which began then and was taken back then."""

    change: Change
    began_at: datetime
    undo_began_at: datetime | None

    def of(self, part: str, site_id: object) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Columns before and after, of the person or of that site."""
        if part == "site" and self.change.before.get("site_id") != site_id:
            return {}, {}
        before, after = self.change.before.get(part), self.change.after.get(part)
        return (before, after) if isinstance(before, dict) and isinstance(after, dict) else ({}, {})


@dataclass(slots=True)
class Others:
    """What other imports did to the same people, the latest first."""

    began_at: datetime
    _lines: dict[int, list[_Line]] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session, import_id: int, ids: Collection[int]) -> "Others":
        """Of these people."""
        found = cls(session.scalars(select(ImportFile.began_at).where(ImportFile.id == import_id)).one())
        files = {
            file.id: file
            for file in session.execute(
                select(ImportFile.id, ImportFile.began_at, ImportFile.undo_began_at, ImportFile.undone_at)
            )
        }
        for change in changes_of(session, ids):
            file = files[change.import_id]
            if change.import_id != import_id and (file.undone_at is None or file.undo_began_at is not None):
                line = _Line(change, file.began_at, file.undo_began_at)
                found._lines.setdefault(change.therapist_id, []).append(line)
        return found

    def before(self, change: Change, part: str, names: Collection[str], own: Mapping[str, Any]) -> dict[str, Any]:
        """What columns that belong together were before a change, and before all that was taken back under it since."""
        value = {name: own[name] for name in names}
        for line in self._lines.get(change.therapist_id, ()):
            if line.change.id > change.id or line.undo_began_at is None or line.undo_began_at < self.began_at:
                continue
            before, after = line.of(part, change.before.get("site_id"))
            lead = lead_of(names)
            if lead in after and after[lead] == value[lead] and set(names) <= set(before):
                value = {name: before[name] for name in names}
        return value

    def is_alias_theirs(self, change: Change) -> bool:
        """Whether only this import, and those taken back, brought the name somebody is known by at its address."""
        key, was_new = change.after["alias_key"], change.after.get("alias_new", True)
        for line in self._lines.get(change.therapist_id, ()):
            if line.change.after.get("alias_key") == key:
                if line.undo_began_at is None:
                    return False
                was_new = was_new or line.change.after.get("alias_new", True)
        return bool(was_new)

    def wrote(self, change: Change, part: str, name: str, value: object) -> bool:
        """Whether a later import that stands left a column as it is."""
        for line in self._lines.get(change.therapist_id, ()):
            _, after = line.of(part, change.before.get("site_id"))
            if line.change.id > change.id and line.undo_began_at is None and name in after:
                return bool(after[name] == value)
        return False


@dataclass(slots=True)
class Turned:
    """Columns that go back, those that stay as they are, and those of them that somebody wrote by hand."""

    back: dict[str, Any] = field(default_factory=dict)
    stayed: set[str] = field(default_factory=set)
    by_hand: set[str] = field(default_factory=set)


def lead_of(names: Collection[str]) -> str:
    """Of columns that belong together the one that tells whose they are."""
    return "source_file_id" if "source_file_id" in names else next(iter(names))


def turn_back(current: dict[str, Any], change: Change, part: str, others: Others) -> Turned:
    """Put one change's columns back where nobody has changed them since."""
    before, after = change.before.get(part), change.after.get(part)
    turned = Turned()
    if not isinstance(before, dict) or not isinstance(after, dict):
        return turned
    told_by = tuple(name for name in PROVENANCE if name in after)
    for names in [told_by, *((name,) for name in after if name not in told_by)]:
        if not names:
            continue
        lead = lead_of(names)
        value = others.before(change, part, names, before)
        if current[lead] == after[lead]:
            turned.back |= value
            current.update(value)
        elif current[lead] != value[lead]:
            turned.stayed.update(names)
            if not others.wrote(change, part, lead, current[lead]):
                turned.by_hand.update(names)
    if "email" in turned.stayed:
        turned.back.pop("contact_point_id", None)  # it follows the mailbox that stays
    return turned
