"""A merge beside others: patients of another team, and what a colleague begins at the same moment."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

from sqlalchemy import text

from domain.casework.merge_undo import undo_merge
from domain.casework.merging import MOVING, merge
from domain.casework.preparing import create_and_send
from domain.communication.models import PhoneCall
from domain.database import Database, Session
from domain.errors import PlatzlotseError
from domain.events import record as record_event
from domain.matching.models import Exclusion
from domain.matching.searches import exclude
from domain.therapists.identity_models import TherapistMerge
from domain.therapists.models import Therapist
from domain.values import Channel
from tests.builders import add_patient, add_search
from tests.conftest import NOW, Office
from tests.domain.casework.steps import ask, wait_for_waiter
from tests.domain.casework.test_merging import two
from tests.domain.test_teams import at_work, people  # noqa: F401  # a fixture

POINTING = ("matching_service.inquiry", "matching_service.exclusion", "communication_service.phone_call")


def pointed_to(office: Office) -> set[int]:
    """Whom inquiries, exclusions and calls are about; each there is."""
    with at_work(office, "owner") as session:
        rows = [session.scalars(text(f"SELECT therapist_id FROM {table}")).all() for table in POINTING]
        assert all(rows)
        return {number for found in rows for number in found}


def test_what_another_team_has_goes_along_and_comes_back(
    office: Office,
    people: dict[str, int],  # noqa: F811
    now: datetime,
) -> None:
    """The southern caseworker sees neither the patient nor who was excluded: both still follow the record."""
    assert people
    with at_work(office, "north") as session:
        one, other = two(session)
        session.get_one(Therapist, one).contact_point_id = session.get_one(Therapist, other).contact_point_id
        patient = add_patient(session)
        inquiry = ask(session, add_search(session, patient), now=now, therapist=other, channel=Channel.LETTER)
        call = PhoneCall(
            therapist_id=other, status="planned", planned_at=now + timedelta(days=1), inquiry_id=inquiry.id
        )
        session.add_all([call, Exclusion(patient_id=patient, therapist_id=other, reason="Wunsch")])
    with at_work(office, "south") as session:
        assert session.scalar(text("SELECT count(*) FROM matching_service.exclusion")) == 0
        number = merge(session, keep=one, drop=other, choices={}, now=now)
    assert pointed_to(office) == {one}
    with at_work(office, "south") as session:
        undo_merge(session, number, now=now)
    assert pointed_to(office) == {other}


def test_what_is_to_be_moved_is_the_databases_to_say(database: Database, now: datetime) -> None:
    """Every table that moves is in its function, whatever somebody writes into a merge."""
    with database.read() as session:
        source = session.scalar(text("SELECT pg_get_functiondef('therapist_service.moving_tables'::regproc)"))
        assert set(re.findall(r"'(\w+_service\.\w+)'", str(source))) == set(MOVING)
    with database.write() as session:
        one, other = two(session)
        merge(session, keep=one, drop=other, choices={}, now=now)
        kept = session.scalar(text("SELECT moved FROM therapist_service.therapist_merge"))
        assert kept == []


def merge_of_before(session: Session, one: int, other: int, *, more: Sequence[list[Any]] = ()) -> TherapistMerge:
    """As the previous release's program merges: it turns what it sees itself, in a savepoint here, and names it."""
    practices = [session.get_one(Therapist, number).practice_id for number in (one, other)]
    moved: list[list[Any]] = []
    with session.begin_nested():
        for table, column, to, of in (
            *((table, "therapist_id", one, other) for table in MOVING),
            ("matching_service.exclusion", "practice_id", *practices),
        ):
            turned = text(f"UPDATE {table} SET {column} = :to WHERE {column} = :of RETURNING id")
            moved += [[table, column, number] for number in session.scalars(turned, {"to": to, "of": of})]
    dropped = session.get_one(Therapist, other)
    was, dropped.status, dropped.merged_into_id = dropped.status, "merged", one
    session.flush()
    record = TherapistMerge(
        kept_id=one, dropped_id=other, merged_at=NOW, kept_before={}, kept_after={}, dropped_status=was,
        moved=[*moved, *more],
    )  # fmt: skip
    session.add(record)
    session.flush()
    record_event(session, "therapist.merged", one, other_id=other, merge_id=record.id)
    session.refresh(record)
    return record


