"""Importing a file: one transaction, counts that add up, rejected rows with their reason, places looked up.

The caller opens the transaction; whatever is wrong with the file as a whole raises, and nothing was written. A dry
run is the same work in a session that keeps nothing (`Database.read`): its report says what would be. A person then
chooses (`Choice`) by the row numbers of that report; the file's hash must still be the same.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.acquisition.ahead import read_ahead
from domain.acquisition.chosen_sheet import headers_of
from domain.acquisition.models import ImportFile, LeftOutValue, RejectedRow
from domain.acquisition.reading import FileKind, Record, Source, hash_of, is_cut, records
from domain.acquisition.records import PatientRecord, RowError, TherapistRecord
from domain.acquisition.remembered_columns import remember
from domain.casework.consent import stop_if_withdrawn
from domain.casework.import_contacts import note_statuses
from domain.casework.import_gone import find_gone, retire
from domain.casework.import_tally import Tally
from domain.casework.import_turn import take_turn
from domain.errors import Conflict, Invalid
from domain.geocoding.earth import great_circle_km
from domain.geocoding.lookup import PlzIndex
from domain.large_writes import looked_up_by_index, while_asking
from domain.patients.intake import apply_intake
from domain.therapists.bulk import Taking
from domain.therapists.changes import ALL, NONE, Choice, RecordChange
from domain.therapists.revising import FileSource
from domain.values import Coordinate, GeoQuality

BATCH = 1000
# A directory's coordinate this far (km) from its PLZ is a mistake; the PLZ is believed.
DISTRUST_KM = 30.0
HOUSE_M, STREET_M = 50, 300


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file's rows; read = imported + updated + unchanged + skipped + rejected.

    `changes` tells of therapists record by record (in the file's order, then who is gone); for patients it is empty,
    and for a list of contacts, whose rows only add to the history of who is known.
    `noted` are values of rows that did come in which could not be read. `gone` counts who was set inactive,
    `same_file_at` is when the very same file was read in before, `columns_from` when somebody named the columns of a
    table like this one, where those were used. `history` counts the rows that said something new of contacts.
    """

    file: str
    kind: FileKind
    of_patients: bool
    import_id: int
    read: int
    imported: int
    updated: int
    unchanged: int
    rejected: tuple[RowError, ...]
    ids: tuple[int, ...]
    notes: Mapping[str, int]
    places: Mapping[GeoQuality, int]
    cut: bool
    skipped: int = 0
    gone: int = 0
    changes: tuple[RecordChange, ...] = ()
    same_file_at: datetime | None = None
    noted: tuple[RowError, ...] = ()
    columns_from: datetime | None = None
    history: int = 0


def is_imported(session: Session, sha256: str) -> bool:
    """Whether a file of that hash was read in and not taken back."""
    found = select(ImportFile.id).where(ImportFile.sha256 == sha256, ImportFile.undone_at.is_(None)).limit(1)
    return session.scalar(found) is not None


def import_file(
    session: Session,
    source: Source,
    *,
    now: datetime,
    today: date,
    mapping: Mapping[str, str] | None = None,
    choice: Choice = ALL,
    on_batch: Callable[[int], None] | None = None,
    on_wait: Callable[[], None] | None = None,
) -> ImportReport:
    """Take a recognised file over. Raises Invalid where the file is broken; nothing of it is kept then.

    Raises Conflict when the file is not the one that was recognised. `choice` is what a person wants of it (therapists
    only). A `mapping` is remembered for tables with the same headers. `on_batch` hears how many rows were read after
    every batch; what it raises ends the import. Two imports wait for each other, dry runs too: `on_wait` hears of it,
    and what it raises ends the waiting.
    """
    if hash_of(source.path) != source.sha256:
        raise Conflict("import.file_changed", file=source.path.name)
    take_turn(session, on_wait)
    with looked_up_by_index(session):
        return _import(session, source, now, today, mapping, choice, on_batch)


