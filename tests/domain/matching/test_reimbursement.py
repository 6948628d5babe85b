"""The clocks of reimbursement, the case and the insurers' profiles: what is refused, by program and database."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from domain.database import Database
from domain.errors import Conflict, Forbidden, Invalid
from domain.matching.reimbursement import (
    CaseForm,
    ProfileForm,
    case_of,
    check_case,
    list_profiles,
    save_case,
    save_profile,
)
from domain.matching.reimbursement_clocks import ClockState, insurer_clock, tss_clock
from domain.matching.reimbursement_models import ReimbursementCase
from domain.persons import ensure_person
from tests.builders import add_patient, add_search
from tests.conftest import PASSWORD, Office

MONDAY = date(2026, 11, 2)
TODAY = date(2026, 11, 23)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def insurer(applied_on: date, **values: object) -> tuple[date, ClockState]:
    """Last day and state of the insurer's clock."""
    given: dict[str, object] = {
        "opinion_told_on": None, "decided_on": None, "delay_told_on": None, "delay_until": None, "today": TODAY,
        "land": "NW",
    }  # fmt: skip
    clock = insurer_clock(applied_on=applied_on, **(given | values))  # type: ignore[arg-type]
    return clock.ends, clock.state


def test_the_appointment_service_has_35_days_or_14() -> None:
    """From the day it was asked; acute treatment is faster."""
    ends = {u: tss_clock(asked_on=MONDAY, urgency=u, answered_on=None, today=TODAY) for u in ("timely", "acute", "")}
    assert ends["timely"].ends == date(2026, 12, 7)
    assert ends["timely"].state is ClockState.RUNNING
    assert (ends["acute"].ends, ends["acute"].state) == (date(2026, 11, 16), ClockState.OVER)
    assert ends[""].days == 35
    late = tss_clock(asked_on=MONDAY, urgency="acute", answered_on=date(2026, 11, 17), today=TODAY)
    assert late.state is ClockState.LATE


def test_the_insurer_has_three_weeks_or_five_with_an_opinion() -> None:
    """A period that would end on a weekend or a holiday ends on the next working day."""
    assert insurer(MONDAY) == (date(2026, 11, 23), ClockState.RUNNING)
    assert insurer(MONDAY, today=date(2026, 11, 24)) == (date(2026, 11, 23), ClockState.OVER)
    assert insurer(MONDAY, opinion_told_on=date(2026, 11, 23)) == (date(2026, 12, 7), ClockState.RUNNING)
    assert insurer(MONDAY, opinion_told_on=date(2026, 11, 24)) == (date(2026, 11, 23), ClockState.RUNNING)  # too late
    assert insurer(date(2026, 11, 7))[0] == date(2026, 11, 30)  # a Saturday
    assert insurer(date(2026, 12, 4))[0] == date(2026, 12, 28)  # Christmas, then a weekend
    assert insurer(date(2026, 10, 28), land="SN")[0] == date(2026, 11, 19)  # a holiday in Saxony alone
    assert insurer(date(2026, 10, 28), land="NW")[0] == date(2026, 11, 18)


def test_reasons_told_in_time_stop_the_insurers_clock() -> None:
    """Told after the end they change nothing."""
    after = date(2026, 12, 24)
    assert insurer(MONDAY, delay_told_on=date(2026, 11, 20), today=after)[1] is ClockState.EXCUSED
    assert insurer(MONDAY, delay_told_on=date(2026, 11, 24), today=after)[1] is ClockState.OVER
    named = {"delay_told_on": date(2026, 11, 20), "delay_until": date(2026, 12, 23)}
    assert insurer(MONDAY, **named, today=date(2026, 12, 23))[1] is ClockState.EXCUSED
    assert insurer(MONDAY, **named, today=after)[1] is ClockState.OVER
    assert insurer(MONDAY, **named, decided_on=date(2026, 12, 23), today=after)[1] is ClockState.STOPPED
    assert insurer(MONDAY, **named, decided_on=after, today=after)[1] is ClockState.LATE
    assert insurer(MONDAY, **(named | {"delay_told_on": date(2026, 11, 24)}), today=after)[1] is ClockState.OVER
    assert insurer(MONDAY, decided_on=date(2026, 11, 24), today=after)[1] is ClockState.LATE
    assert insurer(MONDAY, decided_on=date(2026, 11, 23), today=after)[1] is ClockState.STOPPED


@given(days, days, st.booleans(), st.one_of(st.none(), days))
def test_a_clock_is_over_only_after_its_last_day(begin: date, today: date, opinion: bool, decided: date | None) -> None:
    """Never shorter than the law's weeks, never ending on a weekend, and over only where nothing was decided."""
    clock = insurer_clock(
        applied_on=begin, opinion_told_on=begin if opinion else None, decided_on=decided, delay_told_on=None,
        delay_until=None, today=today, land="NW",
    )  # fmt: skip
    assert timedelta(days=35 if opinion else 21) <= clock.ends - begin <= timedelta(days=45)
    assert clock.ends.weekday() < 5
    assert (clock.state is ClockState.OVER) == (decided is None and today > clock.ends)


