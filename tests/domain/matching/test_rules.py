"""The database's verdicts agree with an independent reading of the rules, on any data."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from domain.database import Database
from domain.matching.best_patients import judge
from domain.matching.models import CoolingPeriod, Exclusion, Inquiry, InquiryItem
from domain.matching.rules import RULES, Rule
from domain.therapists.models import Therapist
from domain.values import WeekSpan
from domain.weektime import merged
from tests.builders import AACHEN, add_patient, add_search, add_therapist
from tests.domain.matching import reference
from tests.examples import examples

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
METHODS = ["cbt", "psychodynamic", "analytic", "systemic"]
OFFERS = [
    f"{m}:{a}:{s}"
    for m in METHODS
    for a in ("adult", "child_youth", "unknown")
    for s in ("individual", "group", "unknown")
]
PLACES = [None, AACHEN, (50.80, 6.48), (50.776, 6.09), (52.52, 13.40)]
CODES = ["F32", "F32.1", "F40", "F40.1", "F43.1"]
# around the limits: 17, 18, 20, 21 years on the test's day, and the day before the birthday
BIRTHS = [
    None,
    date(2009, 11, 23),
    date(2008, 11, 23),
    date(2008, 11, 24),
    date(2005, 11, 23),
    date(2005, 11, 24),
    date(1980, 1, 1),
]
SPANS = st.lists(
    st.builds(
        lambda start, length: WeekSpan(start, min(start + length, 10080)),
        st.integers(0, 400),
        st.sampled_from([20, 49, 50, 51, 120]),
    ),
    max_size=3,
)


COPIED = ("status", "blocked_until", "licence", "age_min", "age_max", "sex", "patient_sex")


def minutes(spans: list[WeekSpan] | None) -> frozenset[int] | None:
    """Every minute of the spans."""
    return None if spans is None else frozenset(m for s in spans for m in range(s.start, s.end))


patients = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["active", "active", "active", "paused", "draft"]),
        "consent": st.sampled_from([True, True, True, False]),
        "consent_by": st.sampled_from(["patient", "guardian", None]),
        "birth_date": st.sampled_from(BIRTHS),
        "sex": st.sampled_from(["female", "male", "diverse", "not_stated"]),
        "place": st.sampled_from(PLACES),
        "insurance_kind": st.sampled_from(["statutory", "private", "self_pay", "unknown"]),
        "methods": st.frozensets(st.sampled_from(METHODS), max_size=3),
        "group_ok": st.booleans(),
        "therapist_sex": st.sampled_from(["any", "female", "male"]),
        "radius_km": st.sampled_from([None, 1, 30, 500]),
        "languages": st.frozensets(st.sampled_from(["Türkisch", "Farsi"]), max_size=2),
        "accessibility_needed": st.booleans(),
        "reimbursement_ok": st.booleans(),
        "availability": st.none() | SPANS,
        "diagnoses": st.lists(st.sampled_from(CODES), max_size=2).map(tuple),
        "excluded": st.sampled_from([False, False, False, True]),
        "answered_unsuitable": st.sampled_from([False, False, False, True]),
    }
)
therapists = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["active", "active", "inactive", "blocked", "opted_out"]),
        "blocked_until": st.sampled_from([None, NOW.date(), NOW.date() + timedelta(days=1)]),
        "licence": st.sampled_from(["psychological", "medical", "child_youth", "unknown"]),
        "offers": st.frozensets(st.sampled_from(OFFERS), max_size=3),
        "age_min": st.sampled_from([0, 0, 18]),
        "age_max": st.sampled_from([0, 0, 20]),
        "sex": st.sampled_from(["female", "male", "diverse", "not_stated"]),
        "patient_sex": st.sampled_from(["any", "female", "male"]),
        "place": st.sampled_from(PLACES),
        "preferred": st.lists(st.sampled_from(CODES), max_size=1).map(tuple),
        "barred": st.lists(st.sampled_from(CODES), max_size=1).map(tuple),
        "seat": st.sampled_from(["statutory", "private", "unknown"]),
        "open_inquiry": st.sampled_from([False, False, True]),
        "cooling_until": st.sampled_from([None, NOW, NOW + timedelta(days=3), NOW - timedelta(days=3)]),
        "languages": st.frozensets(st.sampled_from(["Türkisch", "Farsi"]), max_size=2),
        "accessible": st.sampled_from([None, True, False]),
        "treatment": st.none() | SPANS,
    }
)  # fmt: skip


def stored(session: Session, p: dict[str, object], t: dict[str, object]) -> tuple[int, int]:
    """Write the drawn rows; returns (search, therapist)."""
    spans = p["availability"]
    patient_id = add_patient(
        session,
        place=p["place"],  # type: ignore[arg-type]
        consent=bool(p["consent"]),
        consent_by=p["consent_by"],  # type: ignore[arg-type]
        birth_date=p["birth_date"],
        sex=p["sex"],
        insurance_kind=p["insurance_kind"],
        diagnoses=p["diagnoses"],  # type: ignore[arg-type]
        availability=None if spans is None else merged(spans),  # type: ignore[arg-type]
        wishes={
            "methods": sorted(p["methods"]),  # type: ignore[call-overload]
            "languages": sorted(p["languages"]),  # type: ignore[call-overload]
            **{
                key: p[key]
                for key in ("group_ok", "therapist_sex", "radius_km", "accessibility_needed", "reimbursement_ok")
            },
        },
    )
    search_id = add_search(session, patient_id, status=p["status"])
    hours = t["treatment"]
    therapist_id = add_therapist(
        session,
        place=t["place"],  # type: ignore[arg-type]
        seat=str(t["seat"]),
        accessible=t["accessible"],  # type: ignore[arg-type]
        treatment_hours=None if hours is None else merged(hours),  # type: ignore[arg-type]
        offers=sorted(t["offers"]),  # type: ignore[call-overload]
        languages=sorted(t["languages"]),  # type: ignore[call-overload]
        diagnoses_preferred=list(t["preferred"]),  # type: ignore[call-overload]
        diagnoses_excluded=list(t["barred"]),  # type: ignore[call-overload]
        blocked_reason="Urlaub" if t["status"] == "blocked" else "",
        **{key: t[key] for key in COPIED},  # type: ignore[arg-type]
    )
    therapist = session.get_one(Therapist, therapist_id)
    if p["excluded"]:
        session.add(Exclusion(patient_id=patient_id, therapist_id=therapist_id, reason="Wunsch"))
    if p["answered_unsuitable"]:
        add_item(session, therapist, search_id, "rejection_unsuitable", closed=True)
    if t["open_inquiry"]:
        add_item(session, therapist, add_search(session), "pending", closed=False)
    if t["cooling_until"] is not None:
        session.add(
            CoolingPeriod(
                contact_point_id=therapist.contact_point_id, starts_at=NOW - timedelta(days=30),
                ends_at=t["cooling_until"], cause="answer",
            )
        )  # fmt: skip
    session.flush()
    return search_id, therapist_id


def add_item(session: Session, therapist: Therapist, search_id: int, status: str, *, closed: bool) -> None:
    """An inquiry to the therapist with one item."""
    inquiry = Inquiry(
        contact_point_id=therapist.contact_point_id, therapist_id=therapist.id, reference=f"R{search_id}{status}",
        stage="answered" if closed else "sent", approved_at=NOW, sent_at=NOW, closed_at=NOW if closed else None,
    )  # fmt: skip
    session.add(inquiry)
    session.flush()
    session.add(
        InquiryItem(
            inquiry_id=inquiry.id,
            search_id=search_id,
            position=1,
            reference_code=f"C{search_id}{status}",
            status=status,
        )
    )
    session.flush()


def test_the_database_agrees_with_an_independent_reading(database: Database) -> None:
    """For any patient and therapist every rule's verdict is the same in SQL and in the reference."""

    @settings(max_examples=examples(75), deadline=None, suppress_health_check=list(HealthCheck))
    @given(p=patients, t=therapists)
    def compare(p: dict[str, object], t: dict[str, object]) -> None:
        if t["age_max"] and t["age_max"] < t["age_min"]:  # type: ignore[operator]
            t["age_max"] = t["age_min"]
        with database.read() as session:  # rolled back at the end
            search_id, therapist_id = stored(session, p, t)
            found = judge(session, therapist_id=therapist_id, search_ids=[search_id], now=NOW)[0]
        expected = reference.verdicts(
            reference.P(**(p | {"availability": minutes(p["availability"])})),  # type: ignore[arg-type]
            reference.T(**(t | {"treatment": minutes(t["treatment"])})),  # type: ignore[arg-type]
            now=NOW,
        )
        assert {rule.value for rule in found.broken} == {code for code, verdict in expected.items() if verdict is False}
        assert {rule.value for rule in found.unknown} == {code for code, verdict in expected.items() if verdict is None}

    compare()


def test_every_rule_of_the_domain_is_there_in_its_order() -> None:
    """The fourteen rules (search and consent apart) stand in domain.md's order, each once."""
    assert [rule.code for rule in RULES] == list(Rule)
