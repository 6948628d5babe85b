"""Editing therapists: the person, the practice's site and contact point, what they offer, and their status.

What a caseworker changes is locked against later imports.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain import events
from domain.acquisition.phone_numbers import phone as read_phone
from domain.acquisition.text import email as read_email
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid
from domain.therapists.addresses import ADDRESS
from domain.therapists.aliases import known_as, remember
from domain.therapists.mailbox_opt_outs import stands_for
from domain.therapists.models import ContactPoint, Practice, PracticeSite, Therapist
from domain.therapists.sites import SITE_FIELDS, SiteForm, change_address, lock_for_all, renew_key, working_at
from domain.values import Offer, WeekSpan
from domain.weektime import to_multirange

FORM_FIELDS = (*ADDRESS, "accessible")  # the addition is entered with the sites
ICD10 = re.compile(r"[A-Z]\d{2}(\.\d{1,2})?")
PRACTICE_FIELDS = ("practice", "seat")
LISTS = ("languages", "specialties", "qualifications", "diagnoses_preferred", "diagnoses_excluded")


@dataclass(frozen=True, slots=True)
class TherapistForm:
    """What a caseworker enters; None and empty mean "not known". Age limits 0 = none."""

    practice: str
    seat: str
    salutation: str
    title: str
    first_name: str
    last_name: str
    sex: str
    licence: str
    offers: frozenset[Offer]
    age_min: int
    age_max: int
    patient_sex: str
    languages: tuple[str, ...]
    specialties: tuple[str, ...]
    qualifications: tuple[str, ...]
    diagnoses_preferred: tuple[str, ...]
    diagnoses_excluded: tuple[str, ...]
    email: str
    phone: str
    mobile: str
    web: str
    street: str
    house_number: str
    plz: str
    city: str
    accessible: bool | None
    phone_hours: tuple[WeekSpan, ...] | None
    hours_as_of: date | None
    treatment_hours: tuple[WeekSpan, ...] | None
    capacity: str
    capacity_from: date | None
    capacity_note: str
    note: str


def create_therapist(session: Session, form: TherapistForm, *, today: date) -> int:
    """A new therapist with practice, site and contact point; returns the id."""
    name = " ".join(part for part in (form.title, form.first_name, form.last_name) if part.strip())
    practice = Practice(name=form.practice.strip() or f"Praxis {name}", seat=form.seat)
    session.add(practice)
    session.flush()
    site = PracticeSite(practice_id=practice.id)
    session.add(site)
    session.flush()
    email = _checked(read_email, form.email, "email")
    therapist = Therapist(
        practice_id=practice.id,
        site_id=site.id,
        contact_point_id=contact_point_for(session, practice.id, email),
        last_name=form.last_name.strip() or "?",
    )
    _apply(session, therapist, site, practice, form, today=today)
    session.add(therapist)
    session.flush()
    events.record(session, "therapist.created", therapist.id)
    return therapist.id


def update_therapist(session: Session, therapist_id: int, version: int, form: TherapistForm, *, today: date) -> None:
    """Save a form; changed fields are locked against imports. Raises Conflict (who, when) and Invalid (field)."""
    therapist = load_for_edit(session, Therapist, therapist_id, version)
    site = load_for_edit(session, PracticeSite, therapist.site_id)
    practice = load_for_edit(session, Practice, therapist.practice_id)
    named = known_as(therapist)
    changed, moved = _apply(session, therapist, site, practice, form, today=today)
    remember(session, therapist, named, changed)
    therapist.locked_fields = sorted(set(therapist.locked_fields) | changed)
    session.flush()
    lock_for_all(session, site, moved)
    events.record(session, "therapist.updated", therapist_id)


def set_contact(session: Session, therapist_id: int, *, email: str, phone: str, mobile: str) -> None:
    """Change how a therapist is reached, and nothing else. Raises Invalid (field)."""
    therapist = load_for_edit(session, Therapist, therapist_id)
    named = known_as(therapist)
    changed = _set(therapist, _reached_by(email, phone, mobile))
    _follow_mailbox(session, therapist, changed)
    remember(session, therapist, named, changed)
    therapist.locked_fields = sorted(set(therapist.locked_fields) | changed)
    events.record(session, "therapist.updated", therapist_id)


def take_suggestion(session: Session, therapist_id: int, values: dict[str, object], *, on: date) -> None:
    """Fields a person accepted as they were found on a day; from then on they count as entered by hand."""
    therapist = load_for_edit(session, Therapist, therapist_id)
    changed = _set(therapist, values)
    if "offers" in changed:
        therapist.offers_source = "manual"
    if "phone_hours" in changed:
        therapist.hours_as_of = on
    if "capacity" in values:
        therapist.capacity_as_of = on
    therapist.locked_fields = sorted({*therapist.locked_fields, *values})
    events.record(session, "therapist.updated", therapist_id)


def note_capacity(
    session: Session, therapist_id: int, *, capacity: str, from_day: date | None, note: str, as_of: date
) -> None:
    """What a practice said of its places on a day, and nothing else; an import does not overwrite it."""
    therapist = load_for_edit(session, Therapist, therapist_id)
    therapist.capacity, therapist.capacity_from, therapist.capacity_note = capacity, from_day, note
    therapist.capacity_as_of = as_of
    therapist.locked_fields = sorted({*therapist.locked_fields, "capacity", "capacity_from", "capacity_note"})
    events.record(session, "therapist.updated", therapist_id)


def set_status(
    session: Session,
    therapist_id: int,
    status: str,
    *,
    reason: str = "",
    until: date | None = None,
    version: int | None = None,
) -> None:
    """active, inactive, blocked (with a reason, perhaps until a day) or opted_out (Art. 21 GDPR).

    Raises Conflict when somebody who opted out would be asked again: only their own word ends that.
    """
    therapist = load_for_edit(session, Therapist, therapist_id, version)
    if status == "blocked" and not reason.strip():
        raise Invalid("therapist.blocked_reason", field="reason")
    if therapist.status == "opted_out" and status != "opted_out" and not reason.strip():
        raise Conflict("therapist.opted_out")
    if status != "opted_out" and stands_for(session, therapist.contact_point_id):
        raise Conflict("therapist.mailbox_opted_out")
    therapist.status = status
    therapist.blocked_reason = reason.strip() if status == "blocked" else ""
    therapist.blocked_until = until if status == "blocked" else None
    events.record(session, "therapist.status_set", therapist_id, status=status)


def unlock_fields(session: Session, therapist_id: int, names: Collection[str], version: int) -> None:
    """Let imports write fields again that were changed by hand; an address for everybody who works there.

    Raises Conflict (who, when).
    """
    therapist = load_for_edit(session, Therapist, therapist_id, version)
    shared = set(names).intersection(SITE_FIELDS)
    for colleague in working_at(session, therapist.site_id):
        opened = names if colleague.id == therapist_id else shared
        colleague.locked_fields = [name for name in colleague.locked_fields if name not in opened]
    events.record(session, "therapist.unlocked", therapist_id)


def contact_point_for(session: Session, practice_id: int, email: str) -> int:
    """The shared mailbox's contact point, else the practice's own; made where it is new."""
    values = {"mailbox": email} if email else {"practice_id": practice_id}
    session.execute(insert(ContactPoint).values(**values).on_conflict_do_nothing())
    where = ContactPoint.mailbox == email if email else ContactPoint.practice_id == practice_id
    return session.scalars(select(ContactPoint.id).where(where)).one()


def _apply(
    session: Session,
    therapist: Therapist,
    site: PracticeSite,
    practice: Practice,
    form: TherapistForm,
    *,
    today: date,
) -> tuple[set[str], set[str]]:
    """Take the form over; returns the names of changed fields of therapist and of site."""
    if not form.last_name.strip():
        raise Invalid("therapist.last_name_missing", field="last_name")
    if form.age_max and form.age_max < form.age_min:
        raise Invalid("therapist.age_limits", field="age_max")
    for name in ("diagnoses_preferred", "diagnoses_excluded"):
        if wrong := [code for code in getattr(form, name) if not ICD10.fullmatch(code)]:
            raise Invalid("patient.diagnosis", field=name, codes=wrong)
    values: dict[str, object] = {
        name: getattr(form, name).strip() for name in ("salutation", "title", "first_name", "last_name", "web", "note")
    }
    values |= {name: getattr(form, name) for name in ("sex", "licence", "age_min", "age_max", "patient_sex")}
    values |= {name: list(getattr(form, name)) for name in LISTS}
    values |= {
        "offers": sorted(offer.code for offer in form.offers),
        **_reached_by(form.email, form.phone, form.mobile),
        "phone_hours": to_multirange(form.phone_hours),
        "treatment_hours": to_multirange(form.treatment_hours),
        "capacity": form.capacity,
        "capacity_from": form.capacity_from,
        "capacity_note": form.capacity_note.strip(),
    }
    changed = _set(therapist, values)
    if "offers" in changed:
        therapist.offers_source = "manual"
    _date_hours(therapist, form, changed, today=today)
    if {"capacity", "capacity_from", "capacity_note"}.intersection(changed):
        therapist.capacity_as_of = today
    _follow_mailbox(session, therapist, changed)
    moved = change_address(
        session, site, SiteForm(**{name: getattr(form, name) for name in FORM_FIELDS}, addition=site.addition)
    )
    _set(practice, {"name": form.practice.strip() or practice.name, "seat": form.seat})
    renew_key(therapist, site)
    return changed, moved


def _date_hours(therapist: Therapist, form: TherapistForm, changed: set[str], *, today: date) -> None:
    """The day the hours on the phone are of: as somebody wrote it, else the day they were changed."""
    if form.hours_as_of is not None and form.hours_as_of != therapist.hours_as_of:
        if form.hours_as_of > today:
            raise Invalid("therapist.hours_future", field="hours_as_of")
        therapist.hours_as_of = form.hours_as_of
        changed.add("phone_hours")
    elif "phone_hours" in changed:
        therapist.hours_as_of = today


def _reached_by(email: str, phone: str, mobile: str) -> dict[str, object]:
    return {
        "email": _checked(read_email, email, "email"),
        "phone": _checked(read_phone, phone, "phone"),
        "mobile": _checked(read_phone, mobile, "mobile"),
    }


def _follow_mailbox(session: Session, therapist: Therapist, changed: Collection[str]) -> None:
    """Who has another mailbox is asked, and cools down, with whoever shares it."""
    if "email" in changed:
        therapist.contact_point_id = contact_point_for(session, therapist.practice_id, therapist.email)


def _set(row: object, values: dict[str, object]) -> set[str]:
    changed = set()
    for name, value in values.items():
        stored = getattr(row, name)
        if name.endswith("_hours") and stored is not None:
            stored = list(stored)
        if stored != value:
            setattr(row, name, value)
            changed.add(name)
    return changed


def _checked(read: object, text: str, field: str) -> str:
    found: str = read(text)  # type: ignore[operator]  # one of the two readers above
    if text.strip() and not found:
        raise Invalid(f"therapist.{field}", field=field)
    return found
