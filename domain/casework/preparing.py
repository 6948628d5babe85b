"""Preparing an inquiry: who could be asked for at a practice, by which channel, and how the letter would read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from domain import events
from domain.access import me, office
from domain.casework.letters import compose, compose_script
from domain.casework.printed_letters import preview_on_paper
from domain.casework.sending import send_inquiry
from domain.communication.mails import Letter
from domain.communication.models import ContactEntry
from domain.matching.best_patients import PatientCandidate, judge, patients_for_therapist
from domain.matching.expected import ExpectedAnswer, expected_of
from domain.matching.inquiries import create_inquiry
from domain.matching.models import Inquiry, InquiryItem
from domain.therapists.queries import TherapistDetail, get_therapist
from domain.values import Channel
from domain.weektime import office_day

MORE = 12  # how many patients are shown beyond the inquiry's size, to choose among


@dataclass(frozen=True, slots=True)
class Prepared:
    """A practice with the patients that fit it, best first, and those wished for that do not fit."""

    therapist: TherapistDetail
    expected: ExpectedAnswer
    channels: tuple[Channel, ...]
    size: int
    fit: tuple[PatientCandidate, ...]
    wished: tuple[PatientCandidate, ...]


def prepare(session: Session, therapist_id: int, *, now: datetime, wished: Sequence[int] = ()) -> Prepared:
    """What an inquiry to this therapist could hold. `wished` are searches the person came from."""
    therapist = get_therapist(session, therapist_id)
    size = office(session).inquiry_size
    fit = patients_for_therapist(session, therapist_id, now=now, limit=size + MORE)
    missing = [search for search in wished if search not in {candidate.search_id for candidate in fit}]
    others = judge(session, therapist_id=therapist_id, search_ids=missing, now=now) if missing else ()
    channels = [Channel.EMAIL] if therapist.email else []
    if therapist.phone or therapist.mobile:
        channels.append(Channel.PHONE)
    return Prepared(
        therapist, expected_of(session, therapist_id, now=now), (*channels, Channel.LETTER), size, fit, others
    )


@dataclass(frozen=True, slots=True)
class Fit:
    """The searches of a choice that still fit a practice, and the rules (codes) the others break or leave open."""

    search_ids: tuple[int, ...]
    rules: tuple[str, ...]


def who_fits(session: Session, *, therapist_id: int, search_ids: Sequence[int], now: datetime) -> Fit:
    """Judge a choice made earlier once more."""
    judged = judge(session, therapist_id=therapist_id, search_ids=search_ids, now=now)
    fit = tuple(one.search_id for one in judged if not one.broken and not one.unknown)
    return Fit(fit, tuple(dict.fromkeys(rule.value for one in judged for rule in (*one.broken, *one.unknown))))


def preview(
    session: Session,
    therapist_id: int,
    search_ids: Sequence[int],
    *,
    now: datetime,
    channel: Channel = Channel.EMAIL,
) -> Letter:
    """The letter as it would read, by mail or on paper, or what one would say; the codes are thrown when it is sent."""
    inquiry = Inquiry(therapist_id=therapist_id, reference="······")
    items = [InquiryItem(search_id=search, reference_code="·····") for search in search_ids]
    with session.no_autoflush:
        if channel is Channel.LETTER:
            return preview_on_paper(session, inquiry, items, today=office_day(now))
        if channel is Channel.PHONE:
            return compose_script(session, inquiry, items, today=office_day(now))
        return compose(session, "inquiry", inquiry, items, today=office_day(now))


def create_and_send(
    session: Session,
    *,
    therapist_id: int,
    search_ids: Sequence[int],
    channel: Channel,
    now: datetime,
    confirm_unknown: bool = False,
    cooling_override: str = "",
    call_on: date | None = None,
    send_at: datetime | None = None,
) -> int:
    """Make an inquiry and send it in one step; returns its id. Raises as `create_inquiry` and `send_inquiry` do."""
    inquiry = create_inquiry(
        session,
        therapist_id=therapist_id,
        search_ids=search_ids,
        channel=channel,
        now=now,
        confirm_unknown=confirm_unknown,
        cooling_override=cooling_override,
    )
    session.flush()
    if cooling_override.strip():
        _note_override(session, inquiry, therapist_id, cooling_override.strip(), now=now)
    send_inquiry(session, inquiry, now=now, just_judged=True, call_on=call_on, send_at=send_at)
    return inquiry


def _note_override(session: Session, inquiry_id: int, therapist_id: int, reason: str, *, now: datetime) -> None:
    """Asking in spite of a cooling period is logged with its reason, where everybody reads what happened."""
    session.add(
        ContactEntry(
            at=now, channel="note", kind="cooling_overridden", inquiry_id=inquiry_id, therapist_id=therapist_id,
            person_id=me(session).id, body=reason,
        )
    )  # fmt: skip
    events.record(session, "inquiry.cooling_overridden", inquiry_id, therapist_id=therapist_id)
