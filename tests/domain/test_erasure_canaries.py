"""Nothing written of a patient outlives the erasure: every column of every table is searched for planted words.

Tables and columns come from the database's own catalogue, so that a new one is looked through without being named here.
"""

import email
import email.policy
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.logs import log_to_profile
from app.paths import Profile
from domain.access import me
from domain.casework import calling
from domain.casework.answers import record_answer
from domain.casework.batches.gathering import gather_weekly
from domain.casework.batches.making import make_next
from domain.casework.draft_upload import upload
from domain.casework.mail_reports import mail_sent
from domain.casework.receiving import receive
from domain.casework.taking import take_mail
from domain.casework.word_erasure import erase_words
from domain.communication.contacts import CallResult, ContactNote, note_patient_contact
from domain.communication.drafts.records import Addressee, Confirmation, DraftText
from domain.communication.drafts.store import DraftStore
from domain.communication.evidence.chain import chain_waiting
from domain.communication.incoming.parse import parse_mail
from domain.communication.mails import Letter, queue_mail
from domain.communication.states import CallStatus
from domain.database import Database
from domain.matching.models import Inquiry
from domain.matching.states import ItemStatus
from domain.patients.models import Guardian
from domain.therapists.models import Therapist
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import NOW, Office
from tests.domain.casework.batches.steps import release
from tests.domain.casework.steps import ask, calls, items, mails
from tests.domain.communication.evidence.log import check
from tests.domain.communication.incoming.letters import reply

CANARY = "kanari"  # every planted word begins with it
LATER = NOW + timedelta(hours=1)
PDF = b"%PDF-1.7\n1 0 obj\n<</Title (KanariAnhang)>>\nendobj\n"

# What stays, and why: an erasure of words leaves the record, which has rules of its own (Art. 17 (3), kept for the
# evidence and its retention); it is closed or erased by its own way.
RECORD = {
    "patient_service.patient": {
        "first_name", "last_name", "street", "email", "phone", "note", "resubmission_note", "sort_name", "search_text",
    },
    "patient_service.guardian": {"name", "email"},
    "patient_service.medical_information": {"complaint_note"},
    # the record's own history goes with the record
    "audit.content of patient_service.patient": {"after"},
    "audit.content of patient_service.guardian": {"after"},
    "audit.content of patient_service.medical_information": {"after"},
}  # fmt: skip

COLUMNS = text("""
    SELECT n.nspname, c.relname, a.attname, a.atttypid = 'bytea'::regtype AS bytes
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND n.nspname NOT LIKE 'pg_toast%' AND n.nspname NOT LIKE 'pg_temp%'
      AND t.typcategory NOT IN ('N', 'B', 'D', 'T')
    ORDER BY 1, 2, a.attnum""")


def found(owner: Database) -> dict[str, set[str]]:
    """Where a planted word stands: columns by table, the audit's content by the table it is of."""
    places: dict[str, set[str]] = {}
    with owner.read() as session:
        columns = session.execute(COLUMNS).all()
        assert len(columns) > 300
        tables: dict[tuple[str, str], list[str]] = {}
        for schema, table, column, is_bytes in columns:
            said = f"encode(r.{column}, 'escape')" if is_bytes else f'r."{column}"::text'
            tables.setdefault((schema, table), []).append(f"('{column}', {said})")
        for (schema, table), said_in in tables.items():
            home, joined = f"'{schema}.{table}'", ""
            if (schema, table) == ("audit", "content"):
                home, joined = "'audit.content of ' || e.table_name", "JOIN audit.entry e ON e.id = r.entry_id"
            query = (
                f"SELECT DISTINCT {home}, v.name FROM {schema}.{table} r {joined}"
                f" CROSS JOIN LATERAL (VALUES {', '.join(said_in)}) AS v(name, said) WHERE v.said ILIKE :word"
            )
            for place, column in session.execute(text(query), {"word": f"%{CANARY}%"}):
                places.setdefault(place, set()).add(column)
    return places


