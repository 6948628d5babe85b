"""What a mail said stands in the history of whom it is about, is found there, and goes with that person."""

from contextlib import closing
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import text

from domain.casework.finding_contacts import find_contacts
from domain.casework.history import patient_history, therapist_history
from domain.casework.mail_reports import mail_sent
from domain.casework.word_erasure import erase_words
from domain.communication.claiming import claim
from domain.communication.drafts.accepting import accept_draft
from domain.communication.drafts.records import Addressee, Draft, DraftState
from domain.communication.evidence.chain import link_waiting
from domain.communication.queries import get_mail
from domain.database import Database, Session
from domain.values import Channel
from tests.builders import add_patient, add_search
from tests.conftest import Office
from tests.domain.casework.steps import ask, mails

SOON = timedelta(minutes=5)


def written(session: Session, patient: int, words: str, *, now: datetime) -> int:
    """A mail of one's own to a patient, which was sent."""
    draft = Draft(
        uuid4(), DraftState.QUEUED, Addressee("lea@mail.example", "Lea", None, patient), "Nachricht", words, None, "",
        None, 1, now,
    )  # fmt: skip
    number = accept_draft(session, draft, [], now=now)
    send(session, number, now=now)
    return number


def send(session: Session, number: int, *, now: datetime) -> None:
    """The account sends it."""
    assert claim(session, number, now=now + SOON) is not None
    mail_sent(session, number, now=now + SOON, server_reply="250 ok")
    session.flush()


def test_the_text_of_a_mail_is_told_and_found(database: Database, now: datetime) -> None:
    """Every word of it, in any German form, with its subject; the search over everything shows none of it."""
    with database.write() as session:
        patient = add_patient(session, email="lea@mail.example")
        written(session, patient, "Guten Tag,\n\nder Brombeertermin ist verschoben.\n", now=now)
    with database.read() as session:
        (entry,) = patient_history(session, patient)
        assert entry.body.split("\n")[0] == "Nachricht"
        assert "der Brombeertermin ist verschoben." in entry.body
        (found,) = patient_history(session, patient, words="Brombeertermine")
        assert [found.body[start:end] for start, end in found.marks] == ["Brombeertermin"]
        (hit,) = find_contacts(session, "Brombeertermin", each=6)
        assert hit.words == ""


def test_of_a_mail_about_several_only_the_subject_is(database: Database, now: datetime) -> None:
    """Nobody reads another's words in a history; asked for alone, patient and practice have the text."""
    with database.write() as session:
        first, second = add_patient(session), add_patient(session)
        both = ask(session, add_search(session, first), add_search(session, second), now=now, channel=Channel.EMAIL)
        third = add_patient(session)
        alone = ask(session, add_search(session, third), now=now, channel=Channel.EMAIL)
        letters = {}
        for inquiry in (both, alone):
            (mail,) = mails(session, inquiry, "inquiry")
            send(session, mail.id, now=now)
            letters[inquiry.id] = mail.subject, mail.body_text
        practices = both.therapist_id, alone.therapist_id
        ids = both.id, alone.id
    subject, words = letters[ids[0]]
    with database.read() as session:
        for patient in (first, second):
            assert [entry.body for entry in patient_history(session, patient)] == [subject]
        assert [entry.body for entry in therapist_history(session, practices[0])] == [subject]
        subject, words = letters[ids[1]]
        said, _, footer = words.partition("\n--")
        assert "Widerspruch" in footer
        for history in (patient_history(session, third), therapist_history(session, practices[1])):
            assert [entry.body for entry in history] == [f"{subject}\n\n{said}"]
        hits = find_contacts(session, "psychotherapeutische", each=6)
        assert all("\n" not in hit.words for hit in hits)


def test_the_text_goes_with_the_person(office: Office, database: Database, now: datetime) -> None:
    """Erased it stands nowhere: neither in the history nor in what the audit keeps."""
    with database.write() as session:
        patient = add_patient(session, email="lea@mail.example")
        number = written(session, patient, "Der Brombeertermin ist verschoben.", now=now)
        while link_waiting(session):
            session.flush()
        erase_words(session, patient, reason="Antrag", now=now + SOON)
    with database.read() as session:
        assert get_mail(session, number, now=now).body_text == ""
        assert [entry.body for entry in patient_history(session, patient)] == [""]
        assert patient_history(session, patient, words="Brombeertermin") == ()
    with closing(office.database("owner")) as owner, owner.read() as session:
        kept = "SELECT count(*) FROM audit.content c WHERE c.after::text LIKE '%Brombeer%'"
        assert session.scalar(text(kept)) == 0
