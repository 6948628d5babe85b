"""Filing a mail that came in: kept once, and put to what it answers by the surest mark it carries.

Marks, surest first: the Message-ID of a mail of ours it answers; our reference ``[PL-…]``; the sender's address,
where a practice was asked at it or a patient writes. What carries none waits for a person. What comes from a patient's
address is the patient's whatever it answers or quotes: an inquiry's history is the practice's and other people's, too.
While the patient's data are restricted it is nobody's.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain import events
from domain.communication.incoming.models import IncomingAttachment, IncomingEmail
from domain.communication.incoming.parsed import ParsedMail
from domain.communication.incoming.remarks import Remark
from domain.communication.models import COUNTERPART_LENGTH, EARLIEST, ContactEntry, Email
from domain.communication.reading.quotes import own_words
from domain.matching.models import Inquiry
from domain.matching.states import OPEN_STAGES

REFERENCE = re.compile(r"\bPL-([2-9A-HJ-KM-NP-TV-Z]{6})\b")
CLOCKS_APART = timedelta(minutes=10)  # of a practice and of whoever noted that its inquiry left
ANSWERS_WITHIN = timedelta(days=120)  # an inquiry closed for longer is not what an address alone answers
READ, DELIVERED, ELSEWHERE = "report.read", "report.delivered", "report.elsewhere"
NEWS_TO_NOBODY = {READ, DELIVERED}
HISTORY_OF = {READ: "report_read", DELIVERED: "report_delivered", ELSEWHERE: "report_elsewhere"}
HISTORY_LENGTH = 4_000  # letters of an answer that the history shows and searches
# who is reached at an address, also at that of a record which was merged into theirs
_WHO_WRITES = text("""
WITH RECURSIVE one (id, kept) AS (
    SELECT t.id, t.merged_into_id FROM therapist_service.therapist t WHERE t.email = :address
    UNION SELECT t.id, t.merged_into_id FROM one JOIN therapist_service.therapist t ON t.id = one.kept)
SELECT id FROM one WHERE kept IS NULL ORDER BY id""")


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a mail belongs to and by which mark (thread, reference, sender, nobody)."""

    matched_by: str = "nobody"
    email_id: int | None = None
    inquiry_id: int | None = None
    therapist_id: int | None = None
    patient_id: int | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """The mail's id, whether it was there before, and what it belongs to."""

    incoming_id: int
    known: bool
    belonging: Belonging


def file_mail(
    session: Session,
    mail: ParsedMail,
    *,
    now: datetime,
    account_id: int | None = None,
    came_at: datetime | None = None,
) -> Filed:
    """Keep a mail, with its files, as come at `came_at` (else now); seen before, nothing is written.

    One that could not be read waits for a person. What is news to nobody (it arrived, it was opened) waits for none.
    """
    if (there := _seen_before(session, mail)) is not None:
        known = Belonging(there.matched_by, there.email_id, there.inquiry_id, there.therapist_id, there.patient_id)
        return Filed(there.id, known=True, belonging=known)
    belonging = Belonging() if mail.remark is not None else find_belonging(session, mail, now=now)
    remark = mail.remark or _remark_on(session, mail, belonging)
    settled = remark is not None and remark.code in NEWS_TO_NOBODY
    statement = (
        insert(IncomingEmail)
        .values(
            account_id=account_id, sha256=mail.sha256, size=mail.size, message_id=mail.message_id,
            answers=list(mail.answers), from_address=mail.from_address, from_name=mail.from_name,
            to_address=mail.to_address, subject=mail.subject, sent_at=mail.sent_at, received_at=came_at or now,
            automatic=mail.automatic, body_text=mail.text, version=1,
            remark="" if remark is None else remark.code, remark_params={} if remark is None else remark.params,
            kind=_kind(mail, belonging, remark), status="set_aside" if settled else "unread",
            done_at=now if settled else None, matched_by=belonging.matched_by, email_id=belonging.email_id,
            inquiry_id=belonging.inquiry_id, therapist_id=belonging.therapist_id, patient_id=belonging.patient_id,
        )
        .on_conflict_do_nothing(index_elements=["sha256"])
        .returning(IncomingEmail.id)
    )  # fmt: skip
    incoming_id = session.scalar(statement)
    if incoming_id is None:
        there = session.scalars(select(IncomingEmail).where(IncomingEmail.sha256 == mail.sha256)).one()
        return Filed(there.id, known=True, belonging=belonging)
    for file in mail.attachments:
        session.add(
            IncomingAttachment(
                incoming_id=incoming_id, name=file.name, media_type=file.media_type, content=file.content
            )
        )
    note_in_history(session, session.get_one(IncomingEmail, incoming_id), now=now)
    events.record(session, "incoming_email.received", incoming_id, inquiry_id=belonging.inquiry_id)
    return Filed(incoming_id, known=False, belonging=belonging)


def _seen_before(session: Session, mail: ParsedMail) -> IncomingEmail | None:
    """The same mail with another header line, as servers and mailing lists add them: the same number and words.

    Two of the office's accounts get it at one moment: whoever is second waits for the first.
    """
    if not mail.message_id or mail.remark is not None:
        return None
    key = f"mail came in {mail.message_id}"
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
    same = select(IncomingEmail).where(
        IncomingEmail.message_id == mail.message_id,
        IncomingEmail.body_text == mail.text,
        IncomingEmail.from_address == mail.from_address,
    )
    return session.scalars(same.order_by(IncomingEmail.id).limit(1)).first()


