"""How old what a practice said of its places is, what it is qualified for, and whom it promised a waiting list."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.database import Database
from domain.matching.models import Inquiry, InquiryItem
from domain.matching.promises import promises_of, promises_to
from domain.paging import ListQuery
from domain.therapists.capacity_age import Said
from domain.therapists.models import Therapist
from domain.therapists.queries import known_skills, list_therapists
from tests.builders import add_patient, add_search, add_therapist

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = NOW.date()


def _ids(session: Session, *, words: str = "", **filters: str) -> set[int]:
    page = list_therapists(session, ListQuery(text=words, filters=filters), now=NOW)
    return {row.therapist_id for row in page.rows}


@pytest.mark.parametrize(
    ("capacity", "note", "said_ago", "from_in", "stale"),
    [
        ("full", "", 179, None, False), ("full", "", 180, None, True), ("full", "", 430, None, True),
        ("full", "", None, None, True), ("free", "", 400, 30, False), ("free", "", 400, -170, False),
        ("free", "", 400, -180, True), ("unknown", "", 900, None, False), ("unknown", "voll", 430, None, True),
    ],
)  # fmt: skip
def test_what_was_said_long_ago_is_to_be_asked_again(
    database: Database, capacity: str, note: str, said_ago: int | None, from_in: int | None, stale: bool
) -> None:
    """The list and the record agree: 180 days after it was said, or after the day that was named."""
    as_of = None if said_ago is None else TODAY - timedelta(days=said_ago)
    from_day = None if from_in is None else TODAY + timedelta(days=from_in)
    with database.write() as session:
        number = add_therapist(
            session, capacity=capacity, capacity_as_of=as_of, capacity_from=from_day, capacity_note=note
        )
        assert (_ids(session, capacity="check") == {number}) is stale
    assert Said(capacity, as_of, from_day, note).is_stale(today=TODAY, stale_days=180) is stale


def test_the_office_sets_after_how_many_days(database: Database) -> None:
    """What is old enough for one office is not for another; who may not be asked is not on the list."""
    with database.write() as session:
        said_on = TODAY - timedelta(days=60)
        number = add_therapist(session, capacity="full", capacity_as_of=said_on)
        add_therapist(session, status="inactive", capacity="full", capacity_as_of=said_on)
        assert _ids(session, capacity="check") == set()
        session.execute(text("UPDATE platform.office SET capacity_stale_days = 60"))
        assert _ids(session, capacity="check") == {number}
        assert number in _ids(session, capacity="full")


def test_specialties_and_qualifications_are_found(database: Database) -> None:
    """By a choice word for word, by part of a word in the search, umlauts written either way."""
    with database.write() as session:
        hypnosis = add_therapist(session, specialties=["Psychotherapie"], qualifications=["Hypnose", "EMDR"])
        pain = add_therapist(session, specialties=["Psychotherapie", "Spezielle Schmerztherapie für Ältere"])
        add_therapist(session)
        assert _ids(session, skill="Psychotherapie") == {hypnosis, pain}
        assert _ids(session, skill="EMDR") == {hypnosis}
        assert _ids(session, words="hypno") == {hypnosis}
        assert _ids(session, words="schmerz aeltere") == {pain}
        assert _ids(session, words="Sommer emdr") == {hypnosis}
        assert known_skills(session)[0] == "Psychotherapie"


def _promise(session: Session, therapist_id: int, *, until: date | None, status: str = "waitlisted") -> int:
    patient = add_patient(session)
    search = add_search(session, patient)
    therapist = session.get_one(Therapist, therapist_id)
    inquiry = Inquiry(
        contact_point_id=therapist.contact_point_id, therapist_id=therapist_id, stage="answered",
        reference=f"PL-{search}", approved_at=NOW, sent_at=NOW, clock_started_at=NOW, closed_at=NOW,
    )  # fmt: skip
    session.add(inquiry)
    session.flush()
    session.add(
        InquiryItem(
            inquiry_id=inquiry.id, search_id=search, status=status, answered_at=NOW, waitlisted_until=until,
            position=1, reference_code=f"PL-{search}-1",
        )
    )  # fmt: skip
    session.flush()
    return patient


def test_promises_stand_at_the_practice_and_at_the_patient(database: Database) -> None:
    """Who was promised what until when; what was refused or taken back is none; the nearest day comes first."""
    with database.write() as session:
        therapist = add_therapist(session)
        later = _promise(session, therapist, until=date(2027, 3, 1))
        first = _promise(session, therapist, until=date(2026, 11, 20))
        refused = _promise(session, therapist, until=None, status="rejection_capacity")
        of_practice = promises_of(session, therapist)
        assert [promise.patient_id for promise in of_practice] == [first, later]
        assert of_practice[1].until == date(2027, 3, 1)
        assert of_practice[1].promised_on == TODAY
        assert [promise.therapist_id for promise in promises_to(session, later)] == [therapist]
        assert promises_to(session, refused) == ()
