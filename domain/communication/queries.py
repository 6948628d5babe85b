"""What the pages show of communication: mails by box, one mail in full, the calls about an inquiry.

Reads across schemas: a mail that came back is settled once its practice is reached at another address.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from domain.access import OfficeSettings, office
from domain.communication.incoming.listing import FileRow
from domain.communication.numbers import USABLE
from domain.communication.send_times import undo_window
from domain.communication.states import READ_FIRST, CallStatus, EmailStatus
from domain.communication.waiting import Waiting, waiting
from domain.errors import NotFound
from domain.listing import Listing, fetch_page
from domain.paging import ListQuery, Page

E = EmailStatus
_IN_BOX = {
    "outbox": (E.QUEUED, E.SENDING, E.RETRY_WAIT),
    "sent": (E.SENT, E.REPLIED, E.BOUNCED_HARD, E.BOUNCED_SOFT),
    "trouble": (E.UNCLEAR, E.FAILED),
    "cancelled": (E.CANCELLED,),
}
# one the last look stopped is told of until somebody has seen it
STOPPED = "(e.status = 'cancelled' AND e.failure_cause LIKE 'stopped.%' AND e.stop_seen_at IS NULL)"
# one that came back is told of until somebody has settled it, or its practice is reached at another address
BOUNCED = """(e.status IN ('bounced_hard', 'bounced_soft') AND e.stop_seen_at IS NULL AND NOT EXISTS (
    SELECT FROM therapist_service.therapist t
    WHERE e.patient_id IS NULL AND e.in_reply_to = '' AND lower(t.email) <> lower(e.to_address)
      AND t.id = coalesce(e.therapist_id, (
          SELECT q.therapist_id FROM matching_service.inquiry q WHERE q.id = e.inquiry_id))))"""
# an answer of its practice that nobody has read holds it (`casework/taking`)
READ_BEFORE = f"""(e.status IN ('queued', 'retry_wait')
    AND e.kind IN ({", ".join(f"'{kind}'" for kind in sorted(READ_FIRST))}) AND EXISTS (
        SELECT FROM communication_service.incoming_email unread
        WHERE unread.inquiry_id = e.inquiry_id AND unread.status = 'unread' AND unread.kind <> 'bounce'))"""
# whether what it takes back arrived is open (`send_times.first_in_doubt`)
FIRST_IN_DOUBT = """(e.status IN ('queued', 'retry_wait') AND e.kind = 'withdrawal' AND EXISTS (
    SELECT FROM communication_service.email f WHERE f.inquiry_id = e.inquiry_id AND f.kind = 'inquiry'
    AND (f.status = 'queued' AND f.exported_at IS NOT NULL OR f.status IN ('sending', 'unclear'))))"""
BOXES = {
    box: "e.status IN (" + ", ".join(f"'{status}'" for status in statuses) + ")" for box, statuses in _IN_BOX.items()
}
BOXES["trouble"] = f"({BOXES['trouble']} OR {STOPPED} OR {BOUNCED})"
BOXES["sent"] = f"({BOXES['sent']} AND NOT {BOUNCED})"
BOXES["cancelled"] = f"({BOXES['cancelled']} AND NOT {STOPPED})"


def box_of(row: "MailRow") -> str:
    """The box a mail lies in: outbox, sent, trouble or cancelled; drafts wait with the outbox."""
    if row.stopped or row.bounced:
        return "trouble"
    return next((box for box, statuses in _IN_BOX.items() if row.status in statuses), "outbox")


@dataclass(frozen=True, slots=True)
class MailRow:
    """One mail in a list. `waiting` is what it waits for; `stopped` that it was stopped and nobody has seen it yet.

    `bounced` says that it came back and that is not settled yet. `exported_at` is since when `exported_by` has it outside
    to send it by hand. `patient_id` or `therapist_id` is whom it was written to.
    """

    email_id: int
    kind: str
    status: EmailStatus
    to_name: str
    to_address: str
    subject: str
    created_at: datetime
    sent_at: datetime | None
    not_before: datetime | None
    attempt: int
    failure: str
    inquiry_id: int | None
    created_by: str | None
    version: int
    stopped: bool
    bounced: bool
    waiting: Waiting | None
    has_account: bool
    exported_at: datetime | None
    exported_by: str | None
    patient_id: int | None = None
    therapist_id: int | None = None


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One attempt to hand over a mail: when, how it ended (sent, postponed, refused, unclear), and what was said."""

    at: datetime
    outcome: str
    cause: str
    reply: str


@dataclass(frozen=True, slots=True)
class MailDetail:
    """One mail in full."""

    row: MailRow
    body_text: str
    body_html: str
    message_id: str
    in_reply_to: str
    server_reply: str
    failure_cause: str
    failure_params: dict[str, int | str]
    attempts: tuple[AttemptRow, ...]
    files: tuple[FileRow, ...]


