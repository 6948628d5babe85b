"""Searching a history: German forms, a word half typed, colleagues of a practice; nothing typed is an operator."""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from domain.casework import mail_reports, reminding
from domain.casework.calling import finish_call
from domain.casework.history import patient_history, therapist_history
from domain.casework.receiving import receive
from domain.communication.contacts import CallResult, ContactNote, note_contact, note_patient_contact
from domain.communication.incoming.parse import parse_mail
from domain.communication.models import ContactEntry
from domain.communication.states import CallStatus
from domain.database import Database
from domain.therapists.models import Therapist
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import NOW
from tests.domain.casework.steps import ask, calls, mails
from tests.examples import examples


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


TEXT = (
    "Frau Größer: Therapieplatz in der Mühlenstraße, Wartelistenplatz ab März;"
    " freie Plätze für Frauen, Tel. 0241-123456"
)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Mühlenstraße", True),
        ("Muehlenstrasse", True),
        ("muhlenstrasse", True),
        ("GRÖSSER", True),
        ("Maerz", True),
        ("Warteliste", True),  # the beginning of a compound
        ("Straße", True),  # and its end
        ("strasse", True),
        ("Therapie", True),
        ("Platz", True),
        ("Therapieplätze", True),
        ("123456", True),
        ('"freie Plätze"', True),
        ("„freie Plätze“", True),
        ('"Plätze freie"', False),
        ('"freie Plätze für Frauen"', True),  # a word that says nothing still takes its place
        ('"Plätze Frauen"', False),
        ('"freie Pla', False),
        ("Platz -Therapieplatz", False),
        ("Platz -Garten", True),
        ('-"freie Plätze"', False),
        ("-", True),
        ("Plat", True),
        ("und die", True),
        ("Gruppe", False),
        ("ort", False),
    ],
)
def test_german_words_are_found(database: Database, words: str, found: bool) -> None:
    """Umlauts and ß in either spelling, parts of compounds, words in a row, words left out."""
    with database.write() as session:
        patient = add_patient(session)
        note(session, TEXT, patient_id=patient)
        assert bool(patient_history(session, patient, words=words)) is found


@pytest.mark.parametrize(
    ("words", "marked"),
    [
        ("platz", ["Therapieplatz", "Wartelistenplatz", "Plätze"]),
        ("plaetze", ["Therapieplatz", "Wartelistenplatz", "Plätze"]),
        ('"freie Plätze" -Garten', ["Therapieplatz", "Wartelistenplatz", "freie", "Plätze"]),
        ("müh", ["Mühlenstraße"]),
        ("", []),
    ],
)
def test_what_was_looked_for_is_marked(database: Database, words: str, marked: list[str]) -> None:
    """Each word that holds one that was typed."""
    with database.write() as session:
        patient = add_patient(session)
        note(session, TEXT, patient_id=patient)
        (entry,) = patient_history(session, patient, words=words)
        assert [entry.body[start:end] for start, end in entry.marks] == marked


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Besuch", 1),
        ("Telefon", 1),
        ("besu", 1),
        ("-Besuch", 1),
        ("Besuch Mühle", 1),
        ("Besuch Garten", 0),
        ("Brief", 0),
    ],
)
def test_the_names_of_kinds_and_channels_are_found(database: Database, words: str, found: int) -> None:
    """What people read above an entry is searched as well as its words."""
    with database.write() as session:
        patient = add_patient(session)
        note(session, "Mühlenstraße", patient_id=patient)
        session.add(ContactEntry(at=NOW, channel="visit", kind="note", body="Mühle", patient_id=patient))
        session.flush()
        called = {"visit": "Besuch", "phone": "Telefon", "letter": "Brief"}
        assert len(patient_history(session, patient, words=words, called=called)) == found


def test_older_entries_follow_a_page_at_a_time(database: Database) -> None:
    """250 entries of the same minute: three pages, each entry once."""
    with database.write() as session:
        patient = add_patient(session)
        for number in range(250):
            note(session, f"Eintrag {number}", patient_id=patient)
        seen: list[int] = []
        sizes = []
        while page := patient_history(session, patient, before=seen[-1] if seen else None):
            seen += [entry.entry_id for entry in page]
            sizes.append(len(page))
    assert sizes == [100, 100, 50]
    assert len(set(seen)) == 250


def test_everything_joins_one_timeline(database: Database, now: datetime) -> None:
    """Mail out and in, call, letter, visit; a patient's own mail, too, and the practice's side of it."""
    with database.write() as session:
        patient = add_patient(session, email="lea@familie.example")
        therapist = add_therapist(session)
        by_mail = ask(session, add_search(session, patient), now=now, channel=Channel.EMAIL, therapist=therapist)
        (mail,) = mails(session, by_mail, "inquiry")
        mail_reports.sent_by_hand(session, mail.id, now=now)
        session.flush()
        for sender, subject in (
            (f"{session.get_one(Therapist, therapist).email}", f"Re: [PL-{by_mail.reference}]"),
            ("lea@familie.example", "Ich bin im Urlaub"),
        ):
            raw = (
                f"From: {sender}\r\nTo: buero@buero.example\r\nSubject: {subject}\r\n"
                f"Message-ID: <{subject[:3].strip()}@x.example>\r\n\r\nGuten Tag\r\n"
            )
            receive(session, parse_mail(raw.encode()), now=now)
        reminding.remind(session, by_mail.id, now=now, by_phone=True)
        (call,) = calls(session, by_mail)
        finish_call(session, call.id, CallResult(CallStatus.REACHED, outcome="melden sich"), now=now)
        note_contact(session, therapist, ContactNote(now, "visit", "out", "", "Broschüren gebracht"), now=now)
        note_patient_contact(session, patient, ContactNote(now, "visit", "in", "", "Unterlagen"), now=now)
        letter = ask(session, add_search(session, add_patient(session)), now=now)
        session.flush()
        own = {(e.channel, e.direction) for e in patient_history(session, patient)}
        theirs = {(e.channel, e.direction) for e in therapist_history(session, therapist)}
        on_paper = {(e.channel, e.direction) for e in therapist_history(session, letter.therapist_id)}
        colleague = add_therapist(session, practice_id=session.get_one(Therapist, therapist).practice_id)
        whole = therapist_history(session, colleague, whole_practice=True)
        told = [e.body for e in patient_history(session, patient, words="Urlaub")]
    assert own == {("email", "out"), ("email", "in"), ("phone", "out"), ("visit", "in")}
    assert theirs == {("email", "out"), ("email", "in"), ("phone", "out"), ("visit", "out")}
    assert on_paper == {("letter", "out")}
    assert {(e.channel, e.direction) for e in whole} == theirs
    assert len(told) == 1


def test_a_practice_is_searched_with_its_colleagues(database: Database) -> None:
    """A colleague took the call."""
    with database.write() as session:
        asked = add_therapist(session)
        colleague = add_therapist(session, practice_id=session.get_one(Therapist, asked).practice_id)
        note(session, "Rückruf versprochen", therapist_id=colleague)
        assert therapist_history(session, asked, words="Rückruf") == ()
        (entry,) = therapist_history(session, asked, words="Rückruf", whole_practice=True)
        assert entry.body == "Rückruf versprochen"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(20))
@given(st.text(max_size=40).filter(lambda t: "\x00" not in t))
def test_nothing_typed_breaks_the_search(database: Database, words: str) -> None:
    """Whatever stands in the field."""
    with database.read() as session:
        assert patient_history(session, 1, words=words) == ()
