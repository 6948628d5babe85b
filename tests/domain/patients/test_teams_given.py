"""Giving patients to a team: by who leads the office, all or none; whoever is responsible sees the record."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier, Thread

import pytest
from sqlalchemy import text

from domain.access import Team
from domain.database import Session
from domain.errors import Conflict, Forbidden, Invalid, NotFound, PlatzlotseError
from domain.paging import ListQuery
from domain.patients.queries import get_patient, list_patients, list_persons
from domain.patients.teams import put_into_team, read_teams
from domain.persons import ensure_person
from tests.builders import add_patient
from tests.conftest import NOW, PASSWORD, Office
from ui.errors import describe

PEOPLE = {"north": ({"caseworker"}, "Nord"), "lead": ({"supervisor"}, None), "chief": ({"supervisor"}, None)}


@pytest.fixture
def teams(office: Office) -> Iterator[dict[str, int]]:
    """Two teams; a caseworker of one, and two who lead the office."""
    owner = office.database("owner")
    with owner.write() as session:
        made = {}
        for name in ("Nord", "Süd"):
            team = Team(name=name)
            session.add(team)
            session.flush()
            made[name] = team.id
        for name, (roles, team_name) in PEOPLE.items():
            ensure_person(
                session, role_name=f"test_{name}", display_name=name, password=PASSWORD, roles=roles,
                team_id=made.get(team_name or ""),
            )  # fmt: skip
    yield made
    with owner.write() as session:
        for name in PEOPLE:
            session.execute(text(f"DROP OWNED BY test_{name}"))
            session.execute(text(f"DROP ROLE test_{name}"))
    owner.close()


@contextmanager
def at_work(office: Office, name: str) -> Iterator[Session]:
    """One transaction of a person."""
    database = office.database(name)
    try:
        with database.write() as session:
            yield session
    finally:
        database.close()


def team_of(office: Office, patient: int) -> int | None:
    """Where the database has it."""
    with at_work(office, "owner") as session:
        found: int | None = session.scalar(
            text("SELECT team_id FROM patient_service.patient WHERE id = :p"), {"p": patient}
        )
        return found


def test_several_go_together_and_everybody_is_told(office: Office, teams: dict[str, int]) -> None:
    """A supervisor moves them; the record and the list name the team, and each desk hears of each."""
    with at_work(office, "north") as session:
        patients = [add_patient(session) for _ in range(3)]
    with at_work(office, "lead") as session:
        now = read_teams(session, patients)
        assert now.open_to_me == ((teams["Nord"], "Nord"), (teams["Süd"], "Süd"))
        assert now.seen == dict.fromkeys(patients, teams["Nord"])
        assert now.among == {"Nord": 3}
        assert put_into_team(session, now.seen, teams["Süd"]) == 3
        told = session.scalars(text("SELECT entity_id FROM platform.event WHERE event_type = 'patient.team_set'"))
        assert sorted(told) == sorted(patients)
    with at_work(office, "lead") as session:
        detail = get_patient(session, patients[0], today=NOW.date())
        assert (detail.team, detail.has_teams) == ("Süd", True)
        assert {row.team for row in list_patients(session, ListQuery(), today=NOW.date()).rows} == {"Süd"}
    with at_work(office, "north") as session:
        assert list_patients(session, ListQuery(), today=NOW.date()).total == 0
        with pytest.raises(NotFound):
            get_patient(session, patients[0], today=NOW.date())


def test_without_teams_nothing_is_said_of_them(office: Office) -> None:
    """An office that has none sees no word of it, and has none to choose."""
    with at_work(office, "jana") as session:
        patient = add_patient(session)
        detail = get_patient(session, patient, today=NOW.date())
        assert (detail.team, detail.has_teams) == (None, False)
        assert read_teams(session, [patient]).open_to_me == ()


def test_a_caseworker_moves_nobody(office: Office, teams: dict[str, int]) -> None:
    """No team is offered to it; out of the own team, into it and to another are refused, all of several."""
    with at_work(office, "lead") as session:
        common = add_patient(session)
    with at_work(office, "north") as session:
        own = add_patient(session)
        assert read_teams(session, [common, own]).open_to_me == ()
    for seen, to in (
        ({own: teams["Nord"]}, None),
        ({common: None}, teams["Nord"]),
        ({common: None, own: teams["Nord"]}, teams["Süd"]),
    ):
        with pytest.raises(Forbidden) as refusal, at_work(office, "north") as session:
            put_into_team(session, seen, to)
        assert "nur die Leitung" in describe(refusal.value)
    assert (team_of(office, common), team_of(office, own)) == (None, teams["Nord"])


def test_responsible_is_who_sees_the_record(office: Office, teams: dict[str, int]) -> None:
    """Of another team nobody is offered and the database takes nobody; given away, the old team's person is out."""
    with at_work(office, "owner") as session:
        south = ensure_person(
            session, role_name="test_south", display_name="south", password=PASSWORD, roles={"caseworker"},
            team_id=teams["Süd"],
        )  # fmt: skip
    change = text("UPDATE patient_service.patient SET responsible_id = :who WHERE id = :p")
    try:
        with at_work(office, "north") as session:
            patient = add_patient(session)
            me = session.scalar(text("SELECT platform.current_person_id()"))
            session.execute(change, {"who": me, "p": patient})
            offered = list_persons(session)
            assert {"north", "lead", "chief"} <= {name for _, name in offered}
            assert "south" not in {name for _, name in offered}
            assert get_patient(session, patient, today=NOW.date()).persons == offered
        with pytest.raises(Invalid) as refusal, at_work(office, "north") as session:
            session.execute(change, {"who": south, "p": patient})
        assert describe(refusal.value).startswith("Verantwortlich sein")
        with pytest.raises(Invalid, match="ck_patient_responsible_sees"), at_work(office, "north") as session:
            add_patient(session, responsible_id=south)
        with at_work(office, "lead") as session:
            put_into_team(session, {patient: teams["Nord"]}, teams["Süd"])
        with at_work(office, "owner") as session:
            assert session.scalar(text("SELECT responsible_id FROM patient_service.patient")) is None
    finally:
        with at_work(office, "owner") as session:
            session.execute(text("DROP OWNED BY test_south"))
            session.execute(text("DROP ROLE test_south"))


