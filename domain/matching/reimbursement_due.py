"""The clocks of cases: of one, and of all that are open. Only who is insured by statute has them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from domain.access import office
from domain.matching.models import PlaceSearch
from domain.matching.reimbursement import CaseForm
from domain.matching.reimbursement_clocks import Clock, ClockState, insurer_clock, tss_clock
from domain.matching.reimbursement_models import ReimbursementCase
from domain.matching.states import SearchStatus
from domain.patients.models import Patient

WITHOUT_CLOCKS = ("private", "self_pay")  # SGB V does not hold for them


@dataclass(frozen=True, slots=True)
class Clocks:
    """A case's clocks; None where nothing was asked or applied for."""

    tss: Clock | None
    insurer: Clock | None


@dataclass(frozen=True, slots=True)
class OpenClocks:
    """Whose clocks nothing stopped yet."""

    patient_id: int
    name: str
    urgency: str
    insurer_name: str
    clocks: Clocks


def is_statutory(insurance_kind: str) -> bool:
    """Whether the law of the statutory insurers holds; it is taken to where the kind is not known."""
    return insurance_kind not in WITHOUT_CLOCKS


def clocks_of(case: CaseForm | ReimbursementCase, *, today: date, land: str) -> Clocks:
    """How a case's clocks stand."""
    tss = None if case.tss_asked_on is None else tss_clock(
        asked_on=case.tss_asked_on, urgency=case.urgency, answered_on=case.tss_result_on, today=today
    )  # fmt: skip
    insurer = None if case.applied_on is None else insurer_clock(
        applied_on=case.applied_on, opinion_told_on=case.opinion_told_on, decided_on=case.decided_on,
        delay_told_on=case.delay_told_on, delay_until=case.delay_until, today=today, land=land,
    )  # fmt: skip
    return Clocks(tss, insurer)


def open_clocks(session: Session, *, today: date) -> tuple[OpenClocks, ...]:
    """The clocks that still wait: the appointment service's while the search is open, the insurer's on its way, too."""
    route = PlaceSearch.status == SearchStatus.REIMBURSEMENT_ROUTE
    rows = session.execute(
        select(ReimbursementCase, Patient, PlaceSearch.closed_at)
        .join(PlaceSearch, PlaceSearch.id == ReimbursementCase.search_id)
        .join(Patient, Patient.id == ReimbursementCase.patient_id)
        .where(
            or_(PlaceSearch.closed_at.is_(None), route),
            Patient.restricted_at.is_(None),
            Patient.erased_at.is_(None),
            Patient.insurance_kind.not_in(WITHOUT_CLOCKS),
            or_(
                ReimbursementCase.tss_asked_on.is_not(None) & ReimbursementCase.tss_result_on.is_(None),
                ReimbursementCase.applied_on.is_not(None) & ReimbursementCase.decided_on.is_(None),
            ),
        )
        .order_by(ReimbursementCase.id)
    ).all()
    land = office(session).land
    found = []
    for case, patient, closed_at in rows:
        clocks = clocks_of(case, today=today, land=land)
        tss = clocks.tss if closed_at is None and _waits(clocks.tss) else None
        insurer = clocks.insurer if _waits(clocks.insurer) else None
        name = f"{patient.first_name} {patient.last_name}".strip()
        found.append(OpenClocks(patient.id, name, case.urgency, patient.insurer, Clocks(tss, insurer)))
    return tuple(found)


def _waits(clock: Clock | None) -> bool:
    """Whether a day is to be looked at: an insurer that told its reasons and no day is waited for without one."""
    if clock is None or clock.state in {ClockState.STOPPED, ClockState.LATE}:
        return False
    return clock.state is not ClockState.EXCUSED or clock.excused_until is not None
