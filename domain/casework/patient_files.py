"""What came with a patient's mail, taken over into the patient's papers."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.communication.incoming.models import IncomingAttachment, IncomingEmail
from domain.errors import Invalid, NotFound
from domain.patients.files import add_file


def take_over_attachment(session: Session, attachment_id: int, *, kind: str, now: datetime) -> int:
    """Copy a mail's file to the papers of the patient it belongs to; returns the paper's id.

    Raises NotFound, Invalid (``incoming_email.no_patient``) and whatever adding a file raises. The mail keeps its own.
    """
    found = session.execute(
        select(IncomingAttachment, IncomingEmail.patient_id)
        .join(IncomingEmail, IncomingEmail.id == IncomingAttachment.incoming_id)
        .where(IncomingAttachment.id == attachment_id)
    ).one_or_none()
    if found is None:
        raise NotFound("record.not_found", table="incoming_attachment", id=attachment_id)
    attachment, patient_id = found
    if patient_id is None:
        raise Invalid("incoming_email.no_patient")
    return add_file(session, patient_id, name=attachment.name, content=attachment.content, kind=kind, now=now)
