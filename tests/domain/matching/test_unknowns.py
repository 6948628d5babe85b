"""Missing facts: every unknown pair is explained by a field, and filling it is enough."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.database import Database
from domain.errors import NotFound
from domain.matching.best_patients import judge
from domain.matching.unknowns import Side, missing_everywhere, missing_facts
from tests.builders import AACHEN, add_patient, add_search, add_therapist
from tests.examples import examples

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_every_unknown_pair_is_explained(database: Database) -> None:
    """A pair unknown by any rule is in the list, by the patient's field or the therapist's; nobody else is."""

    @settings(max_examples=examples(13), suppress_health_check=list(HealthCheck))
    @given(
        patient=st.fixed_dictionaries(
            {
                "birth_date": st.sampled_from([None, date(1992, 5, 4), date(2012, 1, 1)]),
                "insurance_kind": st.sampled_from(["statutory", "unknown"]),
                "consent_by": st.sampled_from(["patient", "guardian", None]),
            }
        ),
        place=st.sampled_from([None, AACHEN]),
        diagnoses=st.sampled_from([(), ("F32.1",)]),
        accessibility=st.booleans(),
        therapists=st.lists(
            st.tuples(
                st.sampled_from([AACHEN, None]),
                st.sampled_from([[], ["cbt:adult:individual"], ["cbt:unknown:individual"]]),
                st.sampled_from(["statutory", "private", "unknown"]),
                st.sampled_from([None, True]),
                st.sampled_from([[], ["F32"]]),
            ),
            min_size=1,
            max_size=4,
        ),
    )
    def compare(
        patient: dict[str, Any],
        place: tuple[float, float] | None,
        diagnoses: tuple[str, ...],
        accessibility: bool,
        therapists: list[tuple[tuple[float, float] | None, list[str], str, bool | None, list[str]]],
    ) -> None:
        with database.read() as session:
            search = add_search(
                session,
                add_patient(
                    session, place=place, diagnoses=diagnoses, wishes={"accessibility_needed": accessibility}, **patient
                ),
            )
            ids = [
                add_therapist(
                    session, place=where, offers=offers, seat=seat, accessible=accessible, diagnoses_preferred=wanted
                )
                for where, offers, seat, accessible, wanted in therapists
            ]
            unknown = {
                i for i in ids for pair in judge(session, therapist_id=i, search_ids=[search], now=NOW)
                if pair.unknown and not pair.broken
            }  # fmt: skip
            found = missing_facts(session, search, now=NOW)
            session.rollback()
        of_therapists = {fact.record_id for fact in found if fact.side is Side.THERAPIST}
        of_patient = [fact for fact in found if fact.side is Side.PATIENT]
        assert of_therapists <= unknown
        assert (of_therapists == unknown) or of_patient
        assert bool(found) == bool(unknown)
        assert all(fact.practices <= len(unknown) for fact in of_patient)

    compare()


def test_the_field_says_what_is_missing(database: Database) -> None:
    """Without coordinates, birth date, method: the record and the field that wants filling."""
    with database.read() as session:
        nowhere = add_search(session, add_patient(session, place=None))
        ageless = add_search(session, add_patient(session, birth_date=None))
        plain = add_search(session)
        therapist = add_therapist(session)
        vague = add_therapist(session, offers=[], licence="unknown")
        unplaced = add_therapist(session, place=None)
        assert [(f.side, f.field) for f in missing_facts(session, nowhere, now=NOW)][:1] == [(Side.PATIENT, "plz")]
        assert ("patient", "birth_date") in {(f.side, f.field) for f in missing_facts(session, ageless, now=NOW)}
        of_plain = {(f.field, f.record_id) for f in missing_facts(session, plain, now=NOW)}
        assert of_plain == {("offers", vague), ("plz", unplaced)}
        assert therapist not in {record for _, record in of_plain}


def test_the_whole_office(database: Database) -> None:
    """Searches and therapists nobody can judge; what is complete is not listed."""
    with database.read() as session:
        add_search(session, add_patient(session, place=None, last_name="Ortlos"))
        add_search(session, add_patient(session, birth_date=None, last_name="Alterslos"))
        add_search(session, add_patient(session, birth_date=date(2014, 1, 1), consent_by=None, last_name="Kind"))
        add_search(session)
        add_therapist(session, place=None)
        add_therapist(session, offers=[])
        add_therapist(session, place=None, status="inactive")
        add_therapist(session)
        found = [(fact.side, fact.field) for fact in missing_everywhere(session, today=NOW.date())]
        assert sorted(found) == [
            ("patient", "birth_date"), ("patient", "consent"), ("patient", "plz"),
            ("therapist", "offers"), ("therapist", "plz"),
        ]  # fmt: skip


def test_nobody_there(database: Database) -> None:
    """A search that is gone is said."""
    with database.read() as session, pytest.raises(NotFound):
        missing_facts(session, 4711, now=NOW)
