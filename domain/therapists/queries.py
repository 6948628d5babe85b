"""Reading therapists: the list, and one record in full. Whether one may be asked comes from matching's view."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.listing import Listing, fetch_page
from domain.paging import ListQuery, Page
from domain.therapists import capacity_age
from domain.therapists.asking import TODAY_OF_NOW, asked_where
from domain.values import WeekSpan
from domain.weektime import from_multirange


@dataclass(frozen=True, slots=True)
class TherapistRow:
    """One therapist in the list; `contact` is available, open_inquiry, cooling, or the status that closes it."""

    therapist_id: int
    name: str
    practice: str
    plz: str
    city: str
    offers: tuple[str, ...]
    licence: str
    status: str
    contact: str
    cooling_until: datetime | None
    phone: str
    email: str
    lat: float | None
    lon: float | None


_CONTACT = f"""CASE WHEN NOT {asked_where("t", TODAY_OF_NOW)} THEN t.status
    WHEN oc.open_inquiry_id IS NOT NULL THEN 'open_inquiry'
    WHEN oc.cooling_until > :now THEN 'cooling' ELSE 'available' END"""
_LIST = Listing(
    select=f"""
    SELECT t.id AS therapist_id, concat_ws(', ', t.last_name, nullif(t.first_name, ''), nullif(t.title, '')) AS name,
           pr.name AS practice, st.plz, st.city, t.offers, t.licence, t.status, {_CONTACT} AS contact, oc.cooling_until,
           coalesce(nullif(t.phone, ''), t.mobile) AS phone, t.email, st.lat, st.lon
    FROM therapist_service.therapist t
    JOIN therapist_service.practice pr ON pr.id = t.practice_id
    JOIN therapist_service.practice_site st ON st.id = t.site_id
    JOIN matching_service.occupancy oc ON oc.contact_point_id = t.contact_point_id""",
    sorts={
        "name": 't.sort_name COLLATE "C"',
        "city": "public.fold(st.city)",
        "plz": "st.plz",
        "contact": _CONTACT,
        "licence": "t.licence",
    },
    filters={
        "status": "t.status = :status",
        "contact": f"{_CONTACT} = :contact",
        "method": "t.offer_mask & public.method_mask(ARRAY[:method]) <> 0",
        "plz": "st.plz LIKE :plz || '%'",
        "skill": "t.specialties @> ARRAY[cast(:skill AS text)] OR t.qualifications @> ARRAY[cast(:skill AS text)]",
        "capacity": capacity_age.CONDITION,
    },
    default_sort="name",
    tiebreak="t.id",
    searched=("t.search_text", "t.skills_text"),
    where="t.merged_into_id IS NULL",
)


def list_therapists(session: Session, query: ListQuery, *, now: datetime) -> Page[TherapistRow]:
    """Therapists; sort keys name, city, plz, contact, licence; filters status, contact, method, plz, skill, capacity.

    `skill` is a specialty or qualification word for word; `capacity` one of `capacity_age.FILTERS`.
    """
    return fetch_page(session, _LIST, query, _row, now=now)


def _row(row: RowMapping) -> TherapistRow:
    return TherapistRow(**{**row, "offers": tuple(row["offers"])})


def known_skills(session: Session) -> tuple[str, ...]:
    """Every specialty and qualification somebody has, the most frequent first."""
    rows = session.execute(text(_SKILLS))
    return tuple(row[0] for row in rows)


@dataclass(frozen=True, slots=True)
class TherapistDetail:
    """One therapist in full, with practice, site, contact point and provenance."""

    therapist_id: int
    version: int
    practice_id: int
    practice: str
    seat: str
    is_institution: bool
    salutation: str
    title: str
    first_name: str
    last_name: str
    sex: str
    licence: str
    offers: tuple[str, ...]
    offers_source: str
    age_min: int
    age_max: int
    patient_sex: str
    languages: tuple[str, ...]
    specialties: tuple[str, ...]
    qualifications: tuple[str, ...]
    diagnoses_preferred: tuple[str, ...]
    diagnoses_excluded: tuple[str, ...]
    status: str
    blocked_reason: str
    blocked_until: date | None
    email: str
    phone: str
    mobile: str
    fax: str
    web: str
    street: str
    house_number: str
    plz: str
    city: str
    accessible: bool | None
    lat: float | None
    lon: float | None
    geo_quality: str
    phone_hours: tuple[WeekSpan, ...] | None
    office_hours: tuple[WeekSpan, ...] | None
    hours_as_of: date | None
    treatment_hours: tuple[WeekSpan, ...] | None
    capacity: str
    capacity_from: date | None
    capacity_note: str
    capacity_as_of: date | None
    capacity_stale_days: int
    note: str
    source: str
    source_file: str | None
    source_name: str | None
    source_as_of: date | None
    locked_fields: tuple[str, ...]
    contact_point_id: int
    open_inquiry_id: int | None
    cooling_until: datetime | None
    colleagues: tuple[tuple[int, str], ...]


_ONE = """
SELECT t.id AS therapist_id, t.version, t.practice_id, pr.name AS practice, pr.seat, t.is_institution, t.salutation,
       t.title, t.first_name, t.last_name, t.sex, t.licence, t.offers, t.offers_source, t.age_min, t.age_max,
       t.patient_sex, t.languages, t.specialties, t.qualifications,
       t.diagnoses_preferred, t.diagnoses_excluded, t.status, t.blocked_reason,
       t.blocked_until, t.email, t.phone, t.mobile, t.fax, t.web, st.street, st.house_number, st.plz, st.city,
       st.accessible, st.lat, st.lon, st.geo_quality, t.phone_hours, t.office_hours, t.hours_as_of,
       t.treatment_hours, t.capacity, t.capacity_from, t.capacity_note, t.capacity_as_of,
       (SELECT o.capacity_stale_days FROM platform.office o WHERE o.id = 1) AS capacity_stale_days,
       t.note, t.source, f.file_name AS source_file, ds.name AS source_name,
       t.source_as_of, t.locked_fields, t.contact_point_id, oc.open_inquiry_id, oc.cooling_until
