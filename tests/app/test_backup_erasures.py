"""What was erased stays erased, whatever backup is brought back; and a server's database is brought back in place."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from nacl.public import PrivateKey
from sqlalchemy import create_engine, select, text

from app.backups.making import Made, make_backup
from app.backups.restoring import Restored, Target, restore
from app.backups.targets import server_target
from app.office_sealing import seal
from domain.backups.erasures import FILE, erasures_beside, erasures_in, keep_beside
from domain.backups.files import Kind, backups_in
from domain.casework.mail_erasure import erase_mail
from domain.casework.mail_reports import decide_unclear
from domain.casework.patient_record import withdraw_patient
from domain.casework.receiving import receive
from domain.casework.record_erasure import erase_record
from domain.casework.taking import take_mail
from domain.casework.word_erasure import erase_words
from domain.communication.contacts import ContactNote, note_patient_contact
from domain.communication.evidence.chain import chain_waiting
from domain.communication.incoming.models import IncomingEmail
from domain.communication.incoming.parse import parse_mail
from domain.communication.models import ContactEntry, Email, PhoneCall
from domain.database import Database, Session
from domain.errors import Unavailable
from domain.health.leaks import LEAKING, OPEN_OBJECTS
from domain.matching.models import PlaceSearch
from domain.patients.files import add_file, erase_file
from domain.patients.lifecycle import lift_restriction, restrict
from domain.patients.models import Patient
from domain.values import Channel
from tests.builders import add_patient, add_search
from tests.conftest import NOW, Office
from tests.domain.casework.steps import ask, mails
from tests.domain.casework.test_word_erasure import called
from tests.domain.communication.evidence.log import check
from tests.domain.patients.papers import pdf
from tests.domain.patients.test_files import holding
from ui.errors import describe_code

KEY = PrivateKey.generate()
CANARY = "Kanarienvogel"


@pytest.fixture
def target(office: Office) -> Iterator[Target]:
    """The office's server; databases that were set aside are dropped afterwards."""
    yield server_target(office.url("owner"))
    engine = create_engine(office.cluster.admin_url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        left = connection.scalars(
            text("SELECT datname FROM pg_database WHERE starts_with(datname, :n)"), {"n": f"{office.name}_"}
        ).all()
        for name in left:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    engine.dispose()
    assert all("_before_" in name for name in left)


def backed_up(office: Office, folder: Path, now: datetime) -> Made:
    """A backup by hand."""
    return make_backup(office.url("owner"), folder, [bytes(KEY.public_key)], kind=Kind.MANUAL, now=now)


def brought_back(target: Target, made: Made, folder: Path, now: datetime) -> Restored:
    """With the safety copy beside it."""
    return restore(target, made.path, [KEY], safety=[bytes(KEY.public_key)], folder=folder, now=now)


def with_words(session: Session) -> tuple[int, int, int]:
    """A patient of whom three rows say something: patient, call, paper."""
    search = add_search(session)
    patient = session.get_one(PlaceSearch, search).patient_id
    note_patient_contact(session, patient, ContactNote(NOW, "phone", "in", "Mutter", f"{CANARY} eins"), now=NOW)
    call = called(session, search, words=f"{CANARY} zwei").id
    paper = add_file(
        session, patient, name=f"{CANARY}.pdf", content=pdf(), kind="ptv11", now=NOW, note=f"{CANARY} drei"
    )
    return patient, call, paper


def test_what_was_erased_after_a_backup_is_erased_again(
    office: Office, database: Database, target: Target, tmp_path: Path
) -> None:
    """The words come back with the backup and are gone before anybody may work; everything else is as it was."""
    owner = office.database("owner")
    with owner.write() as session:
        seal(session)
    owner.close()
    with database.write() as session:
        patient, call, paper = with_words(session)
        other, _, _ = with_words(session)
    with database.write() as session:
        chain_waiting(session)
    made = backed_up(office, tmp_path, NOW)
    with database.write() as session:
        erase_words(session, patient, reason="Antrag", now=NOW)
        erase_file(session, paper, reason="Antrag", now=NOW)
        later = session.scalars(select(ContactEntry.id).where(ContactEntry.body == "")).all()
    database.close()
    done = brought_back(target, made, tmp_path, NOW + timedelta(hours=1))
    assert done.done.erased_again >= len(later) + 1 == 3
    with database.read() as session:
        assert session.get_one(PhoneCall, call).outcome == ""
        told = session.scalars(select(ContactEntry.body).order_by(ContactEntry.id)).all()
        assert [CANARY in words for words in told] == [False, False, True, True]
    assert set(holding(office, f"{CANARY} eins")) == {"communication_service.contact_entry", "audit.content"}
    with database.write() as session:
        assert erase_words(session, other, reason="Antrag", now=NOW).contacts == 2
    checked = check(database)
    assert (checked.links, checked.erased, checked.sound) == (4, 4, True)
    owner = office.database("owner")
    with owner.read() as session:
        proof = "SELECT pg_catalog.has_database_privilege('test_jana', current_database(), 'CONNECT')"
        assert session.scalar(text(proof))
        assert session.scalars(text(LEAKING)).all() == session.scalars(text(OPEN_OBJECTS)).all() == []
    owner.close()


def test_a_record_that_was_erased_does_not_come_back(
    office: Office, database: Database, target: Target, tmp_path: Path
) -> None:
    """Who it was, what it needed, its papers; also where the backup has the search still open, and held back."""
    patients = []
    with database.write() as session:
        for ended in ({"status": "cancelled", "closed_at": NOW}, dict[str, object]()):
            patient = add_patient(session, last_name=CANARY, email=f"{CANARY}@mail.example", note=f"{CANARY} vier")
            add_search(session, patient, **ended)
            add_file(
                session, patient, name=f"{CANARY}.pdf", content=pdf(), kind="ptv11", now=NOW, note=f"{CANARY} drei"
            )
            note_patient_contact(session, patient, ContactNote(NOW, "phone", "in", "Mutter", f"{CANARY} eins"), now=NOW)
            patients.append(patient)
        restrict(session, patients[1], now=NOW)
    made = backed_up(office, tmp_path, NOW)
    with database.write() as session:
        lift_restriction(session, patients[1])
        session.execute(text("UPDATE matching_service.place_search SET status = 'cancelled', closed_at = now()"))
        for patient in patients:
            withdraw_patient(session, patient, reason="möchte nicht mehr", now=NOW)
            erase_record(session, patient, reason="Antrag", now=NOW)
    database.close()
    assert brought_back(target, made, tmp_path, NOW + timedelta(hours=1)).done.erased_again >= 2
    assert holding(office, CANARY) == {}
    with database.read() as session:
        for record in session.scalars(select(Patient)).all():
            assert (record.last_name, record.email, record.erased_at is not None) == ("gelöschte Akte", "", True)
        assert session.scalars(select(PlaceSearch.status)).all() == ["cancelled", "cancelled"]


def test_the_list_outlives_the_database(office: Office, database: Database, target: Target, tmp_path: Path) -> None:
    """Erased, then restored from before twice: the file beside the backups and later backups know it, by ids alone."""
    with database.write() as session:
        patient, _, _ = with_words(session)
    first = backed_up(office, tmp_path, NOW)
    with database.write() as session:
        erase_words(session, patient, reason=f"Antrag {CANARY}", now=NOW)
    engine = create_engine(office.url("owner"))
    with engine.begin() as connection:
        erased = erasures_in(connection)
    engine.dispose()
    keep_beside(tmp_path, erased)
    keep_beside(tmp_path, erased)
    assert erasures_beside(tmp_path) == erased
    listed = json.loads((tmp_path / FILE).read_text("ascii"))
    assert {type(value) for entry in listed["erasures"] for name, value in entry.items() if name != "what"} <= {
        int, str, list,
    }  # fmt: skip
    assert CANARY not in (tmp_path / FILE).read_text("ascii")
    backed_up(office, tmp_path, NOW + timedelta(hours=1))
    # the database that knew it is lost, and so is the file: an office of before stands in its place
    (tmp_path / FILE).unlink()
    database.close()
    owner = create_engine(office.url("owner"))
    with owner.begin() as connection:
        connection.execute(text("ALTER TABLE audit.contact_erasure DISABLE TRIGGER USER"))
        connection.execute(text("DELETE FROM audit.contact_erasure"))
        connection.execute(text("ALTER TABLE audit.contact_erasure ENABLE TRIGGER USER"))
    owner.dispose()
    assert brought_back(target, first, tmp_path, NOW + timedelta(hours=2)).done.erased_again >= 2
    assert len(erasures_beside(tmp_path)) >= 2
    with database.read() as session:
        assert set(session.scalars(select(ContactEntry.body))) == {""}


def test_a_number_given_anew_is_nobody_elses_erasure(
    office: Office, database: Database, target: Target, tmp_path: Path
) -> None:
    """After a restore numbers are given again: an erasure of before means the row it was about and no other."""
    with database.write() as session:
        add_search(session)
    empty = backed_up(office, tmp_path, NOW)
    with database.write() as session:
        patient, _, paper = with_words(session)
        erase_words(session, patient, reason="Antrag", now=NOW)
        erase_file(session, paper, reason="Antrag", now=NOW)
    database.close()
    brought_back(target, empty, tmp_path, NOW + timedelta(hours=1))
    with database.write() as session:
        assert with_words(session)[2] == paper
    again = backed_up(office, tmp_path, NOW + timedelta(hours=2))
    database.close()
    assert brought_back(target, again, tmp_path, NOW + timedelta(hours=3)).done.erased_again == 0
    with database.read() as session:
        assert all(CANARY in words for words in session.scalars(select(ContactEntry.body)))


def test_nothing_is_brought_back_while_somebody_works_or_the_list_is_broken(
    office: Office, database: Database, target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are said before anything is done; the database, the folder and who works there are left alone."""
    monkeypatch.setattr("app.backups.targets._LEAVING_SECONDS", 0)
    made = backed_up(office, tmp_path, NOW)
    with database.read() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(Unavailable, match="in_use"):
            brought_back(target, made, tmp_path, NOW)
    monkeypatch.undo()
    database.close()
    (tmp_path / FILE).write_text("{}")
    with pytest.raises(Unavailable, match="erasures_unreadable"):
        brought_back(target, made, tmp_path, NOW)
    assert [file.path for file in backups_in(tmp_path)] == [made.path]


def test_a_mail_that_waited_is_not_sent_twice_and_one_of_nobody_stays_erased(
    office: Office, database: Database, target: Target, tmp_path: Path
) -> None:
    """It may have gone since the backup: it is unclear, nothing takes it by itself, and a person sends it again.

    The one that came from nobody stands in nobody's history, so its erasure is listed by itself.
    """
    source = b"From: lea@web.example\nSubject: Lea Sommer\nMessage-ID: <1@web.example>\n\nIch bin krank.\n"
    with database.write() as session:
        (email,) = mails(session, ask(session, add_search(session), now=NOW, channel=Channel.EMAIL), "inquiry")
        assert email.status == "queued"
        came = receive(session, parse_mail(source), now=NOW).incoming_id
    made = backed_up(office, tmp_path, NOW)
    with database.write() as session:
        erase_mail(session, came, reason="Antrag", now=NOW)
    database.close()
    assert brought_back(target, made, tmp_path, NOW + timedelta(hours=1)).done.held_mails == 1
    with database.write() as session:
        held = session.get_one(Email, email.id)
        assert (held.status, describe_code(held.failure_cause)[:26]) == ("unclear", "Diese E-Mail wartete, als ")
        assert take_mail(session, email.id, now=NOW + timedelta(hours=1)) is None
        decide_unclear(session, email.id, arrived=False, now=NOW + timedelta(hours=1))
        assert held.status == "queued"
        found = session.get_one(IncomingEmail, came)
        assert (found.subject, found.body_text, found.from_address) == ("", "", "")


def test_persons_are_made_anew_on_another_server(
    office: Office, database: Database, target: Target, tmp_path: Path
) -> None:
    """Whom the server does not know gets a login without a password, in the groups of before."""
    owner = create_engine(office.url("owner"))
    with owner.begin() as connection:
        connection.execute(text("CREATE ROLE test_lea LOGIN"))
        connection.execute(text("GRANT platzlotse_caseworker TO test_lea"))
    made = backed_up(office, tmp_path, NOW)
    with owner.begin() as connection:
        connection.execute(text("DROP ROLE test_lea"))
    owner.dispose()
    database.close()
    assert brought_back(target, made, tmp_path, NOW).newcomers == ("test_lea",)
    owner = create_engine(office.url("owner"))
    with owner.begin() as connection:
        may = text("SELECT pg_has_role('test_lea', 'platzlotse_caseworker', 'MEMBER')")
        open_to = text("SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = 'test_lea'")
        assert (connection.scalar(may), connection.scalar(open_to)) == (True, True)
        connection.execute(text("DROP ROLE test_lea"))
    owner.dispose()
