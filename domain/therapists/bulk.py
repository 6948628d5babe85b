"""Taking over a directory: many therapists at once, each recognised if it is known already.

Who is the same person says `identity`; homonyms stay apart. Somebody recognised at an address nobody knew has
moved or has a second site: the address is added, and becomes the main one only if a newer file of the same kind
names it without the old one, since then its directory took the old one back. Fields a caseworker locked are told and
not touched, and of another than the main site a file only fills what is unknown: nothing flips between two files or
two rows. A second import of the same file changes nothing. Every change is journalled with what was there before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from domain.acquisition.records import TherapistRecord
from domain.therapists.aliases import add_alias, known_as
from domain.therapists.changes import ALL, Became, Choice, FieldChange, RecordChange
from domain.therapists.directory_rules import (
    FOLLOWS,
    GEO,
    as_json,
    improvements,
    is_unknown,
    plain,
    site_columns,
    therapist_columns,
)
from domain.therapists.homes import NewTherapist, contact_points, insert_all, site_key
from domain.therapists.identity import Identity, Register, key_of
from domain.therapists.identity_models import ImportChange
from domain.therapists.known import Match, load_known
from domain.therapists.models import PracticeSite, Therapist
from domain.therapists.sites import ADDRESS, renew_key, same_address
from domain.values import Coordinate

Located = tuple[TherapistRecord, Coordinate | None]
Changes = dict[str, tuple[Any, Any]]
HIDDEN = frozenset(FOLLOWS) - {"geo_quality"}


@dataclass(frozen=True, slots=True)
class FileSource:
    """Where records come from: the import's id, the kind of file, and the day it is as of."""

    import_id: int
    kind: str
    as_of: date


@dataclass(slots=True)
class _Moving:
    """Somebody whose main site may have changed: decided when the whole file is read."""

    site_id: int
    row: int


