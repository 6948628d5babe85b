"""What teams cost: the same questions of a supervisor, who sees everything, and of a caseworker of one of twenty teams."""

from collections.abc import Iterator

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import make_url, text

from app.office_sealing import seal
from benchmarks.team_rules import PATIENTS, QUESTIONS, make_office
from domain.database import Database
from tests.conftest import PASSWORD
from tests.servers.postgres import TestCluster

TEAMS = 20


@pytest.fixture(scope="module")
def office_of_teams(cluster: TestCluster) -> Iterator[str]:
    """A database whose patients belong to twenty teams, sealed as an office's server is."""
    name = make_office(cluster, TEAMS, by_row=False)
    owner = Database(cluster.admin_url(name))
    with owner.write() as session:
        seal(session)
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
            QUESTIONS[question](session, search, point)

    benchmark(work)
    database.close()
