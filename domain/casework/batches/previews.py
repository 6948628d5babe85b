"""What a line of a batch says: as it was written, or as it would read if it were made now."""

from datetime import datetime

from sqlalchemy.orm import Session

from domain.casework.batches.making import channel_now
from domain.casework.letters import compose, compose_script
from domain.casework.patient_letters import compose_to_patient
from domain.casework.preparing import preview, who_fits
from domain.casework.printed_letters import preview_on_paper
from domain.communication.batch_models import Batch, BatchLine
from domain.communication.mails import Letter
from domain.communication.models import Email
from domain.errors import NotFound
from domain.matching.inquiries import items_of
from domain.matching.models import Inquiry
from domain.matching.states import OPEN_ITEM, ItemStatus
from domain.therapists.models import Therapist
from domain.values import Channel
from domain.weektime import BERLIN, office_day


def line_letter(session: Session, line_id: int, *, now: datetime) -> Letter:
    """The mail, letter or script of a line. Raises NotFound."""
    line = session.get(BatchLine, line_id)
    if line is None:
        raise NotFound("record.not_found", table="batch_line", id=line_id)
    if line.email_id is not None:
        email = session.get_one(Email, line.email_id)
        return Letter(email.subject, email.body_text, email.body_html)
    if line.patient_id is not None:
        return compose_to_patient(session, "weekly_status", line.patient_id, today=now.astimezone(BERLIN).date())
    therapist = session.get_one(Therapist, line.therapist_id)
    with session.no_autoflush:
        if line.inquiry_id is not None:
            inquiry = session.get_one(Inquiry, line.inquiry_id)
            if session.get_one(Batch, line.batch_id).kind == "inquiries":
                return _made(session, inquiry, now=now)
            return _of_inquiry(session, inquiry, therapist, now=now)
        return _to_be_made(session, line, therapist, now=now)


def _made(session: Session, inquiry: Inquiry, *, now: datetime) -> Letter:
    """What was made without a mail, as a letter or call; of one that was taken back what it was."""
    items = items_of(session, inquiry.id)
    waiting = [item for item in items if ItemStatus(item.status) in OPEN_ITEM] or items
    if inquiry.channel == Channel.LETTER:
        return preview_on_paper(session, inquiry, waiting, today=office_day(now))
    return compose_script(session, inquiry, waiting, today=office_day(now))


def _of_inquiry(session: Session, inquiry: Inquiry, therapist: Therapist, *, now: datetime) -> Letter:
    """The reminder of an inquiry that there is; of one that is over, to all whom it asked for."""
    items = items_of(session, inquiry.id)
    waiting = [item for item in items if ItemStatus(item.status) in OPEN_ITEM] or items
    if inquiry.channel == Channel.EMAIL and therapist.email:
        return compose(session, "reminder", inquiry, waiting, today=office_day(now))
    if therapist.phone or therapist.mobile:
        return compose_script(session, inquiry, waiting, today=office_day(now))
    return preview_on_paper(session, inquiry, waiting, today=office_day(now))


def _to_be_made(session: Session, line: BatchLine, therapist: Therapist, *, now: datetime) -> Letter:
    """An inquiry for those who still fit; for all where nobody does, so that one sees what it was."""
    wished = line.search_ids or []
    fit = who_fits(session, therapist_id=therapist.id, search_ids=wished, now=now).search_ids or tuple(wished)
    channel = channel_now(therapist, line.channel)
    return preview(session, therapist.id, fit, now=now, channel=channel)
