"""A second, independent reading of domain.md's hard rules in plain Python; SQL must agree with it.

It looks at the stored rows, never at the SQL's facts, and shares no code with domain/matching.
"""

from dataclasses import dataclass
from datetime import date, datetime

from geopy.distance import great_circle

Verdict = bool | None


@dataclass(frozen=True)
class P:
    """What the rules need of a patient and the search."""

    status: str
    consent: bool
    consent_by: str | None
    birth_date: date | None
    sex: str
    place: tuple[float, float] | None
    insurance_kind: str
    methods: frozenset[str]
    group_ok: bool
    therapist_sex: str
    radius_km: int | None
    languages: frozenset[str]
    accessibility_needed: bool
    reimbursement_ok: bool
    availability: frozenset[int] | None
    diagnoses: tuple[str, ...]
    excluded: bool
    answered_unsuitable: bool


@dataclass(frozen=True)
class T:
    """What the rules need of a therapist and the contact point."""

    status: str
    blocked_until: date | None
    licence: str
    offers: frozenset[str]
    age_min: int
    age_max: int
    sex: str
    patient_sex: str
    place: tuple[float, float] | None
    preferred: tuple[str, ...]
    barred: tuple[str, ...]
    seat: str
    open_inquiry: bool
    cooling_until: datetime | None
    languages: frozenset[str]
    accessible: bool | None
    treatment: frozenset[int] | None


def age_on(day: date, born: date) -> int:
    """Completed years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def verdicts(p: P, t: T, *, now: datetime) -> dict[str, Verdict]:
    """Every rule's verdict: True, False, or None for unknown."""
    today = now.date()
    age = None if p.birth_date is None else age_on(today, p.birth_date)
    offers = [_offer(code, t.licence) for code in t.offers]
    return {
        "search_active": p.status == "active",
        "consent": _consent(p, age),
        "therapist_active": t.status == "active"
        or (t.status == "blocked" and t.blocked_until is not None and t.blocked_until <= today),
        "age": _age(age, t, offers),
        "method": _method(p, age, offers),
        "setting": _setting(p, offers),
        "sex": p.therapist_sex in ("any", t.sex) and t.patient_sex in ("any", p.sex),
        "distance": None
        if p.place is None or t.place is None
        else great_circle(p.place, t.place).km <= (p.radius_km or 25),
        "exclusion": not p.excluded,
        "diagnosis": _diagnosis(p, t),
        "insurance": _insurance(p, t),
        "contact_point": not t.open_inquiry and (t.cooling_until is None or t.cooling_until <= now),
        "needs": _needs(p, t),
        "availability": _availability(p, t),
        "answered_unsuitable": not p.answered_unsuitable,
    }


def _consent(p: P, age: int | None) -> Verdict:
    if not p.consent:
        return False
    if p.consent_by == "guardian":
        return True
    if age is None:
        return None
    if age >= 18:
        return True
    return False if p.consent_by == "patient" else None


def _offer(code: str, licence: str) -> tuple[str, str, str]:
    method, group, setting = code.split(":")
    if group == "unknown":
        group = {"child_youth": "child_youth", "psychological": "adult", "medical": "adult"}.get(licence, "unknown")
    return method, group, setting


def _groups_of(age: int | None) -> set[str]:
    if age is None:
        return {"adult", "child_youth"}
    groups = set()
    if age >= 18:
        groups.add("adult")
    if age < 21:
        groups.add("child_youth")
    return groups


def _age(age: int | None, t: T, offers: list[tuple[str, str, str]]) -> Verdict:
    groups = {group for _, group, _ in offers} or {_offer("cbt:unknown:unknown", t.licence)[1]}
    if age is None:
        return True if groups >= {"adult", "child_youth"} and not t.age_min and not t.age_max else None
    if age < t.age_min or (t.age_max and age > t.age_max):
        return False
    if groups & _groups_of(age):
        return True
    return None if "unknown" in groups else False


def _method(p: P, age: int | None, offers: list[tuple[str, str, str]]) -> Verdict:
    if not offers:
        return None if p.methods else True
    settings = {"individual", "group"} if p.group_ok else {"individual"}
    wished = [o for o in offers if not p.methods or o[0] in p.methods]
    if any(group in _groups_of(age) and setting in settings for _, group, setting in wished):
        return True
    maybe = any(
        group in _groups_of(age) | {"unknown"} and setting in settings | {"unknown"} for _, group, setting in wished
    )
    return None if maybe else False


def _setting(p: P, offers: list[tuple[str, str, str]]) -> Verdict:
    settings = {setting for _, _, setting in offers}
    if "individual" in settings or (p.group_ok and "group" in settings):
        return True
    return None if not settings or "unknown" in settings else False


def _under(a: str, b: str) -> bool:
    return a.startswith(b) or b.startswith(a)


def _diagnosis(p: P, t: T) -> Verdict:
    if not t.preferred and not t.barred:
        return True
    if not p.diagnoses:
        return None
    if any(_under(a, b) for a in p.diagnoses for b in t.barred):
        return False
    return not t.preferred or any(_under(a, b) for a in p.diagnoses for b in t.preferred)


def _insurance(p: P, t: T) -> Verdict:
    if t.seat == "statutory" or p.insurance_kind in ("private", "self_pay"):
        return True
    if t.seat == "private":
        if p.reimbursement_ok:
            return True
        return False if p.insurance_kind == "statutory" else None
    return None


def _needs(p: P, t: T) -> Verdict:
    access: Verdict = True if not p.accessibility_needed else t.accessible
    language: Verdict = True
    if p.languages:
        language = None if not t.languages else p.languages <= t.languages
    if access is False or language is False:
        return False
    return None if access is None or language is None else True


def _availability(p: P, t: T) -> Verdict:
    if p.availability is None or t.treatment is None:
        return True
    shared = p.availability & t.treatment
    return any(all(minute + step in shared for step in range(50)) for minute in shared)