@pytest.fixture
def owner(office: Office) -> Iterator[Database]:
    """The database as its owner, who sees everything."""
    database = office.database("owner")
    yield database
    database.close()


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Path]:
    """The folder of a seat's log files, while they are written."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    profile = Profile(tmp_path / "seat")
    profile.logs.mkdir(parents=True)
    log_to_profile(profile, "test")
    yield profile.logs
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DraftStore]:
    """The drafts of a seat."""
    made = DraftStore(tmp_path / "drafts.db", bytes(range(32)))
    yield made
    made.close()


def planted(database: Database, owner: Database, store: DraftStore) -> int:
    """A patient of whom everything that can be written was written, each word a canary; returns the id."""
    with database.write() as session:
        patient = add_patient(
            session, first_name="Kanarivera", last_name="Kanarivogt", street="Kanaristraße", phone="KanariTelefon",
            email="kanari.vogt@kanari.example", note="KanariNotiz", resubmission_note="KanariVorlage",
            wants_status=True,
        )  # fmt: skip
        session.add(Guardian(patient_id=patient, name="Kanarimutter Kanarivogt", email="kanarimutter@mail.example"))
        session.execute(
            text("UPDATE patient_service.medical_information SET complaint_note = 'KanariKlage' WHERE patient_id = :p"),
            {"p": patient},
        )
        search = add_search(session, patient)
        note = ContactNote(NOW, "phone", "in", "KanariMutter", "KanariKontakt")
        note_patient_contact(session, patient, note, now=NOW)
        called = ask(session, search, now=NOW, channel=Channel.PHONE)
        call = calls(session, called)[-1]
        calling.finish_call(session, call.id, CallResult(CallStatus.NO_ANSWER, outcome="KanariAnruf"), now=NOW)
        letter = ask(session, search, now=NOW)
        record_answer(
            session, items(session, letter)[0].id, ItemStatus.REJECTION_CAPACITY, now=NOW, note="KanariAntwort"
        )
        therapist = session.get_one(Therapist, add_therapist(session, first_name="Ina", last_name="Sommer"))
        to = Addressee(therapist.email, "Ina Sommer", therapist_id=therapist.id)
        who = me(session).id
    # a mail of one's own with a file, handed over by a seat
    draft = store.add(DraftText(to, "Kanarivera Kanarivogt: KanariBetreff", "KanariWorte"), now=NOW)
    store.attach(draft, "KanariDatei.pdf", PDF)
    revision = store.get(draft).revision
    store.queue(draft, now=NOW, confirmed=Confirmation(frozenset({patient}), who, revision))
    assert upload(store, database, now=NOW).done == 1
    with database.write() as session:
        for subject in ("KanariBrief", "KanariWartend"):
            queue_mail(
                session, kind="patient", to_address="kanari.vogt@kanari.example", to_name="Kanarivera Kanarivogt",
                letter=Letter(subject, "KanariText", "<p>KanariHtml</p>"), now=NOW, patient_id=patient,
                in_reply_to="<1@kanari.example>", delay=timedelta(days=2 * (subject == "KanariWartend")),
            )  # fmt: skip
        inquiry = ask(session, search, now=NOW, channel=Channel.EMAIL)
        number = inquiry.id
        # the weekly status of a batch: its line, and the mail made of it
        batch = gather_weekly(session, now=NOW + timedelta(days=4)).batch_id
        release(session, batch, now=NOW + timedelta(days=4))
    with database.write() as session:
        assert make_next(session, batch, now=NOW + timedelta(days=4))
    with owner.write() as session:
        for words in (
            "UPDATE communication_service.email SET body_text = body_text || 'KanariAnfrage' WHERE kind = 'inquiry'",
            "UPDATE communication_service.printed_letter SET body = body || 'KanariPapier', subject = 'KanariPapier'",
        ):
            session.execute(text(words))
    with database.write() as session:
        due = "SELECT id FROM communication_service.email WHERE not_before IS NULL AND status = 'queued' ORDER BY id"
        for mail in session.scalars(text(due)).all():
            assert take_mail(session, mail, now=LATER) is not None
            mail_sent(session, mail, now=LATER, server_reply="250 ok")
    with database.write() as session:
        asked = session.get_one(Inquiry, number)
        (sent,) = mails(session, asked, "inquiry")
        for source in (
            reply("KanariEingang", sender="Kanarivera <kanari.vogt@kanari.example>", subject="KanariFrage"),
            reply("KanariAbsage", sender=sent.to_address, subject="Re: KanariAbsage", answers=sent.message_id),
        ):
            receive(session, parse_mail(_with_file(source)), now=LATER)
    with database.write() as session:
        chain_waiting(session)
    return patient


def _with_file(source: bytes) -> bytes:
    """The mail with a file."""
    message = email.message_from_bytes(source, policy=email.policy.default)
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="KanariBefund.pdf")
    return message.as_bytes()


def test_no_word_outlives_the_erasure(database: Database, owner: Database, store: DraftStore, logs: Path) -> None:
    """Planted in every kind of writing, found nowhere afterwards but in the record; the chain is sound."""
    patient = planted(database, owner, store)
    before = found(owner)
    assert {
        "communication_service.email", "communication_service.email_attachment", "communication_service.incoming_email",
        "communication_service.incoming_attachment", "communication_service.printed_letter",
        "communication_service.contact_entry", "communication_service.phone_call", "matching_service.answer",
    } <= before.keys()  # fmt: skip
    assert before["communication_service.email"] >= {"subject", "body_text", "body_html", "to_address", "to_name"}
    with database.write() as session:
        erased = erase_words(session, patient, reason="Antrag", now=LATER)
    assert found(owner) == RECORD
    assert (erased.mails, erased.received, erased.letters, erased.files, erased.shared) == (5, 2, 1, 3, 0)
    assert (erased.sent, erased.printed, erased.in_mailbox) == (3, 1, 0)
    with owner.read() as session:
        states = session.scalars(text("SELECT DISTINCT status FROM communication_service.email")).all()
        assert set(states) <= {"sent", "replied", "cancelled"}
        # to whom of the practices, and when, is still known
        kept = session.execute(
            text("SELECT to_address <> '', sent_at IS NOT NULL FROM communication_service.email WHERE kind = 'own'")
        ).one()
        assert tuple(kept) == (True, True)
    checked = check(database)
    assert checked.sound
    assert checked.erased == erased.contacts
    said = "".join(path.read_text("utf-8") for path in logs.iterdir())
    assert CANARY not in said.lower()
