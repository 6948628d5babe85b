"""What the pages Vermittlung and Anfragen show: searches and inquiries as lists, one inquiry in full.

Read-only queries across schemas: names come from patients and therapists (ARCHITECTURE.md).
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.listing import Listing, fetch_page
from domain.matching.silence import CHASE, CLOCK
from domain.matching.states import InquiryState, ItemStatus, SearchStatus
from domain.paging import ListQuery, Page


@dataclass(frozen=True, slots=True)
class SearchRow:
    """One open search: whose, how urgent, waiting since when, and how many inquiries wait or were answered."""

    search_id: int
    patient_id: int
    name: str
    age: int | None
    plz: str
    city: str
    lat: float | None
    lon: float | None
    radius_km: int
    status: SearchStatus
    urgency: int
    waiting_since: date
    paused_until: date | None
    open_inquiries: int
    answers: int
    version: int


_SEARCHES = Listing(
    select="""
    SELECT s.id AS search_id, s.patient_id, trim(p.first_name || ' ' || p.last_name) AS name,
           extract(year FROM age(:today, p.birth_date))::int AS age, p.plz, p.city, p.lat, p.lon,
           coalesce(w.radius_km, o.radius_km) AS radius_km, s.status, s.urgency, s.waiting_since,
           CASE WHEN s.status = 'paused' THEN s.paused_until END AS paused_until,
           (SELECT count(*) FROM matching_service.inquiry_item i JOIN matching_service.inquiry q ON q.id = i.inquiry_id
            WHERE i.search_id = s.id AND q.closed_at IS NULL AND i.status IN ('pending', 'needs_info')) AS open_inquiries,
           (SELECT count(*) FROM matching_service.inquiry_item i
            WHERE i.search_id = s.id AND i.status NOT IN ('pending', 'withdrawn', 'matched_elsewhere')) AS answers,
           s.version
    FROM matching_service.place_search s
    JOIN patient_service.patient p ON p.id = s.patient_id
    JOIN platform.office o ON o.id = 1
    LEFT JOIN patient_service.wishes w ON w.patient_id = p.id""",
    sorts={
        "waiting": "s.waiting_since",
        "name": 'p.sort_name COLLATE "C"',
        "urgency": "s.urgency",
        "city": "public.fold(p.city)",
        "status": "s.status",
    },
    filters={"status": "s.status = :status", "patient": "s.patient_id = cast(:patient AS bigint)"},
    default_sort="waiting",
    tiebreak="s.id",
    searched="p.search_text",
    where="s.closed_at IS NULL",
)


def list_searches(session: Session, query: ListQuery, *, today: date) -> Page[SearchRow]:
    """Open searches; sort keys waiting, name, urgency, city, status; filters status, patient."""
    return fetch_page(session, _SEARCHES, query, _search_row, today=today)


def find_search(session: Session, search_id: int, *, today: date) -> SearchRow | None:
    """One open search as the list shows it; None when it is closed or gone."""
    query = f"{_SEARCHES.select} WHERE s.id = :id AND s.closed_at IS NULL"
    row = session.execute(text(query), {"id": search_id, "today": today}).mappings().one_or_none()
    return None if row is None else _search_row(row)


def _search_row(row: RowMapping) -> SearchRow:
    return SearchRow(**{**row, "status": SearchStatus(row["status"])})


def open_search_of(session: Session, patient_id: int) -> int | None:
    """The patient's open search, or None."""
    found: int | None = session.scalar(
        text("SELECT id FROM matching_service.place_search WHERE patient_id = :id AND closed_at IS NULL"),
        {"id": patient_id},
    )
    return found


@dataclass(frozen=True, slots=True)
class InquiryRow:
    """One inquiry in a list or on the board."""

    inquiry_id: int
    reference: str
    state: InquiryState
    channel: str
    therapist_id: int
    therapist: str
    city: str
    patients: str
    items: int
    answered: int
    accepted: int
    reminders: int
    created_at: datetime
    sent_at: datetime | None
    expires_at: datetime | None
    version: int


_INQUIRIES = Listing(
    select=f"""
    SELECT q.id AS inquiry_id, q.reference, v.state, q.channel, q.therapist_id,
           trim(t.title || ' ' || t.first_name || ' ' || t.last_name) AS therapist, st.city,
           (SELECT string_agg(trim(p.first_name || ' ' || p.last_name), ', ' ORDER BY i.position)
            FROM matching_service.inquiry_item i JOIN matching_service.place_search s ON s.id = i.search_id
            JOIN patient_service.patient p ON p.id = s.patient_id WHERE i.inquiry_id = q.id) AS patients,
           v.items, v.answered, v.accepted, q.reminders, q.created_at, q.sent_at,
           CASE WHEN q.stage = 'sent' THEN {CLOCK} + make_interval(days => o.expiry_days) END AS expires_at,
           q.version
    FROM matching_service.inquiry q
    JOIN matching_service.inquiry_overview v ON v.inquiry_id = q.id
    JOIN therapist_service.therapist t ON t.id = q.therapist_id
    JOIN therapist_service.practice_site st ON st.id = t.site_id
    JOIN platform.office o ON o.id = 1""",
    sorts={
        "created": "q.created_at",
        "sent": "q.sent_at",
        "therapist": 't.sort_name COLLATE "C"',
        "state": "v.state",
        "expires": f"CASE WHEN q.stage = 'sent' THEN {CLOCK} END",
        "reference": "q.reference",
    },
    filters={
        "state": "v.state = :state",
        "open": "q.closed_at IS NULL",
        "chase": CHASE,
        "closed": "q.closed_at IS NOT NULL",
        "therapist": "q.therapist_id = cast(:therapist AS bigint)",
        "patient": "EXISTS (SELECT FROM matching_service.inquiry_item i"
        " JOIN matching_service.place_search s ON s.id = i.search_id"
        " WHERE i.inquiry_id = q.id AND s.patient_id = cast(:patient AS bigint))",
    },
    default_sort="created",
    tiebreak="q.id",
    searched="(t.search_text || ' ' || lower(q.reference))",
)


