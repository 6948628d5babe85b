"""What an office wrote beside the people of a list ("Auf AB gesprochen", a note) becomes entries of their history."""

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.access import me
from domain.acquisition.records import TherapistRecord
from domain.communication.models import ContactEntry
from domain.weektime import BERLIN

KIND = "list_status"
NOTHING_YET = frozenset({"", "noch offen", "offen"})
BY_PHONE = ("erreicht", "ab gesprochen", "anruf", "mailbox", "besetzt")


def note_statuses(
    session: Session,
    batch: Sequence[tuple[TherapistRecord, int]],
    *,
    as_of: date,
    now: datetime,
) -> frozenset[int]:
    """Write what a batch says of these therapists into their history; nothing a second time.

    Dated as the row says, else the list's day. Returns the numbers of the rows that said something new.
    """
    said: dict[tuple[int, str], TherapistRecord] = {}
    for record, number in batch:
        if text := _text(record):
            said.setdefault((number, text), record)
    if not said:
        return frozenset()
    known = session.execute(
        select(ContactEntry.therapist_id, ContactEntry.body).where(
            ContactEntry.kind == KIND, ContactEntry.therapist_id.in_({number for number, _ in said})
        )
    )
    for told, body in known:
        said.pop((told or 0, body), None)
    person = me(session).id
    session.add_all(
        ContactEntry(
            at=min(datetime.combine(record.contact_on or as_of, time(12), BERLIN), now),
            channel=_channel(record.contact_status),
            direction="none",
            kind=KIND,
            therapist_id=number,
            person_id=person,
            body=body,
        )
        for (number, body), record in said.items()
    )
    session.flush()
    return frozenset(record.row for record in said.values())


def _text(record: TherapistRecord) -> str:
    status = "" if record.contact_status.lower() in NOTHING_YET else record.contact_status
    return ": ".join(part for part in (status, record.contact_note) if part)


def _channel(status: str) -> str:
    return "phone" if any(word in status.lower() for word in BY_PHONE) else "note"
