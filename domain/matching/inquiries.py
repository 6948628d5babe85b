"""Inquiries: made for 1–6 patients to one contact point, and moved from stage to stage.

Every move is checked against the table of states; the database keeps "one open inquiry per contact point".
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, aliased

from domain import events
from domain.access import me, office, person_name
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid
from domain.matching.best_patients import PatientCandidate, judge
from domain.matching.derived import inquiry_state
from domain.matching.models import Answer, CoolingPeriod, Inquiry, InquiryItem, PlaceSearch
from domain.matching.references import INQUIRY_LENGTH, ITEM_LENGTH, unused
from domain.matching.rules import Rule
from domain.matching.silence import CLOCK
from domain.matching.states import (
    INQUIRY,
    ITEM,
    OPEN_ITEM,
    OPEN_STAGES,
    PLACES,
    WITH_PRACTICE,
    InquiryStage,
    InquiryState,
    ItemStatus,
)
from domain.therapists.models import Therapist
from domain.values import Channel
from domain.weektime import office_day

CONTACT_POINT_LOCK = 7_235_002  # first key of the advisory lock that serialises inquiries per contact point


def create_inquiry(
    session: Session,
    *,
    therapist_id: int,
    search_ids: Sequence[int],
    now: datetime,
    channel: Channel = Channel.EMAIL,
    confirm_unknown: bool = False,
    cooling_override: str = "",
) -> int:
    """Draft an inquiry to a therapist's contact point for some searches; returns its id.

    Raises Conflict (who, since when) if the contact point has an open inquiry, Invalid for too many patients,
    a broken rule, or an unknown one the caller did not confirm. `cooling_override` is the reason for asking
    during a cooling period; it is kept with the inquiry.
    """
    size = office(session).inquiry_size
    if not 1 <= len(set(search_ids)) <= size or len(set(search_ids)) != len(search_ids):
        raise Invalid("inquiry.size", field="patients", largest=size, given=len(search_ids))
    therapist = session.get_one(Therapist, therapist_id)
    if channel is Channel.EMAIL and not therapist.email:
        raise Invalid("inquiry.no_email", field="channel", therapist_id=therapist_id)
    # Searches first, as everybody locks them: who finds a place meanwhile is either seen by the rules below, or sees
    # this inquiry and takes the patient out of it again.
    session.execute(
        select(PlaceSearch.id)
        .where(PlaceSearch.id.in_(search_ids))
        .order_by(PlaceSearch.id)
        .with_for_update(key_share=True)
    ).all()
    lock_contact_point(session, therapist.contact_point_id)
    refuse_if_open(session, therapist.contact_point_id)
    judged = judge(session, therapist_id=therapist_id, search_ids=search_ids, now=now)
    _refuse_broken(judged, search_ids, confirm_unknown=confirm_unknown, cooling_override=cooling_override)
    inquiry = Inquiry(
        contact_point_id=therapist.contact_point_id,
        therapist_id=therapist_id,
        channel=channel,
        reference=unused(session, Inquiry.reference, length=INQUIRY_LENGTH)[0],
        created_by=me(session).id,
        cooling_override=cooling_override.strip(),
    )
    session.add(inquiry)
    session.flush()
    codes = unused(session, InquiryItem.reference_code, length=ITEM_LENGTH, count=len(judged))
    # judge() already orders by urgency and wait (domain.md: longest waiting first, urgency above)
    session.add_all(
        InquiryItem(
            inquiry_id=inquiry.id,
            search_id=candidate.search_id,
            position=position,
            reference_code=code,
        )
        for position, (candidate, code) in enumerate(zip(judged, codes, strict=True), start=1)
    )
    events.record(session, "inquiry.created", inquiry.id, therapist_id=therapist_id)
    return inquiry.id


def lock_contact_point(session: Session, contact_point_id: int) -> None:
    """Let one transaction at a time begin (or reopen) an inquiry to a contact point."""
    session.execute(select(func.pg_advisory_xact_lock(CONTACT_POINT_LOCK, contact_point_id)))


def refuse_if_open(session: Session, contact_point_id: int) -> None:
    """Raise Conflict (who, since when) when a contact point has an open inquiry."""
    other = session.scalar(
        select(Inquiry).where(Inquiry.contact_point_id == contact_point_id, Inquiry.closed_at.is_(None))
    )
    if other is not None:
        raise Conflict(
            "inquiry.contact_point_open",
            inquiry_id=other.id,
            by=person_name(session, other.created_by),
            at=other.created_at.isoformat(),
        )


def _refuse_broken(
    judged: Sequence[PatientCandidate],
    search_ids: Sequence[int],
    *,
    confirm_unknown: bool,
    cooling_override: str,
) -> None:
    if missing := set(search_ids) - {candidate.search_id for candidate in judged}:
        raise Invalid("inquiry.search_gone", search_ids=sorted(missing))
    for candidate in judged:
        broken = set(candidate.broken)
        if cooling_override.strip():
            broken.discard(Rule.CONTACT_POINT)
        if broken:
            rules = [rule.value for rule in candidate.broken if rule in broken]
            raise Invalid("inquiry.rule_broken", patient=candidate.name, rules=rules)
        if candidate.unknown and not confirm_unknown:
            rules = [rule.value for rule in candidate.unknown]
            raise Invalid("inquiry.rule_unknown", patient=candidate.name, rules=rules)


def items_of(session: Session, inquiry_id: int, *, lock: bool = False) -> list[InquiryItem]:
    """The items of an inquiry in their order, locked for writing when asked."""
    query = select(InquiryItem).where(InquiryItem.inquiry_id == inquiry_id).order_by(InquiryItem.position)
    return list(session.scalars(query.with_for_update(key_share=True) if lock else query))


def current_state(session: Session, inquiry: Inquiry, items: Sequence[InquiryItem] | None = None) -> InquiryState:
    """The state people read, from the rows as this transaction sees them (`items` if the caller has them)."""
    statuses = [ItemStatus(item.status) for item in (items or items_of(session, inquiry.id))]
    return inquiry_state(InquiryStage(inquiry.stage), inquiry.reminders, statuses)


def move_inquiry(
    session: Session,
    inquiry: Inquiry,
    after: InquiryStage,
    *,
    now: datetime,
    reason: str = "",
    items: Sequence[InquiryItem] | None = None,
) -> None:
    """Take a locked inquiry to another stage; raises Conflict when the transition is not listed."""
    before = current_state(session, inquiry, items)
    INQUIRY.check(before, InquiryState(after.value))
    if inquiry.stage == InquiryStage.OUT_OF_OFFICE:
        _let_clock_run(inquiry, now=now)
    inquiry.stage = after
    if after is InquiryStage.APPROVED:
        inquiry.approved_at = now
    if after is InquiryStage.SENT and inquiry.sent_at is None:
        inquiry.sent_at = inquiry.clock_started_at = now
    if after is not InquiryStage.OUT_OF_OFFICE:
        inquiry.out_of_office_until = None
    inquiry.closed_at = None if after in OPEN_STAGES else now
    inquiry.close_reason = reason
    events.record(session, "inquiry.moved", inquiry.id, before=before, after=after)


def approve(session: Session, inquiry_id: int, *, now: datetime, version: int | None = None) -> None:
    """Release a draft for sending. Raises Invalid when it has lost all its patients."""
    inquiry = load_for_edit(session, Inquiry, inquiry_id, version)
    if not items_of(session, inquiry_id):
        raise Invalid("inquiry.empty")
    move_inquiry(session, inquiry, InquiryStage.APPROVED, now=now)


def take_back_sent(session: Session, inquiry: Inquiry) -> None:
    """A locked inquiry counted as made by mistake: it is still to be made. Raises Conflict when more came of it."""
    before = current_state(session, inquiry)
    if before is not InquiryState.SENT:
        raise Conflict("inquiry.transition", before=before.value, after=InquiryState.APPROVED.value)
    inquiry.stage, inquiry.sent_at, inquiry.clock_started_at = InquiryStage.APPROVED, None, None
    events.record(session, "inquiry.sending_taken_back", inquiry.id)


def note_reminder(session: Session, inquiry_id: int, *, now: datetime) -> int:
    """Count a further reminder (by mail or phone); returns how many there were."""
    inquiry = load_for_edit(session, Inquiry, inquiry_id)
    INQUIRY.check(current_state(session, inquiry), InquiryState.REMINDED)
    if inquiry.stage == InquiryStage.OUT_OF_OFFICE:
        move_inquiry(session, inquiry, InquiryStage.SENT, now=now)
    inquiry.reminders += 1
    inquiry.last_reminded_at = now
    events.record(session, "inquiry.reminded", inquiry.id, count=inquiry.reminders)
    return inquiry.reminders


def take_back_reminder(session: Session, inquiry: Inquiry, *, at: datetime, before: datetime | None) -> None:
    """A reminder of a locked inquiry that was counted at a time never was one; the last one is that of `before`."""
    inquiry.reminders = max(0, inquiry.reminders - 1)
    if inquiry.last_reminded_at == at:
        inquiry.last_reminded_at = before
    events.record(session, "inquiry.reminder_taken_back", inquiry.id)


def _let_clock_run(inquiry: Inquiry, *, now: datetime) -> None:
    """The practice is back: the days it was away do not count, however one learned of it."""
    if inquiry.clock_started_at is not None and inquiry.out_of_office_since is not None:
        inquiry.clock_started_at += timedelta(days=(office_day(now) - inquiry.out_of_office_since).days)
    inquiry.out_of_office_since = None


def note_out_of_office(
    session: Session, inquiry_id: int, *, until: date, now: datetime, version: int | None = None
) -> None:
    """The practice is away: the clocks of reminder and expiry stop until that day. Noted again, the day changes."""
    if until <= office_day(now):
        raise Invalid("inquiry.out_of_office_past", field="until")
    inquiry = load_for_edit(session, Inquiry, inquiry_id, version)
    if inquiry.stage != InquiryStage.OUT_OF_OFFICE:
        move_inquiry(session, inquiry, InquiryStage.OUT_OF_OFFICE, now=now)
        inquiry.out_of_office_since = office_day(now)
    else:
        events.record(session, "inquiry.absence_changed", inquiry.id)
    inquiry.out_of_office_until = until


def note_past_absence(session: Session, inquiry_id: int, *, since: date, until: date, now: datetime) -> None:
    """The practice was away and is back: the days it was count for no clock, as if one had known of it then."""
    inquiry = load_for_edit(session, Inquiry, inquiry_id)
    if inquiry.stage == InquiryStage.OUT_OF_OFFICE:
        move_inquiry(session, inquiry, InquiryStage.SENT, now=now)
    elif inquiry.clock_started_at is not None and inquiry.closed_at is None:
        began = max(since, office_day(inquiry.clock_started_at))
        inquiry.clock_started_at += timedelta(days=max(0, (min(until, office_day(now)) - began).days))
    events.record(session, "inquiry.absence_changed", inquiry.id)


def return_to_office(session: Session, *, now: datetime) -> tuple[int, ...]:
    """Let the clocks run again for every practice that is back; returns the inquiries."""
    back = session.scalars(
        select(Inquiry)
        .where(Inquiry.stage == InquiryStage.OUT_OF_OFFICE, Inquiry.out_of_office_until <= office_day(now))
        .with_for_update(skip_locked=True)
    ).all()
    for inquiry in back:
        move_inquiry(session, inquiry, InquiryStage.SENT, now=now)
    return tuple(inquiry.id for inquiry in back)


def set_item(
    session: Session,
    item: InquiryItem,
    after: ItemStatus,
    *,
    now: datetime,
    channel: Channel | None = None,
    note: str = "",
    person_id: int | None = None,
    waitlisted_until: date | None = None,
    place_from: date | None = None,
) -> None:
    """Take a locked item to another status and keep the answer beside it; raises Conflict if not listed.

    The day from which a place is free stays as long as the place does.
    """
    before = ItemStatus(item.status)
    ITEM.check(before, after)
    item.status = after
    item.answered_at = now
    item.waitlisted_until = waitlisted_until if after is ItemStatus.WAITLISTED else None
    item.place_from = (place_from or item.place_from) if after in PLACES else None
    session.add(
        Answer(
            item_id=item.id, status=after, at=now, channel=channel, person_id=person_id, note=note,
            waitlisted_until=item.waitlisted_until, place_from=item.place_from,
        )
    )  # fmt: skip
    events.record(
        session, "inquiry_item.moved", item.id,
        inquiry_id=item.inquiry_id, search_id=item.search_id, before=before, after=after,
    )  # fmt: skip


def settle(session: Session, inquiry: Inquiry, *, now: datetime, items: Sequence[InquiryItem] | None = None) -> None:
    """Close a sent inquiry when nothing is awaited any more: answered if anybody answered, else withdrawn."""
    if inquiry.stage not in WITH_PRACTICE:
        return
    items = items or items_of(session, inquiry.id)
    statuses = {ItemStatus(item.status) for item in items}
    if statuses & OPEN_ITEM:
        return
    silent = statuses <= {ItemStatus.WITHDRAWN, ItemStatus.MATCHED_ELSEWHERE, ItemStatus.NO_RESPONSE}
    after = InquiryStage.WITHDRAWN if silent else InquiryStage.ANSWERED
    move_inquiry(session, inquiry, after, now=now, items=items)


def cool_down(session: Session, inquiry: Inquiry, cause: str, *, now: datetime) -> None:
    """Leave the contact point in peace for the office's cooling period (default 28 days)."""
    days = office(session).cooling_days
    session.add(
        CoolingPeriod(
            contact_point_id=inquiry.contact_point_id,
            starts_at=now,
            ends_at=now + timedelta(days=days),
            cause=cause,
            inquiry_id=inquiry.id,
        )
    )


