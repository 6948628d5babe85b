"""The journal of an import: what each therapist was before and became, so that it can be taken back."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

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

    def note_new(self, row: int, therapist_id: int) -> None:
        """Somebody the import brought."""
        self._add(row, therapist_id, Became.NEW)

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
        line = self._add(row, therapist_id, became)
        for name, at in (("before", 0), ("after", 1)):
            line[name] = {"therapist": {column: as_json(change[at]) for column, change in changes.items()}}
            if site is not None:
                line[name]["site"] = {column: as_json(change[at]) for column, change in (at_site or {}).items()}
                line[name]["site_id"] = site.id
        line["after"] |= more

    def write(self) -> None:
        """Write what was gathered."""
        if self._lines:
            self.session.flush()
            self.session.execute(insert(ImportChange), self._lines)
            self._lines.clear()

    def _add(self, row: int, therapist_id: int, became: Became) -> dict[str, Any]:
        line: dict[str, Any] = {
            "import_file_id": self.import_id, "row": row, "therapist_id": therapist_id, "became": became.value,
            "version": 0, "before": {}, "after": {},
        }  # fmt: skip
        self._lines.append(line)
        return line