_MAILS = Listing(
    select=f"""
    SELECT e.id AS email_id, e.kind, e.status, e.to_name, e.to_address, e.subject, e.created_at, e.sent_at,
           e.not_before, e.attempt, e.failure, e.inquiry_id, e.patient_id,
           CASE WHEN e.patient_id IS NULL THEN coalesce(e.therapist_id, (
               SELECT q.therapist_id FROM matching_service.inquiry q WHERE q.id = e.inquiry_id)) END AS therapist_id,
           p.display_name AS created_by, e.version,
           {STOPPED} AS stopped, {BOUNCED} AS bounced, e.batch_id IS NOT NULL AS in_batch,
           coalesce(b.status IN ('paused', 'taken_back'), false) AS held,
           {READ_BEFORE} AS unread, {FIRST_IN_DOUBT} AS first_in_doubt, e.failure_cause = 'email.reply_unread' AS put_off,
           e.exported_at, x.display_name AS exported_by, a.id IS NOT NULL AS has_account,
           coalesce(a.confirmed, true) AS confirmed, a.mails_per_hour AS account_limit
    FROM communication_service.email e LEFT JOIN platform.person p ON p.id = e.created_by
    LEFT JOIN platform.person x ON x.id = e.exported_by
    LEFT JOIN communication_service.batch b ON b.id = e.batch_id
    -- whose account sends no more, or that has none, goes out by the default one, as `claiming` has it
    LEFT JOIN communication_service.mail_account a ON a.id = CASE
        WHEN e.account_id IN (SELECT o.id FROM communication_service.mail_account o
                              WHERE o.active AND o.smtp_host <> '') THEN e.account_id
        ELSE (SELECT d.id FROM communication_service.mail_account d
              WHERE d.is_default AND d.active AND d.smtp_host <> '') END""",
    sorts={
        "created": "e.created_at",
        "sent": "e.sent_at",
        "to": "public.fold(e.to_name || ' ' || e.to_address)",
        "subject": "public.fold(e.subject)",
        "status": "e.status",
    },
    filters={
        "outbox": BOXES["outbox"],
        "sent": BOXES["sent"],
        "trouble": BOXES["trouble"],
        "cancelled": BOXES["cancelled"],
        "inquiry": "e.inquiry_id = cast(:inquiry AS bigint)",
    },
    default_sort="created",
    tiebreak="e.id",
    searched="public.search_fold(e.to_name || ' ' || e.to_address || ' ' || e.subject)",
)


def list_mails(session: Session, query: ListQuery, *, now: datetime) -> Page[MailRow]:
    """Mails; filters outbox, sent, trouble, cancelled (any value switches the box on) and inquiry."""
    settings = office(session)
    return fetch_page(session, _MAILS, query, lambda row: _row(row, settings, now))


def _row(row: RowMapping, settings: OfficeSettings, now: datetime) -> MailRow:
    status = EmailStatus(row["status"])
    waits = waiting(
        status,
        created_at=row["created_at"],
        not_before=row["not_before"],
        undo=undo_window(settings, in_batch=row["in_batch"]),
        held=row["held"],
        exported=row["exported_at"] is not None,
        first=row["first_in_doubt"],
        unread=row["unread"],
        read=row["put_off"],
        has_account=row["has_account"],
        confirmed=row["confirmed"],
        account_limit=row["account_limit"],
        settings=settings,
        now=now,
    )
    values = {name: row[name] for name in MailRow.__slots__ if name != "waiting"}
    return MailRow(**{**values, "status": status, "waiting": waits})


def count_boxes(session: Session) -> dict[str, int]:
    """How many mails lie in each box."""
    counts = ", ".join(f"count(*) FILTER (WHERE {condition}) AS {box}" for box, condition in BOXES.items())
    row = session.execute(text(f"SELECT {counts} FROM communication_service.email e")).mappings().one()
    return {box: int(row[box]) for box in BOXES}


def get_mail(session: Session, email_id: int, *, now: datetime) -> MailDetail:
    """One mail in full, with its files and every attempt to hand it over, the oldest first; raises NotFound."""
    query = f"""
        SELECT l.*, e.body_text, e.body_html, e.message_id, e.in_reply_to, e.server_reply, e.failure_cause, e.failure_params
        FROM ({_MAILS.select} WHERE e.id = :id) AS l JOIN communication_service.email e ON e.id = l.email_id"""
    row = session.execute(text(query), {"id": email_id}).mappings().one_or_none()
    if row is None:
        raise NotFound("record.not_found", table="email", id=email_id)
    attempts = session.execute(
        text(
            "SELECT at, outcome, cause, reply FROM communication_service.email_attempt WHERE email_id = :id ORDER BY id"
        ),
        {"id": email_id},
    )
    files = session.execute(
        text(
            "SELECT id, name, media_type, octet_length(content) FROM communication_service.email_attachment"
            " WHERE email_id = :id ORDER BY id"
        ),
        {"id": email_id},
    )
    return MailDetail(
        _row(row, office(session), now), row["body_text"], row["body_html"], row["message_id"], row["in_reply_to"], row["server_reply"], row["failure_cause"],
        row["failure_params"], tuple(AttemptRow(*one) for one in attempts),
        tuple(FileRow(*file) for file in files),
    )  # fmt: skip


