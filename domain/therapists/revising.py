"""One record of a directory about somebody known: what it changes, what a lock keeps back, and doing it.

Somebody recognised at an address nobody knew has moved or has a second site: the address is added. Whether it becomes
the main one is decided when the whole file is read (`finish`), since the file may name the old one, too, or may not
have looked there; until then the record only fills what is unknown of the person. So does one of a file older than what
is known.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from domain.acquisition.records import TherapistRecord
from domain.therapists.addresses import ADDRESS, differing, same_address, site_changes
from domain.therapists.aliases import add_alias, known_as
from domain.therapists.changes import Became, Choice, FieldChange, RecordChange
from domain.therapists.directory_rules import FOLLOWS, GEO, completed, improvements, plain
from domain.therapists.homes import contact_points
from domain.therapists.identity import key_of
from domain.therapists.import_journal import Journal
from domain.therapists.known import Match
from domain.therapists.models import PracticeSite, Therapist
from domain.therapists.sites import renew_key
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
    """Somebody whose main site may have changed: decided when the whole file is read.

    `values` are what the record says of the person then, `otherwise` what became of it if they did not move.
    """

    site_id: int
    plz: str
    values: dict[str, Any]
    otherwise: RecordChange


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
    _further: dict[int, RecordChange] = field(default_factory=dict)
    _at_main: set[int] = field(default_factory=set)
    # by the week of their hours, where that is newer
    _confirmed: dict[date | None, set[int]] = field(default_factory=dict)

    def revise(
        self, record: TherapistRecord, match: Match, values: dict[str, Any], site_values: dict[str, Any]
    ) -> RecordChange:
        """Take one record over as far as it is wanted; what became of it."""
        therapist, older = match.therapist, self._is_older(match)
        again = therapist.id in self._at_main
        site, locked_address = _site_of(record, match), {}
        if site is match.main:
            self._at_main.add(therapist.id)
        elif site is None and self._is_known_address(record, match):
            # the directory still says what a caseworker corrected: that is no second site
            site, site_values, locked_address = match.main, {}, differing(match.main, record)
        elif site is None and (
            self.choice.skipped(record.row).intersection(ADDRESS) or (older and self._is_same_directory(match))
        ):
            site, site_values = match.main, {}  # the new address is not wanted, or an old one; the rest is
        known = _columns(therapist, values)
        compare = completed if site is match.main and again and not older else improvements
        gaps = compare(known, values, only_unknown=site is not match.main or older)
        may_move = site is None and bool(record.plz) and self._is_newer(match)
        proposed = improvements(known, values) if may_move else gaps
        at_site: Changes = (
            {} if site is None else site_changes(_columns(site, site_values), site_values, only_unknown=older)
        )
        kept_back = _locked(therapist, {**proposed, **(at_site if site is match.main else {}), **locked_address})
        unwanted = set(kept_back) | self.choice.skipped(record.row)
        if unwanted.intersection(ADDRESS):
            unwanted |= {*ADDRESS, *GEO}  # a new address comes whole or not at all
        proposed, gaps, at_site = (_without(changes, unwanted) for changes in (proposed, gaps, at_site))
        address: Changes = {}
        if site is None:
            address = {name: (getattr(match.main, name), site_values[name]) for name in (*ADDRESS, "addition")}
        shown = _shown({**proposed, **at_site, **address})
        became = Became.MOVED if site is None else Became.CHANGED if shown else Became.UNCHANGED
        wanted = self.choice.accepts(record.row, Became.MOVED if site is None else Became.CHANGED)
        accepted = wanted or became is Became.UNCHANGED
        change = described(record, became, therapist.id, shown, accepted=accepted, locked=fields_of(kept_back))
        # where only the week of the hours is newer, or a coordinate, nobody reads a change: it is confirmed and noted
        if wanted and site is not None and self._only_confirms(match, {**proposed, **at_site}):
            self._confirm(therapist, proposed)
        elif wanted and (site is None or proposed or at_site):
            added = self._apply(record, match, _Step(gaps, site, at_site, site_values), confirmed=not shown)
            if added is not None:
                self._further[record.row] = replace(change, fields=_shown({**gaps, **address}), second_site=True)
            if added is not None and may_move:
                wished = {name: value for name, value in values.items() if name in proposed}
                self._moving[therapist.id] = _Moving(added, record.plz, wished, self._further[record.row])
        return change

    def came(self, ids: Iterable[int]) -> None:
        """Whom the file itself brought, at their main address."""
        self._at_main.update(ids)

    def renew(self) -> None:
        """Whom the file names as they are known is known as of its day: no change of theirs, and no new version."""
        for hours_as_of, ids in self._confirmed.items():
            renewed = self.source.provenance(self.now)
            if hours_as_of is not None:
                renewed["hours_as_of"] = hours_as_of
            self.session.execute(update(Therapist).where(Therapist.id.in_(ids)).values(**renewed))
        self._confirmed.clear()

    def finish(self, covered: Collection[str], *, cut: bool) -> dict[int, RecordChange]:
        """After the last record: whoever moved works there mainly, where a whole file that covers the old PLZ says so.

        Returns the records, by row, whose address became a further site instead.
        """
        for number, moving in self._moving.items():
            if number in self._at_main or cut:
                continue  # the file names the old address, too, or not all it found: two sites
            therapist = self.session.get_one(Therapist, number)
            main = self.session.get_one(PracticeSite, therapist.site_id)
            if main.id == moving.site_id or (main.plz and main.plz not in covered):
                continue  # it did not look where they were
            site_id, edited_key = therapist.site_id, therapist.edited_key
            changes = self._set(therapist, improvements(_columns(therapist, moving.values), moving.values))
            therapist.site_id = moving.site_id
            renew_key(therapist, self.session.get_one(PracticeSite, moving.site_id))
            changes |= {
                "site_id": (site_id, therapist.site_id),
                "edited_key": (edited_key, therapist.edited_key),
            }
            self.journal.note_change(moving.otherwise.row, number, Became.MOVED, changes)
            del self._further[moving.otherwise.row]
        self.journal.write()
        return self._further

    def _is_same_directory(self, match: Match) -> bool:
        return bool(self.source.key) and match.source_key == self.source.key

    def _is_older(self, match: Match) -> bool:
        """Whether the file says how it was before what is known."""
        known_as_of = match.therapist.source_as_of
        return known_as_of is not None and self.source.as_of < known_as_of

    def _only_confirms(self, match: Match, changes: Changes) -> bool:
        """Whether a record says what is known: of a later day, or with the hours of a later week."""
        if not changes:
            return self._renews(match)
        return set(changes) == {"hours_as_of"} and not self._is_older(match)

    def _is_newer(self, match: Match) -> bool:
        """Whether a new address may be where somebody moved: a later file of the directory that knew the old one."""
        return self._renews(match) and not set(match.therapist.locked_fields).intersection(ADDRESS)

    def _renews(self, match: Match) -> bool:
        """Whether it is a later file of the directory that told of somebody last."""
        known_as_of = match.therapist.source_as_of
        later = known_as_of is not None and self.source.as_of > known_as_of
        return later and self._is_same_directory(match)

    def _is_known_address(self, record: TherapistRecord, match: Match) -> bool:
        """Whether a directory writes the address it is known to, which a caseworker corrected."""
        locked = set(match.therapist.locked_fields).intersection(ADDRESS)
        return bool(locked) and key_of(record) in {match.therapist.identity_key, *match.alias_keys}

    def _confirm(self, therapist: Therapist, hours: Changes) -> None:
        """The file names somebody as they are known, its hours perhaps those of a later week."""
        if any(therapist.id in ids for ids in self._confirmed.values()):
            return
        on: date | None = None
        renewed = self.source.provenance(self.now)
        changes = {name: (getattr(therapist, name), value) for name, value in renewed.items()} | hours
        if hours:
            on = hours["hours_as_of"][1]
            # a further row of theirs is told by it; written with all the others (`renew`)
            set_committed_value(therapist, "hours_as_of", on)
        self._confirmed.setdefault(on, set()).add(therapist.id)
        self.journal.note_confirmed(therapist.id, changes)

    def _set(self, therapist: Therapist, changes: Changes) -> Changes:
        """Columns of a person, with what follows from them."""
        for name, (_, value) in changes.items():
            setattr(therapist, name, value)
        if "email" in changes:
            point = contact_points(self.session, {therapist.email})[therapist.email]
            changes["contact_point_id"] = (therapist.contact_point_id, point)
            therapist.contact_point_id = point
        return changes

    def _apply(self, record: TherapistRecord, match: Match, step: _Step, *, confirmed: bool) -> int | None:
        """Returns the id of the site that was added, if one was."""
        therapist, site = match.therapist, step.site
        had_place, older = bool(match.main.plz), self._is_older(match)
        changes = self._set(therapist, dict(step.changes))
        added: dict[str, Any] = {}
        more: dict[str, Any] = {"confirmed": True} if confirmed else {}
        if site is None:
            site = self._add_site(match, step.site_values)
            added = {"added_site_id": site.id, "alias_key": key_of(record)}
            added["alias_new"] = add_alias(self.session, known_as(therapist, key_of(record)))
        else:
            for name, (_, value) in step.at_site.items():
                setattr(site, name, value)
        if match.main.plz and not had_place:
            # known by the mailbox until now; from here on by the address, too
            changes["identity_key"] = (therapist.identity_key, key_of(record))
            therapist.identity_key = key_of(record)
        for name, value in () if older else self.source.provenance(self.now).items():
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
        return site.id if added else None

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
    return next((site for site in match.sites if (site.plz or site.city) and same_address(site, record)), None)


def _locked(therapist: Therapist, changes: Changes) -> Changes:
    """What a caseworker's own entries keep back."""
    locks = set(therapist.locked_fields)
    if locks.intersection(ADDRESS):
        locks.update(ADDRESS, GEO)  # the file's coordinate is that of the file's address
    return {name: change for name, change in changes.items() if FOLLOWS.get(name, name) in locks or name in locks}


def _shown(changes: Changes) -> tuple[FieldChange, ...]:
    return fields_of({name: change for name, change in changes.items() if change[0] != change[1]})


def _columns(row: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: plain(getattr(row, name)) for name in names}


def _without(changes: Changes, names: set[str] | frozenset[str]) -> Changes:
    return {name: change for name, change in changes.items() if name not in names and FOLLOWS.get(name) not in names}
