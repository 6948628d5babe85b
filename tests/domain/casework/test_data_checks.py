"""Angaben prüfen: what a record lacks or holds of doubt is told on Heute, where it matters to somebody's work."""

from datetime import date, datetime, timedelta
from itertools import combinations

import pytest
from sqlalchemy import text

from domain.casework.agenda import Task, TaskKind, agenda
from domain.casework.data_checks import PATIENT_CHECKS
from domain.casework.enrichment import ask_website, note_website, take_website
from domain.casework.practice_page import Found
from domain.database import Database, Session
from domain.patients.checklist import missing_for_search
from domain.patients.models import Patient
from tests.builders import add_patient, add_therapist
from tests.conftest import NOW

LACKS: dict[str, dict[str, object]] = {
    "name": {"first_name": ""},
    "birth_date": {"birth_date": None},
    "place": {"place": None},
    "insurance": {"insurance_kind": "unknown"},
    "consent": {"consent": False},
    "minor": {"birth_date": date(2012, 1, 1)},
}


def told(session: Session, kind: TaskKind) -> dict[int, list[str]]:
    """Whose data are to be checked, and what of them."""
    return {task.record_id: task.detail.split() for task in agenda(session, now=NOW).tasks if task.kind is kind}


def test_of_patients_the_checklist_is_told(database: Database) -> None:
    """The same as on their record, whatever is missing together; nobody complete is named."""
    wanted: dict[int, list[str]] = {}
    with database.write() as session:
        for number in range(3):
            for lacks in combinations(LACKS, number):
                values = {key: value for name in lacks for key, value in LACKS[name].items()}
                patient = add_patient(session, ready_at=None, **values)  # type: ignore[arg-type]  # a test's own values
                missing = missing_for_search(session, session.get_one(Patient, patient), today=NOW.date())
                if missing:
                    wanted[patient] = list(missing)
    with database.read() as session:
        assert told(session, TaskKind.CHECK_PATIENT) == wanted
    assert len(wanted) > 20


def test_a_birth_date_nobody_has_is_told(database: Database) -> None:
    """It is there, and cannot be right."""
    with database.write() as session:
        patient = add_patient(session, birth_date=date(1912, 5, 4))
    with database.read() as session:
        assert told(session, TaskKind.CHECK_PATIENT) == {patient: ["age"]}


@pytest.mark.parametrize("change", ["closed_outcome = 'withdrawn', closed_at = now()", "restricted_at = now()"])
def test_for_whom_nothing_is_to_be_done_nothing_is_to_be_checked(database: Database, change: str) -> None:
    """Closed and restricted records stay as they are."""
    with database.write() as session:
        add_patient(session, birth_date=None)
        session.execute(text(f"UPDATE patient_service.patient SET {change}"))
    with database.read() as session:
        assert told(session, TaskKind.CHECK_PATIENT) == {}


def test_of_therapists_what_work_with_them_needs_is_told(
    database: Database, worker_database: Database, now: datetime
) -> None:
    """Of who was entered by hand; of a directory's only an old word on places and what its page suggested."""
    with database.write() as session:
        whole = add_therapist(session)
        poor = add_therapist(session, place=None, offers=[], email="", phone="", mobile="")
        directory = add_therapist(session, place=None, offers=[], source="arztsuche")
        old = add_therapist(
            session, source="arztsuche", capacity="full", capacity_as_of=now.date() - timedelta(days=400)
        )
        page = add_therapist(session, source="arztsuche", web="muster.example")
        ask_website(session, page, now=now)
    with worker_database.write() as session:
        site = take_website(session, now=now)
        assert site is not None
        spoken = Found("languages", {"languages": ["Englisch"]}, "Englisch")
        note_website(session, site, [(site.address, spoken)], pages=1, now=now)
    with database.read() as session:
        found = told(session, TaskKind.CHECK_THERAPIST)
    assert found == {poor: ["reach", "place", "offers"], old: ["capacity"], page: ["website"]}
    assert {whole, directory}.isdisjoint(found)


def test_every_check_is_named_in_order(database: Database) -> None:
    """The first is where one click leads."""
    with database.write() as session:
        add_patient(session, place=None, insurance_kind="unknown")
    with database.read() as session:
        (task,) = (task for task in agenda(session, now=NOW).tasks if task.kind is TaskKind.CHECK_PATIENT)
    assert isinstance(task, Task)
    assert task.detail.split() == [code for code in PATIENT_CHECKS if code in {"place", "insurance"}]
