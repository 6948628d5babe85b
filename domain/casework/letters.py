"""Letters about an inquiry: gathers what they may say, renders them, and queues the mail.

This is the one place where patients' data meet a practice's address: only the fields of PatientProfile pass.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.access import me, office
from domain.communication.mails import Letter, queue_mail
from domain.communication.templates.contexts import (
    LetterContext,
    OfficeContext,
    PatientCode,
    PatientProfile,
)
from domain.communication.templates.rendering import render
from domain.communication.templates.service import sources_for
from domain.communication.wording import COMPLAINT_WORDS, INSURANCE, METHODS, SEXES, WEEKDAYS, Recipient, age_band
from domain.languages import known
from domain.matching.inquiries import items_of
from domain.matching.models import Inquiry, InquiryItem, PlaceSearch
from domain.matching.states import LIVE_ACCEPTANCE, OPEN_ITEM, ItemStatus
from domain.patients.checklist import age_on
from domain.patients.models import MedicalInformation, Patient, Wishes
from domain.therapists.models import Therapist
from domain.values import MINUTES_PER_DAY
from domain.weektime import from_multirange, office_day

SOURCES = {
    "arztsuche": "das öffentliche Verzeichnis arztsuche.116117.de",
    "plz_directory": "ein öffentliches Verzeichnis der Kassenärztlichen Vereinigungen",
}
WITH_PROFILES = frozenset({"inquiry", "alternative"})  # the others name codes only
OWN_SOURCE = "Ihre eigenen öffentlichen Angaben"


def queue_letter(
    session: Session,
    kind: str,
    inquiry: Inquiry,
    items: Sequence[InquiryItem],
    *,
    now: datetime,
    delay: timedelta = timedelta(0),
) -> int | None:
    """Queue a letter of a kind about some items to the inquiry's therapist; None where there is no address.

    Kinds: ``inquiry``, ``reminder``, ``withdrawal``, ``surplus``, ``alternative``, ``place_declined``.
    """
    therapist = session.get_one(Therapist, inquiry.therapist_id)
    if not therapist.email or not items:
        return None
    letter = compose(session, kind, inquiry, items, today=office_day(now))
    return queue_mail(
        session,
        kind=kind,
        to_address=therapist.email,
        to_name=recipient_of(therapist).full_name,
        letter=letter,
        now=now,
        inquiry_id=inquiry.id,
        item_ids=[item.id for item in items],
        delay=delay,
    )


def compose(session: Session, kind: str, inquiry: Inquiry, items: Sequence[InquiryItem], *, today: date) -> Letter:
    """The letter as it would be sent; also used for previews."""
    context = inquiry_context(session, inquiry, items, profiles=kind in WITH_PROFILES, today=today)
    if kind == "surplus":
        context = replace(context, elsewhere=_elsewhere(session, items))
    return render(kind, context, sources_for(session, kind))


def _elsewhere(session: Session, items: Sequence[InquiryItem]) -> str:
    """What became of the other place of whoever has two: offered, begun, or there is none (any more)."""
    found = set(
        session.scalars(
            select(InquiryItem.status).where(
                InquiryItem.search_id.in_([item.search_id for item in items]),
                InquiryItem.id.not_in([item.id for item in items]),
                InquiryItem.status.in_(LIVE_ACCEPTANCE),
                InquiryItem.ended_at.is_(None),
            )
        )
    )
    if not found:
        return ""
    return "begun" if found <= {ItemStatus.IN_TRIAL_SESSIONS, ItemStatus.IN_THERAPY} else "offered"


def compose_script(session: Session, inquiry: Inquiry, items: Sequence[InquiryItem], *, today: date) -> Letter:
    """What one says when calling about an inquiry: the whole request, or the reminder of one that was made."""
    kind = "call_first" if inquiry.sent_at is None else "call_again"
    return render(
        kind, inquiry_context(session, inquiry, items, profiles=True, today=today), sources_for(session, kind)
    )


def inquiry_context(
    session: Session, inquiry: Inquiry, items: Sequence[InquiryItem], *, profiles: bool, today: date
) -> LetterContext:
    """What a letter about these items may say; without `profiles` it names codes only."""
    therapist = session.get_one(Therapist, inquiry.therapist_id)
    named = {item.id for item in items}
    others = items_of(session, inquiry.id)
    return LetterContext(
        recipient=recipient_of(therapist),
        office=office_context(session),
        reference=inquiry.reference,
        patients=(
            profiles_of(session, items, today=today)
            if profiles
            else tuple(PatientCode(item.reference_code) for item in items)
        ),
        today=today,
        asked_on=office_day(inquiry.sent_at) if inquiry.sent_at is not None else today,
        source=SOURCES.get(therapist.source, OWN_SOURCE),
        still_open=any(one.id not in named and ItemStatus(one.status) in OPEN_ITEM for one in others),
    )


def recipient_of(therapist: Therapist) -> Recipient:
    """Whom a letter to a therapist addresses."""
    return Recipient(
        therapist.salutation,
        therapist.title,
        therapist.first_name,
        therapist.last_name,
        is_institution=therapist.is_institution,
    )


def office_context(session: Session) -> OfficeContext:
    """The letterhead: the office's, with the name and number of whoever writes."""
    settings, person = office(session), me(session)
    return OfficeContext(
        name=settings.name,
        person=person.display_name,
        street=settings.street,
        plz=settings.plz,
        city=settings.city,
        phone=person.phone or settings.phone,
        email=settings.email or person.email or "",
        legal_footer=settings.legal_footer,
    )


