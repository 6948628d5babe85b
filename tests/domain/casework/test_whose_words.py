"""Whose a mail is that names somebody: what is erased with them, who is asked before, where its answer goes."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.draft_upload import upload
from domain.casework.history import patient_history, therapist_history
from domain.casework.letter_corrections import take_back_printed
from domain.casework.mail_reports import mail_sent
from domain.casework.own_letters import begin_answer
from domain.casework.printed_letters import letters_of
from domain.casework.release import release_search
from domain.casework.taking import take_mail
from domain.casework.word_erasure import erase_words
from domain.communication.claiming import claim
from domain.communication.drafts.records import Addressee, DraftText
from domain.communication.drafts.store import DraftStore
from domain.communication.evidence.chain import link_waiting
from domain.communication.mails import Letter, queue_mail
from domain.communication.models import Email
from domain.database import Database
from domain.errors import Conflict, PlatzlotseError
from domain.matching.states import ItemStatus
from domain.therapists.models import Therapist
from tests.builders import add_patient, add_search
from tests.conftest import Office
from tests.domain.casework.steps import ask, print_all
from tests.domain.casework.test_naming import drafted, names, own_mail, practice, store  # noqa: F401 (a fixture)
from tests.domain.casework.test_receiving import sent_inquiry, take_in
from tests.domain.communication.evidence.log import check
from tests.domain.communication.incoming.letters import bounce, reply

HOUR = timedelta(hours=1)


def send_all(session: Session, *, now: datetime) -> None:
    """The worker sends what waits."""
    for mail in session.scalars(text("SELECT id FROM communication_service.email WHERE status = 'queued'")).all():
        assert take_mail(session, mail, now=now + HOUR) is not None
        mail_sent(session, mail, now=now + HOUR, server_reply="250 ok")
    session.flush()


@pytest.mark.parametrize(
    ("subject", "shared", "left"),
    [
        ("Jonas Roth fragt auch", False, "Jonas Roth fragt auch"),
        ("Lea Berger, Jonas Roth", False, "Lea Berger, Jonas Roth"),
        ("Lea Berger ist schwanger", False, ""), ("Lea Berger ist schwanger", True, ""),
        ("Lea Berger, Jonas Roth", True, "Lea Berger, Jonas Roth"),
    ],
)  # fmt: skip
def test_what_is_erased_goes_by_whom_it_names(
    database: Database, store: DraftStore, now: datetime, subject: str, shared: bool, left: str  # noqa: F811
) -> None:  # fmt: skip
    """Not by whom its inquiry was about: what names somebody else stays, what names her alone goes."""
    with database.write() as session:
        lea = add_patient(session, first_name="Lea", last_name="Berger")
        jonas = add_patient(session, first_name="Jonas", last_name="Roth")
        searches = [add_search(session, lea)] + ([add_search(session, jonas)] if shared else [])
        inquiry = ask(session, *searches, now=now)
        asked = session.get_one(Therapist, inquiry.therapist_id)
        to, number = Addressee(asked.email, "", therapist_id=asked.id), inquiry.id
    drafted(database, store, to, now=now, confirmed=(jonas,), subject=subject, inquiry=number)
    assert upload(store, database, now=now).done == 1
    with database.write() as session:
        send_all(session, now=now)
        with suppress(PlatzlotseError):  # nothing is hers alone
            erase_words(session, lea, reason="Art. 17", now=now)
        own = "SELECT split_part(body, chr(10), 1) FROM communication_service.contact_entry WHERE kind = 'own'"
        assert session.scalars(text(own)).all() == [left]
        link_waiting(session)
    assert check(database).sound


def test_a_withdrawal_about_one_goes_with_their_contacts(database: Database, now: datetime) -> None:
    """Though its inquiry was about another one, too; and a letter is not taken back after that."""
    with database.write() as session:
        lea, jonas = add_patient(session), add_patient(session)
        mine = add_search(session, lea)
        inquiry = ask(session, mine, add_search(session, jonas), now=now)
        release_search(session, mine, ItemStatus.WITHDRAWN, reason="Umzug", now=now + HOUR)
        print_all(session, inquiry.id, now=now + 2 * HOUR)
        assert erase_words(session, lea, reason="Art. 17", now=now).contacts == 1
        assert "" in [e.body for e in patient_history(session, lea)]
        other = add_patient(session)
        alone = ask(session, add_search(session, other), now=now)
        (letter,) = letters_of(session, alone.id)
        erase_words(session, other, reason="Art. 17", now=now)
        with pytest.raises(Conflict, match=r"letter\.words_erased"):
            take_back_printed(session, letter.letter_id, now=now + 3 * HOUR)
        link_waiting(session)
    assert check(database).sound


def test_an_answer_in_a_patients_thread_is_asked_about_by_its_address(
    database: Database, store: DraftStore, now: datetime  # noqa: F811
) -> None:  # fmt: skip
    """The patient passed the mail on, a practice answered: it was asked about nobody. The last look says so, too."""
    with database.write() as session:
        lea = add_patient(session, first_name="Lea", last_name="Berger", email="lea@mail.example")
        to = practice(session)
        first = queue_mail(
            session, kind="patient", to_address="lea@mail.example", to_name="Lea", patient_id=lea,
            letter=Letter("Stand", "Hallo", ""), now=now,
        )  # fmt: skip
        session.flush()
        claim(session, first, now=now)
        mail_sent(session, first, now=now, server_reply="250 ok")
        thread = session.get_one(Email, first).message_id
        begun = begin_answer(session, take_in(session, reply("Mehr?", sender=to.address, answers=thread)).incoming_id)
    number = store.add(DraftText(begun.addressee, "Re", "Lea Berger sucht.", None, begun.in_reply_to), now=now)
    store.queue(number, now=now)
    assert upload(store, database, now=now).refused == 1
    assert store.get(number).refused == "drafts.names_unasked"
    store.forget(number)
    harmless = store.add(DraftText(begun.addressee, "Re", "Jonas Roth sucht.", None, begun.in_reply_to), now=now)
    store.queue(harmless, now=now)
    assert upload(store, database, now=now).done == 1
    with database.write() as session:
        add_patient(session, first_name="Jonas", last_name="Roth")
        mail = session.scalar(text("SELECT max(id) FROM communication_service.email"))
        assert take_mail(session, mail, now=now + HOUR) is None
        assert session.get_one(Email, mail).failure_cause == "stopped.names_unasked"


def test_a_mail_that_came_back_told_nobody(database: Database) -> None:
    """The practice counts as never asked."""
    with database.write() as session:
        lea = add_patient(session, first_name="Lea", last_name="Berger")
        inquiry, mail = sent_inquiry(session, add_search(session, lea))
        asked = session.get_one(Therapist, inquiry.therapist_id)
        to = Addressee(asked.email, "", therapist_id=asked.id)
        assert names(session, to, "Lea Berger") == []
        take_in(session, bounce(mail.message_id, recipient=mail.to_address))
        assert names(session, to, "Lea Berger") == ["Lea Berger"]


def test_another_one_who_hands_it_over_confirmed_nothing(
    office: Office, database: Database, store: DraftStore, now: datetime  # noqa: F811
) -> None:  # fmt: skip
    """It comes back to be asked; in the name of who said so it goes."""
    with database.write() as session:
        lea, to = add_patient(session, first_name="Lea", last_name="Berger"), practice(session)
    drafted(database, store, to, now=now, confirmed=(lea,))
    other = office.database("tom")
    assert upload(store, other, now=now).refused == 1
    other.close()
    drafted(database, store, to, now=now, confirmed=(lea,))
    assert upload(store, database, now=now).done == 1


@pytest.mark.parametrize("handed_over", [False, True])
def test_a_second_record_of_the_same_name_stops_nothing(
    database: Database, worker_database: Database, store: DraftStore, now: datetime, handed_over: bool  # noqa: F811
) -> None:  # fmt: skip
    """Who confirmed saw that name."""
    with database.write() as session:
        lea, to = add_patient(session, first_name="Lea", last_name="Berger"), practice(session)
    drafted(database, store, to, now=now, confirmed=(lea,))
    if handed_over:
        assert upload(store, database, now=now).done == 1
    with database.write() as session:
        add_patient(session, first_name="Lea", last_name="Berger")
    if not handed_over:
        assert upload(store, database, now=now).done == 1
    with worker_database.write() as session:
        mail = session.scalar(text("SELECT max(id) FROM communication_service.email"))
        assert take_mail(session, mail, now=now + HOUR) is not None


def test_a_mail_too_long_to_be_looked_through_is_stopped(database: Database, now: datetime) -> None:
    """Whatever program put it into the outbox."""
    with database.write() as session:
        mail = own_mail(session, practice(session), now=now)
        session.execute(text("UPDATE communication_service.email SET body_text = repeat('Wort ', 60000)"))
        assert session.scalar(text("SELECT communication_service.names_unasked(:mail)"), {"mail": mail})


def test_the_answer_to_a_mail_of_ones_own_is_the_practices(
    database: Database, store: DraftStore, now: datetime  # noqa: F811
) -> None:  # fmt: skip
    """It stands in the history of whom the mail went to."""
    with database.write() as session:
        to = practice(session)
    number = store.add(DraftText(to, "Frage", "Haben Sie Plätze?"), now=now)
    store.queue(number, now=now)
    upload(store, database, now=now)
    with database.write() as session:
        send_all(session, now=now)
        thread = session.scalar(text("SELECT message_id FROM communication_service.email"))
        filed = take_in(session, reply("Ja, zwei.", sender="anders@praxis.example", answers=thread))
        assert filed.belonging.therapist_id == to.therapist_id
        session.flush()
        assert {e.kind for e in therapist_history(session, to.therapist_id or 0)} == {"own", "reply"}
