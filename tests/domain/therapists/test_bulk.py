"""Who is recognised when directories are taken over, and what a file may change about them."""

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.acquisition.models import ImportFile
from domain.acquisition.records import TherapistRecord
from domain.database import Database
from domain.therapists.bulk import BulkResult, apply_records
from domain.therapists.models import PracticeSite, Therapist
from domain.therapists.revising import FileSource
from domain.values import Sex


def person(**values: object) -> TherapistRecord:
    """Ina Sommer in Aachen with a mailbox of her own, unless a test says otherwise."""
    defaults: dict[str, object] = {
        "row": 1, "last_name": "Sommer", "first_name": "Ina", "plz": "52062", "house_number": "3", "street": "Weg",
        "city": "Aachen", "email": "sommer@praxis.example",
    }  # fmt: skip
    return TherapistRecord(**(defaults | values))  # type: ignore[arg-type]


def take(session: Session, *records: TherapistRecord, now: datetime) -> BulkResult:
    """One file with these records."""
    file = ImportFile(
        file_name="liste.json", kind="plz_directory", source_key="plz_directory", sha256="0" * 64, as_of=now.date(),
        imported_at=now,
    )  # fmt: skip
    session.add(file)
    session.flush()
    source = FileSource(file.id, "plz_directory", now.date(), "plz_directory")
    return apply_records(session, [(record, None) for record in records], source, now=now)


def known(session: Session) -> list[tuple[str, str, str]]:
    """First name, surname and PLZ of everybody."""
    session.flush()
    rows = session.execute(
        select(Therapist.first_name, Therapist.last_name, PracticeSite.plz)
        .join(PracticeSite, PracticeSite.id == Therapist.site_id)
        .order_by(Therapist.id)
    )
    return [(row.first_name, row.last_name, row.plz) for row in rows]


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("later_knows", [True, False])
def test_who_has_no_plz_in_one_file_is_the_same_in_the_other(
    database: Database, now: datetime, *, together: bool, later_knows: bool
) -> None:
    """By mailbox and name, in either order, in one file or two; read again, nothing changes."""
    with_plz, without = person(), person(plz="", house_number="", street="", city="")
    files = [without, with_plz] if later_knows else [with_plz, without]
    with database.write() as session:
        if together:
            take(session, *files, now=now)
        else:
            for record in files:
                take(session, record, now=now)
        assert known(session) == [("Ina", "Sommer", "52062")]
        assert take(session, *files, now=now).unchanged == [1, 1]
        assert take(session, person(email=""), now=now).unchanged == [1]  # now also known by the address


@pytest.mark.parametrize(
    "other",
    [
        {"first_name": "Jan", "plz": ""},
        {"last_name": "Winter", "plz": ""},
        {"first_name": "", "plz": "", "email": "sommer@praxis.example"},
        {"sex": Sex.MALE, "plz": ""},
        {"is_institution": True, "plz": ""},
    ],
    ids=["first name", "surname", "no first name", "sex", "institution"],
)
def test_a_shared_mailbox_makes_nobody_the_same(database: Database, now: datetime, other: dict[str, object]) -> None:
    """Whoever shares it stays a person of their own."""
    with database.write() as session:
        take(session, person(sex=Sex.FEMALE), person(**other), now=now)
        assert len(known(session)) == 2


def test_an_address_that_contradicts_is_left_to_a_person(database: Database, now: datetime) -> None:
    """The same mailbox and name elsewhere is the same person at a second site: nothing flips back and forth."""
    elsewhere = person(plz="52349", city="Düren", house_number="9", phone="+4924211234567")
    with database.write() as session:
        take(session, person(), now=now)
        assert take(session, elsewhere, now=now).updated == [1]  # the phone is news
        assert known(session) == [("Ina", "Sommer", "52062")]
        for record in (person(), elsewhere):
            assert take(session, record, now=now).unchanged == [1]


def test_a_second_name_or_an_initial_is_the_same_person(database: Database, now: datetime, today: date) -> None:
    """Another first name at the same address is somebody else."""
    assert today == now.date()
    with database.write() as session:
        take(session, person(email=""), now=now)
        for first_name in ("Ina Maria", "I.", ""):
            assert take(session, person(email="", first_name=first_name), now=now).imported == []
        assert take(session, person(email="", first_name="Jan"), now=now).imported == [2]
