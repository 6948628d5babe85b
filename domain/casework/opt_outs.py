"""Who does not want to be written to (Art. 21 GDPR): practices, since when, why and where that is written.

The register is the therapists' own status: an import cannot change it, and only their own word takes them out again.
What they said is the mail that was decided so, else the note that was made with it. Reads across schemas.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.access import works_with_records

_LIST = text("""
SELECT t.id AS therapist_id, trim(t.title || ' ' || t.first_name || ' ' || t.last_name) AS name,
       r.name AS practice, t.email,
       coalesce(m.done_at, n.at, t.updated_at) AS since, coalesce(m.done_at, n.at) IS NOT NULL AS exact,
       coalesce(n.body, '') AS why,
       CASE WHEN m.id IS NOT NULL THEN 'mail' WHEN n.at IS NOT NULL THEN 'note' ELSE 'status' END AS source,
       coalesce(p.display_name, '') AS noted_by, m.id AS mail_id
FROM therapist_service.therapist t
JOIN therapist_service.practice r ON r.id = t.practice_id
LEFT JOIN LATERAL (
    SELECT i.id, i.done_at, i.done_by FROM communication_service.incoming_email i
    JOIN communication_service.incoming_reading d ON d.incoming_id = i.id AND d.decided = 'opt_out'
    WHERE i.therapist_id = t.id ORDER BY i.done_at DESC NULLS LAST LIMIT 1) m ON true
LEFT JOIN LATERAL (
    SELECT c.at, c.body, c.person_id FROM communication_service.contact_entry c
    WHERE c.therapist_id = t.id AND c.kind = 'note' AND c.channel = 'note' AND c.direction = 'in'
      AND c.at <= t.updated_at + interval '1 day'
    ORDER BY c.at DESC, c.id DESC LIMIT 1) n ON m.id IS NULL
LEFT JOIN platform.person p ON p.id = coalesce(m.done_by, n.person_id, t.updated_by)
WHERE t.status = 'opted_out'
ORDER BY since DESC, t.id""")


@dataclass(frozen=True, slots=True)
class OptOut:
    """One who is not written to; `exact` says that the day is known, else it is the last it can have been.

    `source` is ``mail`` (with its number), ``note`` or ``status`` (nothing else is known).
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


def opt_outs(session: Session) -> tuple[OptOut, ...] | None:
    """The register, the newest first; None for who reads no records."""
    if not works_with_records(session):
        return None
    return tuple(OptOut(**row) for row in session.execute(_LIST).mappings())