def expire_due(session: Session, *, now: datetime, answered: Collection[int] = ()) -> tuple[int, ...]:
    """Close every silent inquiry after the office's days (default 21): no response, contact point cools down.

    `answered` are those whose answer lies there and is not read yet: they are not silent.
    """
    before = now - timedelta(days=office(session).expiry_days)
    q = aliased(Inquiry, name="q")
    due = session.scalars(
        select(q)
        .where(
            q.stage == InquiryStage.SENT,
            q.clock_started_at <= before,
            text(f"{CLOCK} <= :before").bindparams(before=before),
            q.id.not_in(answered),
        )
        .with_for_update(skip_locked=True)
    ).all()
    for inquiry in due:
        expire(session, inquiry, now=now)
    return tuple(inquiry.id for inquiry in due)


def expire(session: Session, inquiry: Inquiry, *, now: datetime) -> None:
    """Close a locked inquiry nobody answered: no response for whoever still waits, and the contact point cools down."""
    move_inquiry(session, inquiry, InquiryStage.EXPIRED, now=now)
    for item in items_of(session, inquiry.id, lock=True):
        if ItemStatus(item.status) in OPEN_ITEM:
            set_item(session, item, ItemStatus.NO_RESPONSE, now=now)
    cool_down(session, inquiry, "expiry", now=now)
