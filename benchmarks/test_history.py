"""Searching the contact history among a million entries, as a caseworker (row-level security on).

One entry in ten is a mail with its text, as an inquiry is long.
"""

from collections.abc import Iterator

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import text

from app.office_sealing import seal
from benchmarks.conftest import FILL
from domain.casework.finding_contacts import find_contacts
from domain.casework.history import patient_history, therapist_history
from domain.database import Database
from domain.persons import ensure_person
from tests.conftest import PASSWORD, Office
from tests.servers.postgres import TestCluster

ENTRIES = 1_000_000
PEOPLE = 2_000  # 500 entries of each patient, as many of each practice
# 240 words of an inquiry, as they stand in its history
LETTER = (
    "Sehr geehrte Frau Sommer, wir suchen für einen Menschen aus dem Raum 520 einen Platz für eine Psychotherapie und "
    "bitten Sie um eine kurze Rückmeldung, ob bei Ihnen in absehbarer Zeit eine Behandlung beginnen könnte. "
) * 8
# a word in every entry, in one of ten, and in one of five hundred
HISTORY = f"""
SET session_replication_role = replica;
INSERT INTO communication_service.contact_entry (at, channel, direction, kind, patient_id, therapist_id, counterpart, body)
SELECT now() - i * interval '1 minute', 'email', 'in', 'note', 1 + i % {PEOPLE}, 1 + (i / {PEOPLE}) % {PEOPLE},
       'Frau Sommer' || i % 997,
       'Vielen Dank für Ihre Anfrage ' || i || CASE WHEN i % 10 = 0 THEN ', die Warteliste ist geschlossen' ELSE '' END
       || CASE WHEN i % 10 = 3 THEN E'\\n\\n{LETTER}' ELSE '' END
       || CASE WHEN i % 499 = 0 THEN ', ab Januar wären Plätze frei' ELSE '' END
FROM generate_series(1, {ENTRIES}) i;
"""


@pytest.fixture(scope="module")
def office_of_a_million(cluster: TestCluster) -> Iterator[Office]:
    """A database with that history."""
    name = cluster.clone("platzlotse_template")
    owner = Database(cluster.admin_url(name))
    fill = FILL.replace(":therapists", str(PEOPLE)).replace(":patients", str(PEOPLE))
    with owner.write() as session:
        session.connection().connection.cursor().execute(fill + HISTORY)
    with owner.write() as session:
        seal(session)  # as an office's server is set up
        session.execute(text("INSERT INTO platform.team (name) SELECT 'Team ' || i FROM generate_series(1, 20) i"))
        first = session.scalar(text("SELECT min(id) FROM platform.team"))
        session.execute(text("UPDATE patient_service.patient SET team_id = :first + id % 20"), {"first": first})
        ensure_person(
            session,
            role_name="test_member",
            display_name="member",
            password=PASSWORD,
            roles={"caseworker"},
            team_id=first,
        )
    with owner.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    owner.close()
    yield Office(cluster, name)
    cluster.drop(name)


@pytest.fixture(params=["jana", "member"])
def million(office_of_a_million: Office, request: pytest.FixtureRequest) -> Iterator[Database]:
    """Somebody who sees all of it, and a caseworker of one of twenty teams."""
    database = office_of_a_million.database(request.param)
    yield database
    database.close()


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Anfrage",
        "Warteliste geschlossen",
        "Plätze frei",
        "Sommer996",
        "gibtesnicht",
        "platz",
        '"freie Plätze"',
        "Anfrage -Warteliste",
    ],
)
@pytest.mark.parametrize("whose", ["patient", "therapist", "practice"])
def test_search_of_a_history(million: Database, benchmark: BenchmarkFixture, whose: str, words: str) -> None:
    """Of one patient, one therapist, one practice; frequent, rare and unknown words."""

    def work() -> int:
        with million.read() as session:
            if whose == "patient":
                return len(patient_history(session, 700, words=words))
            return len(therapist_history(session, 700, words=words, whole_practice=whose == "practice"))

    benchmark(work)


@pytest.mark.parametrize(
    "words", ["Anfrage", "Warteliste geschlossen", "Plätze frei", "Sommer996", "gibtesnicht", "warteli"]
)
def test_search_over_everything(million: Database, benchmark: BenchmarkFixture, words: str) -> None:
    """The same million for the field at the top of the window."""

    def work() -> int:
        with million.read() as session:
            return len(find_contacts(session, words, each=6))

    benchmark(work)
