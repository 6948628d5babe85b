"""A mail of one's own names a patient its practice was never asked about: it leaves only when a person says so."""

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from domain.access import me
from domain.casework.draft_upload import upload
from domain.casework.history import patient_history, therapist_history
from domain.casework.mail_reports import mail_sent
from domain.casework.naming import named_in, unasked_in
from domain.casework.taking import look_before_by_hand, take_mail
from domain.casework.word_erasure import erase_words
from domain.communication.drafts.records import Addressee, Confirmation, DraftState, DraftText
from domain.communication.drafts.store import DraftStore
from domain.communication.evidence.chain import link_waiting
from domain.communication.mails import Letter, queue_mail
from domain.communication.models import Email
from domain.database import Database
from domain.matching.models import PlaceSearch
from domain.therapists.models import Therapist
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import Office
from tests.domain.casework.steps import ask, items, only_item
from tests.domain.communication.evidence.log import check

HELLO = "Sehr geehrte Frau Sommer,\n\n"
MAILS = "SELECT count(*) FROM communication_service.email"


@pytest.fixture
def store(tmp_path: Path) -> DraftStore:
    """An empty store."""
    return DraftStore(tmp_path / "drafts.db", bytes(range(32)))


def practice(session: Session, **values: object) -> Addressee:
    """A practice to write to."""
    number = add_therapist(session, **({"first_name": "Ina", "last_name": "Sommer"} | values))  # type: ignore[arg-type]
    found = session.get_one(Therapist, number)
    return Addressee(found.email, f"{found.first_name} {found.last_name}", therapist_id=number)


def names(session: Session, to: Addressee, *words: str) -> list[str]:
    """Whom words name to somebody who was never asked about them."""
    session.flush()
    return [one.name for one in named_in(session, to, words) if not one.asked]


