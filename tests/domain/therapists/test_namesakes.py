"""Two people of one name stay two, whatever a directory leaves out of them; and one stays one."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from domain.acquisition.records import TherapistRecord
from domain.database import Database, Session
from domain.therapists.identity import Identity, Register, first_names_agree, key_of, numbers_of, streets_of
from domain.therapists.models import Therapist
from tests.domain.therapists.test_bulk import person, take

NOWHERE = {"plz": "", "house_number": "", "street": "", "city": ""}
ONE = {"phone": "+492411234567", "email": "a1@post.example"}
OTHER = {"phone": "+492217654321", "email": "a2@koeln.example"}


def mueller(**values: Any) -> TherapistRecord:
    """Anna Müller in Cologne."""
    at = {
        "last_name": "Müller",
        "first_name": "Anna",
        "street": "Domstr.",
        "house_number": "1",
        "plz": "50667",
        "city": "Köln",
    }
    return person(**(at | {"email": ""} | values))


def phones(session: Session) -> list[tuple[str, str, str]]:
    """First name, number and mailbox of everybody."""
    session.flush()
    rows = session.execute(select(Therapist.first_name, Therapist.phone, Therapist.email).order_by(Therapist.id))
    return [tuple(row) for row in rows]  # type: ignore[misc]


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (NOWHERE | ONE, NOWHERE | OTHER),
        (NOWHERE | {"phone": "+492411234567"}, NOWHERE | {"phone": "+492217654321"}),
        (ONE, OTHER | {"street": "Hohe Str."}),
        (ONE, OTHER),
        ({"phone": "+492411234567"}, {"phone": "+492217654321", "street": "Hohe Str."}),
        ({"house_number": ""}, {"house_number": "", "street": "Hohe Str."}),
        ({"first_name": "Alex"} | ONE, {"first_name": "Alexandra"} | OTHER),
        ({"first_name": "Alex"}, {"first_name": "Alexandra"}),
        ({"first_name": ""} | ONE, {"first_name": ""} | OTHER),
    ],
    ids=[
        "no address",
        "no mailbox",
        "all other",
        "one house",
        "street and number",
        "no house",
        "Alex",
        "prefix",
        "nameless",
    ],
)
def test_two_stay_two(
    database: Database, now: datetime, one: dict[str, Any], other: dict[str, Any], *, together: bool
) -> None:
    """In one file or in two; read again, nobody comes in again and nothing changes."""
    both = mueller(**one), mueller(**other)
    with database.write() as session:
        for records in [both] if together else [[record] for record in both]:
            take(session, *records, now=now)
        assert len(phones(session)) == 2
        before = phones(session)
        assert take(session, *reversed(both), now=now).unchanged == [2, 1]
        assert phones(session) == before


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (ONE, {"phone": "+492217654321"}),
        (ONE, {"email": "a2@koeln.example"}),
        (ONE, {"street": "Hohe Str."}),
        ({}, OTHER),
        ({"first_name": "A."}, {"first_name": "Anna Maria"}),
        (NOWHERE | {"phone": "+492411234567"}, NOWHERE | ONE),
        (NOWHERE, NOWHERE),
    ],
    ids=["number", "mailbox", "street", "more", "initial", "by number", "name only"],
)
def test_one_stays_one(database: Database, now: datetime, first: dict[str, Any], then: dict[str, Any]) -> None:
    """One thing that differs contradicts nobody."""
    with database.write() as session:
        take(session, mueller(**first), now=now)
        assert take(session, mueller(**then), now=now).imported == []


def test_a_row_that_fits_two_is_whose_mailbox_or_number_it_has(database: Database, now: datetime) -> None:
    """Anna and Bernd at one house; a row "Müller" with Bernd's number is his; one that says nothing is nobody's."""
    bernd = {"first_name": "Bernd"} | OTHER
    with database.write() as session:
        take(session, mueller(**ONE), mueller(**bernd), now=now)
        before = phones(session)
        for says in (OTHER, {"phone": OTHER["phone"]}, {"email": OTHER["email"]}):
            assert take(session, mueller(first_name="", **says), now=now).unchanged == [2]
        assert phones(session) == before
        for expected in ([3], []):  # once
            assert take(session, mueller(first_name=""), now=now).imported == expected
        assert phones(session)[:2] == before


def test_what_a_caseworker_entered_contradicts_no_directory(database: Database, now: datetime) -> None:
    """Whose number and mailbox were corrected by hand is still whom the directory names."""
    with database.write() as session:
        take(session, mueller(phone=ONE["phone"]), now=now)
        anna = session.scalars(select(Therapist)).one()
        anna.phone, anna.email, anna.locked_fields = OTHER["phone"], OTHER["email"], ["email", "phone"]
        session.flush()
        assert take(session, mueller(**ONE), now=now).imported == []


@given(st.text("abcäß", min_size=1, max_size=6), st.text("abcäß", max_size=6))
def test_first_names_agree_both_ways(one: str, other: str) -> None:
    """And only what is missing, an initial, or the same agrees."""
    assert first_names_agree(one, other) == first_names_agree(other, one)
    assert first_names_agree(one, one)
    assert first_names_agree(one, "")


RECORDS = st.builds(
    mueller,
    first_name=st.sampled_from(["", "A.", "Anna", "Anna Maria", "Bernd"]),
    street=st.sampled_from(["", "Domstr.", "Domstraße", "Hohe Str."]),
    plz=st.sampled_from(["", "50667"]),
    email=st.sampled_from(["", "a1@post.example", "a2@koeln.example"]),
    phone=st.sampled_from(["", "+492411234567", "+492217654321"]),
)


@given(st.lists(RECORDS, min_size=1, max_size=5), st.data())
def test_whom_a_record_speaks_of_depends_on_no_order(records: list[TherapistRecord], data: st.DataObject) -> None:
    """Whoever is entered first: nobody is found by chance."""
    asked = data.draw(RECORDS)

    def found(order: list[int]) -> int | None:
        register: Register[list[int]] = Register()
        people = [[n] for n in range(len(records))]
        for n in order:
            r = records[n]
            register.add(
                {key_of(r)},
                Identity(r.last_name, r.first_name, r.sex, r.email, False, numbers_of(r.phone), streets_of([r.street])),
                people[n],
            )
        one = register.find(asked)
        return None if one is None else one[0]

    order = list(range(len(records)))
    assert found(order) == found(order[::-1])
