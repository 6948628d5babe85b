"""Erasing what the office wrote and read of a patient (Art. 17 GDPR): the words go, that there was a contact stays.

Contacts, calls, notes at answers, mails, what came in, and letters. Only who leads the office may; the database
(`audit.erase_words`) keeps that, and whose words are whose, with who, when and why. The chain over the log stays sound:
an entry's salt goes with its words, and a check tells erased from changed. What waits to leave is taken back before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain import events
from domain.casework.letters import compose
from domain.casework.mail_erasure import NamingMail, mails_naming
from domain.casework.printed_letters import has_waiting, take_back_on_paper
from domain.casework.recalling import take_mail_back
from domain.casework.release import UNSENT, lock_inquiries_of, stop_unsent
from domain.communication.mails import STILL_HERE, named_in, refuse_outside, rewrite
from domain.communication.models import Email
from domain.communication.states import EmailStatus
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid, NotFound
from domain.matching.inquiries import items_of, set_item
from domain.matching.models import Inquiry, InquiryItem, PlaceSearch
from domain.matching.states import OPEN_ITEM, ItemStatus
from domain.patients.lifecycle import lock_patient
from domain.values import Channel
from domain.weektime import office_day

REWRITTEN = frozenset({"inquiry", "reminder", "withdrawal", "surplus"})  # what can be written anew for the others
_ERASE = text("SELECT * FROM audit.erase_words(:patient, :reason)")
_ABOUT = text("SELECT mail_id FROM audit.mails_about(:patient)")


@dataclass(frozen=True, slots=True)
class Erased:
    """What was emptied, and what lies where nothing can be erased from here.

    `shared` are mails and letters about others, too: they lost what points to the patient and are emptied with the
    last of them. `sent` mails lie with whom they went to, `copied` of them in the office's folder of sent mail, too;
    `in_mailbox` came in by the office's mailbox, `printed` letters lie with practices; from `first_at` to `last_at`.
    `unassigned` mails belong to nobody and may tell of the patient: a person looks at each.
    """

    contacts: int
    mails: int
    received: int
    letters: int
    files: int
    shared: int
    sent: int
    copied: int
    in_mailbox: int
    printed: int
    first_at: datetime | None
    last_at: datetime | None
    unassigned: tuple[NamingMail, ...] = ()


def erase_words(session: Session, patient_id: int, *, reason: str, now: datetime) -> Erased:
    """Take back what waits about this patient, then erase the words of all that was written.

    Raises Invalid without a reason, Forbidden for who does not lead the office, Conflict
    (``contact.erasure_mail_leaving``, ``email.outside``) while a mail is being sent or somebody has one outside,
    NotFound where there is nothing (left).
    """
    if not reason.strip():
        raise Invalid("contact.erasure_reason", field="reason")
    lock_patient(session, patient_id)
    _take_back_waiting(session, patient_id, now=now)
    session.flush()
    row = session.execute(_ERASE, {"patient": patient_id, "reason": reason.strip()}).mappings().one()
    session.expire_all()  # what was read before still has its words
    erased = Erased(**row, unassigned=mails_naming(session, patient_id))
    counted = (erased.contacts, erased.mails, erased.received, erased.letters, erased.shared)
    if not any((*counted, erased.unassigned)):
        raise NotFound("contact.nothing_to_erase")
    events.record(
        session, "patient.contacts_erased", patient_id, count=erased.contacts,
        mails=erased.mails + erased.received, letters=erased.letters, shared=erased.shared,
    )  # fmt: skip
    return erased


def _take_back_waiting(session: Session, patient_id: int, *, now: datetime) -> None:
    """What has not left and tells of this patient stays here, or is written anew for the others in it.

    Locked in everybody's order: searches, inquiries, mails.
    """
    searches = session.scalars(
        select(PlaceSearch.id)
        .where(PlaceSearch.patient_id == patient_id)
        .order_by(PlaceSearch.id)
        .with_for_update(key_share=True)
    ).all()
    lock_inquiries_of(session, searches)
    waiting = _waiting_about(session, patient_id)
    asked = select(InquiryItem.inquiry_id).where(InquiryItem.search_id.in_(searches))
    unsent = select(Inquiry).where(Inquiry.id.in_(asked), Inquiry.stage.in_(UNSENT)).order_by(Inquiry.id)
    first_letters = {mail.inquiry_id for mail in waiting if mail.kind == "inquiry"}
    for inquiry in session.scalars(unsent.with_for_update(key_share=True)):
        on_paper = inquiry.channel == Channel.LETTER and has_waiting(session, inquiry.id, "inquiry")
        if on_paper or inquiry.id in first_letters:
            _leave_out(session, inquiry, searches, now=now)
    session.flush()
    for mail in _waiting_about(session, patient_id):
        _without(session, mail, searches, now=now)


def _waiting_about(session: Session, patient_id: int) -> list[Email]:
    """The mails about a patient that have not left, locked. Raises Conflict while somebody has one in hand."""
    numbers = session.scalars(_ABOUT, {"patient": patient_id}).all()
    mails = session.scalars(
        select(Email)
        .where(Email.id.in_(numbers), Email.status.in_((EmailStatus.DRAFT, *STILL_HERE, EmailStatus.SENDING)))
        .order_by(Email.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    if any(mail.status == EmailStatus.SENDING for mail in mails):
        raise Conflict("contact.erasure_mail_leaving")
    for mail in mails:
        refuse_outside(session, mail)
    return list(mails)


def _leave_out(session: Session, inquiry: Inquiry, searches: Sequence[int], *, now: datetime) -> None:
    """An inquiry no practice has seen asks for the others only, or for nobody and is stopped."""
    items = items_of(session, inquiry.id, lock=True)
    gone = [item for item in items if item.search_id in searches and ItemStatus(item.status) in OPEN_ITEM]
    left = [item for item in items if item.search_id not in searches and ItemStatus(item.status) in OPEN_ITEM]
    if not left:
        stop_unsent(session, inquiry, reason="erased", now=now)
        return
    for item in gone:
        set_item(session, item, ItemStatus.WITHDRAWN, now=now, note="erased")
    if gone and inquiry.channel == Channel.LETTER:
        take_back_on_paper(session, inquiry, gone, items, now=now)


def _without(session: Session, mail: Email, searches: Sequence[int], *, now: datetime) -> None:
    """A waiting mail is written anew for the others it tells of; one that tells of nobody else is taken back."""
    if mail.inquiry_id is not None and mail.kind in REWRITTEN and mail.status != EmailStatus.DRAFT:
        inquiry = load_for_edit(session, Inquiry, mail.inquiry_id)
        items = items_of(session, inquiry.id)
        named = named_in(session, mail.id) or frozenset(item.id for item in items)
        left = [item for item in items if item.id in named and item.search_id not in searches]
        if left:
            letter = compose(session, mail.kind, inquiry, left, today=office_day(now))
            rewrite(session, mail, letter, item_ids=[item.id for item in left])
            return
    take_mail_back(session, mail.id, now=now)
