"""Batches as the page Post shows them: the list, one with its figures, and its lines.

Reads across schemas: a line names the practice and the people it is about.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from domain.casework.batches.seen import SEEN, SEEN_OF_ALL
from domain.errors import NotFound
from domain.listing import Listing, fetch_page
from domain.paging import ListQuery, Page


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch with its figures: every line counts in one of `open` to `stopped`.

    `state` is draft, running, paused, done or taken_back; `next_at` when the next mail may leave.
    """

    batch_id: int
    kind: str
    state: str
    status: str
    status_week: date | None
    created_by: str | None
    created_at: datetime
    released_by: str | None
    released_at: datetime | None
    version: int
    lines: int
    open: int
    left_out: int
    refused: int
    taken_back: int
    arranged: int
    waiting: int
    sending: int
    sent: int
    failed: int
    unclear: int
    stopped: int
    last_made_at: datetime | None
    next_at: datetime | None

    @property
    def trouble(self) -> int:
        """Mails a person has to look at."""
        return self.failed + self.unclear


_BATCHES = Listing(
    select="""
    SELECT b.id AS batch_id, b.kind, g.state, b.status, b.status_week, c.display_name AS created_by, b.created_at,
           r.display_name AS released_by, b.released_at, b.version, g.lines, g.open, g.left_out, g.refused, g.taken_back,
           g.arranged, g.waiting, g.sending, g.sent, g.failed, g.unclear, g.stopped, g.last_made_at, g.next_at
    FROM communication_service.batch b
    JOIN communication_service.batch_progress g ON g.batch_id = b.id
    LEFT JOIN platform.person c ON c.id = b.created_by
    LEFT JOIN platform.person r ON r.id = b.released_by""",
    sorts={"created": "b.created_at", "kind": "b.kind", "state": "g.state"},
    # what was never released is nobody's history
    filters={"released": "b.released_at IS NOT NULL", "under_way": "g.state IN ('running', 'paused')"},
    default_sort="created",
    tiebreak="b.id",
    where=f"(b.status <> 'taken_back' OR b.released_at IS NOT NULL) AND {SEEN_OF_ALL}",
)


def list_batches(session: Session, query: ListQuery) -> Page[BatchRow]:
    """Batches; sort keys created, kind, state; filters released, under_way. Dropped drafts are not among them."""
    return fetch_page(session, _BATCHES, query, _batch)


def get_batch(session: Session, batch_id: int) -> BatchRow:
    """One batch; raises NotFound, also for one of another team."""
    query = text(f"{_BATCHES.select} WHERE b.id = :id AND {SEEN}")
    row = session.execute(query, {"id": batch_id}).mappings().one_or_none()
    if row is None:
        raise NotFound("record.not_found", table="batch", id=batch_id)
    return _batch(row)


