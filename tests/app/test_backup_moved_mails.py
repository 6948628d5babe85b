"""A mail that was put elsewhere since a backup: what its going emptied is no erasure, and no restore repeats it."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from app.backups.restoring import Target
from domain.backups.erasures import What, erasures_in
from domain.casework import whose_mail
from domain.casework.receiving import receive
from domain.casework.word_erasure import erase_words
from domain.communication.incoming.models import IncomingEmail
from domain.communication.incoming.parse import parse_mail
from domain.communication.models import ContactEntry
from domain.database import Database, Session
from tests.app.test_backup_erasures import CANARY, backed_up, brought_back, target
from tests.builders import add_patient
from tests.conftest import NOW, Office

HOUR = timedelta(hours=1)
DATED = "Date: Sun, 01 Mar 2026 09:00:00 +0000\n"
__all__ = ["target"]


def came(session: Session, date: str = DATED, who: str = "lea") -> tuple[int, int, int]:
    """A mail of the first patient, who writes from the address on record, and another patient: mail, first, second."""
    first, second = add_patient(session, email=f"{who}@mail.example"), add_patient(session)
    source = f"From: {who}@mail.example\nSubject: Absage\nMessage-ID: <{who}@mail.example>\n{date}\n{CANARY}\n"
    return receive(session, parse_mail(source.encode()), now=NOW).incoming_id, first, second


def put(database: Database, mail: int, *patients: int) -> None:
    """To one after the other, an hour between."""
    for hours, patient in enumerate(patients, 1):
        with database.write() as session:
            whose_mail.assign_patient(session, mail, patient, now=NOW + hours * HOUR)


def said(database: Database) -> list[tuple[int | None, bool]]:
    """Whose the entries of the mail are, and whether they have its words."""
    with database.read() as session:
        entries = session.scalars(select(ContactEntry).where(ContactEntry.kind == "reply").order_by(ContactEntry.id))
        return [(entry.patient_id, CANARY in entry.body) for entry in entries]


def erased_contacts(office: Office) -> set[int]:
    """The entries a restore would empty again."""
    engine = create_engine(office.url("owner"))
    with engine.begin() as connection:
        found = {erasure.id for erasure in erasures_in(connection) if erasure.what is What.CONTACT}
    engine.dispose()
    return found


def test_a_mail_that_went_and_came_back_keeps_its_words(
    office: Office, database: Database, target: Target, tmp_path: Path
) -> None:
    """It stood rightly when the backup was made, and the entry of its return is not in there: the first one answers."""
    with database.write() as session:
        mail, lea, tarek = came(session)
    made = backed_up(office, tmp_path, NOW)
    put(database, mail, tarek, lea)
    assert said(database) == [(lea, False), (tarek, False), (lea, True)]
    database.close()
    assert brought_back(target, made, tmp_path, NOW + 3 * HOUR).done.erased_again == 0
    assert said(database) == [(lea, True)]
    with database.read() as session:
        assert session.get_one(IncomingEmail, mail).patient_id == lea


def test_where_its_words_were_erased_meanwhile_they_stand_nowhere(
    office: Office, database: Database, target: Target, tmp_path: Path
) -> None:
    """Whose words they are asked for it: they leave the history the mail stood in by mistake, too.

    Whether it was put there before the backup or after.
    """
    with database.write() as session:
        before, lea, tarek = came(session)
        after, mia, tom = came(session, who="mia")
    put(database, before, tarek)
    made = backed_up(office, tmp_path, NOW)
    put(database, after, tom)
    with database.write() as session:
        for patient in (tarek, tom):
            erase_words(session, patient, reason="Antrag", now=NOW + 2 * HOUR)
    database.close()
    assert brought_back(target, made, tmp_path, NOW + 3 * HOUR).done.erased_again >= 2
    assert sorted(said(database)) == [(lea, False), (tarek, False), (mia, False)]


@pytest.mark.parametrize("date", [DATED, ""])
def test_its_words_are_followed_to_where_they_stand(office: Office, database: Database, date: str) -> None:
    """Over several moves, also of a mail that does not say when it was written; erased there they are erased."""
    with database.write() as session:
        mail, lea, tarek = came(session, date)
        mia = add_patient(session)
    put(database, mail, tarek, mia, lea, mia)
    assert [has for _, has in said(database)] == [False] * 4 + [True]
    assert erased_contacts(office) == set()
    with database.write() as session:
        erase_words(session, mia, reason="Antrag", now=NOW + 9 * HOUR)
    with database.read() as session:
        entries = session.scalars(select(ContactEntry.id).where(ContactEntry.kind == "reply")).all()
    assert len(entries) == 5
    assert erased_contacts(office) >= set(entries)
