"""Letters on paper to practices without mail: written and kept, printed as often as wanted, each time the same.

A letter that still waits for the printer follows what happens: whoever found a place is left out of it. One that was
printed is the practice's, and another letter takes it back; what printing means for the inquiry stands in `printing`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.casework.letters import WITH_PROFILES, inquiry_context, office_context, recipient_of
from domain.communication.letter_models import PrintedLetter, PrintedLetterItem
from domain.communication.mails import Letter
from domain.communication.templates.rendering import fill, written
from domain.communication.templates.service import sources_for
from domain.errors import NotFound
from domain.matching.models import Inquiry, InquiryItem
from domain.matching.states import OPEN_ITEM, ItemStatus
from domain.therapists.models import Practice, PracticeSite, Therapist
from domain.weektime import office_day

_WHOLE = re.compile(r"\n\D.*\s\d+ ?\w?([-–/] ?\d+ ?\w?)?\n\d{5} \S[^\n]*\Z")


@dataclass(frozen=True, slots=True)
class LetterSummary:
    """A letter of an inquiry; `printed_at` None: it waits. `complete` says whether the address has street and town."""

    letter_id: int
    kind: str
    subject: str
    written_on: date
    printed_at: datetime | None
    complete: bool


def write_letter(
    session: Session, kind: str, inquiry: Inquiry, items: Sequence[InquiryItem], *, now: datetime
) -> PrintedLetter:
    """A letter about some items (``inquiry``, ``reminder``, ``withdrawal``); it waits for the printer."""
    subject, body, version_id = _words(session, kind, inquiry, items, today=office_day(now))
    letter = PrintedLetter(
        kind=kind, inquiry_id=inquiry.id, therapist_id=inquiry.therapist_id, sender=_sender(session),
        address=_address(session, inquiry.therapist_id), written_on=office_day(now), subject=subject, body=body,
        template_version_id=version_id, created_by=me(session).id, created_at=now,
    )  # fmt: skip
    session.add(letter)
    session.flush()
    session.add_all(PrintedLetterItem(letter_id=letter.id, item_id=i.id, inquiry_id=inquiry.id) for i in items)
    events.record(session, "letter.written", letter.id, inquiry_id=inquiry.id)
    return letter


def has_waiting(session: Session, inquiry_id: int, kind: str) -> bool:
    """Whether a letter of a kind waits for the printer."""
    return any(letter.kind == kind for letter in _waiting_of(session, inquiry_id))


def drop_waiting(session: Session, inquiry_id: int, kind: str) -> bool:
    """Drop the letters of a kind that nobody printed; returns whether there were any."""
    waiting = [letter for letter in _waiting_of(session, inquiry_id) if letter.kind == kind]
    for letter in waiting:
        session.delete(letter)
        events.record(session, "letter.dropped", letter.id, inquiry_id=inquiry_id)
    session.flush()
    return bool(waiting)


def take_back_on_paper(
    session: Session,
    inquiry: Inquiry,
    gone: Sequence[InquiryItem],
    items: Sequence[InquiryItem],
    *,
    now: datetime,
) -> None:
    """Some patients of a letter inquiry are no longer asked for; `items` are all of it, as they are now.

    What waits for the printer is written anew without them; a printed inquiry is answered by a withdrawal.
    """
    waiting = _waiting_of(session, inquiry.id)
    kinds = {letter.kind for letter in waiting}
    ids = {item.id for item in gone} | _told_of(session, [w for w in waiting if w.kind == "withdrawal"], items)
    for letter in waiting:
        session.delete(letter)
    session.flush()
    still = [item for item in items if ItemStatus(item.status) in OPEN_ITEM]
    if "inquiry" in kinds:  # the practice knows of nothing yet
        if still:
            write_letter(session, "inquiry", inquiry, still, now=now)
        return
    if "reminder" in kinds and still:
        write_letter(session, "reminder", inquiry, still, now=now)
    if about := [item for item in items if item.id in ids]:
        write_letter(session, "withdrawal", inquiry, about, now=now)


def rewrite_withdrawal(
    session: Session, inquiry: Inquiry, items: Sequence[InquiryItem], *, without: int, now: datetime
) -> None:
    """A withdrawal that waits for the printer is written anew without a position, or dropped with its last one."""
    waiting = [letter for letter in _waiting_of(session, inquiry.id) if letter.kind == "withdrawal"]
    told = _told_of(session, waiting, items)
    if without not in told:
        return
    drop_waiting(session, inquiry.id, "withdrawal")
    if left := [item for item in items if item.id in told - {without}]:
        write_letter(session, "withdrawal", inquiry, left, now=now)


def preview_on_paper(session: Session, inquiry: Inquiry, items: Sequence[InquiryItem], *, today: date) -> Letter:
    """What the first letter of an inquiry would say on paper."""
    subject, body, _ = _words(session, "inquiry", inquiry, items, today=today)
    return written(subject, body)


def letters_of(session: Session, inquiry_id: int) -> tuple[LetterSummary, ...]:
    """The letters of an inquiry, newest first."""
    found = session.scalars(
        select(PrintedLetter).where(PrintedLetter.inquiry_id == inquiry_id).order_by(PrintedLetter.id.desc())
    )
    return tuple(
        LetterSummary(p.id, p.kind, p.subject, p.written_on, p.printed_at, _is_complete(p.address)) for p in found
    )


def waiting_letters(session: Session) -> tuple[int, ...]:
    """The letters nobody printed, oldest first."""
    return tuple(
        session.scalars(select(PrintedLetter.id).where(PrintedLetter.printed_at.is_(None)).order_by(PrintedLetter.id))
    )


def count_waiting(session: Session) -> int:
    """How many letters wait for the printer."""
    return session.scalar(select(func.count()).where(PrintedLetter.printed_at.is_(None))) or 0


def letters_pdf(session: Session, letter_ids: Sequence[int]) -> bytes:
    """Letters as one PDF, in the order given, each beginning on a new page. Raises NotFound where one is gone."""
    found = {p.id: p for p in session.scalars(select(PrintedLetter).where(PrintedLetter.id.in_(letter_ids)))}
    if not letter_ids or set(letter_ids) - found.keys():
        raise NotFound("letter.none")
    # setting type is needed seldom, and the worker and the start of the window can do without
    from domain.communication.letter_paper import PaperLetter, to_pdf

    ordered = [found[number] for number in letter_ids]
    return to_pdf(
        [
            PaperLetter(tuple(p.sender.split("\n")), tuple(p.address.split("\n")), p.written_on, p.subject, p.body)
            for p in ordered
        ]
    )


def _waiting_of(session: Session, inquiry_id: int) -> Sequence[PrintedLetter]:
    return session.scalars(
        select(PrintedLetter)
        .where(PrintedLetter.inquiry_id == inquiry_id, PrintedLetter.printed_at.is_(None))
        .order_by(PrintedLetter.id)
        .with_for_update()
    ).all()


def _told_of(session: Session, letters: Sequence[PrintedLetter], items: Sequence[InquiryItem]) -> set[int]:
    """The positions some letters tell of; a window of the release before names them only by the codes in the text."""
    rows = session.execute(
        select(PrintedLetterItem.letter_id, PrintedLetterItem.item_id).where(
            PrintedLetterItem.letter_id.in_([letter.id for letter in letters])
        )
    ).all()
    kept = {row.letter_id for row in rows}
    bodies = [letter.body for letter in letters if letter.id not in kept]
    by_code = {item.id for item in items if any(item.reference_code in body for body in bodies)}
    return {row.item_id for row in rows} | by_code


def _words(
    session: Session, kind: str, inquiry: Inquiry, items: Sequence[InquiryItem], *, today: date
) -> tuple[str, str, int | None]:
    sources = sources_for(session, kind)
    context = inquiry_context(session, inquiry, items, profiles=kind in WITH_PROFILES, today=today)
    subject, body = fill(kind, replace(context, on_paper=True), sources)
    return subject, body, sources[kind].version_id


def _sender(session: Session) -> str:
    office = office_context(session)
    town = f"{office.plz} {office.city}".strip()
    phone = f"Telefon: {office.phone}" if office.phone else ""
    return "\n".join(line for line in (office.name, office.street, town, office.person, phone, office.email) if line)


def _address(session: Session, therapist_id: int) -> str:
    therapist = session.get_one(Therapist, therapist_id)
    site = session.get_one(PracticeSite, therapist.site_id)
    practice = session.get_one(Practice, therapist.practice_id).name
    recipient = recipient_of(therapist)
    title = "Herrn" if recipient.salutation == "Herr" else recipient.salutation
    person = "" if recipient.is_institution else f"{title} {recipient.full_name}".strip()
    if recipient.full_name.casefold() in practice.casefold() and not recipient.is_institution:
        # "Praxis Dr. Ina Sommer" names her already; a practice called by her name alone is she
        practice, person = (practice, "") if len(practice) > len(recipient.full_name) else ("", person)
    street = f"{site.street} {site.house_number}".strip()
    return "\n".join(
        line for line in (practice, person, site.addition, street, f"{site.plz} {site.city}".strip()) if line
    )


def _is_complete(address: str) -> bool:
    """Who, a street with a number, and the town with its code."""
    return _WHOLE.search(address) is not None
