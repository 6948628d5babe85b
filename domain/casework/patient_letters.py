"""Letters to patients: the first one, how the search stands, a place that was found; by mail, or said on the phone.

They go to the person alone, under their own name; nothing in them is about another patient.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from domain.casework.letters import office_context, recipient_of
from domain.communication.mails import Letter, queue_mail
from domain.communication.models import PhoneCall
from domain.communication.states import SPOKEN
from domain.communication.templates.contexts import PatientLetterContext, SearchStatus
from domain.communication.templates.rendering import render
from domain.communication.templates.service import sources_for
from domain.communication.wording import MISSING, Recipient
from domain.errors import Invalid
from domain.matching.models import Inquiry, InquiryItem, PlaceSearch
from domain.matching.states import OPEN_ITEM, REJECTIONS, InquiryStage, ItemStatus
from domain.patients.checklist import missing_for_search
from domain.patients.lifecycle import refuse_closed
from domain.patients.models import Patient
from domain.therapists.models import PracticeSite, Therapist
from domain.weektime import office_day

# A stated sex is a word of the person's own; whoever stated none, or divers, is addressed by name (never guessed).
SALUTATIONS = {"female": "Frau", "male": "Herr"}
WEEK = timedelta(days=7)
_FIRST_LETTER_TO = text("SELECT address, name FROM patient_service.first_letter_to(:patient)")


def queue_acceptance_to_patient(session: Session, item_id: int, *, now: datetime) -> int:
    """Write to the patient that a practice has a place. Raises as `queue_to_patient` does."""
    item = session.get_one(InquiryItem, item_id)
    patient = session.get_one(Patient, session.get_one(PlaceSearch, item.search_id).patient_id)
    letter = compose_acceptance(session, "acceptance_patient", item, today=office_day(now))
    return queue_to_patient(session, patient, letter, kind="patient", now=now, inquiry_id=item.inquiry_id)


def compose_acceptance(session: Session, kind: str, item: InquiryItem, *, today: date) -> Letter:
    """That there is a place: as a mail (``acceptance_patient``) or to be said on the phone (``acceptance_call``)."""
    patient = session.get_one(Patient, session.get_one(PlaceSearch, item.search_id).patient_id)
    therapist = session.get_one(Therapist, session.get_one(Inquiry, item.inquiry_id).therapist_id)
    site = session.get_one(PracticeSite, therapist.site_id)
    context = replace(
        patient_context(session, patient, today=today),
        practice=recipient_of(therapist).full_name,
        practice_phone=therapist.phone or therapist.mobile,
        practice_address=f"{site.street} {site.house_number}, {site.plz} {site.city}".strip(" ,"),
        # a day that has come says no more than "now"
        place_from=item.place_from if item.place_from is not None and item.place_from > today else None,
    )
    return render(kind, context, sources_for(session, kind))


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """The news of a place as a mail (to `address`, perhaps none) and as said on the phone (`phone`, E.164)."""

    mail: Letter
    script: Letter
    address: str
    phone: str


def place_found(session: Session, item_id: int, *, today: date) -> PlaceFound:
    """Both ways to tell a patient that a practice has a place, to be read before one takes either."""
    item = session.get_one(InquiryItem, item_id)
    patient = session.get_one(Patient, session.get_one(PlaceSearch, item.search_id).patient_id)
    return PlaceFound(
        compose_acceptance(session, "acceptance_patient", item, today=today),
        compose_acceptance(session, "acceptance_call", item, today=today),
        patient.email,
        patient.phone,
    )


def compose_to_patient(session: Session, kind: str, patient_id: int, *, today: date) -> Letter:
    """The first letter, or how the search stands (``first_letter``, ``weekly_status``)."""
    context = patient_case(session, session.get_one(Patient, patient_id), today=today)
    return render(kind, context, sources_for(session, kind))


def queue_first_letter(session: Session, patient_id: int, *, now: datetime) -> int:
    """Queue the first letter to a patient; it may be sent again. Raises as `queue_to_patient` does."""
    letter = compose_to_patient(session, "first_letter", patient_id, today=office_day(now))
    return queue_to_patient(session, session.get_one(Patient, patient_id), letter, kind="first_letter", now=now)


def letter_address(session: Session, kind: str, patient_id: int) -> str:
    """Where a letter to a patient goes; empty where nobody has an address."""
    if kind == "first_letter":
        return str(session.execute(_FIRST_LETTER_TO, {"patient": patient_id}).one().address)
    return session.get_one(Patient, patient_id).email


def patient_case(session: Session, patient: Patient, *, today: date) -> PatientLetterContext:
    """All there is to write to a patient about, but for a place."""
    return replace(
        patient_context(session, patient, today=today),
        status=search_status(session, patient.id, today=today),
        missing=tuple(MISSING[code] for code in missing_for_search(session, patient, today=today)),
    )


def queue_to_patient(
    session: Session,
    patient: Patient,
    letter: Letter,
    *,
    kind: str,
    now: datetime,
    inquiry_id: int | None = None,
    delay: timedelta = timedelta(0),
    status_week: date | None = None,
) -> int:
    """Queue a mail to a patient; the first letter to a child goes to who has custody and an address.

    Raises Invalid without an address and Forbidden while nothing may be done.
    """
    address, name = patient.email, f"{patient.first_name} {patient.last_name}".strip()
    if kind == "first_letter":
        session.flush()
        address, name = session.execute(_FIRST_LETTER_TO, {"patient": patient.id}).one()
    if not address:
        raise Invalid("patient.no_email", patient_id=patient.id)
    refuse_closed(patient)
    return queue_mail(
        session,
        kind=kind,
        to_address=address,
        to_name=name,
        letter=letter,
        now=now,
        patient_id=patient.id,
        inquiry_id=inquiry_id,
        delay=delay,
        status_week=status_week,
    )


def patient_context(session: Session, patient: Patient, *, today: date) -> PatientLetterContext:
    """Whom the letter addresses and from whom it comes."""
    return PatientLetterContext(
        recipient=Recipient(
            SALUTATIONS.get(patient.sex, ""), "", patient.first_name, patient.last_name, is_institution=False
        ),
        office=office_context(session),
        today=today,
    )


def search_status(session: Session, patient_id: int, *, today: date) -> SearchStatus | None:
    """Where the patient's newest search stands, in numbers; None for who never had one."""
    search = session.scalar(
        select(PlaceSearch).where(PlaceSearch.patient_id == patient_id).order_by(PlaceSearch.id.desc()).limit(1)
    )
    if search is None:
        return None
    answered = InquiryItem.status.in_((*REJECTIONS, ItemStatus.WAITLISTED, ItemStatus.CONSULTATION_ONLY))
    row = session.execute(
        select(
            # one practice asked again after its cooling period is one practice
            func.count(Inquiry.contact_point_id.distinct()).label("asked"),
            func.count(Inquiry.contact_point_id.distinct())
            .filter(Inquiry.sent_at >= today - WEEK)
            .label("asked_this_week"),
            func.count().filter(answered, InquiryItem.answered_at >= today - WEEK).label("answered_this_week"),
        )
        .select_from(InquiryItem)
        .join(Inquiry, Inquiry.id == InquiryItem.inquiry_id)
        .where(InquiryItem.search_id == search.id, Inquiry.sent_at.is_not(None))
    ).one()
    calls = session.scalar(
        select(func.count(PhoneCall.id.distinct()))
        .join(InquiryItem, InquiryItem.inquiry_id == PhoneCall.inquiry_id)
        .where(InquiryItem.search_id == search.id, PhoneCall.status.in_(SPOKEN))
    )
    weeks = max(0, (today - search.waiting_since).days // 7)
    stands = _by_practice(session, search.id)
    return SearchStatus(
        weeks=weeks,
        calls=calls or 0,
        without_result=row.asked - sum(stands.values()),
        **row._asdict(),
        **stands,
    )


def _by_practice(session: Session, search_id: int) -> dict[str, int]:
    """How many practices wait, are away, declined or keep a list: each once, by the last it was asked."""
    last = (
        select(InquiryItem.status, Inquiry.stage)
        .ext(distinct_on(Inquiry.contact_point_id))
        .select_from(InquiryItem)
        .join(Inquiry, Inquiry.id == InquiryItem.inquiry_id)
        .where(InquiryItem.search_id == search_id, Inquiry.sent_at.is_not(None))
        .order_by(Inquiry.contact_point_id, Inquiry.sent_at.desc(), InquiryItem.id.desc())
        .subquery()
    )
    waits = last.c.status.in_(OPEN_ITEM)
    row = session.execute(
        select(
            func.count().filter(waits, last.c.stage == InquiryStage.SENT).label("waiting_for_answer"),
            func.count().filter(waits, last.c.stage == InquiryStage.OUT_OF_OFFICE).label("absent"),
            func.count().filter(last.c.status.in_(REJECTIONS)).label("declined"),
            func.count().filter(last.c.status == ItemStatus.WAITLISTED).label("waiting_lists"),
        )
    ).one()
    return dict(row._asdict())
