"""What a page asks of the database, at 1,000 to 40,000 therapists and 1,000 to 20,000 searches."""

from datetime import UTC, datetime

from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import text

from domain.casework.agenda import agenda
from domain.casework.enrichment_schedule import ask_scheduled, progress
from domain.casework.preparing import create_and_send
from domain.database import Database
from domain.matching.best_patients import patients_for_contact_point, patients_for_therapist
from domain.matching.candidates import candidates_for_search
from domain.matching.listing import list_searches
from domain.matching.relaxing import gains
from domain.paging import ListQuery
from domain.patients.queries import list_patients
from domain.therapists.queries import list_therapists
from domain.values import Channel

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = NOW.date()


def first(database: Database, query: str) -> int:
    """One id."""
    with database.read() as session:
        return int(session.execute(text(query)).scalar_one())


def test_candidates_of_one_patient(filled: Database, benchmark: BenchmarkFixture) -> None:
    """Every therapist judged, ranked, and the excluded grouped with the nearest names."""
    search = first(filled, "SELECT min(id) FROM matching_service.place_search")

    def work() -> int:
        with filled.read() as session:
            found = candidates_for_search(session, search, now=NOW)
        return found.fit_total + sum(group.count for group in found.excluded)

    assert benchmark(work) > 0


def test_relaxing_one_rule(filled: Database, benchmark: BenchmarkFixture) -> None:
    """What each single wish given up would bring."""
    search = first(filled, "SELECT min(id) FROM matching_service.place_search")

    def work() -> None:
        with filled.read() as session:
            gains(session, search, now=NOW)

    benchmark(work)


def test_best_patients_of_one_practice(filled: Database, benchmark: BenchmarkFixture) -> None:
    """Every search judged for one contact point."""
    point = first(filled, "SELECT min(id) FROM therapist_service.contact_point")

    def work() -> None:
        with filled.read() as session:
            patients_for_contact_point(session, point, now=NOW)

    benchmark(work)


def test_building_an_inquiry(filled: Database, benchmark: BenchmarkFixture) -> None:
    """Checked, written, rendered and queued; each round to another practice, nothing kept."""
    candidates = """SELECT t.id FROM therapist_service.therapist t ORDER BY t.id LIMIT 400"""
    with filled.read() as session:
        therapists = list(session.scalars(text(candidates)))
        pairs = []
        for therapist in therapists:
            best = patients_for_therapist(session, therapist, now=NOW, limit=3)
            if best:
                pairs.append((therapist, [patient.search_id for patient in best]))
            if len(pairs) == 20:
                break
    rounds = iter(pairs * 1000)

    def work() -> None:
        therapist, searches = next(rounds)
        with filled.read() as session:
            create_and_send(session, therapist_id=therapist, search_ids=searches, channel=Channel.EMAIL, now=NOW)

    benchmark(work)


def test_list_of_therapists(filled: Database, benchmark: BenchmarkFixture) -> None:
    """The first page by name."""

    def work() -> None:
        with filled.read() as session:
            list_therapists(session, ListQuery(), now=NOW)

    benchmark(work)


def test_search_for_a_therapist(filled: Database, benchmark: BenchmarkFixture) -> None:
    """A few letters of a name."""

    def work() -> None:
        with filled.read() as session:
            list_therapists(session, ListQuery(text="name99"), now=NOW)

    benchmark(work)


def test_list_of_patients(filled: Database, benchmark: BenchmarkFixture) -> None:
    """The first page by state, the dearest order: it is derived."""

    def work() -> None:
        with filled.read() as session:
            list_patients(session, ListQuery(sort="state"), today=TODAY)

    benchmark(work)


def test_list_of_searches(filled: Database, benchmark: BenchmarkFixture) -> None:
    """The first page, longest waiting first."""

    def work() -> None:
        with filled.read() as session:
            list_searches(session, ListQuery(), today=TODAY)

    benchmark(work)


def test_the_day(filled: Database, benchmark: BenchmarkFixture) -> None:
    """Heute, with whose data are to be checked among all records."""

    def work() -> None:
        with filled.read() as session:
            agenda(session, now=NOW)

    benchmark(work)


def test_stand_of_the_schedule_of_web_pages(filled: Database, benchmark: BenchmarkFixture) -> None:
    """Where every therapist has a page nobody read yet: how many, and whose turn it is."""
    with filled.write() as session:
        session.execute(text("UPDATE therapist_service.therapist SET web = 'praxis' || id || '.example'"))
        session.execute(text("UPDATE therapist_service.web_schedule SET enabled = true"))

    def work() -> None:
        with filled.read() as session:
            progress(session, now=NOW)
            ask_scheduled(session, now=NOW)

    benchmark(work)
