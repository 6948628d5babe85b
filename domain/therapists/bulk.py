"""Taking over a directory: many therapists at once, each recognised if it is known already.

Who is the same person says `identity`; homonyms stay apart. Somebody recognised at an address nobody knew has
moved or has a second site: the address is added, and becomes the main one only if a newer file of the same directory
names it without the old one, since then the directory took the old one back. Fields a caseworker locked are told and
not touched, and of another than the main site a file only fills what is unknown: nothing flips between two files or
two rows. A second import of the same file changes nothing. Every change is journalled with what was there before.

Those known are `revising`'s, those new `homes`'; this module tells them apart.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy.orm import Session

from domain.acquisition.records import TherapistRecord
from domain.therapists.addresses import ADDRESS, same_address, site_changes
from domain.therapists.changes import ALL, Became, Choice, Likeness, RecordChange
from domain.therapists.directory_rules import completed, site_columns, therapist_columns
from domain.therapists.homes import NewTherapist, insert_all, site_key
from domain.therapists.identity import Identity, Register, key_of, numbers_of, streets_of
from domain.therapists.import_journal import Journal
from domain.therapists.known import load_known
from domain.therapists.objections import Objections
from domain.therapists.revising import FileSource, Revising
from domain.therapists.telling import described, fields_of, of_new
from domain.values import Coordinate

Located = tuple[TherapistRecord, Coordinate | None]


@dataclass(slots=True)
class Taking:
    """One file being taken over, batch by batch (about 1,000 records), inside the caller's transaction."""

    session: Session
    source: FileSource
    now: datetime
    choice: Choice = ALL
    seen: set[int] = field(default_factory=set)
    _journal: Journal = field(init=False)
    _revising: Revising = field(init=False)
    _objections: Objections | None = None

    def __post_init__(self) -> None:
        self._journal = Journal(self.session, self.source.import_id)
        self._revising = Revising(self.session, self.source, self.now, self.choice, self._journal)

    def take(self, batch: Sequence[Located]) -> list[RecordChange]:
        """Insert or update a batch; what became of each record, in order."""
        known = load_known(self.session, (record for record, _ in batch))
        fresh: Register[NewTherapist] = Register()
        news: list[NewTherapist] = []
        told: list[RecordChange | tuple[NewTherapist, RecordChange]] = []
        for record, place in batch:
            values, site = therapist_columns(record), site_columns(record, place)
            if (match := known.find(record)) is not None:
                self.seen.add(match.therapist.id)
                told.append(self._revising.revise(record, match, values, site))
            elif (pending := fresh.find(record)) is not None:
                told.append((pending, _again(record, pending, values, site)))
                # known by what this row added, too
                fresh.add({key_of(record), pending.values["identity_key"]}, _identity(pending), pending)
            else:
                objected = self._objections_of(record)
                accepted = self.choice.accepts(record.row, Became.NEW) and (
                    objected is None or record.row in self.choice.despite
                )
                change = described(record, Became.NEW, 0, of_new(values | site), accepted=accepted)
                if objected is not None:
                    change = replace(change, objected=objected)
                columns = values | {"identity_key": key_of(record)} | self.source.provenance(self.now)
                new = NewTherapist(columns, site, record, self.source.seat)
                if accepted:
                    news.append(new)
                    fresh.add({key_of(record)}, _identity(new), new)
                told.append((new, change))
        ids = {id(new): number for new, number in zip(news, insert_all(self.session, news), strict=True)}
        for new in news:
            self._journal.note_new(new.record.row, ids[id(new)])
        self.seen.update(ids.values())
        self._revising.came(ids.values())
        self.session.flush()
        self._journal.write()
        self._revising.renew()  # after its line: the audit leaves out only whom one names
        return [
            entry if isinstance(entry, RecordChange) else replace(entry[1], therapist_id=ids.get(id(entry[0]), 0))
            for entry in told
        ]

    def see(self, rejected: Sequence[TherapistRecord]) -> None:
        """Whom rows name that are not taken over: they are not gone."""
        known = load_known(self.session, rejected)
        found = (known.find(record) for record in rejected)
        self.seen.update(match.therapist.id for match in found if match is not None)

    def _objections_of(self, record: TherapistRecord) -> Likeness | None:
        if self._objections is None:
            self._objections = Objections.load(self.session)
        return self._objections.of(record)

    def finish(self, covered: Collection[str], *, cut: bool) -> Mapping[int, RecordChange]:
        """After the last batch, which named somebody in these PLZ: whoever moved works there mainly.

        Returns the records, by row, whose address became a further site instead.
        """
        return self._revising.finish(covered, cut=cut)


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
    taking.finish({record.plz for record, _ in batch}, cut=False)
    return BulkResult(
        *([c.therapist_id for c in changes if c.became in kinds] for kinds in (
            {Became.NEW}, {Became.CHANGED, Became.MOVED}, {Became.UNCHANGED}
        ))
    )  # fmt: skip


def _again(
    record: TherapistRecord, pending: NewTherapist, values: dict[str, Any], site: dict[str, Any]
) -> RecordChange:
    """Another row of somebody the same batch brings: it completes, or names a further site."""
    here = same_address(SimpleNamespace(**pending.site), record)
    changes = completed(pending.values, values, only_unknown=not here)
    pending.values.update({name: new for name, (_, new) in changes.items()})
    if here:
        at_site = site_changes(pending.site, site)
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
    return described(record, became, 0, fields_of(changes))


def _identity(new: NewTherapist) -> Identity:
    values = new.values
    return Identity(
        last_name=values["last_name"],
        first_name=values["first_name"],
        sex=values["sex"],
        email=values["email"],
        is_institution=values["is_institution"],
        numbers=numbers_of(values["phone"], values["mobile"]),
        streets=streets_of(site["street"] for site in (new.site, *new.more_sites)),
    )
