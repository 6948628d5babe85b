"""Taking back answers that were entered by mistake: new entries; what was entered stays in the history.

Those a mail was confirmed with; those entered by hand or after a call stand in `entered_answers`.

What waits because of them (withdrawals elsewhere, thanks) is dropped, who was taken out elsewhere is asked for there
again, and what they ended is brought back (`bringing_back`). What left the office, or was ended, cannot be called back:
it is counted and told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.casework.answers import lock_for_answers
from domain.casework.bringing_back import KIND, BroughtBack, bring_back
from domain.casework.overtaken_mails import OVERTAKEN, take_out_of_waiting
from domain.casework.prior_states import Change, Key, changes_of, forget
from domain.casework.release import being_sent
from domain.communication.incoming.models import IncomingEmail, IncomingReading
from domain.communication.mails import still_here
from domain.communication.models import ContactEntry, Email, EmailItem
from domain.communication.states import EmailStatus
from domain.editing import load_for_edit
from domain.errors import Conflict
from domain.matching.inquiries import items_of, lock_contact_point, refuse_if_open
from domain.matching.models import Answer, CoolingPeriod, Inquiry, InquiryItem, PlaceSearch
from domain.matching.searches import move_search, take_place_back
from domain.matching.states import OPEN_ITEM, OPEN_STAGES, InquiryStage, ItemStatus, SearchStatus

WITHIN = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What could not be made undone elsewhere: practices a mail reached already, inquiries that ended meanwhile.

    `back` is what is as it was before.
    """

    told: int
    ended: int
    back: BroughtBack


def answers_to_take_back(session: Session, incoming_id: int, *, now: datetime) -> tuple[int, ...]:
    """The positions whose answers stand as this mail was confirmed, by whoever asks and not long ago; else none."""
    mail = session.get_one(IncomingEmail, incoming_id)
    since = mail.done_at
    if mail.status != "done" or since is None or since < now - WITHIN or mail.done_by != me(session).id:
        return ()
    read = select(IncomingReading.item_id).where(
        IncomingReading.incoming_id == incoming_id, IncomingReading.item_id.is_not(None)
    )
    found = sorted({item_id for item_id in session.scalars(read) if item_id is not None})
    given = [(item_id, last_answers(session, item_id)[0]) for item_id in found]
    return tuple(item_id for item_id, last in given if last is not None and last.at == since)


def take_back_answers(session: Session, incoming_id: int, *, now: datetime) -> TakenBack:
    """The answers are as before, and the mail is unread again.

    Raises Conflict when too much followed: another answer, the next step with the patient, or that it is another
    person's or another day's (``incoming_email.not_taken_back``); or when the practice was asked anew meanwhile.
    """
    item_ids = answers_to_take_back(session, incoming_id, now=now)
    if not item_ids:
        raise Conflict("incoming_email.not_taken_back")
    order = lock_for_answers(session, item_ids)
    mail = load_for_edit(session, IncomingEmail, incoming_id)
    since = mail.done_at
    if since is None or answers_to_take_back(session, incoming_id, now=now) != item_ids:
        raise Conflict("incoming_email.not_taken_back")
    found = restore_answers(session, mail.inquiry_id or 0, order, since=since, now=now)
    mail.status, mail.done_at, mail.done_by = "unread", None, None
    events.record(session, "incoming_email.answers_taken_back", incoming_id, inquiry_id=mail.inquiry_id)
    return found


