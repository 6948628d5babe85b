"""Searching a history: German forms, a word half typed, colleagues of a practice; nothing typed is an operator."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from domain.casework.history import patient_history, therapist_history
from domain.communication.models import ContactEntry
from domain.database import Database
from domain.therapists.models import Therapist
from tests.builders import add_patient, add_therapist
from tests.conftest import NOW


def note(session: Session, body: str, **about: int) -> None:
    """An entry of the history."""
    session.add(ContactEntry(at=NOW, channel="phone", kind="note", body=body, **about))
    session.flush()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Plätze", True),
        ("Platz", True),
        ("freie plätze", True),
        ("Januar Plät", True),
        ("Sommer", True),
        ("Warteliste", False),
        ("Platz Warteliste", False),
        ("& | ! ( :*", True),
        ("'; DROP TABLE x", False),
        ("", True),
    ],
)
def test_words_are_found_in_any_form(database: Database, words: str, found: bool) -> None:
    """All words must be there; signs are no words."""
    with database.write() as session:
        patient = add_patient(session)
        note(session, "Frau Sommer: ab Januar zwei freie Plätze", patient_id=patient)
        assert bool(patient_history(session, patient, words=words)) is found


def test_a_practice_is_searched_with_its_colleagues(database: Database) -> None:
    """A colleague took the call."""
    with database.write() as session:
        asked = add_therapist(session)
        colleague = add_therapist(session, practice_id=session.get_one(Therapist, asked).practice_id)
        note(session, "Rückruf versprochen", therapist_id=colleague)
        assert therapist_history(session, asked, words="Rückruf") == ()
        (entry,) = therapist_history(session, asked, words="Rückruf", whole_practice=True)
        assert entry.body == "Rückruf versprochen"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(max_size=40).filter(lambda t: "\x00" not in t))
def test_nothing_typed_breaks_the_search(database: Database, words: str) -> None:
    """Whatever stands in the field."""
    with database.read() as session:
        assert patient_history(session, 1, words=words) == ()
