"""What the rules of teams cost lists: the rule by the row's patient, as it was, and the one asked once, by turns in one run.

Three offices: twenty teams, two teams, none. A supervisor, whose plans have no rule, beside a caseworker under each rule.
Files on a disk. Run: ``.venv/bin/python -m benchmarks.team_rules [turns]``.
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import make_url, text

from benchmarks.conftest import FILL
from domain.casework.agenda import agenda
from domain.casework.batches.listing import list_batches, under_way
from domain.database import Database, Session
from domain.matching.best_patients import patients_for_contact_point
from domain.matching.candidates import candidates_for_search
from domain.matching.listing import list_searches
from domain.paging import ListQuery
from domain.patients.queries import list_patients
from domain.persons import ensure_person
from tests.conftest import PASSWORD, prepare
from tests.servers.postgres import TestCluster

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
THERAPISTS, PATIENTS = 10_000, 20_000
OFFICES = (20, 2, 0)  # teams
ASKED_ONCE = ("patient_service.consent", "patient_service.medical_information", "patient_service.wishes",
              "matching_service.place_search")  # fmt: skip
BY_ROW = """ALTER POLICY own_team ON {table} USING (patient_id IS NULL OR (SELECT platform.sees_all_teams())
    OR EXISTS (SELECT FROM patient_service.patient p WHERE p.id = {name}.patient_id))"""
QUESTIONS: dict[str, Callable[[Session, int, int], object]] = {
    "candidates": lambda s, search, _: candidates_for_search(s, search, now=NOW),
    "best_patients": lambda s, _, point: patients_for_contact_point(s, point, now=NOW),
    "patients": lambda s, _, __: list_patients(s, ListQuery(sort="state"), today=NOW.date()),
    "searches": lambda s, _, __: list_searches(s, ListQuery(), today=NOW.date()),
    "agenda": lambda s, _, __: agenda(s, now=NOW),
    "batches": lambda s, _, __: list_batches(s, ListQuery()),
    "batches_under_way": lambda s, _, __: under_way(s),
}
# some years of them, 30 lines each, nearly all about one team; the last few run
BATCHES = """
    INSERT INTO communication_service.batch (kind, status, released_at, released_by)
        SELECT 'inquiries', 'running', now(), (SELECT min(id) FROM platform.person) FROM generate_series(1, 750);
    INSERT INTO communication_service.batch_line (batch_id, therapist_id, search_ids, status, refusal)
        SELECT b.id, t.id, ARRAY[s.id], k.status, CASE k.status WHEN 'open' THEN '' ELSE 'batch.nobody_fits' END
        FROM communication_service.batch b CROSS JOIN generate_series(0, 29) AS i
        CROSS JOIN LATERAL (SELECT CASE b.id % 150 WHEN 0 THEN 'open' ELSE 'refused' END AS status) AS k
        JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM therapist_service.therapist) AS t
            ON t.n = 1 + (b.id * 30 + i) % 9000
        JOIN (SELECT s.id, row_number() OVER (ORDER BY p.team_id, s.id) AS n, count(*) OVER () AS many
              FROM matching_service.place_search s JOIN patient_service.patient p ON p.id = s.patient_id) AS s
            ON s.n = 1 + (b.id * 37 + i) % s.many"""


def make_office(cluster: TestCluster, teams: int, *, by_row: bool) -> str:
    """A filled database under one of the rules; returns its name."""
    name = cluster.clone("platzlotse_template")
    owner = Database(cluster.admin_url(name))
    script = FILL.replace(":therapists", str(THERAPISTS)).replace(":patients", str(PATIENTS))
    with owner.write() as session:
        session.connection().connection.cursor().execute(script)
        session.execute(
            text("INSERT INTO platform.team (name) SELECT 'Team ' || i FROM generate_series(1, :n) i"), {"n": teams}
        )
        first = session.scalar(text("SELECT min(id) FROM platform.team"))
        if teams:
            spread = text("UPDATE patient_service.patient SET team_id = :first + id % :n")
            session.execute(spread, {"first": first, "n": teams})
        for login, roles in (("test_leads", {"caseworker", "supervisor"}), ("test_member", {"caseworker"})):
            ensure_person(session, role_name=login, display_name=login, password=PASSWORD, roles=roles, team_id=first)
        session.connection().connection.cursor().execute(BATCHES)
        for table in ASKED_ONCE if by_row else ():
            session.execute(text(BY_ROW.format(table=table, name=table.split(".")[1])))
    with owner.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    owner.close()
    return name


def measure(cluster: TestCluster, teams: int, turns: int) -> None:
    """One office, everybody and every question in each turn."""
    before, after = (make_office(cluster, teams, by_row=by_row) for by_row in (True, False))
    desks: dict[str, tuple[Database, int, int]] = {}
    for desk, login, name in (
        ("supervisor", "test_leads", after), ("by row", "test_member", before), ("once", "test_member", after),
    ):  # fmt: skip
        url = make_url(cluster.admin_url(name)).set(username=login, password=PASSWORD)
        database = Database(url.render_as_string(hide_password=False))
        with database.read() as session:
            search = session.scalar(text("SELECT min(id) FROM matching_service.place_search")) or 0
            point = session.scalar(text("SELECT min(id) FROM therapist_service.contact_point")) or 0
        desks[desk] = (database, search, point)
    took: dict[tuple[str, str], list[float]] = {(question, desk): [] for question in QUESTIONS for desk in desks}
    for _ in range(turns):
        for question, ask in QUESTIONS.items():
            for desk, (database, search, point) in desks.items():
                with database.read() as session:
                    began = time.perf_counter()
                    ask(session, search, point)
                    took[question, desk].append((time.perf_counter() - began) * 1000)
    print(f"{teams} teams, milliseconds (least, median of {turns} turns)")
    for question in QUESTIONS:
        cells = ((desk, took[question, desk]) for desk in desks)
        print(f"  {question:14}" + "".join(f"{d:>12} {min(t):7.1f} {statistics.median(t):7.1f}" for d, t in cells))
    for database, _, _ in desks.values():
        database.close()
    for name in (before, after):
        cluster.drop(name)


def main(turns: int) -> None:
    with TestCluster() as cluster:
        prepare(cluster)
        for teams in OFFICES:
            measure(cluster, teams, turns)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
