"""The reimbursement case of one search, and the office's profiles of insurers: read, checked, saved."""

from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import events
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid, NotFound
from domain.matching.models import PlaceSearch
from domain.matching.reimbursement_models import (
    ATTEMPTS,
    COUNT_BY,
    DECISIONS,
    PAPERS,
    TSS_RESULTS,
    URGENCY,
    USUAL_PAPERS,
    InsurerProfile,
    ReimbursementCase,
)
from domain.patients.lifecycle import refuse_closed
from domain.patients.models import MedicalInformation, Patient


@dataclass(frozen=True, slots=True)
class ProfileForm:
    """What the office knows of an insurer. `count_by` ``practice``: each practice once; ``attempt``: every attempt."""

    name: str
    address: str = ""
    attempts_wanted: int = ATTEMPTS[1]
    count_by: str = "practice"
    silence_counts: bool = True
    waiting_list_counts: bool = True
    papers: tuple[str, ...] = USUAL_PAPERS
    note: str = ""
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """A saved profile; the one that stands in where none was chosen has no id."""

    profile_id: int | None
    version: int
    form: ProfileForm


USUAL = Profile(None, 0, ProfileForm(name=""))


@dataclass(frozen=True, slots=True)
class CaseForm:
    """What a person enters: dates are days, `profile_id` None means the usual (10 attempts, usual papers)."""

    profile_id: int | None = None
    ptv11_on: date | None = None
    code_present: bool = False
    urgency: str = ""
    tss_asked_on: date | None = None
    tss_result: str = ""
    tss_result_on: date | None = None
    tss_appointment_on: date | None = None
    applied_on: date | None = None
    opinion_asked: bool = False
    opinion_told_on: date | None = None
    delay_told_on: date | None = None
    delay_until: date | None = None
    decision: str = ""
    decided_on: date | None = None
    tss_proof_on: date | None = None
    necessity_on: date | None = None
    medical_report_on: date | None = None
    cost_estimate_on: date | None = None
    licence_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """The case of a patient's newest search; `version` None: nothing was entered yet, the form is what is known."""

    search_id: int
    patient_id: int
    version: int | None
    form: CaseForm


CASE_FIELDS = tuple(field.name for field in fields(CaseForm))
PROFILE_FIELDS = tuple(field.name for field in fields(ProfileForm))


# Profiles.


def list_profiles(session: Session, *, retired: bool = False) -> tuple[Profile, ...]:
    """The office's profiles by name; with `retired` those out of use, too."""
    query = select(InsurerProfile).order_by(func.public.fold(InsurerProfile.name), InsurerProfile.id)
    if not retired:
        query = query.where(~InsurerProfile.retired)
    return tuple(_profile(row) for row in session.scalars(query))


def profile_of(session: Session, profile_id: int | None) -> Profile:
    """A profile, or the usual."""
    return USUAL if profile_id is None else _profile(session.get_one(InsurerProfile, profile_id))


def save_profile(
    session: Session, form: ProfileForm, *, profile_id: int | None = None, version: int | None = None
) -> int:
    """Save a new or changed profile; returns its id. Raises Invalid (field), Conflict and Forbidden."""
    _check_profile(session, form, profile_id)
    row = InsurerProfile() if profile_id is None else load_for_edit(session, InsurerProfile, profile_id, version)
    for name in PROFILE_FIELDS:
        value = getattr(form, name)
        setattr(row, name, list(value) if name == "papers" else value.strip() if isinstance(value, str) else value)
    session.add(row)
    session.flush()
    events.record(session, "insurer_profile.saved", row.id)
    return row.id


def _check_profile(session: Session, form: ProfileForm, profile_id: int | None) -> None:
    if not form.name.strip():
        raise Invalid("insurer_profile.name", field="name")
    if not ATTEMPTS[0] <= form.attempts_wanted <= ATTEMPTS[1]:
        raise Invalid("insurer_profile.attempts", field="attempts_wanted", low=ATTEMPTS[0], high=ATTEMPTS[1])
    if form.count_by not in COUNT_BY or set(form.papers) - set(PAPERS):
        raise Invalid("insurer_profile.unknown")
    same = select(InsurerProfile.id).where(
        func.lower(InsurerProfile.name) == form.name.strip().lower(),
        ~InsurerProfile.retired,
        InsurerProfile.id != (profile_id or 0),
    )
    if not form.retired and session.scalar(same) is not None:
        raise Conflict("insurer_profile.there", field="name")


def _profile(row: InsurerProfile) -> Profile:
    values = {name: getattr(row, name) for name in PROFILE_FIELDS}
    return Profile(row.id, row.version, ProfileForm(**{**values, "papers": tuple(row.papers)}))


# Cases.


