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
        applied_on=today - timedelta(days=2), opinion_asked=False, decided_on=None, delay_told_on=None, today=today,
        land="NW",
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
        form = CaseForm(tss_asked_on=today, urgency="acute", applied_on=today, opinion_asked=True)
        save_case(session, add_search(session), form, version=None, today=today)
    with database.read() as session:
        assert due(session, 40) == {
            TaskKind.TSS_CLOCK: today + timedelta(days=14), TaskKind.INSURER_CLOCK: today + timedelta(days=35),
        }  # fmt: skip
