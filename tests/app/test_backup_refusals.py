"""Who said no after a backup is asked nothing by the office it brings back; who took the no back is as before."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from app.backups.restoring import Target
from domain.backups.refusals import (
    FILE,
    No,
    Refusal,
    keep_refusals_beside,
    last_decisions,
    read,
    refusals_beside,
    refusals_in,
    written,
)
from domain.casework.availability import change_status
from domain.casework.consent import withdraw
from domain.casework.mail_reports import decide_unclear
from domain.casework.merge_undo import undo_merge
from domain.casework.merging import merge
from domain.casework.opt_outs import opt_out, opt_outs, take_out
from domain.casework.patient_record import restrict_patient, unrestrict_patient
from domain.database import Database, Session
from domain.errors import Unavailable
from domain.matching.models import Inquiry, PlaceSearch
from domain.patients.models import Patient
from domain.therapists.models import Therapist
from domain.values import Channel
from tests.app.test_backup_erasures import backed_up, brought_back, target
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import NOW, Office
from tests.domain.casework.steps import ask, mails

__all__ = ["target"]
LATER = NOW + timedelta(hours=1)


def asked_for(session: Session) -> tuple[int, int]:
    """A patient for whom a mail to a practice waits: patient and mail."""
    search = add_search(session)
    (mail,) = mails(session, ask(session, search, now=NOW, channel=Channel.EMAIL), "inquiry")
    return session.get_one(PlaceSearch, search).patient_id, mail.id


def noted(office: Office) -> tuple[Refusal, ...]:
    """What the office's database lists."""
    engine = create_engine(office.url("owner"))
    with engine.begin() as connection:
        found = refusals_in(connection)
    engine.dispose()
    return found


def test_who_said_no_after_a_backup_is_not_written_to(
    office: Office, database: Database, target: Target, tmp_path: Path
) -> None:
    """Restricted, consent taken back, objected, no weekly status: all is so again; no waiting mail goes on."""
    with database.write() as session:
        restricted, first = asked_for(session)
        withdrew, second = asked_for(session)
        glad, third = asked_for(session)
        status = add_patient(session, wants_status=True)
        lifted = add_patient(session)
        practice = add_therapist(session)
        changed_mind = add_therapist(session)
    made = backed_up(office, tmp_path, NOW)
    with database.write() as session:
        restrict_patient(session, restricted, now=NOW)
        restrict_patient(session, lifted, now=NOW)
        withdraw(session, withdrew, "storage", now=NOW)
        session.get_one(Patient, status).wants_status = False
        change_status(session, practice, "opted_out", now=NOW)
        change_status(session, changed_mind, "opted_out", now=NOW)
    keep_refusals_beside(tmp_path, noted(office))
    with database.write() as session:
        unrestrict_patient(session, lifted)
        change_status(session, changed_mind, "active", reason="Ruft selbst an", now=NOW)
    database.close()
    done = brought_back(target, made, tmp_path, LATER)
    assert done.done.refused_again == 4
    with database.write() as session:
        closed = [session.get_one(Patient, one).restricted_at is not None for one in (restricted, lifted, glad)]
        assert closed == [True, False, False]
        assert [session.get_one(Therapist, one).status for one in (practice, changed_mind)] == ["opted_out", "active"]
        assert not session.get_one(Patient, status).wants_status
        why = [decide_unclear(session, mail, arrived=False, now=LATER) for mail in (first, second, third)]
        assert why == ["stopped.restricted", "stopped.consent", ""]
        assert session.scalars(text("SELECT close_reason FROM matching_service.inquiry ORDER BY id")).all() == [
            "restricted", "consent_withdrawn", "",
        ]  # fmt: skip
        withdrawn = "SELECT count(*) FROM patient_service.consent WHERE withdrawn_on = :day"
        assert session.scalar(text(withdrawn), {"day": NOW.date()}) == 1
        assert session.get_one(Inquiry, 3).closed_at is None


def test_who_objected_as_one_objects_as_the_two_they_were(
    office: Office, database: Database, target: Target, tmp_path: Path
) -> None:
    """Brought together after the backup: back from before it, neither record is asked; unless they took it back."""
    with database.write() as session:
        pairs = [(add_therapist(session), add_therapist(session)) for _ in range(3)]
    made = backed_up(office, tmp_path, NOW)
    numbers = []
    for keep, drop in pairs:
        with database.write() as session:
            numbers.append(merge(session, keep=keep, drop=drop, choices={}, now=NOW))
            opt_out(session, keep, now=NOW, whole_mailbox=False)
    keep_refusals_beside(tmp_path, noted(office))
    with database.write() as session:
        change_status(session, pairs[1][0], "active", reason="Ruft selbst an", now=LATER)
    with database.write() as session:
        undo_merge(session, numbers[2], now=LATER)
    with database.write() as session:
        change_status(session, pairs[2][1], "active", reason="Ruft selbst an", now=LATER)
    database.close()
    assert brought_back(target, made, tmp_path, LATER).done.refused_again == 3
    with database.read() as session:
        asked = [[session.get_one(Therapist, one).status for one in pair] for pair in pairs]
    assert asked == [["opted_out", "opted_out"], ["active", "active"], ["opted_out", "active"]]


