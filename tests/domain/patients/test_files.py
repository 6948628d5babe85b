"""Papers in the database: added, opened, erased without a trace, and closed to who has no business with them."""

from datetime import datetime
from threading import Barrier, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.agenda import TaskKind, agenda
from domain.casework.patient_files import take_over_attachment
from domain.casework.patient_record import restrict_patient
from domain.communication.incoming.models import IncomingAttachment, IncomingEmail
from domain.database import Database
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.patients import files
from domain.patients.files import add_file, erase_file, list_files, open_file, used_bytes
from tests.builders import add_patient, add_search
from tests.conftest import Office
from tests.domain.patients.papers import EXE, pdf
from tests.domain.test_access import logged_in, refused

CANARY = "Kanarienvogel"
EVERYTHING = """
SELECT format('SELECT %L, count(*) FROM %I.%I t WHERE t::text LIKE %L OR t::text LIKE %L',
              table_schema || '.' || table_name, table_schema, table_name, cast(:plain AS text), cast(:hexed AS text))
FROM information_schema.tables WHERE table_type = 'BASE TABLE'
  AND table_schema NOT IN ('pg_catalog', 'information_schema')
"""


def holding(office: Office, words: str) -> dict[str, int]:
    """The tables with the words in any row, as text or as bytes."""
    with logged_in(office, "owner") as connection:
        asked = {"plain": f"%{words}%", "hexed": f"%{words.encode().hex()}%"}
        queries = connection.scalars(text(EVERYTHING), asked).all()
        counts = [connection.exec_driver_sql(query.replace("%", "%%")).one() for query in queries]
    return {name: count for name, count in counts if count}


def test_a_paper_is_kept_and_comes_back(office: Office, database: Database, now: datetime) -> None:
    """Byte by byte; the list knows who and when; the opening is in the log."""
    with database.write() as session:
        patient = add_patient(session)
        number = add_file(
            session, patient, name="C:\\Scans\\PTV 11.pdf", content=pdf(), kind="ptv11", now=now, note=" von heute "
        )
    with database.write() as session:
        (line,) = list_files(session, patient)
        opened = open_file(session, number)
    assert (line.name, line.kind, line.size, line.added_by, line.added_at, line.note) == (
        "PTV 11.pdf", "ptv11", len(pdf()), "Jana Brand", now, "von heute",
    )  # fmt: skip
    assert (opened.name, opened.media_type, opened.content) == ("PTV 11.pdf", "application/pdf", pdf())
    log = (
        "SELECT actor, row_id FROM audit.entry WHERE operation = 'read' AND table_name = 'patient_service.patient_file'"
    )
    with logged_in(office, "auditor") as connection:
        assert connection.execute(text(log)).one() == ("test_jana", number)


def test_erasing_leaves_nothing_of_it_anywhere(office: Office, database: Database, now: datetime) -> None:
    """Neither content nor name nor note in any table, the audit's content among them; who, when and why stay."""
    with database.write() as session:
        patient = add_patient(session)
        number = add_file(
            session, patient, name=f"{CANARY}.pdf", content=pdf(CANARY), kind="ptv11", now=now, note=f"ein {CANARY}"
        )
    assert holding(office, CANARY).keys() == {
        "patient_service.patient_file", "patient_service.patient_file_content", "audit.content",
    }  # fmt: skip
    with database.write() as session:
        erase_file(session, number, reason="falsche Person", now=now)
    assert holding(office, CANARY) == {}
    with database.write() as session:
        (line,) = list_files(session, patient)
        assert (line.name, line.erased_by, line.erased_at, line.erased_reason) == (
            "", "Jana Brand", now, "falsche Person",
        )  # fmt: skip
        assert used_bytes(session, patient) == 0
        with pytest.raises(NotFound, match="gone"):
            open_file(session, number)
        with pytest.raises(Conflict, match="gone"):
            erase_file(session, number, reason="noch einmal", now=now)
    log = "SELECT operation FROM audit.entry WHERE table_name = 'patient_service.patient_file' ORDER BY id"
    with logged_in(office, "auditor") as connection:
        assert connection.scalars(text(log)).all() == ["insert", "update"]


def test_bytes_never_come_into_the_audit(office: Office, database: Database, now: datetime) -> None:
    """Not even before they are erased."""
    with database.write() as session:
        add_file(session, add_patient(session), name="a.pdf", content=pdf(CANARY), kind="other", now=now)
    assert holding(office, CANARY) == {"patient_service.patient_file_content": 1}