def profiles_of(session: Session, items: Sequence[InquiryItem], *, today: date) -> tuple[PatientProfile, ...]:
    """What a practice may know of the persons of these items, in their order."""
    # one query for everybody in the letter; the profiles then find their rows in the session
    session.execute(
        select(PlaceSearch, Patient, Wishes, MedicalInformation)
        .join(Patient, Patient.id == PlaceSearch.patient_id)
        .outerjoin(Wishes, Wishes.patient_id == Patient.id)
        .outerjoin(MedicalInformation, MedicalInformation.patient_id == Patient.id)
        .where(PlaceSearch.id.in_([item.search_id for item in items]))
    ).all()
    return tuple(_profile(session, item, today=today) for item in items)


def _profile(session: Session, item: InquiryItem, *, today: date) -> PatientProfile:
    search = session.get_one(PlaceSearch, item.search_id)
    patient = session.get_one(Patient, search.patient_id)
    wishes = session.get(Wishes, patient.id) or Wishes(patient_id=patient.id, methods=[], languages=[], group_ok=False)
    medical = session.get(MedicalInformation, patient.id)
    return PatientProfile(
        code=item.reference_code,
        age_band=age_band(age_on(today, patient.birth_date)),
        sex=SEXES[patient.sex],
        insurance=INSURANCE[patient.insurance_kind],
        methods=tuple(METHODS[method] for method in wishes.methods),
        group_ok=wishes.group_ok,
        # free text is never passed on: only words of the fixed list
        complaints=tuple(c for c in medical.complaints if c in COMPLAINT_WORDS) if medical is not None else (),
        availability=availability_in_words(wishes),
        waiting_weeks=max(0, (today - search.waiting_since).days // 7),
        region=f"Raum {patient.plz[:3]}" if patient.plz else "noch offen",
        had_consultation=medical is not None and medical.consultation_on is not None,
        timely_needed=medical is not None and medical.timely_needed,
        languages=known(wishes.languages),
    )


def availability_in_words(wishes: Wishes) -> str:
    """Weekdays with morning, afternoon or evening: coarse enough for a first mail."""
    spans = from_multirange(wishes.availability)
    if not spans:
        return ""
    words: dict[int, list[str]] = {}
    for span in spans:
        day, start = divmod(span.start, MINUTES_PER_DAY)
        part = "vormittags" if start < 12 * 60 else "nachmittags" if start < 17 * 60 else "abends"
        parts = words.setdefault(day, [])
        if part not in parts:
            parts.append(part)
    return ", ".join(f"{WEEKDAYS[day]} {' und '.join(parts)}" for day, parts in sorted(words.items()))