def test_who_was_moved_meanwhile_is_said_with_a_name(office: Office, teams: dict[str, int]) -> None:
    """The second decision was made of what is no longer so: it changes nothing, also not of the others."""
    with at_work(office, "lead") as session:
        first, second = add_patient(session), add_patient(session)
        seen = read_teams(session, [first, second]).seen
    with at_work(office, "chief") as session:
        put_into_team(session, {second: None}, teams["Süd"])
    with pytest.raises(Conflict) as refusal, at_work(office, "lead") as session:
        put_into_team(session, seen, teams["Nord"])
    assert describe(refusal.value).startswith("chief hat eine dieser Akten")
    assert (team_of(office, first), team_of(office, second)) == (None, teams["Süd"])


def test_what_already_is_so_is_no_change(office: Office, teams: dict[str, int]) -> None:
    """Nobody is told and the record's version stays."""
    with at_work(office, "lead") as session:
        patient = add_patient(session)
        put_into_team(session, {patient: None}, teams["Nord"])
    with at_work(office, "lead") as session:
        before = get_patient(session, patient, today=NOW.date()).version
        assert put_into_team(session, {patient: teams["Nord"]}, teams["Nord"]) == 0
    with at_work(office, "lead") as session:
        assert get_patient(session, patient, today=NOW.date()).version == before


def test_two_at_once_move_each_patient_once(office: Office, teams: dict[str, int]) -> None:
    """The same patients in two orders: one goes through, the other is told, nobody waits for ever."""
    with at_work(office, "lead") as session:
        patients = [add_patient(session) for _ in range(4)]
    together, ended = Barrier(2), list[str]()

    def move(name: str, team: int, order: list[int]) -> None:
        try:
            with at_work(office, name) as session:
                together.wait(30)
                put_into_team(session, dict.fromkeys(order), team)
            ended.append("moved")
        except PlatzlotseError as error:
            ended.append(error.code)

    threads = [
        Thread(target=move, args=("lead", teams["Nord"], patients)),
        Thread(target=move, args=("chief", teams["Süd"], patients[::-1])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(ended) == ["moved", "patient.team_meanwhile"]
    assert len({team_of(office, patient) for patient in patients}) == 1
