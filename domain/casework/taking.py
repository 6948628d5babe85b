"""What happens before a mail leaves: the last look, by the worker or by a person, and what a stop means for an inquiry.

What became of a mail that was handed over stands in `mail_reports`.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import events
from domain.access import me, person_name
from domain.casework.release import STOP_REASONS, UNSENT, stop_unsent
from domain.casework.unread_replies import REPLY_UNREAD, refuse_unread, unread_before
from domain.communication import claiming
from domain.communication.last_look import look
from domain.communication.mails import readdress, stop
from domain.communication.models import Email
from domain.communication.send_times import first_in_doubt
from domain.communication.states import EmailStatus
from domain.editing import load_for_edit
from domain.errors import Conflict
from domain.matching.models import Inquiry

LOOK_AGAIN = timedelta(minutes=2)


def take_mail(
    session: Session, email_id: int, *, now: datetime, without_account: bool = True
) -> claiming.Outgoing | None:
    """The worker takes a mail (`claiming.claim`); where the last look stops a first letter, its inquiry stops, too."""
    lock_inquiry_first(session, email_id)
    if _waits_for_a_reader(session, email_id, now=now):
        return None
    mail = claiming.claim(session, email_id, now=now, without_account=without_account)
    if mail is None and (email := session.get(Email, email_id)) is not None:
        follow_stop(session, email, now=now)
    return mail


def _waits_for_a_reader(session: Session, email_id: int, *, now: datetime) -> bool:
    """Who answered, and is not read yet, is told nothing that the answer may make wrong: the mail is put off."""
    if not unread_before(session, email_id):
        return False
    held = session.scalar(
        select(Email)
        .where(Email.id == email_id, Email.status == EmailStatus.QUEUED, Email.exported_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    if held is not None:
        held.not_before, held.failure_cause = now + LOOK_AGAIN, REPLY_UNREAD
    return True


def look_before_by_hand(
    session: Session,
    email_id: int,
    *,
    now: datetime,
    told: Collection[int] = (),
    hold: bool = True,
    known: datetime | None = None,
) -> str:
    """A person is about to send a waiting mail with their own program: the same last look as the worker's.

    The mail gets the address of now and is theirs from here on: it is held (`hold`) until they say what became of it
    (`by_hand`). Returns why it was stopped instead (``stopped.…``), else nothing. Raises Conflict where it waits no
    more, while nobody knows whether what it takes back left (``email.first_open``), where somebody else has it outside
    (``email.exported``, unless `known` is since when), and while a reply holds it that nobody has read
    (``email.reply_unread``); `told`: those the person knows of.
    """
    lock_inquiry_first(session, email_id)
    email = load_for_edit(session, Email, email_id)
    if email.status != EmailStatus.QUEUED:
        raise Conflict("email.transition", before=email.status, after=EmailStatus.SENDING.value)
    if email.exported_at not in {None, known}:
        raise Conflict("email.exported", by=person_name(session, email.exported_by), at=email.exported_at.isoformat())
    if email.exported_at is None and session.scalar(select(first_in_doubt()).where(Email.id == email_id)):
        raise Conflict("email.first_open", email_id=email_id)
    found = look(session, email, now=now)
    if found.stopped and email.exported_at is not None:
        return found.stopped  # it may have been sent: what became of it says who has it outside
    if not found.stopped:
        refuse_unread(session, email_id, told=told)
        if hold:
            email.exported_at, email.exported_by = now, me(session).id
            events.record(session, "email.exported", email.id, inquiry_id=email.inquiry_id)
        if email.to_address != found.address:
            readdress(session, email, found.address)
            events.record(session, "email.readdressed", email.id, inquiry_id=email.inquiry_id)
        return ""
    stop(session, email, found.stopped)
    email.stop_seen_at = now
    follow_stop(session, email, now=now)
    return found.stopped


def lock_inquiry_first(session: Session, email_id: int) -> None:
    """Inquiry before mail, as everybody else locks them."""
    inquiry_id = session.scalar(select(Email.inquiry_id).where(Email.id == email_id))
    if inquiry_id is not None:
        load_for_edit(session, Inquiry, inquiry_id)


def first_letter_of(session: Session, email: Email) -> Inquiry | None:
    """The inquiry a mail asks a practice for the first time, or None; locked."""
    if email.kind != "inquiry" or email.inquiry_id is None:
        return None
    return load_for_edit(session, Inquiry, email.inquiry_id)


def follow_stop(session: Session, email: Email, *, now: datetime) -> None:
    """A first letter that was stopped asks nobody: its inquiry ends before it left the office."""
    why = why_stopped(email)
    inquiry = first_letter_of(session, email) if why else None
    if inquiry is not None and inquiry.stage in UNSENT:
        session.flush()
        stop_unsent(session, inquiry, reason=STOP_REASONS.get(why, "mail_stopped"), now=now)


def why_stopped(email: Email) -> str:
    """Why the last look let a mail stay here (``stopped.…``); empty for any other."""
    stopped = email.status == EmailStatus.CANCELLED and email.failure_cause.startswith("stopped.")
    return email.failure_cause if stopped else ""
