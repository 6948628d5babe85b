"""An access report is complete: every column that can carry a patient is in it, or named with a reason."""

import json
from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection

from domain.casework.access_report.collecting import query
from domain.casework.access_report.left_out import LEFT_OUT, reason
from domain.casework.access_report.making import make_access_report
from domain.casework.access_report.sections import SECTIONS
from domain.database import Database
from domain.patients.files import add_file
from domain.patients.models import Guardian, MedicalInformation
from domain.values import Channel
from tests.builders import add_patient, add_search
from tests.conftest import Office
from tests.domain.casework.steps import ask
from tests.domain.patients.papers import pdf as paper_pdf
from ui.contact_labels import contact_label
from ui.labels import label

# From a patient by foreign keys, from an inquiry likewise, and whatever has a column that names one of them; the audit
# and the events name rows by number.
_TABLES = """
WITH RECURSIVE reached AS (
    SELECT unnest(ARRAY['patient_service.patient', 'matching_service.inquiry']::regclass[])::oid AS rel
    UNION SELECT c.conrelid FROM pg_constraint c JOIN reached r ON c.confrelid = r.rel WHERE c.contype = 'f')
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname ~ '(_service|^platform|^audit)$' AND (
    c.oid IN (SELECT rel FROM reached)
    OR c.oid::regclass::text IN ('audit.entry', 'audit.content', 'platform.event', 'audit.contact_erasure',
                                 'audit.contact_link', 'audit.contact_pending', 'audit.contact_salt')
    OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
               AND a.attname ~ '^(patient|search|item|contact|file)_ids?$'))
ORDER BY 1"""
_COLUMNS = """
SELECT a.attname FROM pg_attribute a
WHERE a.attrelid = cast(:table AS regclass) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""
ACCESS_COLUMNS = {"at", "operation", "table_name", "columns"}
# tables of the walk that hold nobody: positions of a plan's practice and the like stand in the report's own tables
NOT_OF_PATIENTS = {"scraping_service.import_change", "scraping_service.rejected_row", "platform.event_place"}


def say(kind: str, code: str) -> str:
    """What the window says."""
    return contact_label(code) if kind == "contact_kind" else label(kind, code)


@pytest.fixture
def owner(office: Office) -> Iterator[Connection]:
    """The office's database as its owner."""
    engine = create_engine(office.url("owner"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def told_columns() -> set[tuple[str, str]]:
    """What the report's sections name, by table and column."""
    told = {(section.table, field.column) for section in SECTIONS for field in section.fields}
    return told | {("audit.entry", column) for column in ACCESS_COLUMNS}


def test_every_column_that_can_carry_a_patient_is_told_or_named_with_a_reason(owner: Connection) -> None:
    """Walked from the catalogue: a new table or column without a word in the report fails here."""
    told, found = told_columns(), set()
    for table in owner.scalars(text(_TABLES)):
        if table not in NOT_OF_PATIENTS:
            found |= {(table, column) for column in owner.scalars(text(_COLUMNS), {"table": table})}
    assert len(found) > 200
    assert sorted(one for one in found if one not in told and reason(*one) is None) == []
    assert sorted(told - found) == []


def test_no_reason_is_named_for_nothing(owner: Connection) -> None:
    """A reason for a column that is gone, or that is told after all, is taken away."""
    found = {
        f"{table}.{column}"
        for table in owner.scalars(text(_TABLES))
        for column in owner.scalars(text(_COLUMNS), {"table": table})
    }
    told = {f"{table}.{column}" for table, column in told_columns()}
    names = {name.rsplit(".", 1)[1] for name in found - told}
    tables = {name.rsplit(".", 1)[0] for name in found}
    stale = [
        key
        for key in LEFT_OUT
        if not (
            (key.endswith(".*") and key.removesuffix(".*") in tables)
            or (key.startswith("*.") and key.removeprefix("*.") in names)
            or (key in found and key not in told)
        )
    ]
    assert stale == []


def test_every_section_can_be_asked(database: Database) -> None:
    """Each query is one the caseworker's own rights allow."""
    with database.read() as session:
        for section in SECTIONS:
            session.execute(text(query(section)), {"patient": 0})


def test_what_is_written_of_somebody_is_in_it(database: Database, now: datetime) -> None:
    """Every word that was entered stands in both forms; a file's content in the one for machines."""
    words = [f"Wort{number:02}" for number in range(14)]
    w = iter(words)
    with database.write() as session:
        patient = add_patient(
            session, first_name=next(w), last_name=next(w), street=next(w), house_number="7a",
            email="wort@mail.example", phone="+49241555", insurer=next(w), insurance_number=next(w), note=next(w),
            resubmission_note=next(w),
        )  # fmt: skip
        medical = session.get_one(MedicalInformation, patient)
        medical.complaints, medical.complaint_note = [next(w)], next(w)
        session.add(Guardian(patient_id=patient, name=next(w), relation=next(w), phone="", email=""))
        add_file(session, patient, name=f"{next(w)}.pdf", content=paper_pdf(), kind="other", note=next(w), now=now)
        search = add_search(session, patient, pause_reason="", reopen_reason=next(w))
        ask(session, search, now=now, channel=Channel.LETTER)
    with database.write() as session:
        made = make_access_report(session, patient, say=say, now=now)
    told = json.loads(made.json)
    flat = json.dumps(told["data"], ensure_ascii=False)
    assert [word for word in words if word not in flat] == []
    assert set(told["keys"]) == set(told["data"])
    for key, rows in told["data"].items():
        for row in rows:
            assert set(row) <= set(told["keys"][key]["fields"])
    assert told["recipients"]["practices"][0]["channel"] == "letter"
    assert {access["operation"] for access in told["accesses"]} >= {"insert"}
