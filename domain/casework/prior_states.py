"""What stood before an answer or a printed letter: looked at, kept where it changed, and told apart from later work.

Nothing is restored here; `bringing_back` does that. Times are kept in UTC, so that every desk reads the same.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from domain.casework.prior_models import PriorState
from domain.communication.letter_models import PrintedLetter, PrintedLetterItem
from domain.communication.mails import still_here
from domain.communication.models import Email, EmailItem, PhoneCall
from domain.communication.states import CallStatus
from domain.matching.models import Answer, Inquiry, InquiryItem
from domain.therapists.models import Therapist

KEPT_FOR = timedelta(hours=24)  # longer than anybody may take an answer back
PLACES = ("capacity", "capacity_from", "capacity_note")
COLUMNS: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "inquiry": (
        Inquiry,
        ("stage", "closed_at", "close_reason", "clock_started_at", "out_of_office_since", "out_of_office_until"),
    ),
    "item": (InquiryItem, ("status", "answered_at", "waitlisted_until", "place_from")),
    "call": (PhoneCall, ("status", "cancel_reason")),
    "mail": (Email, ("status", "not_before")),
    "places": (Therapist, (*PLACES, "capacity_as_of")),
}
LETTERS = ("inquiry_letter", "reminder_letter", "withdrawal_letter")
Key = tuple[str, int]
State = dict[str, object]


@dataclass(frozen=True, slots=True)
class Change:
    """A record before and after what is taken back; `untouched`: it is still as that left it."""

    before: State
    after: State
    untouched: bool


def look(session: Session, inquiry_ids: Collection[int], *, patient_id: int | None = None) -> dict[Key, State]:
    """What an answer about some inquiries may change: they, their positions, and what waits because of them.

    With `patient_id` also the mails that wait for that person.
    """
    session.flush()
    about = list(inquiry_ids)
    keys: list[Key] = [("inquiry", number) for number in about]
    items = select(InquiryItem.id).where(InquiryItem.inquiry_id.in_(about))
    calls = select(PhoneCall.id).where(PhoneCall.inquiry_id.in_(about), PhoneCall.status == CallStatus.PLANNED)
    mails = select(Email.id).where(or_(Email.inquiry_id.in_(about), Email.patient_id == patient_id), still_here())
    for kind, query in (("item", items), ("call", calls), ("mail", mails)):
        keys += [(kind, number) for number in session.scalars(query)]
    keys += [(kind, number) for kind in LETTERS for number in about]
    return read(session, keys)


def look_at_places(session: Session, therapist_id: int) -> dict[Key, State]:
    """What is noted of a practice's places."""
    return read(session, [("places", therapist_id)])


def read(session: Session, keys: Collection[Key]) -> dict[Key, State]:
    """The records as they are now."""
    session.flush()
    found: dict[Key, State] = {}
    for kind, (model, columns) in COLUMNS.items():
        numbers = [number for which, number in keys if which == kind]
        if not numbers:
            continue
        fresh = select(model).where(model.id.in_(numbers)).execution_options(populate_existing=True)
        for row in session.scalars(fresh):
            found[kind, row.id] = {column: _plain(getattr(row, column)) for column in columns}
            if kind == "places":
                found[kind, row.id]["locked"] = sorted(set(PLACES).intersection(row.locked_fields))
    _add_named(session, keys, found)
    return found


def _add_named(session: Session, keys: Collection[Key], found: dict[Key, State]) -> None:
    """Of whom mails and waiting letters tell; of letters that is all, for one that is dropped is gone."""
    mails = [number for kind, number in found if kind == "mail"]
    for number in mails:
        found["mail", number]["items"] = []
    letters = [key for key in keys if key[0] in LETTERS]
    found.update({key: {"items": []} for key in letters})
    named: dict[Key, list[int]] = {}
    if mails:
        for row in session.execute(select(EmailItem.email_id, EmailItem.item_id).where(EmailItem.email_id.in_(mails))):
            named.setdefault(("mail", row.email_id), []).append(row.item_id)
    if letters:
        waiting = (
            select(PrintedLetter.kind, PrintedLetterItem.inquiry_id, PrintedLetterItem.item_id)
            .join(PrintedLetterItem, PrintedLetterItem.letter_id == PrintedLetter.id)
            .where(PrintedLetter.inquiry_id.in_({number for _, number in letters}), PrintedLetter.printed_at.is_(None))
        )
        for letter in session.execute(waiting):
            named.setdefault((f"{letter.kind}_letter", letter.inquiry_id), []).append(letter.item_id)
    for key, ids in named.items():
        if key in found:
            found[key]["items"] = sorted(set(ids))


def keep(
    session: Session,
    before: Mapping[Key, State],
    *,
    now: datetime,
    answer_id: int | None = None,
    letter_id: int | None = None,
) -> None:
    """Keep what has changed since it was looked at, with the answer or the letter that changed it."""
    after = read(session, list(before))
    session.add_all(
        PriorState(
            answer_id=answer_id, letter_id=letter_id, kind=key[0], record_id=key[1], before=was, after=after[key],
            made_at=now,
        )
        for key, was in before.items()
        if key in after and after[key] != was
    )  # fmt: skip


def latest_answer(session: Session, item_id: int) -> int:
    """The number of the answer just recorded for a position."""
    session.flush()
    return session.scalars(select(Answer.id).where(Answer.item_id == item_id).order_by(Answer.id.desc()).limit(1)).one()


def changes_of(
    session: Session, *, answer_ids: Collection[int] = (), letter_id: int | None = None
) -> dict[Key, Change]:
    """What some answers, or a letter, changed; of several changes of one record the first before and the last after."""
    whose = PriorState.letter_id == letter_id if letter_id is not None else PriorState.answer_id.in_(answer_ids)
    first: dict[Key, State] = {}
    last: dict[Key, State] = {}
    for row in session.scalars(select(PriorState).where(whose).order_by(PriorState.id)):
        key = (row.kind, row.record_id)
        first.setdefault(key, row.before)
        last[key] = row.after
    now = read(session, list(first))
    return {key: Change(first[key], last[key], now.get(key) == last[key]) for key in first}


def forget(session: Session, *, answer_ids: Collection[int] = (), letter_id: int | None = None) -> None:
    """Taken back once, it is not taken back again."""
    whose = PriorState.letter_id == letter_id if letter_id is not None else PriorState.answer_id.in_(answer_ids)
    session.execute(delete(PriorState).where(whose))


def forget_prior_states(session: Session, *, now: datetime) -> int:
    """Drop what answers changed that nobody can take back any more; returns how many records."""
    old = delete(PriorState).where(PriorState.answer_id.is_not(None), PriorState.made_at < now - KEPT_FOR)
    return len(session.scalars(old.returning(PriorState.id)).all())


def put_back(session: Session, key: Key, state: State) -> None:
    """Give a record the values it had; what is no column of it stays with the caller."""
    model, columns = COLUMNS[key[0]]
    row = session.get_one(model, key[1])
    for column in columns:
        setattr(row, column, _value(model, column, state[column]))


def moment(state: State, column: str) -> datetime | None:
    """A time of a state kept."""
    said = state.get(column)
    return None if said is None else datetime.fromisoformat(str(said))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _value(model: type[Any], column: str, plain: object) -> object:
    kind = model.__table__.c[column].type.python_type
    if plain is None or not issubclass(kind, date):
        return plain
    return kind.fromisoformat(str(plain))
