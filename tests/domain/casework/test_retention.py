"""How long records are kept: who is due when, what keeps somebody, and a run that erases one by one."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from domain.casework.opt_outs import opt_outs
from domain.casework.patient_record import reopen_record, withdraw_patient
from domain.casework.record_erasure import erase_record
from domain.casework.retention import begin_run, due_records, erase_next, look, runs
from domain.communication.contacts import ContactNote, note_patient_contact
from domain.database import Database, Session
from domain.errors import Conflict, Forbidden, NotFound
from domain.matching.models import PlaceSearch
from domain.matching.searches import exclude
from domain.patients.files import add_file
from domain.patients.models import Guardian, MedicalInformation, Patient
from domain.persons import ensure_person
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import NOW, PASSWORD, Office
from tests.domain.patients.papers import pdf

LONG_AGO = datetime(2020, 3, 15, 12, tzinfo=UTC)
CANARY = "KANARIE"


def ended(session: Session, *, at: datetime = LONG_AGO, status: str = "cancelled", **profile: Any) -> int:
    """A patient whose one search ended."""
    patient = add_patient(session, registered_on=date(2019, 1, 1), **profile)
    add_search(session, patient, status=status, closed_at=at, waiting_since=date(2019, 1, 1))
    return patient


def who(session: Session, today: date) -> list[int]:
    """Whose period is over."""
    return [one.patient_id for one in due_records(session, today=today)]


@pytest.mark.parametrize(
    ("status", "at", "first"),
    [
        ("successful", datetime(2026, 1, 2, tzinfo=UTC), date(2030, 1, 1)),
        ("successful", datetime(2025, 12, 31, 23, 30, tzinfo=UTC), date(2030, 1, 1)),  # in Berlin it is 2026
        ("cancelled", datetime(2026, 8, 31, 10, tzinfo=UTC), date(2027, 2, 28)),
        ("expired", datetime(2026, 1, 15, tzinfo=UTC), date(2026, 7, 15)),
    ],
)
def test_who_is_due_when(database: Database, status: str, at: datetime, first: date) -> None:
    """Three whole years after the year of a placement, else six months; not a day sooner."""
    with database.write() as session:
        patient = ended(session, at=at, status=status)
        day_before = date.fromordinal(first.toordinal() - 1)
        assert who(session, day_before) == []
        assert who(session, first) == [patient]


def test_who_still_searches_or_was_never_at_an_end_is_not_due(database: Database) -> None:
    """An open search beside a closed one, a record in intake; a later period of the office counts."""
    with database.write() as session:
        searching = ended(session)
        add_search(session, searching)
        add_patient(session, registered_on=date(2019, 1, 1))
        ended(session)
        assert len(who(session, NOW.date())) == 1
        session.execute(text("UPDATE platform.office SET retention_other_months = 120"))
        session.expire_all()
        assert who(session, NOW.date()) == []


def test_a_run_erases_what_is_due_and_tells_what_stays(database: Database, office: Office) -> None:
    """Nothing of the person is left in any table, the audit included; another's record and who is kept stay whole."""
    with database.write() as session:
        gone = ended(
            session, first_name=f"{CANARY}1", last_name=f"{CANARY}2", street=f"{CANARY}3", note=f"{CANARY}4",
            email=f"{CANARY}@mail.example", insurance_number=f"{CANARY}5",
        )  # fmt: skip
        session.get_one(MedicalInformation, gone).complaint_note = f"{CANARY}6"
        session.add(Guardian(patient_id=gone, name=f"{CANARY}7", relation="Mutter", phone="", email=""))
        add_file(session, gone, name=f"{CANARY}8.pdf", content=pdf(f"{CANARY}9"), kind="other", note="", now=NOW)
        exclude(session, gone, therapist_id=add_therapist(session), reason=f"{CANARY}10")
        note_patient_contact(session, gone, ContactNote(NOW, "phone", "in", f"{CANARY}11", f"{CANARY}12"), now=NOW)
        kept = ended(session, last_name="Bleibt")
        session.get_one(Patient, kept).restricted_at = NOW
        other = add_patient(session, last_name="Andere")
    with database.write() as session:
        assert [one.kept_by for one in due_records(session, today=NOW.date())] == [(), ("restricted",)]
        run = begin_run(session, now=NOW)
    with database.write() as session:
        assert erase_next(session, run, now=NOW)
    with database.write() as session:
        assert not erase_next(session, run, now=NOW)
        (report,) = runs(session)
        assert (report.ids, report.open, report.erased, report.kept) == ((gone,), 0, 1, 0)
        assert session.get_one(Patient, kept).last_name == "Bleibt"
        assert session.get_one(Patient, other).last_name == "Andere"
        with pytest.raises(NotFound):
            begin_run(session, now=NOW)
    assert tables_with(office, CANARY) == []


