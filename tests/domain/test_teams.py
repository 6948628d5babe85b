"""Whose patients a caseworker sees: two teams, a deputy, a supervisor and a worker, over direct connections."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from domain.access import Team
from domain.casework.preparing import create_and_send
from domain.communication.models import ContactEntry, Email
from domain.database import Database
from domain.errors import Forbidden, Invalid
from domain.matching.inquiries import items_of
from domain.person_admin import end_deputy, list_deputies, set_deputy
from domain.persons import ensure_person
from domain.values import Channel
from domain.weektime import office_day
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import PASSWORD, Office

PEOPLE = {
    "north": ({"caseworker"}, "Nord"),
    "south": ({"caseworker"}, "Süd"),
    "nobody": ({"caseworker"}, None),
    "lead": ({"caseworker", "supervisor"}, "Nord"),
    "chief": ({"admin"}, None),
}
# everything that carries a patient, by which a caseworker could look past the patient's own row
OF_PATIENTS = (
    "patient_service.patient",
    "patient_service.consent",
    "patient_service.medical_information",
    "patient_service.wishes",
    "matching_service.place_search",
    "matching_service.patient_state",
)


@pytest.fixture
def people(office: Office) -> Iterator[dict[str, int]]:
    """Two teams and who works there, by name; each has a login of the same name."""
    owner = office.database("owner")
    with owner.write() as session:
        teams: dict[str | None, int | None] = {None: None}
        for name in ("Nord", "Süd"):
            team = Team(name=name)
            session.add(team)
            session.flush()
            teams[name] = team.id
        made = {
            name: ensure_person(
                session, role_name=f"test_{name}", display_name=name, password=PASSWORD, roles=roles,
                team_id=teams[team],
            )
            for name, (roles, team) in PEOPLE.items()
        }  # fmt: skip
    yield made
    with owner.write() as session:
        for name in PEOPLE:
            session.execute(text(f"DROP OWNED BY test_{name}"))
            session.execute(text(f"DROP ROLE test_{name}"))
    owner.close()


@contextmanager
def at_work(office: Office, name: str) -> Iterator[Session]:
    """One transaction of a person, as the program does it."""
    database: Database = office.database(name)
    try:
        with database.write() as session:
            yield session
    finally:
        database.close()


@contextmanager
def direct(office: Office, name: str) -> Iterator[Connection]:
    """A person with a tool of its own."""
    engine = create_engine(make_url(office.url(name)))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def counted(office: Office, name: str, table: str) -> int:
    """How many rows of a table somebody sees."""
    with direct(office, name) as connection:
        found: int = connection.scalar(text(f"SELECT count(*) FROM {table}"))
        return found


@pytest.fixture
def northern(office: Office, people: dict[str, int], now: datetime) -> dict[str, int]:
    """A patient of the northern team with a search and an inquiry, entered by its caseworker."""
    with at_work(office, "north") as session:
        patient = add_patient(session, email="lea@mail.example")
        search = add_search(session, patient)
        inquiry = create_and_send(
            session, therapist_id=add_therapist(session), search_ids=[search], channel=Channel.EMAIL, now=now
        )
        session.flush()
        item = items_of(session, inquiry)[0].id
        said = {"at": now, "channel": "phone", "direction": "out", "person_id": people["north"], "body": "z"}
        session.add_all([ContactEntry(patient_id=patient, **said), ContactEntry(inquiry_id=inquiry, **said)])
    return {"patient": patient, "search": search, "inquiry": inquiry, "item": item}


def test_the_list_of_numbers_is_what_the_rule_of_patients_shows(
    office: Office, northern: dict[str, int], people: dict[str, int]
) -> None:
    """The rules of lists ask it: of a team, of another, of none and with a deputy's it says the same."""
    with at_work(office, "lead") as session:
        free = add_patient(session)
        session.execute(text("UPDATE patient_service.patient SET team_id = NULL WHERE id = :id"), {"id": free})
    with at_work(office, "south") as session:
        add_patient(session)
    same = """SELECT ARRAY(SELECT patient_service.seen_patients() ORDER BY 1),
                     ARRAY(SELECT id FROM patient_service.patient ORDER BY 1)"""

    def seen(name: str) -> list[int]:
        with direct(office, name) as connection:
            told, shown = connection.execute(text(same)).one()
        assert told == shown
        return list(shown)

    assert [len(seen(name)) for name in ("north", "south", "nobody")] == [2, 2, 1]
    day = office_day(datetime.now(UTC))
    with at_work(office, "chief") as session:
        set_deputy(session, people["north"], people["south"], first_day=day, last_day=day + timedelta(6))
    assert northern["patient"] in seen("south")


