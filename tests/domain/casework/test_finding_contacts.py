"""The search over everything looks into what was said and written: newest first, whoever may read it, however many."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework import finding_contacts
from domain.casework.finding_contacts import extract, find_contacts
from domain.casework.history_words import terms_of
from domain.communication.models import ContactEntry
from domain.database import Database
from domain.errors import Forbidden
from tests.builders import add_patient, add_therapist
from tests.conftest import NOW, Office
from tests.examples import examples


def note(session: Session, body: str, at: datetime = NOW, **about: int) -> None:
    """An entry of the history."""
    session.add(ContactEntry(at=at, channel="phone", kind="note", body=body, **about))
    session.flush()


def test_the_newest_are_found_in_any_form(database: Database) -> None:
    """With whose they are and some words around; a patient's are read in the record, where that is noted."""
    with database.write() as session:
        patient = add_patient(session, first_name="Lea", last_name="Groß")
        therapist = add_therapist(session, first_name="Ina", last_name="Sommer")
        note(session, "Der Antrag liegt bei der Krankenkasse.", NOW - timedelta(days=2), patient_id=patient)
        note(session, "Zwei Therapieplätze ab März.", NOW - timedelta(days=1), therapist_id=therapist)
        note(session, "Kein Platz mehr.", NOW, therapist_id=therapist)
        found = find_contacts(session, "Plätze", each=6)
        assert [(hit.page, hit.record_id, hit.name, hit.words) for hit in found] == [
            ("therapists", therapist, "Ina Sommer", "Kein Platz mehr."),
            ("therapists", therapist, "Ina Sommer", "Zwei Therapieplätze ab März."),
        ]
        one = find_contacts(session, "anträge kasse", each=6)
        assert [(hit.page, hit.record_id, hit.name, hit.words) for hit in one] == [
            ("patients", patient, "Lea Groß", "")
        ]
        assert find_contacts(session, "Plätze -März", each=6) == found[:1]


@pytest.mark.parametrize("typed", ["", "a", "an", "und die", "-Platz", "& | !", '""'])
def test_what_tells_nothing_finds_nothing(database: Database, typed: str) -> None:
    """Two letters, words of no meaning, only what must not be there."""
    with database.write() as session:
        note(session, "und die an einem Montag", patient_id=add_patient(session))
        assert find_contacts(session, typed, each=6) == ()


def test_a_rare_word_is_found_however_old(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the newest entries, too; of a frequent one the newest come."""
    monkeypatch.setattr(finding_contacts, "RECENT", 3)
    with database.write() as session:
        practice = add_therapist(session)
        note(session, "Warteliste in Köln", therapist_id=practice)
        for number in range(8):
            note(session, f"Anruf {number}", NOW + timedelta(hours=number), therapist_id=practice)
        assert [hit.words for hit in find_contacts(session, "Köln", each=2)] == ["Warteliste in Köln"]
        assert [hit.words for hit in find_contacts(session, "Anruf", each=2)] == ["Anruf 7", "Anruf 6"]


def test_who_may_not_read_patients_finds_nothing_of_them(database: Database, office: Office) -> None:
    """The database's rules hold for the search as for every page."""
    with database.write() as session:
        note(session, "Ein Geheimnis", patient_id=add_patient(session))
    for person in ("admin", "auditor"):
        other = office.database(person)
        with suppress(Forbidden), other.read() as session:
            assert find_contacts(session, "Geheimnis", each=6) == ()
        other.close()


@given(st.text(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=examples(13))
def test_nothing_typed_is_an_operator(database: Database, typed: str) -> None:
    """Whatever it is, it finds or does not."""
    if "\0" in typed or any(0xD800 <= ord(sign) < 0xE000 for sign in typed):
        return
    with database.read() as session:
        session.execute(text("SELECT 1"))
        find_contacts(session, typed, each=6)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Kurz: Platz.", "Kurz: Platz."),
        ("x" * 60 + " Platz " + "y" * 60, "… Platz " + "y" * 39 + " …"),
        ("ab drei vier fünf sechs sieben acht neun zehn Platz\nx", "… vier fünf sechs sieben acht neun zehn Platz x"),
        ("ohne", "ohne"),
    ],
)  # fmt: skip
def test_some_words_around(body: str, said: str) -> None:
    """In one line, beginning with a whole word."""
    assert extract(body, terms_of("platz"), {"platz": "platz"}) == said