def tables_with(office: Office, word: str) -> list[str]:
    """Tables in which a word stands anywhere."""
    engine = create_engine(office.url("owner"))
    with engine.connect() as connection:
        tables = connection.scalars(
            text(
                "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE c.relkind = 'r' AND n.nspname ~ '(_service|^platform|^audit)$'"
            )
        ).all()
        found = [
            table
            for table in tables
            if connection.scalar(text(f"SELECT EXISTS (SELECT FROM {table} t WHERE t::text ILIKE '%{word}%')"))
        ]
    engine.dispose()
    return found


def test_who_came_back_meanwhile_stays(database: Database) -> None:
    """Between the list and the erasure somebody searches again, another is restricted: the lines say so."""
    with database.write() as session:
        back, restricted = ended(session), ended(session)
        run = begin_run(session, now=NOW)
    with database.write() as session:
        add_search(session, back)
        session.get_one(Patient, restricted).restricted_at = NOW
    for _ in range(2):
        with database.write() as session:
            assert erase_next(session, run, now=NOW)
    with database.read() as session:
        kept = session.execute(text("SELECT patient_id, kept_by FROM patient_service.retention_line ORDER BY id")).all()
        assert [tuple(line) for line in kept] == [(back, "not_due"), (restricted, "restricted")]


class Ended(BaseException):
    """The program ends here."""


def test_a_stop_in_the_middle_loses_nothing(database: Database) -> None:
    """A transaction that ends without a commit leaves the record whole and its line waiting; going on finishes it."""

    def stopped(run: int) -> None:
        with database.write() as session:
            assert erase_next(session, run, now=NOW)
            raise Ended

    with database.write() as session:
        people = [ended(session, last_name="Ganz") for _ in range(3)]
        run = begin_run(session, now=NOW)
    for erased in range(3):
        with pytest.raises(Ended):
            stopped(run)
        with database.write() as session:
            whole = text("SELECT count(*) FROM patient_service.patient WHERE last_name = 'Ganz' AND erased_at IS NULL")
            assert session.scalar(whole) == 3 - erased
            assert erase_next(session, run, now=NOW)
    with database.read() as session:
        (report,) = runs(session)
        assert (report.ids, report.open) == (tuple(people), 0)


def test_who_works_with_no_records_sees_nothing(office: Office) -> None:
    """An admin opens Verwaltung without an error, and reads nobody there."""
    admin = office.database("admin")
    with admin.read() as session:
        assert look(session, today=NOW.date()) is None
        assert opt_outs(session) is None
    admin.close()


def test_only_who_leads_the_office_erases_and_never_what_is_open(office: Office, database: Database) -> None:
    """A caseworker is refused by the database; that it is open again, or restricted, keeps a record from anybody."""
    owner = office.database("owner")
    with owner.write() as session:
        ensure_person(
            session, role_name="test_lena", display_name="Lena Neu", password=PASSWORD, roles={"caseworker"},
            email="lena@buero.example",
        )  # fmt: skip
    owner.close()
    with database.write() as session:
        patient, searching = ended(session), session.get_one(PlaceSearch, add_search(session)).patient_id
        reopened = add_patient(session)  # before there was a search
        withdraw_patient(session, reopened, reason="zieht weg", now=NOW)
        reopen_record(session, reopened, reason="bleibt doch", now=NOW)
    lena = office.database("lena")
    with pytest.raises(Forbidden), lena.write() as session:
        begin_run(session, now=NOW)
    with pytest.raises(Forbidden), lena.write() as session:
        session.execute(text("SELECT audit.erase_record(:id)"), {"id": patient})
    lena.close()
    for number in (searching, reopened):
        with pytest.raises(Conflict, match="erasure_open"), database.write() as session:
            erase_record(session, number, reason="x", now=NOW)
    with database.write() as session:
        session.get_one(Patient, patient).restricted_at = NOW
    with pytest.raises(Forbidden), database.write() as session:
        erase_record(session, patient, reason="x", now=NOW)