def find_belonging(session: Session, mail: ParsedMail, *, now: datetime) -> Belonging:
    """What a mail belongs to."""
    by_thread = _by_thread(session, mail, now)
    if by_thread is not None and by_thread.patient_id is not None:
        return by_thread
    by_therapist = _by_therapist(session, mail, now)
    if by_therapist is None and mail.report is None:
        patient = session.scalar(text("SELECT patient_service.patient_with_address(:a)"), {"a": mail.from_address})
        if patient is not None:
            return Belonging("sender", patient_id=patient)
        if session.scalar(text("SELECT patient_service.is_restricted_address(:a)"), {"a": mail.from_address}):
            return Belonging()
    return by_thread or _by_reference(session, mail, now) or by_therapist or Belonging()


def _remark_on(session: Session, mail: ParsedMail, belonging: Belonging) -> Remark | None:
    """What a report says that means nothing for our mail; None for every other mail, and where it means something."""
    report = mail.report
    if report is None:
        return None
    if report.opened:
        return Remark(READ)
    bad = report.bad_news
    if bad is None:
        return Remark(DELIVERED)
    if belonging.email_id is None and belonging.inquiry_id is None:
        return None
    ours = report.of(_written_to(session, belonging))
    if ours is None:
        return Remark(ELSEWHERE, {"address": bad.final})
    return Remark(DELIVERED) if ours.arrived else None


def _written_to(session: Session, belonging: Belonging) -> list[str]:
    """The addresses of the mail a report is about; of all its inquiry's, where it does not say which."""
    one = Email.id == belonging.email_id if belonging.email_id is not None else Email.inquiry_id == belonging.inquiry_id
    return list(session.scalars(select(Email.to_address).where(one)))


def note_in_history(session: Session, mail: IncomingEmail, *, now: datetime) -> None:
    """Put a mail into the history of those it belongs to."""
    if mail.inquiry_id is not None or mail.therapist_id is not None or mail.patient_id is not None:
        session.add(entry_of(mail, now=now))


def entry_of(mail: IncomingEmail, *, now: datetime) -> ContactEntry:
    """What a history says of a mail."""
    words = "\n".join(part.text for part in own_words(mail.body_text)) or mail.body_text
    kind = HISTORY_OF.get(mail.remark)
    return ContactEntry(
        at=mail.sent_at if mail.sent_at is not None and EARLIEST <= mail.sent_at < now else now,
        channel="email", direction="in", kind=kind or ("bounce" if mail.kind == "bounce" else "reply"),
        inquiry_id=mail.inquiry_id, therapist_id=mail.therapist_id, patient_id=mail.patient_id,
        counterpart=(mail.from_name or mail.from_address)[:COUNTERPART_LENGTH],
        body=f"{mail.subject}\n{words}".strip()[:HISTORY_LENGTH],
    )  # fmt: skip


def _kind(mail: ParsedMail, belonging: Belonging, remark: Remark | None) -> str:
    if remark is not None:
        return "other"
    if mail.report is not None:
        return "bounce"
    if belonging.inquiry_id is not None:
        return "reply"
    return "patient" if belonging.patient_id is not None else "other"


def _by_thread(session: Session, mail: ParsedMail, _now: datetime) -> Belonging | None:
    wanted = [mail.report.message_id] if mail.report is not None and mail.report.message_id else list(mail.answers)
    sent = {e.message_id: e for e in session.scalars(select(Email).where(Email.message_id.in_(wanted)))}
    email = next((sent[number] for number in wanted if number in sent), None)
    if email is None:
        return None
    therapist = None if email.patient_id is not None else email.therapist_id
    if email.inquiry_id is not None and email.patient_id is None:
        therapist = session.scalar(select(Inquiry.therapist_id).where(Inquiry.id == email.inquiry_id))
    # a letter to a patient about an inquiry is answered by the patient, not by the practice
    inquiry = None if email.patient_id is not None else email.inquiry_id
    return Belonging("thread", email.id, inquiry, therapist, email.patient_id)


def _by_reference(session: Session, mail: ParsedMail, _now: datetime) -> Belonging | None:
    for written in (mail.subject, mail.text):
        for reference in dict.fromkeys(REFERENCE.findall(written.upper())):
            found = session.execute(
                select(Inquiry.id, Inquiry.therapist_id).where(Inquiry.reference == reference)
            ).one_or_none()
            if found is not None:
                return Belonging("reference", inquiry_id=found.id, therapist_id=found.therapist_id)
    return None


def _by_therapist(session: Session, mail: ParsedMail, now: datetime) -> Belonging | None:
    if not mail.from_address or mail.report is not None:
        return None
    persons = session.scalars(_WHO_WRITES, {"address": mail.from_address}).all()
    found = session.execute(
        select(Inquiry.id, Inquiry.therapist_id, Inquiry.stage)
        .where(
            Inquiry.therapist_id.in_(persons),
            # by its sender alone nothing answers what was asked after it was written
            Inquiry.sent_at <= _written_at(mail, now) + CLOCKS_APART,
            (Inquiry.closed_at.is_(None)) | (Inquiry.closed_at > now - ANSWERS_WITHIN),
        )
        .order_by(Inquiry.stage.in_(OPEN_STAGES).desc(), Inquiry.sent_at.desc())
    ).first()
    if found is not None:
        return Belonging("sender", inquiry_id=found.id, therapist_id=found.therapist_id)
    return Belonging("sender", therapist_id=persons[0]) if persons else None


def _written_at(mail: ParsedMail, now: datetime) -> datetime:
    """When a mail was written as far as it can be believed: nothing was after it came in."""
    return mail.sent_at if mail.sent_at is not None and mail.sent_at < now else now