def restore_answers(
    session: Session, inquiry_id: int, order: Sequence[int], *, since: datetime, now: datetime
) -> TakenBack:
    """The answers entered at `since` for positions of an inquiry, locked in that order, are as before.

    Raises Conflict (``incoming_email.not_taken_back``) where the inquiry ended otherwise, or was made anew.
    """
    told = ended = paused = 0
    answers = [last.id for last in (last_answers(session, item_id)[0] for item_id in order) if last is not None]
    changes = changes_of(session, answer_ids=answers)
    own = items_of(session, inquiry_id)
    items, inquiries, patients = {item.id for item in own}, {inquiry_id}, set[int]()
    for item_id in order:
        item = load_for_edit(session, InquiryItem, item_id)
        inquiry = load_for_edit(session, Inquiry, item.inquiry_id)
        given = ItemStatus(item.status)
        told += _sent_about(session, item, since=since)
        _note(session, inquiry, item, since=since, now=now)
        _restore(session, item, now=now)
        take_out_of_waiting(session, inquiry, item, now=now)
        if ItemStatus(item.status) is ItemStatus.ACCEPTED:  # a promised place was said to be gone, and is not
            search = load_for_edit(session, PlaceSearch, item.search_id)
            if search.status == SearchStatus.ACTIVE:
                move_search(session, search, SearchStatus.TENTATIVE, now=now)
        elif given is ItemStatus.ACCEPTED:
            search = load_for_edit(session, PlaceSearch, item.search_id)
            if search.status == SearchStatus.TENTATIVE:
                paused += take_place_back(session, search)
                patients.add(search.patient_id)
            for other in _released(session, item, since=since):
                if _sent_about(session, other, since=since):
                    told += 1
                elif not _ask_again(session, other, changes, since=since, now=now):
                    ended += 1
                else:
                    items.add(other.id)
                    inquiries.add(other.inquiry_id)
    inquiry = load_for_edit(session, Inquiry, inquiry_id)
    _reopen(session, inquiry, since=since)
    session.flush()
    for period in session.scalars(
        select(CoolingPeriod).where(CoolingPeriod.inquiry_id == inquiry.id, CoolingPeriod.starts_at == since)
    ):
        period.ends_at = since  # it was begun by these answers
    back = bring_back(
        session, changes, since=since, now=now, items=items, inquiries=inquiries, patients=patients
    )  # fmt: skip
    forget(session, answer_ids=answers)
    return TakenBack(told, ended, replace(back, paused=paused))


def last_answers(session: Session, item_id: int) -> tuple[Answer | None, Answer | None]:
    """The answer that stands and the one before it."""
    last: Sequence[Answer] = session.scalars(
        select(Answer).where(Answer.item_id == item_id).order_by(Answer.id.desc()).limit(2)
    ).all()
    return (last[0] if last else None), (last[1] if len(last) > 1 else None)


def _restore(session: Session, item: InquiryItem, *, now: datetime) -> None:
    """As it stood before the answer that is taken back; a further row says so."""
    _, before = last_answers(session, item.id)
    status = ItemStatus(before.status) if before is not None else ItemStatus.PENDING
    events.record(
        session, "inquiry_item.moved", item.id,
        inquiry_id=item.inquiry_id, search_id=item.search_id, before=ItemStatus(item.status), after=status,
    )  # fmt: skip
    item.status = status
    item.answered_at = before.at if before is not None and status is not ItemStatus.PENDING else None
    item.waitlisted_until = before.waitlisted_until if before is not None else None
    item.place_from = before.place_from if before is not None else None
    session.add(
        Answer(
            item_id=item.id, status=status, at=now, channel=before.channel if before is not None else None,
            person_id=me(session).id, note=KIND, waitlisted_until=item.waitlisted_until, place_from=item.place_from,
        )
    )  # fmt: skip
    session.flush()


def _note(session: Session, inquiry: Inquiry, item: InquiryItem, *, since: datetime, now: datetime) -> None:
    patient_id = session.get_one(PlaceSearch, item.search_id).patient_id
    entry = session.scalars(
        select(ContactEntry)
        .where(
            ContactEntry.inquiry_id == inquiry.id, ContactEntry.patient_id == patient_id,
            ContactEntry.at == since, ContactEntry.direction == "in", ContactEntry.kind == item.status,
        )
        .order_by(ContactEntry.id.desc())
    ).first()  # fmt: skip
    if entry is None:
        return
    session.add(
        ContactEntry(
            at=now, channel=entry.channel, direction="none", kind=KIND, inquiry_id=inquiry.id,
            therapist_id=inquiry.therapist_id, patient_id=patient_id, person_id=me(session).id, takes_back=entry.id,
        )
    )  # fmt: skip


