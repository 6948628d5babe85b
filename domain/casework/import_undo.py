"""Taking a whole import back: what was edited since stays, told record by record."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from json import dumps
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.acquisition.models import ImportFile
from domain.acquisition.reading import FileKind
from domain.casework.import_turn import take_turn
from domain.casework.import_turning import Others, Turned, turn_back
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid, NotFound
from domain.large_writes import looked_up_by_index
from domain.therapists.directory_rules import FOLLOWS, PROVENANCE
from domain.therapists.import_journal import Change, changes_of

CHUNK = 1000
# nobody reads them: they follow from others, and are not told where they stay
_FOLLOWING = frozenset({*PROVENANCE, "identity_key", "edited_key", "contact_point_id"})


@dataclass(frozen=True, slots=True)
class Kept:
    """A therapist an undone import could not give back wholly: why (a code ``import.kept.…``) and which fields stayed."""

    therapist_id: int
    name: str
    reason: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UndoReport:
    """What taking an import back did: therapists removed, restored, and those kept as they are or in part.

    `lost_inquiries` (unsent) and `lost_calls` (planned) ended when people were set inactive as gone; these do not begin
    again.
    """

    import_id: int
    removed: int
    restored: int
    kept: tuple[Kept, ...]
    lost_inquiries: int = 0
    lost_calls: int = 0


def undo_import(session: Session, import_id: int, *, now: datetime) -> UndoReport:
    """Take a whole import of therapists back. What was edited since stays and is told; the contact history stays always.

    Raises NotFound, Conflict (undone already), Invalid for files of patients and lists of contacts.
    """
    if session.get(ImportFile, import_id) is None:
        raise NotFound("import.not_found", id=import_id)
    take_turn(session)
    file = load_for_edit(session, ImportFile, import_id)
    if file.undone_at is not None:
        raise Conflict("import.undone")
    if FileKind(file.kind).of_patients:
        raise Invalid("import.undo_patients")
    if file.kind == FileKind.CONTACT_TABLE:
        raise Invalid("import.undo_contacts")
    # first, so that the database takes nothing of what follows for somebody's own work
    file.undone_at, file.undone_by = now, me(session).id
    session.flush()
    undoing = _Undoing(session, import_id)
    with looked_up_by_index(session):
        for rows in _chunks(undoing.touched()):
            undoing.give_back(rows)
        undoing.remove_new()
    events.record(session, "import.undone", import_id)
    events.record(session, "therapist.import_undone", None, import_id=import_id)
    return UndoReport(
        import_id, undoing.removed, undoing.restored, tuple(undoing.kept), undoing.lost_inquiries, undoing.lost_calls
    )


@dataclass(slots=True)
class _Undoing:
    session: Session
    import_id: int
    removed: int = 0
    kept: list[Kept] = field(default_factory=list)
    lost_inquiries: int = 0
    lost_calls: int = 0
    _restored: set[int] = field(default_factory=set)

    @property
    def restored(self) -> int:
        """How many are as they were before."""
        return len(self._restored)

    def touched(self) -> list[int]:
        """Whom the import changed who were there before."""
        return list(self.session.scalars(text(_TOUCHED), {"import": self.import_id}))

    def give_back(self, ids: Collection[int]) -> None:
        """Restore a chunk of therapists, the latest change of each first."""
        therapists = self._rows("therapist_service.therapist", ids)
        changes = changes_of(self.session, therapists, import_id=self.import_id)
        sites = self._rows(
            "therapist_service.practice_site",
            {site for change in changes if isinstance(site := change.before.get("site_id"), int)},
        )
        others = Others.of(self.session, self.import_id, ids)
        back: dict[int, dict[str, Any]] = {}
        back_sites: dict[int, dict[str, Any]] = {}
        parts: dict[int, list[Turned]] = {}
        merged = {number for number, row in therapists.items() if row["merged_into_id"] is not None}
        for change in changes:
            number = change.therapist_id
            if number in merged:
                continue
            turned = turn_back(therapists[number], change, "therapist", others)
            parts.setdefault(number, []).append(turned)
            back.setdefault(number, {}).update(turned.back)
            if "status" not in turned.stayed and isinstance(ended := change.after.get("ended"), dict):
                self.lost_inquiries += ended["inquiries"]
                self.lost_calls += ended["calls"]
            site = change.before.get("site_id")
            if isinstance(site, int) and site in sites:
                at_site = turn_back(sites[site], change, "site", others)
                parts[number].append(at_site)
                back_sites.setdefault(site, {}).update(at_site.back)
        self._write("therapist_service.therapist", back)
        self._write("therapist_service.practice_site", back_sites)
        self._drop_added([change for change in changes if change.therapist_id not in merged], others)
        seen_to_change = {change.therapist_id for change in changes if "confirmed" not in change.after}
        for number, row in therapists.items():
            if number in merged:
                self._keep(number, row, "import.kept.merged", ())
            elif not self._keep_parts(number, row, parts.get(number, ())) and number in seen_to_change:
                self._restored.add(number)
        self.session.expire_all()

    def remove_new(self) -> None:
        """Delete whom the import brought, unless they were edited or are referred to; with their practices, if empty."""
        # whoever is saving one of them, or pointing to one, is waited for: what is read next holds until the end
        self.session.execute(text(_LOCK), {"import": self.import_id})
        new = self.session.execute(text(_NEW), {"import": self.import_id}).all()
        free = set(self._unreferred("therapist_service.therapist", [row.id for row in new if row.why == ""]))
        for row in new:
            if row.id not in free and row.own:
                self.kept.append(Kept(row.id, row.name, f"import.kept.{row.why or 'referred'}", ()))
        going = [row for row in new if row.id in free]
        practices = {row.practice_id for row in going}
        self.removed = self._delete("therapist_service.therapist", free)
        self._restored -= free
        self._delete("therapist_service.contact_point", {row.contact_point_id for row in going})
        self._delete("therapist_service.practice_site", self._sites(practices))
        self._delete("therapist_service.practice", practices)

    def _delete(self, table: str, ids: Collection[int]) -> int:
        """How many the database let go."""
        count = 0
        for chunk in _chunks(sorted(ids)):
            gone = self._unreferred(table, chunk)
            removed = self.session.scalars(
                text(f"DELETE FROM {table} WHERE id = ANY(:ids) RETURNING id"), {"ids": gone}
            )
            count += len(removed.all())
        return count

    def _sites(self, practices: set[int]) -> set[int]:
        query = """SELECT s.id FROM therapist_service.practice_site s WHERE s.practice_id = ANY(:ids) AND NOT EXISTS (
                       SELECT FROM therapist_service.therapist t WHERE t.practice_id = s.practice_id)"""
        return set(self.session.scalars(text(query), {"ids": sorted(practices)}))

    def _keep_parts(self, number: int, row: dict[str, Any], parts: Collection[Turned]) -> bool:
        """Tell which columns stay, and whether by somebody's hand or by a later import; whether there are any."""
        stayed = {FOLLOWS.get(name, name) for part in parts for name in part.stayed - _FOLLOWING}
        if stayed:
            edited = any(part.by_hand - _FOLLOWING for part in parts)
            self._keep(number, row, f"import.kept.{'edited' if edited else 'later'}", sorted(stayed))
        return bool(stayed)

    def _keep(self, number: int, row: dict[str, Any], reason: str, fields: Iterable[str]) -> None:
        name = " ".join(part for part in (row["title"], row["first_name"], row["last_name"]) if part)
        self.kept.append(Kept(number, name, reason, tuple(fields)))

    def _rows(self, table: str, ids: Collection[int]) -> dict[int, dict[str, Any]]:
        query = text(f"SELECT to_jsonb(r) FROM {table} r WHERE r.id = ANY(:ids) ORDER BY r.id FOR NO KEY UPDATE")
        return {row["id"]: row for row in self.session.scalars(query, {"ids": sorted(ids)})}

    def _write(self, table: str, back: dict[int, dict[str, Any]]) -> None:
        """Columns as they were, those of many that were alike at once; PostgreSQL reads its own writing."""
        alike: dict[tuple[str, ...], dict[str, list[int]]] = {}
        for number, columns in back.items():
            if columns:
                alike.setdefault(tuple(sorted(columns)), {}).setdefault(dumps(columns), []).append(number)
        for names, rows in alike.items():
            listed = ", ".join(names)
            self.session.execute(
                text(f"""UPDATE {table} r SET ({listed}) = (
                             SELECT {listed} FROM jsonb_populate_record(NULL::{table}, cast(:columns AS jsonb))),
                         version = version + 1 WHERE r.id = ANY(:ids)"""),
                [{"ids": ids, "columns": columns} for columns, ids in rows.items()],
            )

    def _drop_added(self, changes: Collection[Change], others: Others) -> None:
        """Sites the import added, and the keys by which they were known, where nobody works there mainly or edited them."""
        added = [change for change in changes if "added_site_id" in change.after]
        ids = [change.after["added_site_id"] for change in added]
        self.session.execute(
            text("""DELETE FROM therapist_service.practice_site s WHERE s.id = ANY(:ids) AND NOT EXISTS (
                        SELECT FROM therapist_service.hand_edit h WHERE h.site_id = s.id)
                    AND NOT EXISTS (SELECT FROM therapist_service.therapist t WHERE t.site_id = s.id)"""),
            {"ids": ids},
        )
        keys = [
            {"id": change.therapist_id, "key": change.after["alias_key"]}
            for change in added
            if others.is_alias_theirs(change)
        ]
        if keys:
            self.session.execute(
                text("DELETE FROM therapist_service.therapist_alias WHERE therapist_id = :id AND identity_key = :key"),
                keys,
            )

    def _unreferred(self, table: str, ids: Collection[int]) -> list[int]:
        """Those no row of another table points to in a way that would keep them (from the catalogue)."""
        pointing = self.session.execute(text(_POINTING), {"table": table}).all()
        apart = " ".join(f"AND NOT EXISTS (SELECT FROM {row.source} x WHERE x.{row.name} = r.id)" for row in pointing)
        query = f"SELECT r.id FROM {table} r WHERE r.id = ANY(:ids) {apart}"
        return list(self.session.scalars(text(query), {"ids": sorted(ids)}))


