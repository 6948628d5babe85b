"""One record of a directory about somebody known: what it changes, what a lock keeps back, and doing it.

Somebody recognised at an address nobody knew has moved or has a second site: the address is added. Whether it becomes
the main one is decided when the whole file is read (`finish`), since the file may name the old one, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from domain.acquisition.records import TherapistRecord
from domain.therapists.aliases import add_alias, known_as
from domain.therapists.changes import Became, Choice, RecordChange
from domain.therapists.directory_rules import FOLLOWS, GEO, improvements, plain
from domain.therapists.homes import contact_points
from domain.therapists.identity import key_of
from domain.therapists.import_journal import Journal
from domain.therapists.known import Match
from domain.therapists.models import PracticeSite, Therapist
from domain.therapists.sites import ADDRESS, renew_key, same_address
from domain.therapists.telling import Changes, described, fields_of


@dataclass(frozen=True, slots=True)
class FileSource:
    """Where records come from: the import's id, the kind of file, the day it is as of.

    `key` names the directory: only files of one key say of each other who moved. `seat` is what being listed there
    says of a practice.
    """

    import_id: int
    kind: str
    as_of: date
    key: str = ""
    seat: str = "unknown"

    def provenance(self, now: datetime) -> dict[str, Any]:
        """The columns that say where a therapist's data come from."""
        return {
            "source": self.kind,
            "source_file_id": self.import_id,
            "source_as_of": self.as_of,
            "source_seen_at": now,
        }


@dataclass(frozen=True, slots=True)
class _Moving:
    """Somebody whose main site may have changed: decided when the whole file is read."""

    site_id: int
    row: int


@dataclass(frozen=True, slots=True)
class _Step:
    """What one record changes: the person's columns, and those of a site (None: of one to be added)."""

    changes: Changes
    site: PracticeSite | None
    at_site: Changes
    site_values: dict[str, Any]


@dataclass(slots=True)
class Revising:
    """All records of one file about people who are known."""

    session: Session
    source: FileSource
    now: datetime
    choice: Choice
    journal: Journal
    _moving: dict[int, _Moving] = field(default_factory=dict)
    _at_main: set[int] = field(default_factory=set)

    def revise(
        self, record: TherapistRecord, match: Match, values: dict[str, Any], site_values: dict[str, Any]
    ) -> RecordChange:
        """Take one record over as far as it is wanted; what became of it."""
        therapist = match.therapist
        site = _site_of(record, match)
        if site is match.main:
            self._at_main.add(therapist.id)
        if site is None and self.choice.skipped(record.row).intersection(ADDRESS):
            site, site_values = match.main, {}  # the new address is not wanted, the rest is
        elsewhere = site is not match.main and not (site is None and self._is_newer(match))
        proposed = improvements(_columns(therapist, values), values, only_unknown=elsewhere)
        at_site: Changes = {} if site is None else improvements(_columns(site, site_values), site_values)
        kept_back = _locked(therapist, {**proposed, **(at_site if site is match.main else {})})
        unwanted = set(kept_back) | self.choice.skipped(record.row)
        proposed, at_site = _without(proposed, unwanted), _without(at_site, unwanted)
        told = {**proposed, **at_site}
        if site is None:
            told |= {name: (getattr(match.main, name), site_values[name]) for name in (*ADDRESS, "addition")}
        shown = fields_of({name: change for name, change in told.items() if change[0] != change[1]})
        became = Became.MOVED if site is None else Became.CHANGED if shown else Became.UNCHANGED
        wanted = self.choice.accepts(record.row, Became.MOVED if site is None else Became.CHANGED)
        # where only the week of the hours is newer, or a coordinate, nobody reads a change: it is confirmed and noted
        if wanted and (site is None or proposed or at_site):
            self._apply(record, match, _Step(proposed, site, at_site, site_values), confirmed=not shown)
        accepted = wanted or became is Became.UNCHANGED
        return described(record, became, therapist.id, shown, accepted=accepted, locked=fields_of(kept_back))

    def finish(self) -> frozenset[int]:
        """After the last record: whoever moved works there mainly; returns their ids."""
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
            self.journal.note_change(moving.row, number, Became.MOVED, changes)
            moved.add(number)
        self.journal.write()
        return frozenset(moved)

    def _is_newer(self, match: Match) -> bool:
        """Whether a new address may be where somebody moved: a later file of the directory that knew the old one."""
        therapist = match.therapist
        older = therapist.source_as_of is not None and self.source.as_of > therapist.source_as_of
        same = bool(self.source.key) and match.source_key == self.source.key
        return older and same and not set(therapist.locked_fields).intersection(ADDRESS)

    def _apply(self, record: TherapistRecord, match: Match, step: _Step, *, confirmed: bool) -> None:
        therapist, changes, site = match.therapist, step.changes, step.site
        had_place, newer = bool(match.main.plz), self._is_newer(match)
        for name, (_, value) in changes.items():
            setattr(therapist, name, value)
        if "email" in changes:
            point = contact_points(self.session, {therapist.email})[therapist.email]
            changes["contact_point_id"] = (therapist.contact_point_id, point)
            therapist.contact_point_id = point
        added: dict[str, Any] = {}
        more: dict[str, Any] = {"confirmed": True} if confirmed else {}
        if site is None:
            site = self._add_site(match, step.site_values)
            added = {"added_site_id": site.id, "alias_key": key_of(record)}
            add_alias(self.session, known_as(therapist, key_of(record)))
            if newer:
                self._moving[therapist.id] = _Moving(site.id, record.row)
        else:
            for name, (_, value) in step.at_site.items():
                setattr(site, name, value)
        if match.main.plz and not had_place:
            # known by the mailbox until now; from here on by the address, too
            changes["identity_key"] = (therapist.identity_key, key_of(record))
            therapist.identity_key = key_of(record)
        for name, value in self.source.provenance(self.now).items():
            changes[name] = (getattr(therapist, name), value)
            setattr(therapist, name, value)
        self.journal.note_change(
            record.row,
            therapist.id,
            Became.MOVED if added else Became.CHANGED,
            changes,
            site=site if step.at_site else None,
            at_site=step.at_site,
            **added,
            **more,
        )

    def _add_site(self, match: Match, values: dict[str, Any]) -> PracticeSite:
        site = PracticeSite(practice_id=match.therapist.practice_id, **values)
        self.session.add(site)
        self.session.flush()
        match.sites.append(site)
        return site


def _site_of(record: TherapistRecord, match: Match) -> PracticeSite | None:
    """The site a record speaks of: the main one if nothing contradicts, else one with its address, else none yet."""
    if same_address(match.main, record):
        return match.main
    return next((site for site in match.sites if site.plz and same_address(site, record)), None)


def _locked(therapist: Therapist, changes: Changes) -> Changes:
    """What a caseworker's own entries keep back."""
    locks = set(therapist.locked_fields)
    if locks.intersection(ADDRESS):
        locks.update(GEO)  # the file's coordinate is that of the file's address
    return {name: change for name, change in changes.items() if FOLLOWS.get(name, name) in locks or name in locks}


def _columns(row: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: plain(getattr(row, name)) for name in names}


def _without(changes: Changes, names: set[str] | frozenset[str]) -> Changes:
    return {name: change for name, change in changes.items() if name not in names and FOLLOWS.get(name) not in names}