def test_no_error_tells_of_a_hidden_row(office: Office, northern: dict[str, int]) -> None:
    """A condition that fails for one number alone is asked of rows one may see, and of no other before."""
    for table in OF_PATIENTS:
        key = "id" if table == "patient_service.patient" else "patient_id"
        query = text(f"SELECT count(*) FROM {table} WHERE 1 / ({key} - :hidden) IS NOT NULL")
        with direct(office, "south") as connection:
            assert connection.scalar(query, {"hidden": northern["patient"]}) == 0, table
        with direct(office, "north") as connection, pytest.raises(DataError, match="division by zero"):
            connection.scalar(query, {"hidden": northern["patient"]})


def test_a_patient_is_its_teams(office: Office, northern: dict[str, int]) -> None:
    """Of another team and of none nobody sees it in any table; the own team, a supervisor and nobody else do."""
    for table in OF_PATIENTS:
        seen = {name: counted(office, name, table) > 0 for name in ("north", "lead", "south", "nobody")}
        assert seen == {"north": True, "lead": True, "south": False, "nobody": False}, table
    for table in ("communication_service.email", "communication_service.contact_entry"):
        assert counted(office, "north", table) > 0, table
        assert counted(office, "south", table) == 0, table
    with direct(office, "south") as connection:
        changed = connection.execute(text("UPDATE patient_service.patient SET note = 'x'")).rowcount
        assert changed == 0
        connection.rollback()
        answer = "SELECT patient_service.patient_with_address('lea@mail.example')"
        assert connection.scalar(text(answer)) is None
        look = "SELECT address FROM communication_service.email e, patient_service.last_look(e.id)"
        assert connection.execute(text(look)).all() == []
    with direct(office, "north") as connection:
        assert connection.scalar(text(answer)) == northern["patient"]


def test_that_a_practice_is_asked_everybody_sees(office: Office, northern: dict[str, int]) -> None:
    """Else it looks free; the inquiry's position is a number, whose search stays hidden."""
    busy = "SELECT open_inquiry_id FROM matching_service.occupancy WHERE open_inquiry_id IS NOT NULL"
    whose = """SELECT i.id, s.id FROM matching_service.inquiry_item i
        LEFT JOIN matching_service.place_search s ON s.id = i.search_id"""
    with direct(office, "south") as connection:
        assert connection.scalars(text(busy)).all() == [northern["inquiry"]]
        assert [tuple(row) for row in connection.execute(text(whose))] == [(northern["item"], None)]


def test_a_patient_of_no_team_is_everybodys_and_only_a_supervisor_moves_one(
    office: Office, people: dict[str, int], northern: dict[str, int]
) -> None:
    """Whoever belongs to no team brings patients in for all; a caseworker keeps its own."""
    assert people
    with at_work(office, "nobody") as session:
        common = add_patient(session)
    seen = "SELECT id FROM patient_service.patient ORDER BY id"
    for name, expected in (("south", [common]), ("north", [northern["patient"], common])):
        with direct(office, name) as connection:
            assert connection.scalars(text(seen)).all() == expected
    move = (
        "UPDATE patient_service.patient SET team_id = (SELECT id FROM platform.team WHERE name = 'Süd') WHERE id = :id"
    )
    with pytest.raises(Forbidden), at_work(office, "north") as session:
        session.execute(text(move), {"id": northern["patient"]})
    with at_work(office, "lead") as session:
        session.execute(text(move), {"id": northern["patient"]})
    with direct(office, "south") as connection:
        assert connection.scalars(text(seen)).all() == [northern["patient"], common]
    with direct(office, "north") as connection:
        assert connection.scalars(text(seen)).all() == [common]


