"""A mail that a person has outside, to send it with their own program: as a file, and back again.

That it is taken out, and what is looked at before, stands in `taking`; that it was sent, in `mail_reports`.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from domain import events
from domain.casework.batches.steering import take_line_back_of
from domain.casework.mail_reports import follow_resending
from domain.casework.taking import lock_inquiry_first
from domain.communication.claiming import outgoing
from domain.communication.last_look import look
from domain.communication.mails import defer, stop
from domain.communication.mime import build_unsent
from domain.communication.models import Email
from domain.communication.states import EmailStatus
from domain.editing import load_for_edit
from domain.errors import Conflict

BATCH_TAKEN_BACK = "stopped.batch_taken_back"


def unsent_file(session: Session, email_id: int) -> bytes:
    """The mail as a file (.eml) that mail programs open as a draft: words, files, and what it answers.

    An answer to it finds its way back by its Message-ID. Raises Invalid for an address no header takes.
    """
    return build_unsent(outgoing(session, session.get_one(Email, email_id))).as_bytes()


def put_back(session: Session, email_id: int, *, now: datetime, version: int | None = None) -> str:
    """A person did not send it after all: it waits again, and follows what changed while they had it outside.

    Returns why it may not go any more (``stopped.…``), else nothing. Raises Conflict where it is gone.
    """
    lock_inquiry_first(session, email_id)
    email = load_for_edit(session, Email, email_id, version)
    if email.status != EmailStatus.QUEUED:
        raise Conflict("email.transition", before=email.status, after=EmailStatus.QUEUED.value)
    if email.exported_at is None:
        return ""
    email.exported_at = email.exported_by = None
    events.record(session, "email.put_back", email.id, inquiry_id=email.inquiry_id)
    session.flush()
    if take_line_back_of(session, email_id, now=now):
        return BATCH_TAKEN_BACK
    if stopped := look(session, email, now=now).stopped:
        stop(session, email, stopped)
        email.stop_seen_at = now
    elif email.not_before is None:  # its time had come; its job was in vain
        email.deferred_at = now
        defer(session, email_id)
    return follow_resending(session, email, now=now)