def _sent_about(session: Session, item: InquiryItem, *, since: datetime) -> int:
    """How many mails that follow from the answer left the office already, or may have."""
    mails = (
        select(func.count())
        .select_from(Email)
        .join(EmailItem, EmailItem.email_id == Email.id)
        .where(EmailItem.item_id == item.id, Email.kind.in_(OVERTAKEN), Email.created_at >= since)
        .where(~still_here(), Email.status != EmailStatus.CANCELLED)
    )
    return session.scalar(mails) or 0


def _released(session: Session, item: InquiryItem, *, since: datetime) -> list[InquiryItem]:
    """The positions elsewhere that ended because of this acceptance."""
    others = select(InquiryItem).where(
        InquiryItem.search_id == item.search_id,
        InquiryItem.id != item.id,
        InquiryItem.status == ItemStatus.MATCHED_ELSEWHERE,
    )
    ended = []
    for other in session.scalars(others.order_by(InquiryItem.inquiry_id)):
        last, _ = last_answers(session, other.id)
        if last is not None and last.at == since:
            ended.append(other)
    return ended


def _ask_again(
    session: Session, other: InquiryItem, changes: Mapping[Key, Change], *, since: datetime, now: datetime
) -> bool:
    """Whether somebody taken out elsewhere is asked for there again: where the practice knows of nothing else.

    An inquiry that had not left the office waits again with its mail or letter, unless that went out without them.
    """
    inquiry = load_for_edit(session, Inquiry, other.inquiry_id)
    _, said = last_answers(session, other.id)
    if inquiry.closed_at is not None and inquiry.closed_at != since:
        if said is None or ItemStatus(said.status) in OPEN_ITEM:
            return False
        _restore(session, load_for_edit(session, InquiryItem, other.id), now=now)  # what it had answered before
        return True
    stage = InquiryStage.SENT
    if inquiry.sent_at is None:
        kept = changes.get(("item", other.id))
        if kept is None or not kept.untouched or being_sent(session, inquiry):
            return False
        ended = changes.get(("inquiry", inquiry.id))
        stage = InquiryStage(str(ended.before["stage"]) if ended is not None else inquiry.stage)
    elif inquiry.sent_at > since:
        return False
    if inquiry.closed_at is not None:
        anew = select(Inquiry.id).where(
            Inquiry.contact_point_id == inquiry.contact_point_id, Inquiry.stage.in_(OPEN_STAGES)
        )
        lock_contact_point(session, inquiry.contact_point_id)
        if session.scalar(anew) is not None:
            return False
    take_out_of_waiting(session, inquiry, other, now=now)
    _restore(session, load_for_edit(session, InquiryItem, other.id), now=now)
    _reopen(session, inquiry, since=since, stage=stage)
    return True


def _reopen(session: Session, inquiry: Inquiry, *, since: datetime, stage: InquiryStage = InquiryStage.SENT) -> None:
    """An inquiry that these answers ended waits again, or is as silent as it was.

    So does one that another answer ended since. Raises Conflict (``incoming_email.not_taken_back``) where it ended
    otherwise since.
    """
    left = {ItemStatus(item.status) for item in items_of(session, inquiry.id)}
    if inquiry.closed_at != since:
        if inquiry.closed_at is None or inquiry.closed_at < since or not left & OPEN_ITEM:
            return
        if inquiry.stage != InquiryStage.ANSWERED:
            raise Conflict("incoming_email.not_taken_back")
    if left & OPEN_ITEM:
        lock_contact_point(session, inquiry.contact_point_id)
        refuse_if_open(session, inquiry.contact_point_id)
        inquiry.stage, inquiry.closed_at, inquiry.close_reason = stage, None, ""
    elif ItemStatus.NO_RESPONSE in left:
        inquiry.stage = InquiryStage.EXPIRED
    events.record(session, "inquiry.answer_taken_back", inquiry.id)