def case_of(session: Session, patient_id: int) -> Case | None:
    """The case of a patient's newest search; None where there never was a search.

    Where nothing was entered yet, what the record knows stands in it: PTV 11, and the profile named like the insurer.
    """
    search_id = session.scalar(
        select(PlaceSearch.id)
        .where(PlaceSearch.patient_id == patient_id)
        .order_by(PlaceSearch.closed_at.is_not(None), PlaceSearch.id.desc())
    )
    if search_id is None:
        return None
    row = session.scalars(select(ReimbursementCase).where(ReimbursementCase.search_id == search_id)).one_or_none()
    if row is not None:
        values = {name: getattr(row, name) for name in CASE_FIELDS}
        return Case(search_id, patient_id, row.version, CaseForm(**values))
    return Case(search_id, patient_id, None, _known(session, patient_id))


def _known(session: Session, patient_id: int) -> CaseForm:
    medical = session.get_one(MedicalInformation, patient_id)
    profile_id = session.scalar(
        select(InsurerProfile.id)
        .join(Patient, func.public.fold(Patient.insurer) == func.public.fold(InsurerProfile.name))
        .where(Patient.id == patient_id, ~InsurerProfile.retired)
        .order_by(InsurerProfile.id)
    )
    return CaseForm(
        profile_id=profile_id,
        ptv11_on=medical.ptv11_on,
        code_present=bool(medical.ptv11_code),
        urgency="timely" if medical.timely_needed else "",
    )


def save_case(session: Session, search_id: int, form: CaseForm, *, version: int | None, today: date) -> None:
    """Save the case of a search; `version` is what the caller saw, None for the first time.

    Raises Invalid (field), Conflict when somebody else was faster, Forbidden while the record is restricted.
    """
    search = session.get(PlaceSearch, search_id)
    if search is None:
        raise NotFound("record.not_found", table="place_search", id=search_id)
    patient = load_for_edit(session, Patient, search.patient_id)
    refuse_closed(patient, "evidence.restricted")
    check_case(form, today=today)
    row = session.scalars(
        select(ReimbursementCase).where(ReimbursementCase.search_id == search_id).with_for_update(key_share=True)
    ).one_or_none()
    if row is None:
        row = ReimbursementCase(search_id=search_id, patient_id=search.patient_id)
        session.add(row)
    elif row.version != version:
        load_for_edit(session, ReimbursementCase, row.id, version or 0)
    for name in CASE_FIELDS:
        value = getattr(form, name)
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    session.flush()
    events.record(session, "reimbursement_case.saved", row.id, patient_id=row.patient_id)


PAST = (
    "ptv11_on", "tss_asked_on", "tss_result_on", "applied_on", "opinion_told_on", "delay_told_on", "decided_on",
    "tss_proof_on", "necessity_on", "medical_report_on", "cost_estimate_on", "licence_on",
)  # fmt: skip
# each day with the one it cannot lie before
AFTER = (
    ("tss_result_on", "tss_asked_on"), ("tss_appointment_on", "tss_asked_on"), ("delay_told_on", "applied_on"),
    ("decided_on", "applied_on"), ("opinion_told_on", "applied_on"), ("delay_until", "delay_told_on"),
)  # fmt: skip


def check_case(form: CaseForm, *, today: date) -> None:
    """Raise Invalid (field) for what cannot be. The database refuses the same."""
    if form.urgency not in URGENCY or form.tss_result not in TSS_RESULTS or form.decision not in DECISIONS:
        raise Invalid("evidence.unknown")
    for name in PAST:
        day = getattr(form, name)
        if day is not None and day > today:
            raise Invalid("evidence.in_future", field=name)
    _check_halves(form)
    for later, earlier in AFTER:
        after, before = getattr(form, later), getattr(form, earlier)
        if after is not None and before is None:
            raise Invalid(f"evidence.{earlier}_missing", field=earlier)
        if after is not None and before is not None and after < before:
            raise Invalid("evidence.before_begin", field=later)
    if form.opinion_asked and form.applied_on is None:
        raise Invalid("evidence.applied_on_missing", field="applied_on")
    if form.opinion_told_on is not None and not form.opinion_asked:
        raise Invalid("evidence.no_opinion", field="opinion_told_on")


def _check_halves(form: CaseForm) -> None:
    """A result and its day come together."""
    if (form.tss_result == "") != (form.tss_result_on is None):
        raise Invalid("evidence.result_half", field="tss_result_on" if form.tss_result else "tss_result")
    if form.tss_appointment_on is not None and not form.tss_result.startswith("appointment"):
        raise Invalid("evidence.no_appointment", field="tss_appointment_on")
    if (form.decision == "") != (form.decided_on is None):
        raise Invalid("evidence.decision_half", field="decided_on" if form.decision else "decision")
