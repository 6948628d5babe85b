"""The journal of an import: what each therapist was before and became, so that it can be taken back.

Whom a file names as they are known (of them only the day is newer) stand together in one line: most of a weekly file
are such, and a line each would be the largest table of the office.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from json import dumps
from typing import Any

from sqlalchemy import ARRAY, BigInteger, cast, or_, select
from sqlalchemy.orm import Session

from domain.therapists.at_once import insert_at_once
from domain.therapists.changes import Became
from domain.therapists.directory_rules import as_json
from domain.therapists.identity_models import ImportChange
from domain.therapists.models import PracticeSite
from domain.therapists.telling import Changes


@dataclass(slots=True)
class Journal:
    """Lines are gathered and written batch by batch, after the flush: the database takes the version from the row."""

    session: Session
    import_id: int
    _lines: list[dict[str, Any]] = field(default_factory=list)
    _together: dict[str, dict[str, Any]] = field(default_factory=dict)

    def note_confirmed(self, therapist_id: int, changes: Changes) -> None:
        """Somebody the file names as they are known; of these columns alone the file is newer."""
        line = self._line(0, None, Became.CHANGED, changes)
        line["after"]["confirmed"] = True
        together = self._together.setdefault(dumps([line["before"], line["after"]]), line | {"therapist_ids": []})
        together["therapist_ids"].append(therapist_id)

    def note_new(self, row: int, therapist_id: int) -> None:
        """Somebody the import brought."""
        self._lines.append(self._line(row, therapist_id, Became.NEW, {}) | {"before": {}, "after": {}})

    def note_change(
        self,
        row: int,
        therapist_id: int,
        became: Became,
        changes: Changes,
        *,
        site: PracticeSite | None = None,
        at_site: Changes | None = None,
        **more: Any,
    ) -> None:
        """Columns of somebody known, and of one of their sites; `more` is what else the import added."""
        line = self._line(row, therapist_id, became, changes)
        for name, at in (("before", 0), ("after", 1)):
            if site is not None:
                line[name]["site"] = {column: as_json(change[at]) for column, change in (at_site or {}).items()}
                line[name]["site_id"] = site.id
        line["after"] |= more
        self._lines.append(line)

    def write(self) -> None:
        """Write what was gathered."""
        if lines := [*self._together.values(), *self._lines]:
            self.session.flush()
            insert_at_once(self.session, ImportChange, lines)
            self._lines.clear()
            self._together.clear()

    def _line(self, row: int, therapist_id: int | None, became: Became, changes: Changes) -> dict[str, Any]:
        before, after = (
            {"therapist": {column: as_json(change[at]) for column, change in changes.items()}} for at in (0, 1)
        )
        return {
            "import_file_id": self.import_id, "row": row, "therapist_id": therapist_id, "therapist_ids": None,
            "became": became.value, "version": 0, "before": before, "after": after,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """What one import did to one therapist; `id` grows with each change, whoever made it."""

    id: int
    import_id: int
    therapist_id: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def changes_of(session: Session, ids: Collection[int], *, import_id: int | None = None) -> list[Change]:
    """Of these therapists, by this import or by all, the latest first."""
    wanted = set(ids)
    together = ImportChange.therapist_ids.op("&&")(cast(sorted(wanted), ARRAY(BigInteger)))
    lines = select(ImportChange).where(or_(ImportChange.therapist_id.in_(wanted), together))
    if import_id is not None:
        lines = lines.where(ImportChange.import_file_id == import_id)
    return [
        Change(line.id, line.import_file_id, number, line.before, line.after)
        for line in session.scalars(lines.order_by(ImportChange.id.desc()))
        for number in wanted.intersection(line.therapist_ids or [line.therapist_id or 0])
    ]
