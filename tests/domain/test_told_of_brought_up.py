"""A contact log from before 0021: of whom its letters and mails tell is found once, and its chain still holds."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.history import patient_history
from domain.communication.evidence.chain import chain_waiting
from domain.communication.evidence.verify import verify
from domain.communication.models import ContactEntry
from domain.migrations import migrate
from tests.conftest import NOW
from tests.domain.earlier_office import OFFICE_OF_0012, office_at
from tests.servers.postgres import TestCluster

# a second patient in the same inquiry; mails and letters as the release before left them
LOG = """
INSERT INTO patient_service.patient (id, last_name, registered_on)
    OVERRIDING SYSTEM VALUE VALUES (2, 'Roth', '2026-01-01');
INSERT INTO matching_service.place_search (id, patient_id, status, waiting_since)
    OVERRIDING SYSTEM VALUE VALUES (2, 2, 'active', '2026-01-01');
INSERT INTO matching_service.inquiry_item (id, inquiry_id, search_id, position, reference_code)
    OVERRIDING SYSTEM VALUE VALUES (2, 1, 2, 2, 'FGHJK');
INSERT INTO communication_service.email
    (id, kind, status, to_address, subject, body_text, message_id, inquiry_id, therapist_id, sent_at)
    OVERRIDING SYSTEM VALUE VALUES
    (1, 'inquiry', 'sent', 'a@b.example', 'x', 'für ABCDE und FGHJK', '<1@b>', 1, NULL, now()),
    (2, 'withdrawal', 'sent', 'a@b.example', 'x', 'ABCDE ist versorgt', '<2@b>', 1, NULL, now()),
    (3, 'own', 'sent', 'a@b.example', 'wegen FGHJK', 'Danke', '<3@b>', NULL, 1, now()),
    (4, 'reminder', 'sent', 'a@b.example', 'x', 'ohne Kennung', '<4@b>', 1, NULL, now()),
    (5, 'surplus', 'queued', 'a@b.example', 'x', 'nur ABCDE, mit FGHJK sprechen wir', '<5@b>', 1, NULL, NULL);
INSERT INTO communication_service.email_item VALUES (5, 1);
INSERT INTO communication_service.contact_entry (at, channel, direction, kind, inquiry_id, therapist_id, email_id)
    VALUES
    (now(), 'email', 'out', 'inquiry', 1, NULL, 1), (now(), 'email', 'out', 'withdrawal', 1, NULL, 2),
    (now(), 'email', 'out', 'own', NULL, 1, 3), (now(), 'email', 'out', 'reminder', 1, NULL, 4),
    (now(), 'email', 'out', 'surplus', 1, NULL, 5), (now(), 'phone', 'out', 'reached', 1, 1, NULL);
INSERT INTO communication_service.printed_letter
    (id, kind, inquiry_id, therapist_id, sender, address, written_on, subject, body, created_at)
    OVERRIDING SYSTEM VALUE VALUES (1, 'withdrawal', 1, 1, '', '', now(), '', '', now());
INSERT INTO communication_service.printed_letter_item (letter_id, item_id, inquiry_id) VALUES (1, 2, 1);
UPDATE communication_service.printed_letter SET printed_at = now();
INSERT INTO communication_service.contact_entry (at, channel, direction, kind, inquiry_id, therapist_id)
    VALUES (now(), 'letter', 'out', 'withdrawal', 1, 1);
"""
AS_BEFORE = """INSERT INTO communication_service.contact_entry (at, channel, direction, kind, therapist_id, email_id)
    VALUES (now(), 'email', 'out', 'own', 1, 3)"""
TOLD = "SELECT entry_id, patient_id FROM communication_service.contact_patient ORDER BY 1, 2"
# what came later brings settings of its own, elsewhere
AUDITED = "SELECT count(*) FROM audit.entry WHERE table_name LIKE 'communication_service.%'"


def test_an_old_log_knows_its_people_and_its_chain_holds(cluster: TestCluster) -> None:
    """Linked before, waiting before, and noted since: each is checked by what was sealed of it."""
    with office_at(cluster, "0020") as engine:
        with engine.begin() as connection:
            connection.execute(text(OFFICE_OF_0012))
            connection.exec_driver_sql(LOG)
        with Session(engine) as session:
            assert chain_waiting(session, many=3) == 3
            session.commit()
            links = session.execute(text("SELECT * FROM audit.contact_link ORDER BY number")).all()
        with engine.connect() as connection:
            audited = connection.scalar(text(AUDITED))
        assert migrate(engine)
        with Session(engine) as session:
            told = [tuple(row) for row in session.execute(text(TOLD))]
            assert told == [(1, 1), (1, 2), (2, 1), (3, 2), (5, 1), (7, 2)]
            assert session.scalar(text(AUDITED)) == audited
            assert session.execute(text("SELECT * FROM audit.contact_link ORDER BY number")).all() == links
            session.add(
                ContactEntry(at=NOW, channel="email", direction="out", kind="withdrawal", inquiry_id=1, email_id=2)
            )
            session.flush()
            assert chain_waiting(session) == 5
            checked = verify(session, now=NOW)
            assert (checked.links, checked.sound, checked.waiting) == (8, True, 0)
            assert _kinds(session, 1) == ["inquiry", "reached", "reminder", "surplus", "withdrawal", "withdrawal"]
            assert _kinds(session, 2) == ["inquiry", "own", "reached", "reminder", "withdrawal"]
            # the release before notes a mail as before: the database adds of whom it tells
            session.execute(text(AS_BEFORE))
            newest = session.execute(text(TOLD)).all()[-1]
            assert newest.patient_id == 2
            session.rollback()


def _kinds(session: Session, patient: int) -> list[str]:
    return sorted(entry.kind for entry in patient_history(session, patient))
