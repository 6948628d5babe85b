"""Reading what practices answer: the suggestion a person sees, and what follows from the word they give.

Nothing follows from a suggestion alone. What was suggested is kept beside what the person decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.casework.answer_corrections import answers_to_take_back
from domain.casework.answers import Decision, Recorded, lock_for_answers, record_answer
from domain.casework.mail_reports import give_back
from domain.casework.opt_outs import opt_out
from domain.casework.prior_states import keep, look_at_places
from domain.casework.reminding import note_absence
from domain.casework.reply_facts import CapacityNote, capacity_said, facts_of
from domain.casework.waiting_reminders import renew_reminders
from domain.communication.incoming.listing import IncomingDetail, get_incoming
from domain.communication.incoming.models import IncomingEmail, IncomingReading
from domain.communication.incoming.parse import MAILS_FROM
from domain.communication.reading.descriptions import PersonFacts
from domain.communication.reading.meanings import OF_THE_MAILBOX, Meaning, SharedOffer, Suggestion
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid
from domain.matching.inquiries import items_of, note_past_absence, set_item, settle
from domain.matching.listing import get_inquiry
from domain.matching.models import Inquiry, InquiryItem
from domain.matching.states import OPEN_ITEM, ItemStatus
from domain.therapists.mailbox_opt_outs import Reached, reached_with
from domain.therapists.models import Therapist
from domain.therapists.service import note_capacity
from domain.values import Channel
from domain.weektime import BERLIN, office_day

# What a reading of a person is recorded as (domain.md, inquiry_item).
STATUS_OF = {
    Meaning.PLACE_FREE: ItemStatus.ACCEPTED,
    Meaning.NO_PLACES: ItemStatus.REJECTION_CAPACITY,
    Meaning.LIST_CLOSED: ItemStatus.REJECTION_CAPACITY,
    Meaning.WAITING_LIST: ItemStatus.WAITLISTED,
    Meaning.CONSULTATION_ONLY: ItemStatus.CONSULTATION_ONLY,
    Meaning.UNSUITABLE: ItemStatus.REJECTION_UNSUITABLE,
    Meaning.NEEDS_INFO: ItemStatus.NEEDS_INFO,
}
ABSENT_WITHOUT_DAY = timedelta(days=14)  # an absence that names no return is looked at again after two weeks

_UNREAD_ELSEWHERE = text("""
    SELECT DISTINCT trim(t.first_name || ' ' || t.last_name)
    FROM matching_service.inquiry_item mine
    JOIN matching_service.inquiry_item theirs ON theirs.search_id = mine.search_id AND theirs.inquiry_id <> :inquiry
    JOIN communication_service.incoming_email m ON m.inquiry_id = theirs.inquiry_id
    JOIN therapist_service.therapist t ON t.id = m.therapist_id
    WHERE mine.inquiry_id = :inquiry AND m.status = 'unread' AND m.kind = 'reply' ORDER BY 1""")


@dataclass(frozen=True, slots=True)
class ReplyItem:
    """One patient of the inquiry a mail answers: who, where it stands, and what the mail seems to say."""

    item_id: int
    patient_id: int
    name: str
    code: str
    status: ItemStatus
    version: int
    suggestion: Suggestion | None


@dataclass(frozen=True, slots=True)
class Reply:
    """A mail that came in with its patients; `of_mailbox` is what it says of the practice itself.

    `offer` is a place that does not say for which of several patients. `capacity` is what it says of the practice's
    places beyond these patients, where that is news. `undoable`: the answers confirmed from it can be taken back.
    `unread_elsewhere` are other practices asked for the same people whose answer nobody has read. `reached` is for whom
    its mailbox speaks.
    """

    detail: IncomingDetail
    items: tuple[ReplyItem, ...]
    of_mailbox: Suggestion | None
    capacity: CapacityNote | None = None
    offer: SharedOffer | None = None
    undoable: bool = False
    unread_elsewhere: tuple[str, ...] = ()
    reached: Reached | None = None


def open_reply(session: Session, incoming_id: int, *, now: datetime) -> Reply:
    """A mail as a person reads it; raises NotFound."""
    detail = get_incoming(session, incoming_id)
    if detail.row.inquiry_id is None:
        return Reply(detail, (), None)
    mail = session.get_one(IncomingEmail, incoming_id)
    found = suggestions_for(session, mail)
    by_code = {s.code: s for s in found if s.meaning not in OF_THE_MAILBOX}
    patients = get_inquiry(session, detail.row.inquiry_id, today=office_day(now)).items
    return Reply(
        detail,
        tuple(
            ReplyItem(
                i.item_id, i.patient_id, i.name, i.reference_code, i.status, i.version, by_code.get(i.reference_code)
            )
            for i in patients
        ),
        next((s for s in found if s.meaning in OF_THE_MAILBOX), None),
        _news_of_places(session, mail),
        offer_in(session, mail),
        bool(answers_to_take_back(session, incoming_id, now=now)),
        tuple(session.scalars(_UNREAD_ELSEWHERE, {"inquiry": detail.row.inquiry_id})),
        reached_with(session, mail.therapist_id) if mail.therapist_id is not None else None,
    )


def suggestions_for(session: Session, mail: IncomingEmail) -> tuple[Suggestion, ...]:
    """What the rules read in a mail, by patient; nothing where it belongs to no inquiry."""
    if mail.inquiry_id is None or mail.kind != "reply":
        return ()
    # its many patterns take a while to prepare, and are needed only when an answer is read
    from domain.communication.reading.reader import read_answer

    codes, facts = _asked_for(session, mail.inquiry_id, today=_written_on(mail))
    found = read_answer(mail.body_text, codes, sent_on=_written_on(mail), subject=mail.subject, facts=facts)
    if mail.automatic:
        # a machine answers for nobody; that somebody is away, it may say
        return tuple(s for s in found if s.meaning is Meaning.OUT_OF_OFFICE)
    return found


def offer_in(session: Session, mail: IncomingEmail) -> SharedOffer | None:
    """A place the mail offers without saying for which of several patients; a machine offers none."""
    if mail.inquiry_id is None or mail.kind != "reply" or mail.automatic:
        return None
    from domain.communication.reading.reader import offer_to_share  # prepared when an answer is read, as above

    codes, facts = _asked_for(session, mail.inquiry_id, today=_written_on(mail))
    return offer_to_share(mail.body_text, codes, sent_on=_written_on(mail), subject=mail.subject, facts=facts)


def confirm_answers(
    session: Session,
    incoming_id: int,
    decisions: Sequence[Decision],
    *,
    now: datetime,
    version: int | None = None,
    capacity: CapacityNote | None = None,
) -> tuple[Recorded, ...]:
    """Record what a mail says of its patients, and with `capacity` of the practice's places; the mail is done.

    Raises Conflict when somebody settled the mail or recorded an answer meanwhile, Invalid without a decision.
    """
    if not decisions:
        raise Invalid("incoming_email.nothing_decided")
    mail = session.get_one(IncomingEmail, incoming_id)
    suggested = {s.code: s for s in suggestions_for(session, mail)}
    by_item = {decision.item_id: decision for decision in decisions}
    recorded = []
    for decision in (by_item[item_id] for item_id in lock_for_answers(session, list(by_item))):
        item = session.get_one(InquiryItem, decision.item_id)
        if item.inquiry_id != mail.inquiry_id:
            raise Invalid("incoming_email.other_inquiry")
        suggestion = suggested.get(item.reference_code)
        made = record_answer(
            session, item.id, decision.status, now=now, channel=Channel.EMAIL,
            note=suggestion.quote if suggestion is not None else "", waitlisted_until=decision.until,
            place_from=decision.place_from, version=decision.version,
        )  # fmt: skip
        recorded.append(made)
        _keep_reading(session, incoming_id, item.id, suggestion, decision.status.value)
    if capacity is not None:
        therapist_id = _inquiry_of(session, mail).therapist_id
        before = look_at_places(session, therapist_id)
        note_capacity(
            session, therapist_id, capacity=capacity.capacity, from_day=capacity.from_day, note=capacity.note,
            as_of=capacity.as_of,
        )  # fmt: skip
        keep(session, before, now=now, answer_id=recorded[-1].answer_id)
    _done(session, incoming_id, version, now=now)
    return tuple(recorded)


def confirm_absence(
    session: Session, incoming_id: int, *, until: date | None, now: datetime, version: int | None = None
) -> None:
    """The practice is away until a day: the inquiry's clock stands still. Without a day it is two weeks.

    One that is over by now is settled, too: from the day the mail was written its days do not count. An inquiry that is
    over has no clock: a machine that answers our thanks or a withdrawal is only settled.
    """
    mail = session.get_one(IncomingEmail, incoming_id)
    inquiry = load_for_edit(session, Inquiry, _inquiry_of(session, mail).id)
    if until is not None and until <= office_day(now):
        note_past_absence(session, inquiry.id, since=_written_on(mail), until=until, now=now)
    elif inquiry.closed_at is None:
        note_absence(session, inquiry.id, until=until or office_day(now) + ABSENT_WITHOUT_DAY, now=now)
    _keep_mailbox_reading(session, mail, Meaning.OUT_OF_OFFICE)
    _done(session, incoming_id, version, now=now)


def confirm_wrong_address(session: Session, incoming_id: int, *, now: datetime, version: int | None = None) -> None:
    """Nobody there is the practice that was meant: its patients go back to the pool, as after a bounce."""
    mail = session.get_one(IncomingEmail, incoming_id)
    inquiry = load_for_edit(session, Inquiry, _inquiry_of(session, mail).id)
    give_back(session, inquiry, reason=Meaning.WRONG_ADDRESS.value, now=now)
    _keep_mailbox_reading(session, mail, Meaning.WRONG_ADDRESS)
    _done(session, incoming_id, version, now=now)


def confirm_opt_out(
    session: Session,
    incoming_id: int,
    decisions: Sequence[Decision] = (),
    *,
    now: datetime,
    version: int | None = None,
    whole_mailbox: bool = True,
) -> None:
    """The practice wants no more letters (Art. 21 GDPR): it is never asked again, its patients are free.

    So is everybody else who shares the mailbox, unless a person says that it spoke for one name only.
    Answers are recorded as a person decided them, and no others; who is decided about by nobody goes back to the pool.
    """
    mail = session.get_one(IncomingEmail, incoming_id)
    if mail.therapist_id is None:
        raise Invalid("incoming_email.no_practice")
    by_item = {decision.item_id: decision for decision in decisions}
    for decision in (by_item[item_id] for item_id in lock_for_answers(session, list(by_item))):
        if session.get_one(InquiryItem, decision.item_id).inquiry_id != mail.inquiry_id:
            raise Invalid("incoming_email.other_inquiry")
        record_answer(
            session, decision.item_id, decision.status, now=now, channel=Channel.EMAIL,
            waitlisted_until=decision.until, place_from=decision.place_from, version=decision.version,
        )  # fmt: skip
    if mail.inquiry_id is not None:
        inquiry = load_for_edit(session, Inquiry, mail.inquiry_id)
        for item in items_of(session, inquiry.id, lock=True):
            if ItemStatus(item.status) in OPEN_ITEM:
                set_item(session, item, ItemStatus.WITHDRAWN, now=now, note=Meaning.OPT_OUT.value)
        session.flush()
        settle(session, inquiry, now=now)
        renew_reminders(session, inquiry, now=now)
    opt_out(session, mail.therapist_id, now=now, whole_mailbox=whole_mailbox)
    _keep_mailbox_reading(session, mail, Meaning.OPT_OUT)
    _done(session, incoming_id, version, now=now)


def set_aside(session: Session, incoming_id: int, *, now: datetime, version: int | None = None) -> None:
    """A mail that wants nothing done."""
    _done(session, incoming_id, version, now=now, status="set_aside")


def take_up_again(session: Session, incoming_id: int, *, version: int | None = None) -> None:
    """Back to the inbox; what was recorded stays and is corrected at the inquiry."""
    mail = load_for_edit(session, IncomingEmail, incoming_id, version)
    mail.status, mail.done_at, mail.done_by = "unread", None, None
    events.record(session, "incoming_email.reopened", incoming_id)


def _written_on(mail: IncomingEmail) -> date:
    # a clock may be wrong by centuries: nothing is written after it came in, nor before there was mail to us
    sent = mail.sent_at
    believed = sent if sent is not None and sent.year > MAILS_FROM and sent < mail.received_at else mail.received_at
    return believed.astimezone(BERLIN).date()


def _asked_for(session: Session, inquiry_id: int, *, today: date) -> tuple[list[str], tuple[PersonFacts, ...]]:
    """The codes of the persons an inquiry asked for, and of several what its letter told apart of them."""
    items = items_of(session, inquiry_id)
    return [item.reference_code for item in items], facts_of(session, items, today=today) if len(items) > 1 else ()


def _news_of_places(session: Session, mail: IncomingEmail) -> CapacityNote | None:
    """What was said later than what is noted, and differs from it. A machine answers for nobody."""
    if mail.inquiry_id is None or mail.kind != "reply" or mail.automatic or mail.status != "unread":
        return None
    from domain.communication.reading.places import read_places  # prepared when an answer is read, as above

    written = _written_on(mail)
    codes, facts = _asked_for(session, mail.inquiry_id, today=written)
    said = capacity_said(
        read_places(mail.body_text, codes, sent_on=written, subject=mail.subject, facts=facts), as_of=written
    )
    if said is None:
        return None
    therapist = session.get_one(Therapist, _inquiry_of(session, mail).therapist_id)
    known = therapist.capacity_as_of is not None and therapist.capacity_as_of > said.as_of
    return None if known or (therapist.capacity, therapist.capacity_from) == (said.capacity, said.from_day) else said


def _inquiry_of(session: Session, mail: IncomingEmail) -> Inquiry:
    if mail.inquiry_id is None:
        raise Invalid("incoming_email.no_inquiry")
    return session.get_one(Inquiry, mail.inquiry_id)


def _keep_mailbox_reading(session: Session, mail: IncomingEmail, decided: Meaning) -> None:
    found = next((s for s in suggestions_for(session, mail) if s.meaning in OF_THE_MAILBOX), None)
    _keep_reading(session, mail.id, None, found, decided.value)


def _keep_reading(
    session: Session, incoming_id: int, item_id: int | None, suggestion: Suggestion | None, decided: str
) -> None:
    session.add(
        IncomingReading(
            incoming_id=incoming_id, item_id=item_id, decided=decided,
            suggested=suggestion.meaning.value if suggestion is not None else "",
            confidence=suggestion.confidence if suggestion is not None else 0,
        )
    )  # fmt: skip


def _done(session: Session, incoming_id: int, version: int | None, *, now: datetime, status: str = "done") -> None:
    mail = load_for_edit(session, IncomingEmail, incoming_id, version)
    if mail.status != "unread":
        raise Conflict("incoming_email.settled")
    mail.status, mail.done_at, mail.done_by = status, now, me(session).id
    events.record(session, f"incoming_email.{status}", incoming_id, inquiry_id=mail.inquiry_id)