def test_what_an_old_window_moved_comes_back(database: Database, now: datetime) -> None:
    """It turns the rows itself and says which: they are kept, and nothing it says besides."""
    with database.write() as session:
        one, other = two(session)
        patient = add_patient(session)
        search = add_search(session, patient)
        inquiry = ask(session, search, now=now, therapist=other, channel=Channel.LETTER)
        practice = session.get_one(Therapist, other).practice_id
        own = Exclusion(patient_id=patient, therapist_id=one, reason="Wunsch")
        theirs = Exclusion(patient_id=patient, therapist_id=other, reason="Wunsch")
        whole = Exclusion(patient_id=patient, practice_id=practice, reason="Wunsch")
        session.add_all([own, theirs, whole])
        session.flush()
        exclusion, person = "matching_service.exclusion", session.scalar(text("SELECT min(id) FROM platform.person"))
        planted = [
            [exclusion, "therapist_id", own.id],  # was never the other's
            [exclusion, "patient_id", theirs.id],
            ["platform.person", "team_id", person],
            ["matching_service.inquiry", "practice_id", inquiry.id],
        ]
        record = merge_of_before(session, one, other, more=planted)
        assert {tuple(row) for row in record.moved} == {
            ("matching_service.inquiry", "therapist_id", inquiry.id),
            (exclusion, "therapist_id", theirs.id),
            (exclusion, "practice_id", whole.id),
        }
        undo_merge(session, record.id, now=now)
        session.expire_all()
        assert [row.therapist_id for row in (own, theirs, inquiry)] == [one, other, other]
        assert whole.practice_id == practice


def _beside(second_database: Database, act: Callable[[Session], object]) -> tuple[Thread, list[str]]:
    """Tom does something in a transaction of his own; what he is told."""
    told: list[str] = []

    def tom() -> None:
        try:
            with second_database.write() as session:
                act(session)
        except PlatzlotseError as error:
            told.append(error.code)

    return Thread(target=tom), told


def test_nobody_is_asked_under_a_record_that_is_being_merged(
    database: Database, second_database: Database, now: datetime
) -> None:
    """Jana merges while Tom asks: he waits for her and is told; the other way round she is."""
    with database.write() as session:
        one, other = two(session)
        search = add_search(session)

    def ask_other(session: Session) -> None:
        create_and_send(session, therapist_id=other, search_ids=[search], channel=Channel.EMAIL, now=now)

    thread, told = _beside(second_database, ask_other)
    with database.write() as session:
        number = merge(session, keep=one, drop=other, choices={}, now=now)
        thread.start()
        wait_for_waiter(session)
    thread.join(60)
    assert told == ["db.therapist_is_merged"]
    with database.write() as session:
        undo_merge(session, number, now=now)
    thread, told = _beside(second_database, lambda s: merge(s, keep=one, drop=other, choices={}, now=now))
    with database.write() as session:
        ask_other(session)
        session.flush()
        thread.start()
        wait_for_waiter(session)
    thread.join(60)
    assert told == ["merge.inquiry_open"]


def test_an_exclusion_of_the_record_given_up_is_one_of_the_person(
    database: Database, second_database: Database, now: datetime
) -> None:
    """Tom still has the old record on his screen: whom his patient does not want is the person."""
    with database.write() as session:
        one, other = two(session)
        patient = add_patient(session)
    thread, told = _beside(second_database, lambda s: exclude(s, patient, therapist_id=other, reason="Wunsch"))
    with database.write() as session:
        merge(session, keep=one, drop=other, choices={}, now=now)
        thread.start()
        wait_for_waiter(session)
    thread.join(60)
    assert told == []
    with database.read() as session:
        assert session.scalars(text("SELECT therapist_id FROM matching_service.exclusion")).all() == [one]