def _import(
    session: Session,
    source: Source,
    now: datetime,
    today: date,
    mapping: Mapping[str, str] | None,
    choice: Choice,
    on_batch: Callable[[int], None] | None,
) -> ImportReport:
    before = session.scalar(
        select(func.max(ImportFile.imported_at)).where(
            ImportFile.sha256 == source.sha256, ImportFile.undone_at.is_(None)
        )
    )
    file = ImportFile(
        file_name=source.path.name,
        kind=source.kind,
        source_key=source.key,
        sha256=source.sha256,
        as_of=source.as_of,
        imported_at=now,
        imported_by=me(session).id,
    )
    session.add(file)
    session.flush()
    tally = Tally()
    from_file = FileSource(file.id, source.kind.value, source.as_of, source.key, source.seat)
    only_history = source.kind is FileKind.CONTACT_TABLE
    taking = Taking(session, from_file, now, NONE if only_history else choice)
    index = PlzIndex()
    with (
        while_asking(session) as asked,
        read_ahead(records(source, today=today, mapping=mapping), asked) as read,
    ):
        rows = _tallied(read, tally)
        while batch := list(islice(rows, BATCH)):
            index.read(session, (record.plz for record in batch))
            located = [(record, _locate(record, index)) for record in batch]
            tally.places.update(GeoQuality.NONE if place is None else place.quality for _, place in located)
            therapists = [(r, p) for r, p in located if isinstance(r, TherapistRecord)]
            if therapists:
                changes = taking.take(therapists)
                people = [(record, change) for (record, _), change in zip(therapists, changes, strict=True)]
                told = [(r, c.therapist_id) for r, c in people if c.therapist_id and (c.accepted or only_history)]
                noted = note_statuses(session, told, as_of=source.as_of, now=now)
                tally.history += len(noted)
                if only_history:
                    tally.add_history(
                        [record for record, _ in people], {record.row: number for record, number in told}, noted
                    )
                else:
                    tally.add(people)
            for record, place in located:
                if isinstance(record, PatientRecord):
                    taken = apply_intake(session, record, place, now=now, today=today)
                    stop_if_withdrawn(session, taken.patient_id, taken.withdrawn, now=now)
                    tally.became[taken.became] += 1
                    tally.ids[taken.patient_id] = None
            session.flush()
            session.expunge_all()  # what was written is written; a large file must not fill the memory
            if on_batch is not None:
                on_batch(tally.read)
    cut = is_cut(source, tally.read)
    tally.tell_second_sites(taking.finish(tally.plz, cut=cut))
    file = session.get_one(ImportFile, file.id)
    if not (source.kind.of_patients or only_history or cut):
        taking.see([error.about for error in tally.rejected if error.about is not None])
        gone = find_gone(session, source, tally.plz, taking.seen, choice=choice)
        retire(session, file.id, gone, now=now)
        tally.changes += gone
        file.gone = sum(change.accepted for change in gone)
    tally.forget_skipped()
    _note_counts(session, file, tally)
    if mapping is not None and source.kind.is_table:
        remember(session, headers_of(source.path, mapping.values()), source.kind, mapping, now=now)
    return ImportReport(
        file=source.path.name,
        kind=source.kind,
        of_patients=source.kind.of_patients,
        import_id=file.id,
        read=tally.read,
        imported=tally.became["imported"],
        updated=tally.became["updated"],
        unchanged=tally.became["unchanged"],
        rejected=tuple(tally.rejected),
        ids=tuple(tally.ids),
        notes=dict(tally.notes),
        places=dict(tally.places),
        cut=cut,
        skipped=tally.became["skipped"],
        gone=file.gone,
        changes=tuple(tally.changes),
        same_file_at=before,
        noted=tuple(tally.noted),
        history=tally.history,
    )


def _tallied(rows: Iterator[Record], tally: Tally) -> Iterator[TherapistRecord | PatientRecord]:
    for record in rows:
        if isinstance(record, RowError) and not record.row:  # of a whole sheet
            tally.noted.append(record)
            continue
        tally.read += 1
        if isinstance(record, RowError):
            tally.rejected.append(record)
        else:
            tally.notes.update(record.notes)
            tally.noted += [RowError(record.row, f"import.note.{note}") for note in record.notes]
            yield record


def _locate(record: TherapistRecord | PatientRecord, index: PlzIndex) -> Coordinate | None:
    """The directory's own coordinate if it lies where the PLZ says, else the PLZ's; None stays unknown."""
    by_plz = index.locate(record.plz, record.city)
    if isinstance(record, PatientRecord) or record.lat is None or record.lon is None:
        return by_plz
    exact = GeoQuality.HOUSE if record.house_number else GeoQuality.STREET
    own = Coordinate(record.lat, record.lon, exact, HOUSE_M if record.house_number else STREET_M, "directory")
    if by_plz is not None and great_circle_km(own.lat, own.lon, by_plz.lat, by_plz.lon) > DISTRUST_KM:
        return by_plz
    return own


def _note_counts(session: Session, file: ImportFile, tally: Tally) -> None:
    total = sum(tally.became.values()) + len(tally.rejected)
    if total != tally.read:
        raise Invalid("import.counts", read=tally.read, counted=total)
    file.read, file.rejected = tally.read, len(tally.rejected)
    file.imported, file.updated = tally.became["imported"], tally.became["updated"]
    file.unchanged, file.skipped = tally.became["unchanged"], tally.became["skipped"]
    session.add_all(
        RejectedRow(import_file_id=file.id, row=error.row, reason=error.reason, params=error.params)
        for error in tally.rejected
    )
    if tally.noted:
        # what a sheet is called is not kept: it may be a patient's name
        left_out = [{"import_file_id": file.id, "row": note.row, "reason": note.reason} for note in tally.noted]
        session.execute(insert(LeftOutValue), left_out)
    events.record(session, "import.completed", file.id, read=tally.read, imported=tally.became["imported"])
    topic = "patient" if FileKind(file.kind).of_patients else "therapist"
    if tally.became["imported"] or tally.became["updated"]:
        events.record(session, f"{topic}.imported", None, import_id=file.id)
