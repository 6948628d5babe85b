"""Whom a mail of one's own names, among all patients, as a caseworker (row-level security on): asked before it leaves."""

from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import text

from domain.casework.naming import named_in
from domain.communication.drafts.records import Addressee
from domain.database import Database

PAGE = "Sehr geehrte Frau Name7,\n\n" + "vielen Dank für das Gespräch über freie Plätze ab Januar 2027. " * 60


def test_whom_a_mail_names(filled: Database, benchmark: BenchmarkFixture) -> None:
    """Two pages to one practice, with one name in them."""
    with filled.read() as session:
        patients = session.scalar(text("SELECT count(*) FROM patient_service.patient"))
        to = Addressee("praxis7@praxis.example", "", therapist_id=7)
        found = benchmark(named_in, session, to, ["Frage", PAGE + " Lea Person77 wartet."])
    benchmark.extra_info["patients"] = patients
    assert [one.name for one in found] == ["Lea Person77"]
