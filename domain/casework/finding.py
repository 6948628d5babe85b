"""The search over everything: patients, therapists and inquiries by a few letters."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

EACH = 6
LONGEST, MOST_WORDS = 200, 12  # of what is typed: nobody is told apart by more


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: the page that shows it, its id, and two lines to tell it by."""

    page: str
    record_id: int
    title: str
    detail: str


_QUERIES = (
    ("patients", """SELECT id, concat_ws(', ', last_name, nullif(first_name, '')), concat_ws(' ', plz, city)
        FROM patient_service.patient WHERE erased_at IS NULL AND {where} ORDER BY sort_name COLLATE "C" LIMIT :each""",
     "search_text"),
    ("therapists", """SELECT t.id, trim(t.title || ' ' || t.first_name || ' ' || t.last_name), concat_ws(' ', st.plz, st.city)
        FROM therapist_service.therapist t JOIN therapist_service.practice_site st ON st.id = t.site_id
        WHERE {where} ORDER BY t.sort_name COLLATE "C" LIMIT :each""", "t.search_text"),
    ("inquiries", """SELECT q.id, 'PL-' || q.reference, trim(t.first_name || ' ' || t.last_name)
        FROM matching_service.inquiry q JOIN therapist_service.therapist t ON t.id = q.therapist_id
        WHERE {where} ORDER BY q.id DESC LIMIT :each""", "lower('pl-' || q.reference)"),
)  # fmt: skip


def find_anything(session: Session, words: str) -> tuple[Hit, ...]:
    """The best few of each kind; every word must occur, of the first dozen."""
    parts = [part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for part in words[:LONGEST].split()]
    parts = parts[:MOST_WORDS]
    if not parts:
        return ()
    values: dict[str, object] = {f"w{n}": part for n, part in enumerate(parts)}
    hits: list[Hit] = []
    for page, query, column in _QUERIES:
        where = " AND ".join(f"{column} LIKE '%' || public.fold(:w{n}) || '%'" for n in range(len(parts)))
        rows = session.execute(text(query.format(where=where)), values | {"each": EACH})
        hits.extend(Hit(page, row[0], row[1], row[2]) for row in rows)
    return tuple(hits)