def list_inquiries(session: Session, query: ListQuery, *, now: datetime) -> Page[InquiryRow]:
    """Inquiries as a page.

    Sort keys created, sent, therapist, state, expires, reference; filters state, open, chase, closed, therapist,
    patient.
    """
    return fetch_page(session, _INQUIRIES, query, _inquiry_row, now=now)


def _inquiry_row(row: RowMapping) -> InquiryRow:
    values = {name: row[name] for name in InquiryRow.__slots__}
    return InquiryRow(**{**values, "state": InquiryState(row["state"]), "patients": row["patients"] or ""})


@dataclass(frozen=True, slots=True)
class ItemDetail:
    """One patient's position in an inquiry."""

    item_id: int
    search_id: int
    patient_id: int
    name: str
    age: int | None
    city: str
    reference_code: str
    status: ItemStatus
    answered_at: datetime | None
    answered_by: str | None
    note: str
    waitlisted_until: date | None
    place_from: date | None
    running_placement_id: int | None
    first_practice: str | None  # who accepted first, of a surplus acceptance
    first_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class InquiryDetail:
    """One inquiry with its practice and its patients."""

    row: InquiryRow
    title: str
    email: str
    phone: str
    practice: str
    created_by: str | None
    last_reminded_at: datetime | None
    out_of_office_until: date | None
    close_reason: str
    cooling_override: str
    items: tuple[ItemDetail, ...]


_ITEMS = """
SELECT i.id AS item_id, i.search_id, s.patient_id, trim(p.first_name || ' ' || p.last_name) AS name,
       extract(year FROM age(:today, p.birth_date))::int AS age, p.city, i.reference_code, i.status, i.answered_at,
       (SELECT pe.display_name FROM matching_service.answer a JOIN platform.person pe ON pe.id = a.person_id
        WHERE a.item_id = i.id ORDER BY a.id DESC LIMIT 1) AS answered_by,
       coalesce((SELECT a.note FROM matching_service.answer a WHERE a.item_id = i.id ORDER BY a.id DESC LIMIT 1), '') AS note,
       i.waitlisted_until, i.place_from,
       (SELECT pl.id FROM matching_service.placement pl
        WHERE pl.item_id = i.id AND pl.ended_on IS NULL) AS running_placement_id,
       first.practice AS first_practice, first.at AS first_at, i.version
FROM matching_service.inquiry_item i
LEFT JOIN LATERAL (
    SELECT trim(t.title || ' ' || t.first_name || ' ' || t.last_name) AS practice,
           (SELECT max(a.at) FROM matching_service.answer a WHERE a.item_id = o.id AND a.status = 'accepted') AS at
    FROM matching_service.inquiry_item o JOIN matching_service.inquiry oq ON oq.id = o.inquiry_id
    JOIN therapist_service.therapist t ON t.id = oq.therapist_id
    WHERE i.status = 'accepted_surplus' AND o.search_id = i.search_id AND o.id <> i.id AND o.ended_at IS NULL
      AND o.status IN ('accepted', 'in_trial_sessions', 'in_therapy')) AS first ON true
JOIN matching_service.place_search s ON s.id = i.search_id
JOIN patient_service.patient p ON p.id = s.patient_id
WHERE i.inquiry_id = :id ORDER BY i.position
"""
_ONE = f"""
SELECT l.*, t.title, t.email, coalesce(nullif(t.phone, ''), t.mobile) AS phone, pr.name AS practice,
       pe.display_name AS created_by, q.last_reminded_at, q.out_of_office_until,  q.close_reason, q.cooling_override
FROM ({_INQUIRIES.select} WHERE q.id = :id) AS l
JOIN matching_service.inquiry q ON q.id = l.inquiry_id
JOIN therapist_service.therapist t ON t.id = q.therapist_id
JOIN therapist_service.practice pr ON pr.id = t.practice_id
LEFT JOIN platform.person pe ON pe.id = q.created_by
"""
_MORE = (
    "title", "email", "phone", "practice", "created_by", "last_reminded_at", "out_of_office_until", "close_reason",
    "cooling_override",
)  # fmt: skip


def get_inquiry(session: Session, inquiry_id: int, *, today: date) -> InquiryDetail:
    """One inquiry in full; raises NotFound."""
    row = session.execute(text(_ONE), {"id": inquiry_id}).mappings().one_or_none()
    if row is None:
        raise NotFound("record.not_found", table="inquiry", id=inquiry_id)
    items = session.execute(text(_ITEMS), {"id": inquiry_id, "today": today}).mappings()
    return InquiryDetail(
        row=_inquiry_row(row),
        items=tuple(ItemDetail(**{**item, "status": ItemStatus(item["status"])}) for item in items),
        **{name: row[name] for name in _MORE},
    )