def test_the_list_outlives_the_database(office: Office, database: Database, target: Target, tmp_path: Path) -> None:
    """Said no, then an older office stands in its place: the file beside the backups and a later one know it."""
    with database.write() as session:
        one, other = add_patient(session), add_patient(session)
    first = backed_up(office, tmp_path, NOW)
    with database.write() as session:
        restrict_patient(session, one, now=NOW)
    keep_refusals_beside(tmp_path, noted(office))
    listed = json.loads((tmp_path / FILE).read_text("ascii"))["refusals"]
    assert [(entry["what"], entry["id"], entry["stands"]) for entry in listed] == [("restricted", one, True)]
    with database.write() as session:
        restrict_patient(session, other, now=NOW)
    backed_up(office, tmp_path, LATER)
    database.close()
    owner = create_engine(office.url("owner"))
    with owner.begin() as connection:
        connection.execute(text("ALTER TABLE audit.entry DISABLE TRIGGER USER"))
        connection.execute(text("ALTER TABLE patient_service.patient DISABLE TRIGGER USER"))
        connection.execute(text("DELETE FROM audit.content"))
        connection.execute(text("DELETE FROM audit.entry"))
        connection.execute(text("UPDATE patient_service.patient SET restricted_at = NULL"))
        connection.execute(text("ALTER TABLE patient_service.patient ENABLE TRIGGER USER"))
        connection.execute(text("ALTER TABLE audit.entry ENABLE TRIGGER USER"))
    owner.dispose()
    assert brought_back(target, first, tmp_path, NOW + timedelta(hours=2)).done.refused_again == 2
    assert {refusal.id for refusal in refusals_beside(tmp_path)} == {one, other}
    with database.read() as session:
        assert all(session.get_one(Patient, patient).restricted_at for patient in (one, other))


def test_without_the_list_nothing_is_brought_back(
    office: Office, database: Database, target: Target, tmp_path: Path
) -> None:
    """A broken file is said before anything is done, and a mark of another row means nobody here."""
    with database.write() as session:
        patient = add_patient(session)
    made = backed_up(office, tmp_path, NOW)
    database.close()
    (tmp_path / FILE).write_text('{"refusals": [{"what": "restricted", "id": 1}]}')
    with pytest.raises(Unavailable, match="refusals_unreadable"):
        brought_back(target, made, tmp_path, LATER)
    (tmp_path / FILE).unlink()
    keep_refusals_beside(tmp_path, [Refusal(No.RESTRICTED, patient, "0" * 32, "1764000000.5", True)])
    assert brought_back(target, made, tmp_path, LATER).done.refused_again == 0


REFUSALS = st.lists(
    st.builds(
        Refusal,
        what=st.sampled_from(No),
        id=st.integers(1, 3),
        mark=st.sampled_from(["a", "b"]),
        at=st.decimals(0, 20, places=1).map(str),
        stands=st.booleans(),
    )
)


@given(REFUSALS, REFUSALS)
def test_the_last_decision_holds_in_whatever_order_lists_are_read(some: list[Refusal], others: list[Refusal]) -> None:
    """Lists of several places say the same together in any order; as values they come back as they were."""
    together = last_decisions([*some, *others])
    assert together == last_decisions([*reversed(others), *last_decisions(some)])
    for decision in together:
        rivals = [r for r in (*some, *others) if r.key == decision.key]
        assert max(float(r.at) for r in rivals) == float(decision.at)
        assert decision.stands == any(r.stands for r in rivals if float(r.at) == float(decision.at))
    assert read(json.loads(json.dumps(written(together)))) == together


def test_a_mailbox_that_said_no_after_a_backup_stays_so(
    office: Office, database: Database, target: Target, tmp_path: Path
) -> None:
    """Whoever is read in with its address after the restore is asked nothing; one that was lifted is as before."""
    with database.write() as session:
        no, lifted = (
            add_therapist(session, email="nein@praxis.example"),
            add_therapist(session, email="ja@praxis.example"),
        )
        points = [session.get_one(Therapist, one).contact_point_id for one in (no, lifted)]
    made = backed_up(office, tmp_path, NOW)
    with database.write() as session:
        for one in (no, lifted):
            opt_out(session, one, now=NOW, whole_mailbox=True)
    with database.write() as session:
        entry = next(entry for entry in opt_outs(session) or () if entry.therapist_id == lifted)
        take_out(session, entry, reason="Ruft selbst an", now=LATER)
    database.close()
    brought_back(target, made, tmp_path, LATER)
    with database.write() as session:
        new = [add_therapist(session, contact_point_id=point) for point in points]
        session.expire_all()
        assert [session.get_one(Therapist, one).status for one in (no, lifted)] == ["opted_out", "active"]
        assert [session.get_one(Therapist, one).status for one in new] == ["opted_out", "active"]