@pytest.mark.parametrize(
    ("form", "code", "field"),
    [
        (CaseForm(ptv11_on=TODAY + timedelta(days=1)), "in_future", "ptv11_on"),
        (CaseForm(tss_result="no_appointment", tss_result_on=MONDAY), "tss_asked_on_missing", "tss_asked_on"),
        (CaseForm(tss_asked_on=MONDAY, tss_result="no_appointment"), "result_half", "tss_result_on"),
        (CaseForm(tss_asked_on=MONDAY, tss_result_on=MONDAY), "result_half", "tss_result"),
        (CaseForm(tss_asked_on=TODAY, tss_result="appointment", tss_result_on=MONDAY), "before_begin", "tss_result_on"),
        (CaseForm(tss_asked_on=MONDAY, tss_appointment_on=TODAY), "no_appointment", "tss_appointment_on"),
        (CaseForm(opinion_asked=True), "applied_on_missing", "applied_on"),
        (CaseForm(decision="refused", decided_on=TODAY), "applied_on_missing", "applied_on"),
        (CaseForm(applied_on=TODAY, decision="refused", decided_on=MONDAY), "before_begin", "decided_on"),
        (CaseForm(applied_on=MONDAY, opinion_told_on=TODAY), "no_opinion", "opinion_told_on"),
        (
            CaseForm(applied_on=TODAY, opinion_asked=True, opinion_told_on=MONDAY),
            "before_begin",
            "opinion_told_on",
        ),
        (CaseForm(applied_on=MONDAY, delay_until=TODAY), "delay_told_on_missing", "delay_told_on"),
        (
            CaseForm(applied_on=MONDAY, delay_told_on=TODAY, delay_until=MONDAY),
            "before_begin",
            "delay_until",
        ),
        (CaseForm(applied_on=MONDAY, decision="refused"), "decision_half", "decided_on"),
        (CaseForm(applied_on=MONDAY, decided_on=TODAY), "decision_half", "decision"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(database: Database, form: CaseForm, code: str, field: str) -> None:
    """The program names the field; the database refuses the same, but for days to come."""
    with pytest.raises(Invalid) as error:
        check_case(form, today=TODAY)
    assert (error.value.code, error.value.field) == (f"evidence.{code}", field)
    if code == "in_future":
        return
    with database.write() as session:
        search = add_search(session, patient := add_patient(session))
    values = {name: getattr(form, name) for name in CaseForm.__slots__}
    with pytest.raises(Invalid), database.write() as session:
        session.add(ReimbursementCase(search_id=search, patient_id=patient, **values))


def test_a_case_is_of_the_searchs_own_patient(database: Database) -> None:
    """Nobody's case lands in another's evidence."""
    with database.write() as session:
        search, other = add_search(session), add_patient(session)
    with pytest.raises(Invalid), database.write() as session:
        session.add(ReimbursementCase(search_id=search, patient_id=other))


def test_two_people_do_not_overwrite_each_other(database: Database, second_database: Database) -> None:
    """Who saves second hears who was first, whether the case was there or not."""
    with database.write() as session:
        search = add_search(session, patient := add_patient(session))
        save_profile(session, ProfileForm("Kasse"))
    form = CaseForm(ptv11_on=MONDAY)
    with second_database.write() as session:
        save_case(session, search, form, version=None, today=TODAY)
    with pytest.raises(Conflict) as error, database.write() as session:
        save_case(session, search, CaseForm(), version=None, today=TODAY)
    assert error.value.params["by"] == "Tom Keller"
    with database.read() as session:
        seen = case_of(session, patient)
    assert seen is not None
    assert seen.form == form
    with second_database.write() as session:
        save_case(session, search, replace(form, urgency="acute"), version=seen.version, today=TODAY)
    with pytest.raises(Conflict), database.write() as session:
        save_case(session, search, form, version=seen.version, today=TODAY)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (ProfileForm(" "), "name"),
        (ProfileForm("A", attempts_wanted=2), "attempts"),
        (ProfileForm("A", attempts_wanted=11), "attempts"),
        (ProfileForm("A", papers=("x",)), "unknown"),
    ],
)
def test_a_profile_that_cannot_be_is_refused(database: Database, form: ProfileForm, code: str) -> None:
    """Insurers want three to ten attempts."""
    with pytest.raises(Invalid, match=code), database.write() as session:
        save_profile(session, form)


def test_an_insurer_is_there_once(database: Database) -> None:
    """Whatever the case of its letters; one that is no longer offered does not stand in the way."""
    with database.write() as session:
        old = save_profile(session, ProfileForm("AOK Nord"))
    with pytest.raises(Conflict), database.write() as session:
        save_profile(session, ProfileForm("aok nord"))
    with database.write() as session:
        save_profile(session, ProfileForm("AOK Nord", retired=True), profile_id=old, version=1)
    with database.write() as session:
        new = save_profile(session, ProfileForm("aok nord", attempts_wanted=5))
    with database.read() as session:
        assert [(p.profile_id, p.form.attempts_wanted) for p in list_profiles(session)] == [(new, 5)]
        assert len(list_profiles(session, retired=True)) == 2


def test_whoever_leads_the_office_says_what_insurers_want(office: Office) -> None:
    """A caseworker without that duty reads profiles and changes none."""
    owner = office.database("owner")
    with owner.write() as session:
        ensure_person(session, role_name="test_mia", display_name="Mia Sand", password=PASSWORD, roles={"caseworker"})
    owner.close()
    mia = office.database("mia")
    with mia.read() as session:
        assert list_profiles(session) == ()
    with pytest.raises(Forbidden), mia.write() as session:
        save_profile(session, ProfileForm("Kasse"))
    mia.close()
    owner = office.database("owner")
    with owner.write() as session:
        session.execute(text("DROP ROLE test_mia"))  # the cluster's, so it would outlive this office
    owner.close()
