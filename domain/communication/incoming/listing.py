"""What the page Post shows of mail that came in: lists by box, one mail in full, its files."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from domain.communication.incoming.known_senders import is_stranger
from domain.communication.incoming.remarks import Remark
from domain.errors import NotFound
from domain.listing import Listing, fetch_page
from domain.paging import ListQuery, Page


@dataclass(frozen=True, slots=True)
class IncomingRow:
    """One mail in a list, written at `sent_at` by its own word; `practice` and `patient` are whom it belongs to, `remark` is the program's.

    `stranger`: it came from an address that is not theirs (nor of their own host), as somebody else's would.
    """

    incoming_id: int
    from_name: str
    from_address: str
    subject: str
    received_at: datetime
    sent_at: datetime | None
    kind: str
    status: str
    matched_by: str
    practice: str | None
    patient: str | None
    reference: str | None
    inquiry_id: int | None
    therapist_id: int | None
    patient_id: int | None
    files: int
    version: int
    remark: Remark | None
    stranger: bool


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that came with a mail."""

    file_id: int
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class IncomingDetail:
    """One mail in full, as plain text, with its files; `size` is that of its source.

    `erased`: what stood in it was erased on request, as a person's who is spoken of.
    """

    row: IncomingRow
    body_text: str
    automatic: bool
    message_id: str
    size: int
    files: tuple[FileRow, ...]
    erased: bool = False


_INCOMING = Listing(
    select="""
    SELECT m.id AS incoming_id, m.from_name, m.from_address, m.subject, m.received_at, m.sent_at, m.kind, m.status, m.matched_by,
           nullif(trim(t.first_name || ' ' || t.last_name), '') AS practice,
           nullif(trim(p.first_name || ' ' || p.last_name), '') AS patient, q.reference, m.inquiry_id,
           m.therapist_id, m.patient_id,
           (SELECT count(*) FROM communication_service.incoming_attachment a WHERE a.incoming_id = m.id) AS files,
           m.version, ARRAY[t.email, c.mailbox, p.email,
               (SELECT e.to_address FROM communication_service.email e WHERE e.id = m.email_id)]
               || ARRAY(SELECT g.email FROM patient_service.guardian g WHERE g.patient_id = m.patient_id) AS theirs,
           m.remark, m.remark_params
    FROM communication_service.incoming_email m
    LEFT JOIN matching_service.inquiry q ON q.id = m.inquiry_id
    LEFT JOIN therapist_service.therapist t ON t.id = m.therapist_id
    LEFT JOIN therapist_service.contact_point c ON c.id = t.contact_point_id
    LEFT JOIN patient_service.patient p ON p.id = m.patient_id""",
    sorts={
        "received": "m.received_at",
        "from": "public.fold(m.from_name || ' ' || m.from_address)",
        "subject": "public.fold(m.subject)",
    },
    filters={
        "inbox": "m.status = 'unread'",
        "settled": "m.status <> 'unread'",
        "inquiry": "m.inquiry_id = cast(:inquiry AS bigint)",
    },
    default_sort="received",
    tiebreak="m.id",
    searched="public.search_fold(m.from_name || ' ' || m.from_address || ' ' || m.subject)",
)


def list_incoming(session: Session, query: ListQuery) -> Page[IncomingRow]:
    """Mails that came in; filters inbox, settled (any value switches the box on) and inquiry."""
    return fetch_page(session, _INCOMING, query, _row)


def _row(row: RowMapping) -> IncomingRow:
    values = {name: row[name] for name in IncomingRow.__slots__ if name not in {"remark", "stranger"}}
    remark = Remark(row["remark"], row["remark_params"]) if row["remark"] else None
    return IncomingRow(**values, remark=remark, stranger=is_stranger(row["from_address"], row["theirs"]))


def count_unread(session: Session) -> int:
    """How many mails wait for a person."""
    counted = session.scalar(text("SELECT count(*) FROM communication_service.incoming_email WHERE status = 'unread'"))
    return int(counted or 0)


def get_incoming(session: Session, incoming_id: int) -> IncomingDetail:
    """One mail in full; raises NotFound."""
    query = f"""
        SELECT l.*, m.body_text, m.automatic, m.message_id, m.size,
               m.subject = '' AND m.body_text = ''
               AND audit.words_erased('communication_service.incoming_email', m.id) AS erased
        FROM ({_INCOMING.select} WHERE m.id = :id) AS l
        JOIN communication_service.incoming_email m ON m.id = l.incoming_id"""
    row = session.execute(text(query), {"id": incoming_id}).mappings().one_or_none()
    if row is None:
        raise NotFound("record.not_found", table="incoming_email", id=incoming_id)
    files = session.execute(
        text(
            "SELECT id, name, media_type, octet_length(content) FROM communication_service.incoming_attachment"
            " WHERE incoming_id = :id ORDER BY id"
        ),
        {"id": incoming_id},
    )
    attached = tuple(FileRow(*file) for file in files)
    return IncomingDetail(
        _row(row), row["body_text"], row["automatic"], row["message_id"], row["size"], attached, row["erased"]
    )


def file_content(session: Session, file_id: int) -> bytes:
    """A file as it came; raises NotFound."""
    content = session.scalar(
        text("SELECT content FROM communication_service.incoming_attachment WHERE id = :id"), {"id": file_id}
    )
    if content is None:
        raise NotFound("record.not_found", table="incoming_attachment", id=file_id)
    return bytes(content)
