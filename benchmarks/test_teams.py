"""What teams cost: the same questions of a supervisor, who sees everything, and of a caseworker of one of twenty teams."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import make_url, text

from app.office_sealing import seal
from benchmarks.conftest import FILL
from domain.casework.agenda import agenda
from domain.database import Database
from domain.matching.best_patients import patients_for_contact_point
from domain.matching.candidates import candidates_for_search
from domain.matching.listing import list_searches
from domain.paging import ListQuery
from domain.patients.queries import list_patients
from domain.persons import ensure_person
from tests.conftest import PASSWORD
from tests.servers.postgres import TestCluster

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
THERAPISTS, PATIENTS, TEAMS = 10_000, 20_000, 20
QUESTIONS = ("candidates", "best_patients", "patients", "searches", "agenda")


@pytest.fixture(scope="module")
def office_of_teams(cluster: TestCluster) -> Iterator[str]:
    """A database whose patients belong to twenty teams."""
    name = cluster.clone("platzlotse_template")
    owner = Database(cluster.admin_url(name))
    script = FILL.replace(":therapists", str(THERAPISTS)).replace(":patients", str(PATIENTS))
    with owner.write() as session:
        session.connection().connection.cursor().execute(script)
        session.execute(
            text("INSERT INTO platform.team (name) SELECT 'Team ' || i FROM generate_series(1, :n) i"), {"n": TEAMS}
        )
        first = session.scalar(text("SELECT min(id) FROM platform.team"))
        session.execute(
            text("UPDATE patient_service.patient SET team_id = :first + id % :n"), {"first": first, "n": TEAMS}
        )
        for login, roles in (("test_leads", {"caseworker", "supervisor"}), ("test_member", {"caseworker"})):
            ensure_person(session, role_name=login, display_name=login, password=PASSWORD, roles=roles, team_id=first)
    with owner.write() as session:
        seal(session)  # as an office's server is set up
    with owner.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    owner.close()
    yield cluster.admin_url(name)
    cluster.drop(name)


@pytest.mark.parametrize("who", ["leads", "member"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_questions(office_of_teams: str, benchmark: BenchmarkFixture, question: str, who: str) -> None:
    """One question, asked by one of them."""
    url = make_url(office_of_teams).set(username=f"test_{who}", password=PASSWORD).render_as_string(hide_password=False)
    database = Database(url)
    with database.read() as session:
        search = session.scalar(text("SELECT min(id) FROM matching_service.place_search"))
        point = session.scalar(text("SELECT min(id) FROM therapist_service.contact_point"))
        seen = session.scalar(text("SELECT count(*) FROM patient_service.patient"))
    assert search is not None
    assert point is not None
    assert seen == (PATIENTS if who == "leads" else PATIENTS // TEAMS)

    def work() -> None:
        with database.read() as session:
            if question == "candidates":
                candidates_for_search(session, search, now=NOW)
            elif question == "best_patients":
                patients_for_contact_point(session, point, now=NOW)
            elif question == "patients":
                list_patients(session, ListQuery(sort="state"), today=NOW.date())
            elif question == "searches":
                list_searches(session, ListQuery(), today=NOW.date())
            else:
                agenda(session, now=NOW)

    benchmark(work)
    database.close()
