"""Eine Regel lockern: what is promised is what comes, and the patient's word stays."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.casework.history import patient_history
from domain.casework.relaxing import relax
from domain.database import Database
from domain.errors import Invalid, NotFound
from domain.matching.candidates import candidates_for_search
from domain.matching.models import PlaceSearch
from domain.matching.relaxing import Relaxation, gains
from domain.values import WeekSpan
from tests.builders import AACHEN, add_patient, add_search, add_therapist
from tests.examples import examples

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MONDAY, TUESDAY = (WeekSpan(480, 720),), (WeekSpan(1920, 2160),)
therapists = st.lists(
    st.fixed_dictionaries(
        {
            "place": st.one_of(st.none(), st.tuples(st.floats(50.6, 51.0), st.floats(5.9, 6.4))),
            "sex": st.sampled_from(["female", "male", "not_stated"]),
            "seat": st.sampled_from(["statutory", "private", "unknown"]),
            "offers": st.sampled_from(
                [["cbt:adult:individual"], ["cbt:adult:group"], ["systemic:adult:individual"], []]
            ),
            "languages": st.sampled_from([[], ["Farsi"], ["Türkisch"]]),
            "treatment_hours": st.sampled_from([None, MONDAY, TUESDAY]),
            "status": st.sampled_from(["active", "active", "inactive"]),
        }
    ),
    min_size=1,
    max_size=12,
)
wishes = st.fixed_dictionaries(
    {
        "radius_km": st.sampled_from([None, 2, 12, 480]),
        "group_ok": st.booleans(),
        "therapist_sex": st.sampled_from(["any", "female"]),
        "methods": st.sampled_from([[], ["cbt"], ["systemic"]]),
        "languages": st.sampled_from([[], ["Farsi"]]),
        "reimbursement_ok": st.booleans(),
    }
)


def test_what_is_promised_is_what_comes(database: Database) -> None:
    """After each relaxation exactly as many practices fit more as were announced; unannounced ones bring none."""

    @settings(max_examples=examples(12), deadline=None, suppress_health_check=list(HealthCheck))
    @given(rows=therapists, wished=wishes, times=st.sampled_from([None, MONDAY]))
    def compare(rows: list[dict[str, object]], wished: dict[str, object], times: tuple[WeekSpan, ...] | None) -> None:
        with database.read() as session:
            search = add_search(session, add_patient(session, place=AACHEN, wishes=dict(wished), availability=times))
            for row in rows:
                add_therapist(session, **row)  # type: ignore[arg-type]
            before = candidates_for_search(session, search, now=NOW).fit_total
            promised = {gain.relaxation: gain.count for gain in gains(session, search, now=NOW)}
            for relaxation in Relaxation:
                with session.begin_nested() as savepoint:
                    relax(session, search, relaxation, word="einverstanden", now=NOW)
                    session.flush()
                    after = candidates_for_search(session, search, now=NOW).fit_total
                    savepoint.rollback()
                session.expire_all()
                assert after - before == promised.get(relaxation, 0), relaxation

    compare()


def _one(session: Session) -> int:
    add_therapist(session, last_name="Weit", place=(AACHEN[0] + 0.1, AACHEN[1]))
    return add_search(session, add_patient(session, wishes={"radius_km": 5}))


def test_a_gain_names_the_nearest(database: Database) -> None:
    """Eleven kilometres away: five more do not help, ten do."""
    with database.read() as session:
        found = gains(session, _one(session), now=NOW)
        assert [(gain.relaxation, gain.count, gain.names) for gain in found] == [
            (Relaxation.RADIUS_10, 1, ("Ina Weit",)),
            (Relaxation.RADIUS_25, 1, ("Ina Weit",)),
        ]
        with pytest.raises(NotFound):
            gains(session, 4711, now=NOW)


def test_the_patients_word_is_wanted_and_kept(database: Database) -> None:
    """Without it nothing changes; with it, it stands in the history."""
    with database.write() as session:
        search = _one(session)
        with pytest.raises(Invalid, match="word_missing"):
            relax(session, search, Relaxation.RADIUS_10, word="  ", now=NOW)
        relax(session, search, Relaxation.RADIUS_10, word="fährt auch weiter, Telefonat", now=NOW)
        session.flush()
        patient = session.scalars(select(PlaceSearch.patient_id).where(PlaceSearch.id == search)).one()
        assert [(e.kind, e.body, e.person) for e in patient_history(session, patient)] == [
            ("relaxed_radius_10", "fährt auch weiter, Telefonat", "Jana Brand")
        ]
        assert candidates_for_search(session, search, now=NOW).fit_total == 1
