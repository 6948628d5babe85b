"""What answers had ended beside themselves is put back when they are taken back; what somebody changed since stays.

Calls and mails that were dropped wait again, letters on paper are written again, absences and places are noted as
before. A mail never leaves at once: there is the office's time to take it back.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import events
from domain.access import me, office
from domain.casework.letters import compose
from domain.casework.overtaken_mails import TOLD
from domain.casework.printed_letters import drop_waiting, write_letter
from domain.casework.prior_states import LETTERS, PLACES, Change, Key, State, moment, put_back, read
from domain.communication.mails import STILL_HERE, may_have_left, named_in, rewrite
from domain.communication.models import Email, PhoneCall
from domain.communication.states import CALL_BROUGHT_BACK, EMAIL_BROUGHT_BACK, CallStatus, EmailStatus
from domain.editing import load_for_edit
from domain.matching.models import Answer, Inquiry, InquiryItem
from domain.matching.states import InquiryStage, ItemStatus
from domain.therapists.models import Therapist
from domain.weektime import office_day

KIND = "answer_taken_back"
OPEN_CALLS = (CallStatus.PLANNED, CallStatus.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """What is as before again: searches that rest, absences, calls, mails, letters on paper, the note on places.

    `kept` are the kinds (``call``, ``mail``, ``letter``, ``inquiry``, ``places``) of what somebody changed meanwhile,
    which stays as it is.
    """

    paused: int = 0
    absences: int = 0
    calls: int = 0
    mails: int = 0
    letters: int = 0
    places: bool = False
    kept: tuple[str, ...] = ()


def bring_back(
    session: Session,
    changes: Mapping[Key, Change],
    *,
    since: datetime,
    now: datetime,
    items: Collection[int],
    inquiries: Collection[int],
    patients: Collection[int] = (),
) -> BroughtBack:
    """Put back what answers recorded at `since` changed, at positions and inquiries that are as before again.

    `patients` are those whose search goes on: mails that wait for them wait again.
    """
    back, kept = _records_back(session, changes, now=now, items=items, inquiries=inquiries)
    session.flush()
    calls = [number for kind, number in changes if kind == "call"]
    for (kind, number), change in sorted(changes.items()):
        came: bool | None = None
        if kind == "call":
            came = _call_back(session, number, change, since=since, besides=calls, inquiries=inquiries)
        elif kind == "mail":
            came = _mail_back(session, number, change, since=since, now=now, inquiries=inquiries, patients=patients)
        elif kind in LETTERS and number in inquiries:
            came = _letter_back(session, kind, number, change, now=now)
        told = "letter" if kind in LETTERS else kind
        back[told] += came is True
        if came is False:
            kept.add(told)
    return BroughtBack(
        0, back["inquiry"], back["call"], back["mail"], back["letter"], back["places"] > 0, tuple(sorted(kept))
    )


def _records_back(
    session: Session,
    changes: Mapping[Key, Change],
    *,
    now: datetime,
    items: Collection[int],
    inquiries: Collection[int],
) -> tuple[Counter[str], set[str]]:
    """Positions, inquiries and the note on places; what came back, and what somebody changed since."""
    back, kept = Counter[str](), set[str]()
    for (kind, number), change in changes.items():
        if kind == "item" and number in items and change.untouched:
            _item_back(session, number, change, now=now)
        elif kind == "places" or (kind == "inquiry" and number in inquiries):
            if not change.untouched:
                kept.add(kind)
            elif kind == "places":
                _places_back(session, number, change.before)
                back[kind] += 1
            else:
                put_back(session, (kind, number), change.before)
                back[kind] += change.before["stage"] == InquiryStage.OUT_OF_OFFICE
    return back, kept


def _item_back(session: Session, number: int, change: Change, *, now: datetime) -> None:
    """Also of one that only waited again because of a late answer about somebody else."""
    item = load_for_edit(session, InquiryItem, number)
    before, was = ItemStatus(item.status), ItemStatus(str(change.before["status"]))
    put_back(session, ("item", number), change.before)
    if before is was:
        return
    events.record(
        session, "inquiry_item.moved", number,
        inquiry_id=item.inquiry_id, search_id=item.search_id, before=before, after=was,
    )  # fmt: skip
    session.flush()  # the database forgets a day that does not belong there
    session.add(
        Answer(
            item_id=number, status=was, at=now, person_id=me(session).id, note=KIND,
            waitlisted_until=item.waitlisted_until, place_from=item.place_from,
        )
    )  # fmt: skip


def _places_back(session: Session, therapist_id: int, before: State) -> None:
    therapist = load_for_edit(session, Therapist, therapist_id)
    put_back(session, ("places", therapist_id), before)
    locked = before["locked"]
    known = set(locked) if isinstance(locked, list) else set()
    therapist.locked_fields = sorted(set(therapist.locked_fields) - set(PLACES) | known)
    events.record(session, "therapist.updated", therapist_id)


def _call_back(
    session: Session,
    number: int,
    change: Change,
    *,
    since: datetime,
    besides: Collection[int],
    inquiries: Collection[int],
) -> bool | None:
    """Whether the call is planned again; False where somebody planned another, None where there is nothing to do."""
    call = load_for_edit(session, PhoneCall, number)
    if change.after["status"] != CallStatus.CANCELLED or call.inquiry_id not in inquiries:
        return None
    ended = session.get_one(Inquiry, call.inquiry_id).closed_at
    if ended is not None and ended >= since:  # one that had ended before may have had its call
        return None
    another = select(PhoneCall.id).where(
        PhoneCall.inquiry_id == call.inquiry_id, PhoneCall.status.in_(OPEN_CALLS), PhoneCall.id.not_in(besides)
    )
    if not change.untouched or session.scalars(another.limit(1)).first() is not None:
        return False
    CALL_BROUGHT_BACK.check(CallStatus(call.status), CallStatus.PLANNED)
    put_back(session, ("call", number), change.before)
    events.record(session, "phone_call.planned", number, therapist_id=call.therapist_id, inquiry_id=call.inquiry_id)
    return True


def _mail_back(
    session: Session,
    number: int,
    change: Change,
    *,
    since: datetime,
    now: datetime,
    inquiries: Collection[int],
    patients: Collection[int],
) -> bool | None:
    """Whether the mail waits as before; False where another stands in its place."""
    mail = load_for_edit(session, Email, number)
    wanted = mail.inquiry_id in inquiries if mail.inquiry_id is not None else mail.patient_id in patients
    dropped = mail.status == EmailStatus.CANCELLED
    if not wanted or may_have_left(mail) or not (dropped or mail.status in STILL_HERE):
        return None
    named = change.before["items"] if mail.inquiry_id is not None else []
    about = _still(session, mail.kind, named, () if dropped else named_in(session, mail.id))
    if dropped:
        if change.after["status"] != EmailStatus.CANCELLED or (named and not about) or _words_gone(session, mail.id):
            return False
        another = select(Email.id).where(
            Email.id != mail.id, Email.kind == mail.kind, Email.inquiry_id.is_not_distinct_from(mail.inquiry_id),
            Email.patient_id.is_not_distinct_from(mail.patient_id), Email.created_at > since,
            Email.status != EmailStatus.CANCELLED,
        )  # fmt: skip
        if not change.untouched or session.scalars(another.limit(1)).first() is not None:
            return False
        before = EmailStatus(str(change.before["status"]))
        EMAIL_BROUGHT_BACK.check(EmailStatus.CANCELLED, before)
        may_leave = now + timedelta(seconds=office(session).undo_seconds)
        mail.status = before
        if before is not EmailStatus.FAILED:
            mail.not_before = max(filter(None, (moment(change.before, "not_before"), may_leave)))
        events.record(session, f"email.{before}", mail.id, inquiry_id=mail.inquiry_id)
        session.flush()
    if about and named_in(session, mail.id) != {item.id for item in about}:
        inquiry = session.get_one(Inquiry, mail.inquiry_id or 0)
        letter = compose(session, mail.kind, inquiry, about, today=office_day(now))
        rewrite(session, mail, letter, item_ids=[item.id for item in about])
    return True if dropped else None


def _words_gone(session: Session, email_id: int) -> bool:
    """Whether what stood in a mail was erased on somebody's request: it is not sent any more."""
    return bool(session.scalar(select(func.audit.words_erased("communication_service.email", email_id))))


def _letter_back(session: Session, kind: str, inquiry_id: int, change: Change, *, now: datetime) -> bool | None:
    """Whether the letter waits for the printer as before; False where it was printed or dropped meanwhile."""
    which = kind.removesuffix("_letter")
    waiting = read(session, [(kind, inquiry_id)])[kind, inquiry_id]["items"]
    about = _still(session, which, change.before["items"], waiting)
    if not change.before["items"] or [item.id for item in about] == waiting:
        return None
    if not waiting and change.after["items"]:
        return False
    drop_waiting(session, inquiry_id, which)
    write_letter(session, which, session.get_one(Inquiry, inquiry_id), about, now=now)
    return True


def _still(session: Session, kind: str, *named: object) -> list[InquiryItem]:
    """Of those a waiting mail or letter named, before or since, whom it is still to name; the others went their way."""
    wanted = {int(number) for ids in named if isinstance(ids, Collection) for number in ids}
    query = select(InquiryItem).where(InquiryItem.id.in_(wanted)).order_by(InquiryItem.position)
    told = TOLD.get(kind)
    return [item for item in session.scalars(query) if told is None or ItemStatus(item.status) in told]