@dataclass(slots=True)
class Taking:
    """One file being taken over, batch by batch (about 1,000 records), inside the caller's transaction."""

    session: Session
    source: FileSource
    now: datetime
    choice: Choice = ALL
    seen: set[int] = field(default_factory=set)
    _moving: dict[int, _Moving] = field(default_factory=dict)
    _at_main: set[int] = field(default_factory=set)
    _journal: list[dict[str, Any]] = field(default_factory=list)
    _versions: list[tuple[Therapist, dict[str, Any]]] = field(default_factory=list)

    def take(self, batch: Sequence[Located]) -> list[RecordChange]:
        """Insert or update a batch; what became of each record, in order."""
        known = load_known(self.session, (record for record, _ in batch))
        fresh: Register[NewTherapist] = Register()
        news: list[NewTherapist] = []
        told: list[RecordChange | tuple[NewTherapist, RecordChange]] = []
        for record, place in batch:
            values, site = therapist_columns(record), site_columns(record, place)
            if (match := known.find(record)) is not None:
                told.append(self._known(record, match, values, site))
            elif (pending := fresh.find(record)) is not None:
                told.append((pending, _again(record, pending, values, site)))
            else:
                accepted = self.choice.accepts(record.row, Became.NEW)
                change = _described(record, Became.NEW, 0, _of_new(values | site), accepted=accepted)
                new = NewTherapist(values | {"identity_key": key_of(record)} | self._provenance(), site, record)
                if accepted:
                    news.append(new)
                    fresh.add({key_of(record)}, _identity(values), new)
                told.append((new, change))
        ids = {id(new): number for new, number in zip(news, insert_all(self.session, news), strict=True)}
        self.session.flush()
        for new in news:
            self._note(new.record.row, ids[id(new)], Became.NEW, version=1)
        self.seen.update(ids.values())
        self._write_journal()
        return [
            entry if isinstance(entry, RecordChange) else _with_id(entry[1], ids.get(id(entry[0]), 0)) for entry in told
        ]

    def finish(self) -> frozenset[int]:
        """After the last batch: whoever moved works there mainly; returns their ids."""
        moved = set()
        for number, moving in self._moving.items():
            if number in self._at_main:
                continue  # the file names the old address, too: two sites
            therapist = self.session.get_one(Therapist, number)
            site_id, edited_key = therapist.site_id, therapist.edited_key
            if site_id == moving.site_id:
                continue
            therapist.site_id = moving.site_id
            renew_key(therapist, self.session.get_one(PracticeSite, moving.site_id))
            changes: Changes = {
                "site_id": (site_id, therapist.site_id),
                "edited_key": (edited_key, therapist.edited_key),
            }
            self._note_change(moving.row, therapist, Became.MOVED, changes, None, {})
            moved.add(number)
        self.session.flush()
        self._write_journal()
        return frozenset(moved)

    def _provenance(self) -> dict[str, Any]:
        return {
            "source": self.source.kind,
            "source_file_id": self.source.import_id,
            "source_as_of": self.source.as_of,
            "source_seen_at": self.now,
        }

    def _known(
        self, record: TherapistRecord, match: Match, values: dict[str, Any], site_values: dict[str, Any]
    ) -> RecordChange:
        therapist = match.therapist
        self.seen.add(therapist.id)
        site = _site_of(record, match)
        if site is match.main:
            self._at_main.add(therapist.id)
        if site is None and self.choice.skipped(record.row).intersection(ADDRESS):
            site, site_values = match.main, {}  # the new address is not wanted, the rest is
        newer = self._is_newer(therapist)
        elsewhere = site is not match.main and not (site is None and newer)
        proposed = improvements(_columns(therapist, values), values, only_unknown=elsewhere)
        at_site: Changes = {} if site is None else improvements(_columns(site, site_values), site_values)
        locks = set(therapist.locked_fields)
        if locks.intersection(ADDRESS):
            locks.update(GEO)  # the file's coordinate is that of the file's address
        kept_back = {
            name: change
            for name, change in {**proposed, **(at_site if site is match.main else {})}.items()
            if FOLLOWS.get(name, name) in locks or name in locks
        }
        unwanted = set(kept_back) | self.choice.skipped(record.row)
        proposed, at_site = _without(proposed, unwanted), _without(at_site, unwanted)
        became = Became.MOVED if site is None else Became.CHANGED if proposed or at_site else Became.UNCHANGED
        accepted = became is Became.UNCHANGED or self.choice.accepts(record.row, became)
        told = {**proposed, **at_site}
        if site is None:
            told |= {name: (getattr(match.main, name), site_values[name]) for name in ADDRESS}
        if accepted and became is not Became.UNCHANGED:
            self._apply(record, match, proposed, (site, at_site), site_values)
        locked = tuple(_field(name, change) for name, change in kept_back.items() if name not in HIDDEN)
        shown = tuple(
            _field(name, change) for name, change in told.items() if name not in HIDDEN and change[0] != change[1]
        )
        return _described(record, became, therapist.id, shown, accepted=accepted, locked=locked)

    def _is_newer(self, therapist: Therapist) -> bool:
        """Whether a new address may be where somebody moved: a later file of the kind that knew the old one."""
        older = therapist.source_as_of is not None and self.source.as_of > therapist.source_as_of
        return older and therapist.source == self.source.kind and not set(therapist.locked_fields).intersection(ADDRESS)

    def _apply(
        self,
        record: TherapistRecord,
        match: Match,
        changes: Changes,
        at: tuple[PracticeSite | None, Changes],
        site_values: dict[str, Any],
    ) -> None:
        therapist, (site, at_site) = match.therapist, at
        had_place, newer = bool(match.main.plz), self._is_newer(therapist)
        for name, (_, value) in changes.items():
            setattr(therapist, name, value)
        if "email" in changes:
            point = contact_points(self.session, {therapist.email})[therapist.email]
            changes["contact_point_id"] = (therapist.contact_point_id, point)
            therapist.contact_point_id = point
        added: dict[str, Any] = {}
        if site is None:
            site = self._add_site(match, site_values)
            added = {"added_site_id": site.id, "alias_key": key_of(record)}
            add_alias(self.session, known_as(therapist, key_of(record)))
            if newer:
                self._moving[therapist.id] = _Moving(site.id, record.row)
        else:
            for name, (_, value) in at_site.items():
                setattr(site, name, value)
        if match.main.plz and not had_place:
            # known by the mailbox until now; from here on by the address, too
            changes["identity_key"] = (therapist.identity_key, key_of(record))
            therapist.identity_key = key_of(record)
        for name, value in self._provenance().items():
            changes[name] = (getattr(therapist, name), value)
            setattr(therapist, name, value)
        became = Became.MOVED if added else Became.CHANGED
        self._note_change(record.row, therapist, became, changes, site if at_site else None, at_site, **added)

    def _add_site(self, match: Match, values: dict[str, Any]) -> PracticeSite:
        site = PracticeSite(practice_id=match.therapist.practice_id, **values)
        self.session.add(site)
        self.session.flush()
        match.sites.append(site)
        return site

    def _note(self, row: int, therapist_id: int, became: Became, *, version: int) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "import_file_id": self.source.import_id, "row": row, "therapist_id": therapist_id, "became": became.value,
            "version": version, "before": {}, "after": {},
        }  # fmt: skip
        self._journal.append(entry)
        return entry

    def _note_change(
        self,
        row: int,
        therapist: Therapist,
        became: Became,
        changes: Changes,
        site: PracticeSite | None,
        at_site: Changes,
        **more: Any,
    ) -> None:
        entry = self._note(row, therapist.id, became, version=0)
        for name, at in (("before", 0), ("after", 1)):
            entry[name] = {"therapist": {column: as_json(change[at]) for column, change in changes.items()}}
            if site is not None:
                entry[name]["site"] = {column: as_json(change[at]) for column, change in at_site.items()}
                entry[name]["site_id"] = site.id
        entry["after"] |= more
        self._versions.append((therapist, entry))

    def _write_journal(self) -> None:
        for therapist, entry in self._versions:
            entry["version"] = therapist.version  # known since the flush
        self._versions.clear()
        if self._journal:
            self.session.execute(insert(ImportChange), self._journal)
            self._journal.clear()


