"""Suggestions from practices' own pages: asked for by a person, read by the worker, accepted or rejected one by one.

Nothing is applied by itself, and what was entered by hand stays: a finding for a locked field cannot be accepted. Only
what a page says of places is offered beside what a person entered: it ages, and the newer word counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.acquisition.offers import offers_of
from domain.casework.page_news import is_renewable, not_decided, take_back
from domain.casework.page_places import is_overtaken, news_of_places, stated_on
from domain.casework.practice_page import Found
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid, told
from domain.therapists.models import Therapist
from domain.therapists.service import note_capacity, set_contact, take_suggestion
from domain.therapists.web_models import WebFinding, WebReading, WebSchedule
from domain.values import Licence, WeekSpan
from domain.weektime import office_day, to_multirange

LEASE = timedelta(minutes=15)  # five pages, each with its turn
LATER = (timedelta(minutes=10), timedelta(hours=1))
MOST_TRIES = len(LATER) + 2  # one more for a worker that was killed
NOTHING: Mapping[str, object] = MappingProxyType({})
FIELDS = {
    "email": "email", "phone_hours": "phone_hours", "methods": "offers", "languages": "languages",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class WebsiteToRead:
    """A practice's page as the worker takes it; `claim` is the lease."""

    therapist_id: int
    address: str
    claim: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A finding as it is shown; `locked` where a person entered that field."""

    id: int
    kind: str
    value: Mapping[str, object]
    quote: str
    address: str
    found_at: datetime
    locked: bool


@dataclass(frozen=True, slots=True)
class Website:
    """Where the reading of a practice's page stands ('' never asked), and what waits for a decision."""

    state: str
    cause: str
    params: Mapping[str, int | str]
    done_at: datetime | None
    pages: int
    suggestions: tuple[Suggestion, ...]


def ask_website(session: Session, therapist_id: int, *, now: datetime) -> None:
    """Ask the worker to read a therapist's page. Raises Invalid where there is none."""
    therapist = load_for_edit(session, Therapist, therapist_id)
    if not website_of(therapist.web):
        raise Invalid("web.none")
    again = {
        "state": "waiting", "asked_by": me(session).id, "asked_at": now, "not_before": now, "claimed_until": None,
        "tries": 0, "cause": "", "params": {}, "pages": 0, "done_at": None,
    }  # fmt: skip
    session.execute(
        insert(WebReading)
        .values(therapist_id=therapist_id, **again)
        .on_conflict_do_update(index_elements=[WebReading.therapist_id], set_=again)
    )
    events.record(session, "web_finding.asked", therapist_id)


def read_website(session: Session, therapist_id: int) -> Website:
    """Where it stands, and the suggestions nobody decided yet."""
    reading = session.get(WebReading, therapist_id)
    therapist = session.get_one(Therapist, therapist_id)
    rows = session.scalars(
        select(WebFinding)
        .where(WebFinding.therapist_id == therapist_id, WebFinding.state == "suggested")
        .order_by(WebFinding.kind, WebFinding.id)
    )
    found = tuple(
        Suggestion(r.id, r.kind, r.value, r.quote, r.address, r.found_at, _is_locked(session, therapist, r))
        for r in rows
        if not is_overtaken(r, therapist)
    )
    if reading is None:
        return Website("", "", {}, None, 0, found)
    return Website(reading.state, reading.cause, reading.params, reading.done_at, reading.pages, found)


def accept(session: Session, finding_id: int, *, now: datetime) -> None:
    """Take a suggestion over; the field counts as entered by hand from then on. Raises Conflict and Invalid."""
    finding = _undecided(session, finding_id)
    therapist = load_for_edit(session, Therapist, finding.therapist_id)
    if _is_locked(session, therapist, finding):
        raise Conflict("web.locked")
    if is_overtaken(finding, therapist):
        raise Conflict("web.overtaken")
    value, on = finding.value, office_day(finding.found_at)
    if finding.kind == "capacity":
        since = date.fromisoformat(str(value["from"])) if value.get("from") else None
        said = str(value["capacity"])
        note_capacity(
            session, therapist.id, capacity=said, from_day=since, note=finding.quote, as_of=stated_on(finding)
        )
    elif finding.kind == "email":
        set_contact(session, therapist.id, email=str(value["email"]), phone=therapist.phone, mobile=therapist.mobile)
    else:
        take_suggestion(session, therapist.id, _values(therapist, finding.kind, value), on=on)
    _decide(session, finding, "accepted", now)


def reject(session: Session, finding_id: int, *, now: datetime) -> None:
    """Leave the record as it is; the same is not suggested again. Raises Conflict."""
    _decide(session, _undecided(session, finding_id), "rejected", now)


def take_website(session: Session, *, now: datetime) -> WebsiteToRead | None:
    """Claim the next practice; None where none is due. It counts as tried from now on.

    One that was taken again and again and never came to an end ends here: whoever took it was killed or hung.
    """
    while (row := _due(session, now)) is not None and row.tries >= MOST_TRIES:
        row.state, row.claimed_until, row.done_at = "failed", None, now
        row.cause, row.params = "web.given_up", {}
        events.record(session, "web_finding.read", row.therapist_id)
        session.flush()
    if row is None:
        return None
    row.state, row.claimed_until, row.tries = "reading", now + LEASE, row.tries + 1
    web = session.scalar(select(Therapist.web).where(Therapist.id == row.therapist_id)) or ""
    return WebsiteToRead(row.therapist_id, website_of(web), now + LEASE, row.tries)


