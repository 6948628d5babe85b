"""What an office wrote beside the people of a list ("Auf AB gesprochen", a note) becomes entries of their history."""

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.access import me
from domain.acquisition.records import TherapistRecord
from domain.communication.models import ContactEntry
from domain.therapists.changes import RecordChange
from domain.weektime import BERLIN

KIND = "list_status"
NOTHING_YET = frozenset({"", "noch offen", "offen"})
BY_PHONE = ("erreicht", "ab gesprochen", "anruf", "mailbox", "besetzt")


def note_statuses(
    session: Session,
    batch: Sequence[TherapistRecord],
    changes: Sequence[RecordChange],
    *,
    as_of: date,
    now: datetime,
) -> None:
    """Write what was taken over of a batch into the history, dated the list's day; nothing a second time."""
    said = {
        (change.therapist_id, text): _channel(record.contact_status)
        for record, change in zip(batch, changes, strict=True)
        if change.accepted and change.therapist_id and (text := _text(record))
    }
    if not said:
        return
    known = session.execute(
        select(ContactEntry.therapist_id, ContactEntry.body).where(
            ContactEntry.kind == KIND, ContactEntry.therapist_id.in_({number for number, _ in said})
        )
    )
    for number, body in known:
        said.pop((number or 0, body), None)
    at = min(datetime.combine(as_of, time(12), BERLIN), now)
    person = me(session).id
    session.add_all(
        ContactEntry(
            at=at, channel=channel, direction="none", kind=KIND, therapist_id=number, person_id=person, body=body
        )
        for (number, body), channel in said.items()
    )
    session.flush()


def _text(record: TherapistRecord) -> str:
    status = "" if record.contact_status.lower() in NOTHING_YET else record.contact_status
    return ": ".join(part for part in (status, record.contact_note) if part)


def _channel(status: str) -> str:
    return "phone" if any(word in status.lower() for word in BY_PHONE) else "note"