FROM therapist_service.therapist t
JOIN therapist_service.practice pr ON pr.id = t.practice_id
JOIN therapist_service.practice_site st ON st.id = t.site_id
JOIN matching_service.occupancy oc ON oc.contact_point_id = t.contact_point_id
LEFT JOIN scraping_service.import_file f ON f.id = t.source_file_id
LEFT JOIN scraping_service.directory_source ds ON f.source_key = 'source:' || ds.id
WHERE t.id = :id
"""
_SKILLS = """
SELECT skill FROM therapist_service.therapist t
CROSS JOIN LATERAL unnest(t.specialties || t.qualifications) AS skill
WHERE t.merged_into_id IS NULL GROUP BY skill ORDER BY count(*) DESC, skill LIMIT 200
"""
_COLLEAGUES = """
SELECT id, trim(title || ' ' || first_name || ' ' || last_name) FROM therapist_service.therapist
WHERE id <> :id AND merged_into_id IS NULL AND (contact_point_id = :point OR practice_id = :practice) ORDER BY sort_name COLLATE "C", id LIMIT 50
"""


def get_therapist(session: Session, therapist_id: int) -> TherapistDetail:
    """One therapist in full; raises NotFound."""
    row = session.execute(text(_ONE), {"id": therapist_id}).mappings().one_or_none()
    if row is None:
        raise NotFound("record.not_found", table="therapist", id=therapist_id)
    colleagues = session.execute(
        text(_COLLEAGUES), {"id": therapist_id, "point": row["contact_point_id"], "practice": row["practice_id"]}
    )
    lists = (
        "offers", "languages", "specialties", "qualifications", "diagnoses_preferred", "diagnoses_excluded",
        "locked_fields",
    )  # fmt: skip
    hours = ("phone_hours", "office_hours", "treatment_hours")
    return TherapistDetail(
        **{
            **row,
            **{name: tuple(row[name]) for name in lists},
            **{name: from_multirange(row[name]) for name in hours},
        },
        colleagues=tuple((c[0], c[1]) for c in colleagues),
    )