@dataclass(frozen=True, slots=True)
class BulkResult:
    """Ids by what became of them; together they are all records applied."""

    imported: list[int]
    updated: list[int]
    unchanged: list[int]


def apply_records(session: Session, batch: Sequence[Located], source: FileSource, *, now: datetime) -> BulkResult:
    """Take over a whole small file in one step."""
    taking = Taking(session, source, now)
    changes = taking.take(batch)
    taking.finish()
    return BulkResult(
        *([c.therapist_id for c in changes if c.became in kinds] for kinds in (
            {Became.NEW}, {Became.CHANGED, Became.MOVED}, {Became.UNCHANGED}
        ))
    )  # fmt: skip


def _site_of(record: TherapistRecord, match: Match) -> PracticeSite | None:
    """The site a record speaks of: the main one if nothing contradicts, else one with its address, else none yet."""
    if same_address(match.main, record):
        return match.main
    return next((site for site in match.sites if site.plz and same_address(site, record)), None)


def _again(
    record: TherapistRecord, pending: NewTherapist, values: dict[str, Any], site: dict[str, Any]
) -> RecordChange:
    """Another row of somebody the same batch brings: it completes, or names a further site."""
    here = same_address(SimpleNamespace(**pending.site), record)
    changes = improvements(pending.values, values, only_unknown=not here)
    pending.values.update({name: new for name, (_, new) in changes.items()})
    if here:
        at_site = improvements(pending.site, site)
        pending.site.update({name: new for name, (_, new) in at_site.items()})
        pending.values["identity_key"] = site_key(pending.values, pending.site)
        changes |= at_site
        became = Became.CHANGED if changes else Became.UNCHANGED
    elif any(same_address(SimpleNamespace(**known), record) for known in pending.more_sites):
        became = Became.CHANGED if changes else Became.UNCHANGED
    else:
        pending.more_sites.append(site)
        changes |= {name: (pending.site[name], site[name]) for name in ADDRESS}
        became = Became.MOVED
    return _described(
        record, became, 0, tuple(_field(name, change) for name, change in changes.items() if name not in HIDDEN)
    )


def _columns(row: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: plain(getattr(row, name)) for name in names}


def _without(changes: Changes, names: set[str] | frozenset[str]) -> Changes:
    return {name: change for name, change in changes.items() if name not in names and FOLLOWS.get(name) not in names}


def _identity(values: dict[str, Any]) -> Identity:
    return Identity(*(values[name] for name in ("last_name", "first_name", "sex", "email", "is_institution")))


def _of_new(values: dict[str, Any]) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, None, as_json(value))
        for name, value in values.items()
        if name not in HIDDEN and not is_unknown(value)
    )


def _field(name: str, change: tuple[Any, Any]) -> FieldChange:
    return FieldChange(name, as_json(change[0]), as_json(change[1]))


def _described(
    record: TherapistRecord,
    became: Became,
    therapist_id: int,
    fields: tuple[FieldChange, ...],
    *,
    accepted: bool = True,
    locked: tuple[FieldChange, ...] = (),
) -> RecordChange:
    name = " ".join(part for part in (record.title, record.first_name, record.last_name) if part)
    place = f"{record.plz} {record.city}".strip()
    return RecordChange(record.row, became, therapist_id, name, place, fields, locked, accepted)


def _with_id(change: RecordChange, therapist_id: int) -> RecordChange:
    return RecordChange(
        change.row,
        change.became,
        therapist_id,
        change.name,
        change.place,
        change.fields,
        change.locked,
        change.accepted,
    )