@pytest.mark.parametrize(
    "words",
    [
        "Lea Öztürk sucht", "LEA OEZTUERK", "Öztürk, Lea", "Frau Öztürk", "FRAU ÖZTÜRK",
        "Herrn Öztürks Termin", "Lea Öztürks Termin", "L. Öztürk", "Patientin Öztürk", "Befund_Öztürk_Lea.pdf",
        "**Lea**  Öztürk", "Lea\nÖztürk", "Lea Marie Öztürk", "oeztuerk@mail.example", "An: LEA Ö.\nFamilie Öztürk",
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_written(database: Database, words: str) -> None:
    """Both names, a title or an initial before the last one, the address; in any spelling."""
    with database.write() as session:
        add_patient(session, first_name="Lea Marie", last_name="Öztürk", email="oeztuerk@mail.example")
        assert names(session, practice(session), "Frage", HELLO + words) == ["Lea Marie Öztürk"]


@pytest.mark.parametrize(
    "words",
    [
        "Lea sucht", "Winter ist kalt, Frau Krause", "Leas Winter", "Frau Winterberg", "Lea und Frau Sommer im Winter",
        "Guten Tag Frau Winter,\n\nvielen Dank", "Liebe Lea Winter\n\nDanke", "A. Winterschlaf",
    ],
)  # fmt: skip
def test_other_words_name_nobody(database: Database, words: str) -> None:
    """A word of everyday German, half a name, and who is greeted."""
    with database.write() as session:
        add_patient(session, first_name="Lea", last_name="Winter")
        assert names(session, practice(session), words) == []


def test_who_works_there_or_here_is_not_the_patient_of_that_name(database: Database) -> None:
    """Frau Sommer of the practice; but a first name tells the patient apart."""
    with database.write() as session:
        add_patient(session, first_name="Lea", last_name="Sommer")
        to = practice(session)
        assert names(session, to, "ist Frau Sommer im Haus?") == []
        assert names(session, to, "für Lea Sommer suchen wir") == ["Lea Sommer"]


def test_a_code_or_reference_names_those_behind_it(database: Database, now: datetime) -> None:
    """Where the practice was asked about them nothing is said; nor to a colleague there, nor at the same mailbox."""
    with database.write() as session:
        one, two = add_search(session), add_search(session)
        inquiry = ask(session, one, two, now=now)
        both = items(session, inquiry)
        other, words = practice(session), f"wegen {both[0].reference_code}"
        assert len(names(session, other, words)) == 1
        assert len(names(session, other, f"Ihre Nachricht [PL-{inquiry.reference}]")) == 2
        asked = session.get_one(Therapist, inquiry.therapist_id)
        assert names(session, Addressee(asked.email, "", therapist_id=asked.id), words) == []
        assert names(session, Addressee(asked.email.upper(), ""), words) == []
        colleague = practice(session, practice_id=asked.practice_id)
        assert names(session, colleague, words) == []
        shared = practice(session, contact_point_id=asked.contact_point_id)
        assert names(session, shared, words) == []


def test_a_practice_that_has_no_letter_yet_was_not_asked(database: Database, now: datetime) -> None:
    """An inquiry that waits tells nobody anything."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now, channel=Channel.EMAIL)
        code = only_item(session, inquiry).reference_code
        asked = session.get_one(Therapist, inquiry.therapist_id)
        assert len(names(session, Addressee(asked.email, "", therapist_id=asked.id), code)) == 1


def test_nobody_is_asked_about_themselves_or_among_colleagues(database: Database) -> None:
    """A mail to the patient, to their address, or to somebody of the office; an unknown address is asked about."""
    with database.write() as session:
        patient = add_patient(session, first_name="Lea", last_name="Berger", email="lea@mail.example")
        words = "Lea Berger hat einen Termin"
        assert names(session, Addressee("lea@mail.example", "Lea", patient_id=patient), words) == []
        assert names(session, Addressee("Lea@mail.example", ""), words) == []
        assert names(session, Addressee("tom@buero.example", ""), words) == []
        assert names(session, Addressee("wer@anders.example", ""), words) == ["Lea Berger"]


def said(database: Database, store: DraftStore, number: UUID, *patients: int) -> Confirmation:
    """That a draft may name these patients, by whoever is signed in."""
    with database.read() as session:
        return Confirmation(frozenset(patients), me(session).id, store.get(number).revision)


def drafted(
    database: Database,
    store: DraftStore,
    to: Addressee,
    *,
    now: datetime,
    confirmed: tuple[int, ...] = (),
    subject: str = "Lea Berger",
    inquiry: int | None = None,
) -> UUID:
    """A draft about Lea Berger that waits for the server."""
    number = store.add(DraftText(to, subject, "Wie besprochen.", inquiry), now=now)
    store.queue(number, now=now, confirmed=said(database, store, number, *confirmed))
    return number


def test_a_draft_nobody_was_asked_about_comes_back(database: Database, store: DraftStore, now: datetime) -> None:
    """Written without the server, it stays with a sentence's reason; confirmed it goes, and who said so is kept."""
    with database.write() as session:
        patient, to = add_patient(session, first_name="Lea", last_name="Berger"), practice(session)
    number = drafted(database, store, to, now=now)
    came = upload(store, database, now=now)
    assert (came.done, came.refused) == (0, 1)
    draft = store.get(number)
    assert (draft.state, draft.refused) == (DraftState.DRAFT, "drafts.names_unasked")
    assert draft.refused_params == {"names": "Lea Berger", "practice": "Ina Sommer"}
    with database.read() as session:
        assert session.scalar(text(MAILS)) == 0
        assert [one.patient_id for one in unasked_in(session, draft)] == [patient]
    store.queue(number, now=now, confirmed=said(database, store, number, patient))
    assert upload(store, database, now=now).done == 1
    with database.read() as session:
        mine = "SELECT patient_id, confirmed_by = platform.current_person_id() FROM communication_service.email_patient"
        kept = session.execute(text(mine)).all()
        assert [tuple(row) for row in kept] == [(patient, True)]


def test_other_words_are_confirmed_anew(database: Database, store: DraftStore, now: datetime) -> None:
    """What was said of one text holds for no other one."""
    with database.write() as session:
        patient, to = add_patient(session, first_name="Lea", last_name="Berger"), practice(session)
    number = drafted(database, store, to, now=now, confirmed=(patient,))
    store.reopen(number)
    store.save(number, DraftText(to, "Lea Berger", "Noch etwas."), now=now)
    store.queue(number, now=now)
    assert upload(store, database, now=now).refused == 1


def test_asked_about_it_goes_without_a_word(database: Database, store: DraftStore, now: datetime) -> None:
    """Of whom it tells is kept all the same."""
    with database.write() as session:
        patient = add_patient(session, first_name="Lea", last_name="Berger")
        inquiry = ask(session, add_search(session, patient), now=now)
        asked = session.get_one(Therapist, inquiry.therapist_id)
        to = Addressee(asked.email, "", therapist_id=asked.id)
    drafted(database, store, to, now=now)
    assert upload(store, database, now=now).done == 1
    with database.read() as session:
        told = text("SELECT patient_id, confirmed_by FROM communication_service.email_patient")
        assert [tuple(row) for row in session.execute(told)] == [(patient, None)]


def own_mail(session: Session, to: Addressee, *, now: datetime) -> int:
    """A mail that came into the outbox past the window, as by a program of the release before."""
    return queue_mail(
        session, kind="own", to_address=to.address, to_name=to.name, therapist_id=to.therapist_id,
        letter=Letter("Frage", "Lea Berger sucht.", ""), now=now,
    )  # fmt: skip


def test_the_last_look_stops_what_nobody_confirmed(
    office: Office, database: Database, worker_database: Database, now: datetime
) -> None:
    """By the worker, who learns yes or no and of no patient, and by hand."""
    with database.write() as session:
        add_patient(session, first_name="Lea", last_name="Berger")
        to = practice(session)
        first, second = own_mail(session, to, now=now), own_mail(session, to, now=now)
        assert look_before_by_hand(session, second, now=now) == "stopped.names_unasked"
    with worker_database.write() as session:
        assert take_mail(session, first, now=now + timedelta(hours=1)) is None
    with database.read() as session:
        mail = session.get_one(Email, first)
        assert (mail.status, mail.failure_cause) == ("cancelled", "stopped.names_unasked")
    url = make_url(office.url("worker")).set(drivername="postgresql").render_as_string(hide_password=False)
    for refused in (
        "SELECT * FROM communication_service.patients_named('Lea Berger', NULL, '')",
        "SELECT * FROM communication_service.email_patient",
    ):
        with closing(psycopg.connect(url)) as worker, pytest.raises(psycopg.errors.InsufficientPrivilege):
            worker.execute(refused)


def test_nobody_confirms_in_anothers_name(office: Office, database: Database, now: datetime) -> None:
    """Nor of another's mail."""
    with database.write() as session:
        patient, to = add_patient(session, first_name="Lea", last_name="Berger"), practice(session)
        mail = own_mail(session, to, now=now)
    other = office.database("tom")
    for by in ("(SELECT max(id) FROM platform.person)", "platform.current_person_id()"):
        said = f"INSERT INTO communication_service.email_patient VALUES ({mail}, {patient}, {by}, now())"
        with pytest.raises(Exception, match=r"row-level security|forbidden|42501"), other.write() as session:
            session.execute(text(said))
    other.close()


def test_a_mail_stands_in_the_history_of_whom_it_names(database: Database, store: DraftStore, now: datetime) -> None:
    """And the practice's history names them beside it."""
    with database.write() as session:
        patient, to = add_patient(session, first_name="Lea", last_name="Berger"), practice(session)
    drafted(database, store, to, now=now, confirmed=(patient,))
    upload(store, database, now=now)
    with database.write() as session:
        mail = session.scalar(text("SELECT id FROM communication_service.email"))
        later = now + timedelta(hours=1)
        assert take_mail(session, mail, now=later) is not None
        mail_sent(session, mail, now=later, server_reply="250 ok")
        session.flush()
        assert [(e.kind, e.patient) for e in patient_history(session, patient)] == [("own", "Lea Berger")]
        assert [e.patient for e in therapist_history(session, to.therapist_id or 0)] == ["Lea Berger"]
        nobody = session.get_one(PlaceSearch, add_search(session)).patient_id
        assert patient_history(session, nobody) == ()


def test_what_names_one_alone_is_erased_with_their_contacts(
    database: Database, store: DraftStore, now: datetime
) -> None:
    """The subject goes from the log; a mail about two people is the other's, too, and stays."""
    with database.write() as session:
        lea = add_patient(session, first_name="Lea", last_name="Berger")
        jonas, to = add_patient(session, first_name="Jonas", last_name="Roth"), practice(session)
    for subject in ("Lea Berger", "Lea Berger und Jonas Roth"):
        drafted(database, store, to, now=now, confirmed=(lea, jonas), subject=subject)
    upload(store, database, now=now)
    with database.write() as session:
        later = now + timedelta(hours=1)
        for mail in session.scalars(text("SELECT id FROM communication_service.email ORDER BY id")).all():
            assert take_mail(session, mail, now=later) is not None
            mail_sent(session, mail, now=later, server_reply="250 ok")
    with database.write() as session:
        assert erase_words(session, lea, reason="Art. 17", now=now).contacts == 1
        assert sorted(e.body for e in patient_history(session, lea)) == ["", "Lea Berger und Jonas Roth"]
        link_waiting(session)
    assert check(database).sound
