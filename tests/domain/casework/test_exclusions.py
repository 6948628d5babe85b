"""Leaving a practice out and letting it in again; what was between two people in one list; overrides are logged."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from domain.casework.answers import record_answer
from domain.casework.exclusions import allow_again, exclude_from_search
from domain.casework.history import pair_history, therapist_history
from domain.casework.preparing import create_and_send
from domain.database import Database
from domain.errors import Invalid
from domain.events import Event
from domain.matching.candidates import candidates_for_search
from domain.matching.models import PlaceSearch
from domain.matching.states import ItemStatus
from domain.therapists.models import Therapist
from domain.values import Channel
from tests.builders import add_search, add_therapist
from tests.domain.casework.steps import ask, only_item

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_until_a_day(database: Database) -> None:
    """Left out until the day, proposed again from then on without anybody's doing."""
    with database.write() as session:
        search, therapist = add_search(session), add_therapist(session)
        exclude_from_search(session, search, therapist_id=therapist, reason="Umbau", ends_on=date(2026, 12, 1), now=NOW)
        assert candidates_for_search(session, search, now=NOW).fit_total == 0
        later = NOW + timedelta(days=8)
        assert candidates_for_search(session, search, now=later).fit_total == 1


def test_an_end_that_has_passed_is_refused(database: Database) -> None:
    """Said at the field, nothing written."""
    with database.write() as session:
        search, therapist = add_search(session), add_therapist(session)
        with pytest.raises(Invalid, match="end_past"):
            exclude_from_search(session, search, therapist_id=therapist, reason="Umbau", ends_on=NOW.date(), now=NOW)
        with pytest.raises(Invalid, match="reason_missing"):
            exclude_from_search(session, search, therapist_id=therapist, reason=" ", now=NOW)


def test_everything_between_a_patient_and_a_practice(database: Database) -> None:
    """Inquiry, answer with its correction, exclusion and its end, of colleagues too; of others nothing."""
    with database.write() as session:
        search, other = add_search(session), add_search(session)
        patient = session.get_one(PlaceSearch, search).patient_id
        therapist = add_therapist(session)
        practice = session.get_one(Therapist, therapist).practice_id
        colleague = add_therapist(session, practice_id=practice)
        inquiry = ask(session, search, now=NOW, therapist=therapist)
        record_answer(session, only_item(session, inquiry).id, ItemStatus.REJECTION_CAPACITY, now=NOW, note="voll")
        record_answer(session, only_item(session, inquiry).id, ItemStatus.WAITLISTED, now=NOW,
                      waitlisted_until=date(2027, 1, 1), note="doch Warteliste")  # fmt: skip
        left_out = exclude_from_search(session, search, therapist_id=colleague, reason="kennen sich", now=NOW)
        allow_again(session, left_out, now=NOW)
        ask(session, other, now=NOW)
        session.flush()
        found = pair_history(session, patient, therapist)
        assert [entry.kind for entry in found] == [
            "exclusion_ended", "excluded", "waitlisted", "rejection_capacity", "inquiry",
        ]  # fmt: skip
        assert {entry.body for entry in found} >= {"voll", "doch Warteliste", "kennen sich"}
        assert pair_history(session, session.get_one(PlaceSearch, other).patient_id, therapist) == ()


def test_asking_in_spite_of_a_cooling_period_is_logged(database: Database) -> None:
    """With its reason: beside the inquiry, in both timelines, and as an event."""
    with database.write() as session:
        search, therapist = add_search(session), add_therapist(session)
        first = ask(session, add_search(session), now=NOW, therapist=therapist)
        record_answer(session, only_item(session, first).id, ItemStatus.REJECTION_CAPACITY, now=NOW)
        session.flush()
        number = create_and_send(
            session, therapist_id=therapist, search_ids=[search], channel=Channel.LETTER, now=NOW,
            cooling_override="hat am Telefon darum gebeten",
        )  # fmt: skip
        session.flush()
        patient = session.get_one(PlaceSearch, search).patient_id
        for history in (pair_history(session, patient, therapist), therapist_history(session, therapist)):
            (entry,) = [one for one in history if one.kind == "cooling_overridden"]
            assert (entry.body, entry.inquiry_id, entry.person) == (
                "hat am Telefon darum gebeten", number, "Jana Brand",
            )  # fmt: skip
        events = session.scalars(select(Event.entity_id).where(Event.event_type == "inquiry.cooling_overridden")).all()
        assert events == [number]
        override = session.scalar(
            text("SELECT cooling_override FROM matching_service.inquiry WHERE id = :id"), {"id": number}
        )
        assert override == "hat am Telefon darum gebeten"