def test_the_same_file_twice_is_told(database: Database, now: datetime) -> None:
    """By content, under any name, with who brought it; erased, it may come again; other patients do not count."""
    with database.write() as session:
        patient, other = add_patient(session), add_patient(session)
        number = add_file(session, patient, name="a.pdf", content=pdf(), kind="ptv11", now=now)
        add_file(session, other, name="a.pdf", content=pdf(), kind="ptv11", now=now)
    with pytest.raises(Conflict) as told, database.write() as session:
        add_file(session, patient, name="b.pdf", content=pdf(), kind="consent", now=now)
    assert (told.value.code, told.value.params["name"], told.value.params["by"]) == (
        "patient_file.there", "a.pdf", "Jana Brand",
    )  # fmt: skip
    with database.write() as session:
        erase_file(session, number, reason="unleserlich", now=now)
        add_file(session, patient, name="b.pdf", content=pdf(), kind="consent", now=now)


def test_two_people_add_the_same_file(database: Database, second_database: Database, now: datetime) -> None:
    """At the same moment: one has added it, the other is told."""
    with database.write() as session:
        patient = add_patient(session)
    came: list[str] = []
    start = Barrier(2)

    def add(seat: Database) -> None:
        start.wait()
        try:
            with seat.write() as session:
                add_file(session, patient, name="PTV11.pdf", content=pdf(), kind="ptv11", now=now)
        except Conflict as exc:
            came.append(exc.code)
        else:
            came.append("added")

    threads = [Thread(target=add, args=(seat,)) for seat in (database, second_database)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == ["added", "patient_file.there"]


def test_a_restricted_record_takes_no_files(office: Office, database: Database, now: datetime) -> None:
    """Neither through the program nor past it."""
    with database.write() as session:
        patient = add_patient(session)
        add_search(session, patient)
        restrict_patient(session, patient, now=now)
    with pytest.raises(Forbidden, match="restricted"), database.write() as session:
        add_file(session, patient, name="a.pdf", content=pdf(), kind="ptv11", now=now)
    row = (
        "INSERT INTO patient_service.patient_file (patient_id, kind, name, media_type, size, added_at)"
        f" VALUES ({patient}, 'other', 'a.pdf', 'application/pdf', 1, now())"
    )
    with logged_in(office, "jana") as connection:
        assert refused(connection, row)


def test_the_papers_of_one_patient_have_a_limit(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file that would cross it is refused; what was erased does not count."""
    monkeypatch.setattr(files, "PATIENT_BYTES", len(pdf("1")) * 2)
    with database.write() as session:
        patient = add_patient(session)
        first = add_file(session, patient, name="1.pdf", content=pdf("1"), kind="other", now=now)
        add_file(session, patient, name="2.pdf", content=pdf("2"), kind="other", now=now)
        with pytest.raises(Invalid, match="too_many"):
            add_file(session, patient, name="3.pdf", content=pdf("3"), kind="other", now=now)
        erase_file(session, first, reason="doppelt", now=now)
        add_file(session, patient, name="3.pdf", content=pdf("3"), kind="other", now=now)


@pytest.mark.parametrize("person", ["worker", "auditor", "admin"])
@pytest.mark.parametrize("table", ["patient_file", "patient_file_content"])
def test_only_caseworkers_read_papers(office: Office, person: str, table: str) -> None:
    """Whatever program connects."""
    with logged_in(office, person) as connection:
        assert refused(connection, f"SELECT * FROM patient_service.{table}")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE patient_service.patient_file_content SET content = 'x'",
        "DELETE FROM patient_service.patient_file_content",
        "DELETE FROM patient_service.patient_file",
        "UPDATE patient_service.patient_file SET erased_at = NULL, erased_reason = '', name = 'a.pdf'",
    ],
)
def test_nobody_changes_a_paper_past_the_program(
    office: Office, database: Database, now: datetime, statement: str
) -> None:
    """Content goes by erasing alone, and what was erased stays erased."""
    with database.write() as session:
        patient = add_patient(session)
        number = add_file(session, patient, name="a.pdf", content=pdf(), kind="ptv11", now=now)
        erase_file(session, number, reason="doppelt", now=now)
        add_file(session, add_patient(session), name="b.pdf", content=pdf(), kind="ptv11", now=now)
    with logged_in(office, "jana") as connection:
        assert refused(connection, statement)


def test_no_kind_and_no_reason_are_refused(database: Database, now: datetime) -> None:
    """Both are asked for."""
    with database.write() as session:
        patient = add_patient(session)
        with pytest.raises(Invalid, match="no_kind"):
            add_file(session, patient, name="a.pdf", content=pdf(), kind="", now=now)
        number = add_file(session, patient, name="a.pdf", content=pdf(), kind="ptv11", now=now)
        with pytest.raises(Invalid, match="reason_missing"):
            erase_file(session, number, reason=" ", now=now)


def mail_of(database: Database, patient: int | None, content: bytes, now: datetime) -> int:
    """A mail with one file; returns the file's id."""
    with database.write() as session:
        mail = IncomingEmail(
            sha256=b"x", size=1, received_at=now, kind="patient", matched_by="sender", patient_id=patient
        )
        session.add(mail)
        session.flush()
        file = IncomingAttachment(
            incoming_id=mail.id, name="PTV11.pdf", media_type="application/octet-stream", content=content
        )
        session.add(file)
        session.flush()
        return file.id


def test_a_file_of_a_patients_mail_is_taken_over(database: Database, now: datetime) -> None:
    """With the kind its content has, not the one its mail said."""
    with database.write() as session:
        patient = add_patient(session)
    attachment = mail_of(database, patient, pdf(), now)
    with database.write() as session:
        take_over_attachment(session, attachment, kind="ptv11", now=now)
        (line,) = list_files(session, patient)
    assert (line.name, line.media_type) == ("PTV11.pdf", "application/pdf")


def test_a_program_in_a_mail_is_not_taken_over(database: Database, now: datetime) -> None:
    """Renamed or not."""
    with database.write() as session:
        patient = add_patient(session)
    attachment = mail_of(database, patient, EXE, now)
    with pytest.raises(Invalid, match=r"file\.content"), database.write() as session:
        take_over_attachment(session, attachment, kind="ptv11", now=now)


def test_a_mail_of_nobody_has_no_record_to_go_to(database: Database, now: datetime) -> None:
    """It is assigned first."""
    attachment = mail_of(database, None, pdf(), now)
    with pytest.raises(Invalid, match="no_patient"), database.write() as session:
        take_over_attachment(session, attachment, kind="ptv11", now=now)


def test_what_a_paper_is_waits_for_a_person(database: Database, now: datetime) -> None:
    """Kept before anybody was asked it is told until somebody says; kept now it is said already; erased it is over."""
    with database.write() as session:
        patient = add_patient(session)
        add_search(session, patient)
        number = add_file(session, patient, name="Scan.pdf", content=pdf("1"), kind="other", now=now)
        gone = add_file(session, patient, name="Alt.pdf", content=pdf("2"), kind="other", now=now)
        assert told(session, now) == []
        session.execute(text("UPDATE patient_service.patient_file SET kind_confirmed = false"))
        files.erase_file(session, gone, reason="doppelt", now=now)
        session.expire_all()
        assert told(session, now) == ["papers"]
        with pytest.raises(Invalid, match="no_kind"):
            files.confirm_kind(session, number, "poem")
        with pytest.raises(Conflict, match="gone"):
            files.confirm_kind(session, gone, "ptv11")
        with pytest.raises(NotFound):
            files.confirm_kind(session, gone + 1000, "ptv11")
        files.confirm_kind(session, number, "ptv11")
        assert told(session, now) == []
        kept = {file.file_id: file for file in files.list_files(session, patient)}[number]
        assert (kept.kind, kept.kind_confirmed) == ("ptv11", True)
        with pytest.raises(Conflict, match="changed_meanwhile"):
            files.confirm_kind(session, number, "consent", version=kept.version - 1)
        restrict_patient(session, patient, now=now)
        with pytest.raises(Forbidden, match="restricted"):
            files.confirm_kind(session, number, "consent")


def told(session: Session, now: datetime) -> list[str]:
    """What Heute says of patients' records."""
    session.flush()
    tasks = agenda(session, now=now).tasks
    return [code for task in tasks if task.kind is TaskKind.CHECK_PATIENT for code in task.detail.split()]