def note_website(
    session: Session,
    site: WebsiteToRead,
    found: Sequence[tuple[str, Found]],
    *,
    pages: int,
    now: datetime,
    complete: bool = True,
) -> None:
    """What was found, each with its page. What a person decided before is not suggested again.

    What a `complete` reading did not find again, and nobody decided, is suggested no longer.
    """
    row = _held(session, site)
    if row is None:
        return
    _keep(session, site, found, now=now, complete=complete)
    row.state, row.claimed_until, row.done_at, row.pages, row.cause = "done", None, now, pages, ""
    events.record(session, "web_finding.read", site.therapist_id)


def keep_found(session: Session, site: WebsiteToRead, found: Sequence[tuple[str, Found]], *, now: datetime) -> None:
    """What was found before the practice's host refused a further page: suggested all the same."""
    if found and _held(session, site) is not None:
        _keep(session, site, found, now=now, complete=False)


def _keep(
    session: Session, site: WebsiteToRead, found: Sequence[tuple[str, Found]], *, now: datetime, complete: bool
) -> None:
    kept = news_of_places(session, site.therapist_id, found, now=now)
    others = [(address, finding) for address, finding in found if finding.kind != "capacity"]
    if complete:
        take_back(session, site.therapist_id, others)
    kept += not_decided(session, site.therapist_id, others)
    for address, finding in kept:
        values = {
            "therapist_id": site.therapist_id, "kind": finding.kind, "value": finding.value, "quote": finding.quote,
            "address": address, "found_at": now,
        }  # fmt: skip
        session.execute(insert(WebFinding).values(values).on_conflict_do_nothing())


def fail_website(
    session: Session,
    site: WebsiteToRead,
    cause: str,
    params: Mapping[str, object] = NOTHING,
    *,
    now: datetime,
    again: bool = False,
) -> None:
    """It could not be read: with `again` it comes later, a few times; else a sentence says why not."""
    row = _held(session, site)
    if row is None:
        return
    row.cause, row.params, row.claimed_until = cause, told(params), None
    if again and row.tries <= len(LATER):
        row.state, row.not_before = "waiting", now + LATER[row.tries - 1]
    else:
        row.state, row.done_at = "failed", now
    events.record(session, "web_finding.read", site.therapist_id)


def give_back_website(session: Session, site: WebsiteToRead, *, now: datetime) -> None:
    """The worker ends before it was read: it is the next one's at once."""
    row = _held(session, site)
    if row is not None:
        row.state, row.claimed_until, row.not_before, row.tries = "waiting", None, now, max(0, row.tries - 1)


def website_of(web: str) -> str:
    """The address of a page as it is asked for; empty where the text is none."""
    text = web.strip().split()[0].rstrip(",;") if web.strip() else ""
    if not text or "@" in text or "." not in text:
        return ""
    return text if text.lower().startswith(("http://", "https://")) else f"https://{text}"


def _values(therapist: Therapist, kind: str, value: Mapping[str, object]) -> dict[str, object]:
    if kind == "phone_hours":
        spans = value["spans"]
        assert isinstance(spans, list)
        return {"phone_hours": to_multirange([WeekSpan(start, end) for start, end in spans])}
    if kind == "languages":
        spoken = value["languages"]
        assert isinstance(spoken, list)
        return {"languages": sorted({*therapist.languages, *spoken})}
    offers, _ = offers_of([str(value["sentence"])], Licence(therapist.licence))
    if not offers:
        raise Invalid("web.offers_unclear")
    return {"offers": sorted({*therapist.offers, *(offer.code for offer in offers)})}


def _is_locked(session: Session, therapist: Therapist, finding: WebFinding) -> bool:
    if finding.kind == "capacity" or FIELDS[finding.kind] not in therapist.locked_fields:
        return False
    return not is_renewable(session, therapist, finding.kind, on=office_day(finding.found_at))


def _due(session: Session, now: datetime) -> WebReading | None:
    return session.scalar(
        select(WebReading)
        .where(
            WebReading.done_at.is_(None),
            WebReading.not_before <= now,
            or_(WebReading.state == "waiting", WebReading.claimed_until < now),
            # what the schedule asked for rests while that is off
            or_(WebReading.asked_by.is_not(None), select(WebSchedule.enabled).scalar_subquery()),
        )
        .order_by(WebReading.asked_by.is_(None), WebReading.not_before)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _undecided(session: Session, finding_id: int) -> WebFinding:
    finding = load_for_edit(session, WebFinding, finding_id)
    if finding.state != "suggested":
        raise Conflict("web.decided")
    return finding


def _decide(session: Session, finding: WebFinding, state: str, now: datetime) -> None:
    finding.state, finding.decided_at, finding.decided_by = state, now, me(session).id
    events.record(session, f"web_finding.{state}", finding.therapist_id)


def _held(session: Session, site: WebsiteToRead) -> WebReading | None:
    row = load_for_edit(session, WebReading, site.therapist_id)
    return row if row.state == "reading" and row.claimed_until == site.claim else None