@pytest.mark.parametrize(("first", "last", "sees"), [(0, 0, True), (-3, 4, True), (1, 9, False), (-9, -1, False)])
def test_a_deputy_sees_the_team_of_whom_it_represents(
    office: Office, people: dict[str, int], northern: dict[str, int], first: int, last: int, *, sees: bool
) -> None:
    """From its first day to its last, by the calendar of the database."""
    assert northern
    with direct(office, "north") as connection:
        today: date = connection.scalar(text("SELECT platform.today()"))
    days = {"first": today + timedelta(first), "last": today + timedelta(last)}
    owner = office.database("owner")
    with owner.write() as session:
        session.execute(
            text(
                "INSERT INTO platform.deputy (person_id, deputy_id, first_day, last_day) VALUES (:p, :d, :first, :last)"
            ),
            days | {"p": people["north"], "d": people["south"]},
        )
        session.execute(text("UPDATE patient_service.patient SET responsible_id = :p"), {"p": people["north"]})
    for table in OF_PATIENTS:
        assert (counted(office, "south", table) > 0) is sees, table
    assert counted(office, "nobody", "patient_service.patient") == 0
    answers = text("SELECT patient_service.is_of_record(:id)")
    with direct(office, "south") as connection:
        assert connection.scalar(answers, {"id": northern["patient"]}) is sees
    with owner.write() as session:
        session.execute(text("UPDATE patient_service.patient SET team_id = NULL"))
    owner.close()
    with direct(office, "south") as connection:
        assert connection.scalar(answers, {"id": northern["patient"]}) is sees, "of an office without teams"


def test_who_names_a_deputy_and_who_hears_of_it(
    office: Office, people: dict[str, int], northern: dict[str, int]
) -> None:
    """A supervisor or an admin, the admin never itself, a caseworker nobody; ended it ends at once."""
    assert northern
    today = office_day(datetime.now(UTC))
    week = {"first_day": today, "last_day": today + timedelta(7)}
    with pytest.raises(Forbidden), at_work(office, "south") as session:
        set_deputy(session, people["north"], people["south"], **week)
    with pytest.raises(Invalid, match="ck_person_not_oneself"), at_work(office, "chief") as session:
        set_deputy(session, people["north"], people["chief"], **week)
    with pytest.raises(Invalid, match="ck_deputy_past"), at_work(office, "chief") as session:
        set_deputy(session, people["north"], people["south"], first_day=today, last_day=today - timedelta(5))
    with at_work(office, "chief") as session:
        number = set_deputy(session, people["north"], people["south"], **week)
    assert counted(office, "south", "patient_service.patient") == 1
    with at_work(office, "lead") as session:
        assert [(line.person, line.deputy) for line in list_deputies(session)] == [("north", "south")]
        end_deputy(session, number)
        assert list_deputies(session) == ()
        acts = session.scalars(text("SELECT act FROM platform.person_act ORDER BY id")).all()
    assert acts == ["deputy_set", "deputy_ended"]
    assert counted(office, "south", "patient_service.patient") == 0


def test_what_names_several_is_hidden_with_one_of_them(office: Office, northern: dict[str, int], now: datetime) -> None:
    """An own mail or an entry about nobody's inquiry: whom it names decides, whatever its row says."""
    with at_work(office, "south") as session:
        other = add_patient(session)
    owner = office.database("owner")
    with owner.write() as session:
        author = session.scalar(text("SELECT id FROM platform.person WHERE role_name = 'test_jana'"))
        mail = Email(
            kind="own", status="sent", to_address="a@b.example", subject="x", body_text="y", message_id="<1@x>",
            created_by=author, sent_at=now,
        )  # fmt: skip
        entry = ContactEntry(
            at=now, channel="phone", direction="out", therapist_id=add_therapist(session), person_id=author, body="z"
        )
        session.add_all([mail, entry])
        session.flush()
        for table, key, number in (("email_patient", "email_id", mail.id), ("contact_patient", "entry_id", entry.id)):
            for patient in (northern["patient"], other):
                session.execute(
                    text(f"INSERT INTO communication_service.{table} ({key}, patient_id) VALUES (:n, :p)"),
                    {"n": number, "p": patient},
                )
        numbers = {"mail": mail.id, "entry": entry.id}
    owner.close()
    sees = """SELECT (SELECT count(*) FROM communication_service.email WHERE id = :mail),
        (SELECT count(*) FROM communication_service.contact_entry WHERE id = :entry)"""
    for name, expected in (("south", (0, 0)), ("north", (0, 0)), ("lead", (1, 1))):
        with direct(office, name) as connection:
            assert tuple(connection.execute(text(sees), numbers).one()) == expected
