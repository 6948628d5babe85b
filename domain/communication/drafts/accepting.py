"""The server takes a draft: as a queued mail with its files, once, however often it is handed over."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.access import office
from domain.communication.account_states import check_size
from domain.communication.drafts.records import Draft
from domain.communication.mails import OutgoingFile, goes_by, queue_mail
from domain.communication.models import Email, EmailAttachment
from domain.communication.templates.rendering import written
from domain.file_types import checked_file


def has_arrived(session: Session, client_uuid: UUID) -> bool:
    """Whether the server has a draft already: its answer was lost when it was handed over."""
    return session.scalar(select(Email.id).where(Email.client_uuid == client_uuid)) is not None


def accept_draft(session: Session, draft: Draft, files: Sequence[OutgoingFile], *, now: datetime) -> int:
    """Queue the mail; it waits for the office's undo window. Returns its id.

    Raises Conflict (``email.queued_already``) when it is there, and Invalid for an address or file that cannot be sent
    or files together larger than the account's mail server is known to take.
    """
    to = draft.addressee
    size = sum(len(file.content) for file in files)
    check_size(session, size, account_id=goes_by(session, draft.in_reply_to))
    number = queue_mail(
        session,
        kind="patient" if to.patient_id is not None else "own",
        to_address=to.address,
        to_name=to.name,
        letter=written(draft.subject, draft.body, template_version_id=draft.template_version_id),
        now=now,
        inquiry_id=draft.inquiry_id,
        patient_id=to.patient_id,
        therapist_id=to.therapist_id,
        in_reply_to=draft.in_reply_to,
        delay=timedelta(seconds=office(session).undo_seconds),
        client_uuid=draft.client_uuid,
    )
    for file in files:
        checked = checked_file(file.name, file.content)
        session.add(
            EmailAttachment(email_id=number, name=checked.name, media_type=checked.media_type, content=file.content)
        )
    session.flush()
    return number