_TOUCHED = """
SELECT therapist_id FROM scraping_service.import_change WHERE import_file_id = :import AND therapist_id IS NOT NULL
UNION SELECT unnest(therapist_ids) FROM scraping_service.import_change WHERE import_file_id = :import
EXCEPT SELECT therapist_id FROM scraping_service.import_change
       WHERE import_file_id = :import AND became = 'new' AND therapist_id IS NOT NULL
ORDER BY 1
"""
# those this import brought, and those of one that was taken back while this one still named them
_THEIRS = """
FROM scraping_service.import_change c JOIN therapist_service.therapist t ON t.id = c.therapist_id
JOIN scraping_service.import_file f ON f.id = c.import_file_id
WHERE c.became = 'new' AND (f.id = :import OR (f.undone_at IS NOT NULL AND EXISTS (
    SELECT FROM scraping_service.import_change l
    WHERE (l.therapist_id = t.id OR l.therapist_ids @> ARRAY[t.id]) AND l.import_file_id = :import)))
"""
_LOCK = f"SELECT t.id {_THEIRS} ORDER BY t.id FOR UPDATE OF t"
_NEW = f"""
SELECT t.id, t.practice_id, t.contact_point_id, trim(t.title || ' ' || t.first_name || ' ' || t.last_name) AS name,
       c.import_file_id = :import AS own,
       CASE WHEN t.status = 'opted_out' OR t.locked_fields <> '{{}}'
                 OR EXISTS (SELECT FROM therapist_service.hand_edit h WHERE h.therapist_id = t.id)
                 OR EXISTS (SELECT FROM therapist_service.practice pr WHERE pr.id = t.practice_id AND pr.version > 1)
            THEN 'edited' WHEN NOT therapist_service.as_imported(t, c.import_file_id) THEN 'later' ELSE '' END AS why
{_THEIRS} ORDER BY t.id
"""
_POINTING = """
SELECT k.conrelid::regclass::text AS source, quote_ident(a.attname) AS name FROM pg_constraint k
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
WHERE k.contype = 'f' AND k.confrelid = cast(:table AS regclass) AND k.confdeltype = 'a'
"""


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