def sent_file(session: Session, file_id: int) -> bytes:
    """A file that went along with a mail, as it was sent; raises NotFound."""
    content = session.scalar(
        text("SELECT content FROM communication_service.email_attachment WHERE id = :id"), {"id": file_id}
    )
    if content is None:
        raise NotFound("record.not_found", table="email_attachment", id=file_id)
    return bytes(content)


def undeliverable_since(session: Session, address: str) -> datetime | None:
    """Since when no mail reaches an address: its newest mail came back for good. None where that is not known.

    Read from the mails themselves: a corrected address is free of it, and so is one that took a mail since.
    """
    row = session.execute(
        text("""
        SELECT e.status, e.updated_at FROM communication_service.email e
        WHERE lower(e.to_address) = lower(:address) AND e.status IN ('sent', 'replied', 'bounced_soft', 'bounced_hard')
        ORDER BY coalesce(e.sent_at, e.updated_at) DESC, e.id DESC LIMIT 1"""),
        {"address": address},
    ).one_or_none()
    found: datetime | None = row.updated_at if row is not None and row.status == E.BOUNCED_HARD else None
    return found


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call about an inquiry; `phone` is the number to dial (E.164), empty where none is known to be right."""

    call_id: int
    status: CallStatus
    planned_at: datetime
    attempt: int
    practice: str
    phone: str
    person: str | None
    version: int


def last_call_of(session: Session, inquiry_id: int) -> CallRow | None:
    """The newest call about an inquiry; the ones before it are in the history."""
    row = session.execute(
        text(f"""
        SELECT c.id AS call_id, c.status, c.planned_at, c.attempt,
               trim(t.first_name || ' ' || t.last_name) AS practice, {USABLE} AS phone,
               p.display_name AS person, c.version
        FROM communication_service.phone_call c
        JOIN therapist_service.therapist t ON t.id = c.therapist_id
        LEFT JOIN platform.person p ON p.id = c.person_id
        WHERE c.inquiry_id = :id ORDER BY c.id DESC LIMIT 1"""),
        {"id": inquiry_id},
    ).mappings()
    found = row.one_or_none()
    return None if found is None else CallRow(**{**found, "status": CallStatus(found["status"])})


def mail_of_inquiry(session: Session, inquiry_id: int) -> int | None:
    """The mail an inquiry went out with, or None."""
    found: int | None = session.scalar(
        text("SELECT id FROM communication_service.email WHERE inquiry_id = :id AND kind = 'inquiry' ORDER BY id DESC"),
        {"id": inquiry_id},
    )
    return found


def planned_call_of(session: Session, inquiry_id: int) -> int | None:
    """The call about an inquiry that is still to be made, or None."""
    found: int | None = session.scalar(
        text(
            "SELECT id FROM communication_service.phone_call WHERE inquiry_id = :id AND status = 'planned'"
            " ORDER BY id DESC LIMIT 1"
        ),
        {"id": inquiry_id},
    )
    return found


def leaves_at(session: Session, inquiry_id: int) -> datetime | None:
    """When the inquiry's mail that still waits may leave; None when nothing waits for a time."""
    moment: datetime | None = session.scalar(
        text(
            "SELECT max(not_before) FROM communication_service.email"
            " WHERE inquiry_id = :id AND kind = 'inquiry' AND status = 'queued'"
        ),
        {"id": inquiry_id},
    )
    return moment


_WAITING_ABOUT = """
SELECT e.id, e.kind, e.not_before FROM communication_service.email e
WHERE e.inquiry_id = :inquiry AND e.kind <> 'inquiry' AND e.status IN ('queued', 'retry_wait') ORDER BY e.id"""


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """A mail about an inquiry that has not left; `leaves_at` is None where that is at once, or nobody knows."""

    email_id: int
    kind: str
    leaves_at: datetime | None


def waiting_about(session: Session, inquiry_id: int) -> tuple[WaitingMail, ...]:
    """What waits to be sent to its practice, besides the first letter."""
    rows = session.execute(text(_WAITING_ABOUT), {"inquiry": inquiry_id})
    return tuple(WaitingMail(*row) for row in rows)
