"""Clocks of reimbursement on Heute: a week before they end, and until something is entered."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from domain.casework.agenda import TaskKind, agenda
from domain.database import Database
from domain.matching.reimbursement import CaseForm, case_of, save_case
from domain.matching.reimbursement_clocks import insurer_clock, tss_clock
from tests.builders import add_patient, add_search
from tests.conftest import NOW

CLOCKS = (TaskKind.TSS_CLOCK, TaskKind.INSURER_CLOCK)


def due(session: Session, days: int) -> dict[TaskKind, date]:
    """The clocks Heute shows some days after NOW, with their day."""
    found = agenda(session, now=NOW + timedelta(days=days))
    return {task.kind: task.due.date() for task in found.tasks if task.kind in CLOCKS and task.due is not None}


def test_clocks_appear_a_week_before_they_end(database: Database) -> None:
    """On the day the clock itself says, until a result, a decision or the insurer's reasons are entered."""
    today = NOW.date()
    with database.write() as session:
        search = add_search(session, patient := add_patient(session))
        form = CaseForm(tss_asked_on=today, urgency="timely", applied_on=today - timedelta(days=2))
        save_case(session, search, form, version=None, today=today)
    tss = tss_clock(asked_on=today, urgency="timely", answered_on=None, today=today).ends
    insurer = insurer_clock(
        applied_on=today - timedelta(days=2), opinion_told_on=None, decided_on=None, delay_told_on=None,
        delay_until=None, today=today, land="NW",
    ).ends  # fmt: skip
    assert insurer.weekday() == 0  # it would have ended on a Saturday
    with database.read() as session:
        assert due(session, 0) == {}
        assert due(session, 14) == {TaskKind.INSURER_CLOCK: insurer}
        assert due(session, 60) == {TaskKind.TSS_CLOCK: tss, TaskKind.INSURER_CLOCK: insurer}
        case = case_of(session, patient)
    assert case is not None
    with database.write() as session:
        told = replace(form, tss_result="no_appointment", tss_result_on=today, delay_told_on=today)
        save_case(session, search, told, version=case.version, today=today)
    with database.read() as session:
        assert due(session, 60) == {}


def test_an_opinion_and_acute_treatment_move_the_day(database: Database) -> None:
    """Five weeks and fourteen days."""
    today = NOW.date()
    with database.write() as session:
        form = CaseForm(
            tss_asked_on=today, urgency="acute", applied_on=today, opinion_asked=True, opinion_told_on=today
        )
        save_case(session, add_search(session), form, version=None, today=today)
    with database.read() as session:
        assert due(session, 40) == {
            TaskKind.TSS_CLOCK: today + timedelta(days=14), TaskKind.INSURER_CLOCK: today + timedelta(days=35),
        }  # fmt: skip


def test_reasons_told_too_late_leave_the_clock_there(database: Database) -> None:
    """The period was over without a word then: this is the case to look at."""
    applied, late = NOW.date() - timedelta(days=30), NOW.date() - timedelta(days=1)
    with database.write() as session:
        form = CaseForm(applied_on=applied, delay_told_on=late)
        save_case(session, add_search(session), form, version=None, today=NOW.date())
    with database.read() as session:
        assert due(session, 0) == {TaskKind.INSURER_CLOCK: date(2026, 11, 16)}


def test_reasons_told_in_time_count_until_the_day_they_name(database: Database) -> None:
    """A week before that day the clock is there again, and stays."""
    today = NOW.date()
    with database.write() as session:
        form = CaseForm(applied_on=today, delay_told_on=today, delay_until=today + timedelta(days=50))
        save_case(session, add_search(session), form, version=None, today=today)
    with database.read() as session:
        assert due(session, 42) == {}
        shown = {TaskKind.INSURER_CLOCK: today + timedelta(days=50)}
        assert due(session, 43) == due(session, 70) == shown


def test_a_holiday_moves_the_day(database: Database) -> None:
    """As the clock of the paper says: three weeks from 4 December end after Christmas."""
    with database.write() as session:
        form = CaseForm(applied_on=date(2026, 12, 4))
        save_case(session, add_search(session), form, version=None, today=date(2026, 12, 4))
    with database.read() as session:
        assert due(session, 40) == {TaskKind.INSURER_CLOCK: date(2026, 12, 28)}


def test_who_is_insured_privately_has_no_such_clocks(database: Database) -> None:
    """SGB V does not hold for them."""
    today = NOW.date()
    with database.write() as session:
        for kind in ("private", "self_pay"):
            search = add_search(session, add_patient(session, insurance_kind=kind))
            save_case(session, search, CaseForm(tss_asked_on=today, applied_on=today), version=None, today=today)
    with database.read() as session:
        assert due(session, 60) == {}
