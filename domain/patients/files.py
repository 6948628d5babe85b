"""Papers of a patient: added, listed, opened, erased. What they are is checked; every opening is logged.

The bytes are in a table of their own, so that lists never load them; an erased paper keeps who, when and why.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from domain import events
from domain.access import Person, me, person_name
from domain.audit import record_reading
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid, NotFound
from domain.patients.files_check import checked_paper
from domain.patients.files_models import FILE_KINDS, PatientFile, PatientFileContent
from domain.patients.lifecycle import refuse_closed
from domain.patients.models import Patient

PATIENT_BYTES = 200_000_000  # of one patient; a file may have 25 MB (`domain.file_types`)
TABLE = "patient_service.patient_file"


@dataclass(frozen=True, slots=True)
class FileSummary:
    """One line of the list; `size` in bytes. An erased file has no name, but who erased it, when and why."""

    file_id: int
    version: int
    kind: str
    name: str
    media_type: str
    size: int
    note: str
    added_at: datetime
    added_by: str | None
    erased_at: datetime | None
    erased_by: str | None
    erased_reason: str
    kind_confirmed: bool


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file with its content."""

    name: str
    media_type: str
    content: bytes


def add_file(
    session: Session, patient_id: int, *, name: str, content: bytes, kind: str, now: datetime, note: str = ""
) -> int:
    """Keep a paper; returns its id.

    Raises Invalid for what no paper is or where the patient's papers grow too large, Conflict
    (``patient_file.there``, with its name) when the patient has the same, Forbidden while the record is restricted.
    """
    checked = checked_paper(name, content)
    if kind not in FILE_KINDS:
        raise Invalid("patient_file.no_kind", field="kind")
    patient = load_for_edit(session, Patient, patient_id)  # two people adding at once: one after the other
    refuse_closed(patient, "patient_file.restricted")
    _refuse_same(session, patient_id, content)
    if used_bytes(session, patient_id) + len(content) > PATIENT_BYTES:
        raise Invalid("patient_file.too_many", name=checked.name, limit=PATIENT_BYTES // 1_000_000)
    file = PatientFile(
        patient_id=patient_id, kind=kind, kind_confirmed=True, name=checked.name, media_type=checked.media_type,
        size=len(content),
        note=note.strip(), added_by=me(session).id, added_at=now,
    )  # fmt: skip
    session.add(file)
    session.flush()
    session.add(PatientFileContent(file_id=file.id, patient_id=patient_id, content=content))
    session.flush()
    events.record(session, "patient.file_added", patient_id, file_id=file.id)
    return file.id


def list_files(session: Session, patient_id: int) -> tuple[FileSummary, ...]:
    """A patient's papers, newest first, the erased ones last."""
    adder, eraser = aliased(Person), aliased(Person)
    rows = session.execute(
        select(PatientFile, adder.display_name, eraser.display_name)
        .outerjoin(adder, adder.id == PatientFile.added_by)
        .outerjoin(eraser, eraser.id == PatientFile.erased_by)
        .where(PatientFile.patient_id == patient_id)
        .order_by(PatientFile.erased_at.is_not(None), PatientFile.added_at.desc(), PatientFile.id.desc())
    )
    return tuple(
        FileSummary(
            f.id, f.version, f.kind, f.name, f.media_type, f.size, f.note, f.added_at, added, f.erased_at, erased,
            f.erased_reason, f.kind_confirmed,
        )
        for f, added, erased in rows
    )  # fmt: skip


def confirm_kind(session: Session, file_id: int, kind: str, *, version: int | None = None) -> None:
    """A person says what a paper is, perhaps something else than it was kept as.

    Raises Invalid for no kind, NotFound and Conflict as others do, Forbidden while the record is restricted.
    """
    if kind not in FILE_KINDS:
        raise Invalid("patient_file.no_kind", field="kind")
    patient_id = session.scalar(select(PatientFile.patient_id).where(PatientFile.id == file_id))
    if patient_id is None:
        raise NotFound("patient_file.gone", id=file_id)
    refuse_closed(load_for_edit(session, Patient, patient_id), "patient_file.restricted")
    file = load_for_edit(session, PatientFile, file_id, version)
    if file.erased_at is not None:
        raise Conflict("patient_file.gone", id=file_id)
    file.kind, file.kind_confirmed = kind, True
    session.flush()
    events.record(session, "patient.file_kind_confirmed", patient_id, file_id=file_id)


def used_bytes(session: Session, patient_id: int) -> int:
    """How much a patient's papers take."""
    used = session.scalar(
        select(func.sum(PatientFile.size)).where(PatientFile.patient_id == patient_id, PatientFile.erased_at.is_(None))
    )
    return int(used or 0)


def open_file(session: Session, file_id: int) -> OpenedFile:
    """A paper for somebody who reads or saves it: the reading is logged. Raises NotFound. Needs a writing session."""
    found = session.execute(
        select(PatientFile.name, PatientFile.media_type, PatientFileContent.content)
        .join(PatientFileContent, PatientFileContent.file_id == PatientFile.id)
        .where(PatientFile.id == file_id)
    ).one_or_none()
    if found is None:
        raise NotFound("patient_file.gone", id=file_id)
    record_reading(session, TABLE, file_id)
    return OpenedFile(found.name, found.media_type, bytes(found.content))


def erase_file(session: Session, file_id: int, *, reason: str, now: datetime, version: int | None = None) -> None:
    """Erase a paper for good: the row keeps who, when and why; the database drops content and the audit's words.

    Raises Invalid without a reason, Conflict when somebody erased it already.
    """
    if not reason.strip():
        raise Invalid("patient_file.reason_missing", field="reason")
    file = load_for_edit(session, PatientFile, file_id, version)
    if file.erased_at is not None:
        raise Conflict("patient_file.gone", id=file_id)
    who = me(session).id  # asked before: a statement in between would write the half of it
    file.name = file.note = ""
    file.erased_at, file.erased_by, file.erased_reason = now, who, reason.strip()
    session.flush()
    events.record(session, "patient.file_erased", file.patient_id, file_id=file_id)


def _refuse_same(session: Session, patient_id: int, content: bytes) -> None:
    there = session.execute(
        select(PatientFile.name, PatientFile.added_by, PatientFile.added_at)
        .join(PatientFileContent, PatientFileContent.file_id == PatientFile.id)
        .where(PatientFileContent.patient_id == patient_id, PatientFileContent.sha256 == sha256(content).digest())
    ).one_or_none()
    if there is not None:
        raise Conflict(
            "patient_file.there",
            name=there.name,
            by=person_name(session, there.added_by),
            at=there.added_at.isoformat(),
        )