def _batch(row: RowMapping) -> BatchRow:
    return BatchRow(**row)


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line. `way` is how it goes (or went), `wished` how it was planned; `other_by` whose inquiry was in its way.

    `printed_at` is when its letter came out of the printer.
    """

    line_id: int
    status: str
    to_name: str
    place: str
    people: str
    count: int
    way: str
    wished: str
    email_id: int | None
    email_status: str | None
    failure: str
    not_before: datetime | None
    sent_at: datetime | None
    call_at: datetime | None
    printed_at: datetime | None
    refusal: str
    refused_rules: tuple[str, ...]
    other_by: str | None
    other_at: datetime | None
    inquiry_id: int | None
    patient_id: int | None
    therapist_id: int | None


_MAIL, _PHONE = "t.email <> ''", "(t.phone <> '' OR t.mobile <> '')"
_LINES = Listing(
    select=f"""
    SELECT l.id AS line_id, l.status,
           trim(CASE WHEN t.id IS NULL THEN p.first_name || ' ' || p.last_name
                     ELSE t.title || ' ' || t.first_name || ' ' || t.last_name END) AS to_name,
           CASE WHEN t.id IS NULL THEN p.email ELSE st.city END AS place,
           coalesce(a.people, '') AS people, coalesce(a.count, 0) AS count,
           CASE WHEN t.id IS NULL OR e.id IS NOT NULL THEN 'email'
                WHEN l.status NOT IN ('open', 'left_out') THEN CASE WHEN c.id IS NOT NULL THEN 'phone' ELSE 'letter' END
                WHEN b.kind = 'reminders' THEN
                    CASE WHEN q.channel = 'email' AND {_MAIL} THEN 'email' WHEN {_PHONE} THEN 'phone' ELSE 'letter' END
                WHEN l.channel = 'email' AND {_MAIL} OR l.channel = 'phone' AND {_PHONE} OR l.channel = 'letter'
                    THEN l.channel
                WHEN {_MAIL} THEN 'email' WHEN {_PHONE} THEN 'phone' ELSE 'letter' END AS way,
           CASE WHEN t.id IS NULL THEN 'email' ELSE coalesce(l.channel, q.channel) END AS wished,
           l.email_id, e.status AS email_status, coalesce(e.failure, '') AS failure, e.not_before, e.sent_at,
           c.planned_at AS call_at, w.printed_at, l.refusal, l.refused_rules, o.display_name AS other_by, oq.created_at AS other_at,
           l.inquiry_id, l.patient_id, l.therapist_id
    FROM communication_service.batch_line l
    JOIN communication_service.batch b ON b.id = l.batch_id
    LEFT JOIN therapist_service.therapist t ON t.id = l.therapist_id
    LEFT JOIN therapist_service.practice_site st ON st.id = t.site_id
    LEFT JOIN patient_service.patient p ON p.id = l.patient_id
    LEFT JOIN matching_service.inquiry q ON q.id = l.inquiry_id
    LEFT JOIN communication_service.email e ON e.id = l.email_id
    LEFT JOIN communication_service.phone_call c ON c.id = l.call_id
    LEFT JOIN LATERAL (
        SELECT min(k.printed_at) AS printed_at FROM communication_service.printed_letter k
        WHERE l.status = 'made' AND e.id IS NULL AND c.id IS NULL AND k.inquiry_id = l.inquiry_id
          AND k.kind = CASE b.kind WHEN 'reminders' THEN 'reminder' ELSE 'inquiry' END
          AND k.created_at >= l.made_at) AS w ON true
    LEFT JOIN matching_service.inquiry oq ON oq.id = l.other_inquiry_id
    LEFT JOIN platform.person o ON o.id = oq.created_by
    LEFT JOIN LATERAL (
        SELECT string_agg(trim(x.first_name || ' ' || x.last_name), ', ' ORDER BY s.urgency DESC, s.waiting_since, s.id)
                   AS people, count(*) AS count
        FROM matching_service.place_search s JOIN patient_service.patient x ON x.id = s.patient_id
        WHERE s.id = ANY (CASE WHEN l.inquiry_id IS NULL THEN l.search_ids
                               ELSE ARRAY(SELECT i.search_id FROM matching_service.inquiry_item i
                                          WHERE i.inquiry_id = l.inquiry_id) END)) AS a ON true""",
    sorts={
        "order": "l.id",
        "to": "public.fold(coalesce(t.last_name, p.last_name))",
        "status": "l.status || coalesce(e.status, '')",
    },
    filters={"status": "l.status = :status"},
    default_sort="order",
    tiebreak="l.id",
    where="l.batch_id = :batch",
)


def list_lines(session: Session, query: ListQuery, *, batch_id: int) -> Page[LineRow]:
    """The lines of a batch; sort keys order, to, status; filter status."""
    return fetch_page(session, _LINES, query, _line, batch=batch_id)


def _line(row: RowMapping) -> LineRow:
    return LineRow(**{**row, "refused_rules": tuple(row["refused_rules"])})


def open_lines_of(session: Session, batch_id: int) -> tuple[int, ...]:
    """Ids of the lines that are yet to be made, in order."""
    query = "SELECT id FROM communication_service.batch_line WHERE batch_id = :id AND status = 'open' ORDER BY id"
    return tuple(session.scalars(text(query), {"id": batch_id}))


@dataclass(frozen=True, slots=True)
class Ways:
    """How the lines that are yet to be made go: by mail, as a planned call, as a letter to print."""

    mails: int
    calls: int
    letters: int

    @property
    def all(self) -> int:
        """Every line that goes."""
        return self.mails + self.calls + self.letters

    def within(self, other: "Ways") -> bool:
        """Whether by no way more go than another count says."""
        return self.mails <= other.mails and self.calls <= other.calls and self.letters <= other.letters


def count_ways(session: Session, batch_id: int, *, without: Collection[int] = ()) -> Ways:
    """What really happens to the open lines of a batch: a practice without mail is called, one without both gets a letter.

    `without`: ids of lines in whose way something stands.
    """
    query = f"""
        SELECT count(*) FILTER (WHERE way = 'email') AS mails, count(*) FILTER (WHERE way = 'phone') AS calls,
               count(*) FILTER (WHERE way = 'letter') AS letters
        FROM ({_LINES.select} WHERE l.batch_id = :id AND l.status = 'open' AND l.id <> ALL (:without)) AS k"""
    return Ways(*session.execute(text(query), {"id": batch_id, "without": list(without)}).one())


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What the status bar says: figures of all running and paused batches together."""

    running: int
    paused: int
    gone: int
    all: int
    trouble: int


def under_way(session: Session) -> UnderWay:
    """The batches that have mails waiting."""
    row = session.execute(
        text(f"""
        SELECT count(*) FILTER (WHERE state = 'running') AS running, count(*) FILTER (WHERE state = 'paused') AS paused,
               coalesce(sum(sent), 0)::int AS gone,
               coalesce(sum(open + waiting + sending + sent + failed + unclear), 0)::int AS all,
               coalesce(sum(failed + unclear), 0)::int AS trouble
        FROM communication_service.batch_progress g JOIN communication_service.batch b ON b.id = g.batch_id
        WHERE CASE WHEN state IN ('running', 'paused') THEN {SEEN} ELSE false END""")
    ).one()
    return UnderWay(*row)
