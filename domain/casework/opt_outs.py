"""Who does not want to be written to (Art. 21 GDPR): practices, since when, why and where that is written.

The register is the therapists' own status and the opt-out of their mailbox: an import can change neither, and only
their own word takes them out again. What they said is the mail that was decided so, else the note that was made with
it. Reads across schemas.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.access import works_with_records
from domain.casework.availability import change_status
from domain.errors import Invalid
from domain.therapists.mailbox_opt_outs import keep_own, lift, note

_LIST = text("""
SELECT t.id AS therapist_id, trim(t.title || ' ' || t.first_name || ' ' || t.last_name) AS name,
       r.name AS practice, coalesce(c.mailbox, t.email) AS email,
       coalesce(m.done_at, n.at, o.noted_at, t.updated_at) AS since,
       coalesce(m.done_at, n.at, o.noted_at) IS NOT NULL AS exact,
       coalesce(n.body, '') AS why,
       CASE WHEN m.id IS NOT NULL THEN 'mail' WHEN n.at IS NOT NULL THEN 'note' ELSE 'status' END AS source,
       coalesce(p.display_name, '') AS noted_by, m.id AS mail_id,
       o.id AS opt_out_id
FROM therapist_service.therapist t
JOIN therapist_service.practice r ON r.id = t.practice_id
LEFT JOIN therapist_service.mailbox_opt_out o
    ON o.lifted_at IS NULL AND (o.contact_point_id = t.contact_point_id OR o.therapist_id = t.id)
LEFT JOIN therapist_service.contact_point c ON c.id = o.contact_point_id
LEFT JOIN LATERAL (
    SELECT i.id, i.done_at, i.done_by FROM communication_service.incoming_email i
    JOIN communication_service.incoming_reading d ON d.incoming_id = i.id AND d.decided = 'opt_out'
    WHERE i.therapist_id IN (t.id, o.therapist_id) ORDER BY i.done_at DESC NULLS LAST LIMIT 1) m ON true
LEFT JOIN LATERAL (
    SELECT c.at, c.body, c.person_id FROM communication_service.contact_entry c
    WHERE c.therapist_id = t.id AND c.kind = 'note' AND c.channel = 'note' AND c.direction = 'in'
      AND c.at <= t.updated_at + interval '1 day'
    ORDER BY c.at DESC, c.id DESC LIMIT 1) n ON m.id IS NULL
LEFT JOIN platform.person p ON p.id = coalesce(m.done_by, n.person_id, o.updated_by, t.updated_by)
WHERE t.status = 'opted_out' OR o.id IS NOT NULL
ORDER BY since DESC, t.id""")


@dataclass(frozen=True, slots=True)
class OptOut:
    """One who is not written to; `exact` says that the day is known, else it is the last it can have been.

    `source` is ``mail`` (with its number), ``note`` or ``status`` (nothing else is known). With `opt_out_id` it holds
    for everybody at the mailbox `email`, else for this one person.
    """

    therapist_id: int
    name: str
    practice: str
    email: str
    since: datetime
    exact: bool
    why: str
    source: str
    noted_by: str
    mail_id: int | None
    opt_out_id: int | None


def opt_outs(session: Session) -> tuple[OptOut, ...] | None:
    """The register, the newest first; None for who reads no records."""
    if not works_with_records(session):
        return None
    return tuple(OptOut(**row) for row in session.execute(_LIST).mappings())


def opt_out(session: Session, therapist_id: int, *, now: datetime, whole_mailbox: bool) -> None:
    """They are asked nothing any more; with `whole_mailbox` neither is anybody else who is reached there."""
    numbers = note(session, therapist_id, now=now) if whole_mailbox else ()
    if not whole_mailbox:
        keep_own(session, therapist_id)
    for number in numbers or (therapist_id,):
        change_status(session, number, "opted_out", now=now)


def take_out(session: Session, entry: OptOut, *, reason: str, now: datetime) -> None:
    """They changed their mind: by an entry of the register, for whom it holds. Raises Invalid without a reason."""
    if entry.opt_out_id is None:
        if not reason.strip():
            raise Invalid("therapist.opt_out_reason", field="reason")
        change_status(session, entry.therapist_id, "active", reason=reason, now=now)
        return
    for number, status in lift(session, entry.opt_out_id, reason=reason, now=now).items():
        change_status(session, number, status, reason=reason, now=now)
