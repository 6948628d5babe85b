"""Place searches: open, pause, resume, close, reopen; and the exclusions that belong to them.

Only the matching slice's own rows change here; what follows for practices and mails is casework.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import events
from domain.access import person_name
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid, NotFound
from domain.matching.models import Exclusion, PlaceSearch
from domain.matching.states import CLOSED_SEARCH, SEARCH, SEARCH_TAKEN_BACK, SearchStatus
from domain.therapists.models import Practice, Therapist
from domain.weektime import office_day


def refuse_if_open(session: Session, patient_id: int) -> None:
    """Raise Conflict (who, when) if the patient has an open search.

    The caller holds the patient's row lock, so two people cannot both find none; the database keeps it, too.
    """
    other = session.scalar(
        select(PlaceSearch).where(PlaceSearch.patient_id == patient_id, PlaceSearch.closed_at.is_(None))
    )
    if other is not None:
        raise Conflict(
            "place_search.open_exists",
            search_id=other.id,
            by=person_name(session, other.updated_by),
            at=other.created_at.isoformat(),
        )


def open_search(session: Session, patient_id: int, *, waiting_since: date, urgency: int = 0) -> int:
    """Open an active search for a patient without one (`refuse_if_open`); returns its id."""
    search = PlaceSearch(
        patient_id=patient_id, status=SearchStatus.ACTIVE, urgency=urgency, waiting_since=waiting_since
    )
    session.add(search)
    session.flush()
    events.record(session, "place_search.created", search.id, patient_id=patient_id)
    return search.id


def move_search(session: Session, search: PlaceSearch, after: SearchStatus, *, now: datetime, reason: str = "") -> None:
    """Take a locked search to another state; raises Conflict when the transition is not listed.

    A place promised during a pause keeps what was said of it: the promise may have been entered by mistake.
    """
    before = SearchStatus(search.status)
    SEARCH.check(before, after)
    search.status = after
    if (before, after) != (SearchStatus.PAUSED, SearchStatus.TENTATIVE):
        search.paused_until, search.pause_reason = None, ""
    if after in CLOSED_SEARCH:
        search.closed_at, search.close_reason = now, reason
    else:
        search.closed_at, search.close_reason = None, ""
    events.record(session, "place_search.moved", search.id, patient_id=search.patient_id, before=before, after=after)


def take_place_back(session: Session, search: PlaceSearch) -> bool:
    """The place of a locked search was entered by mistake: it goes on, or rests as before; returns whether it rests."""
    after = SearchStatus.PAUSED if search.pause_reason else SearchStatus.ACTIVE
    before = SearchStatus(search.status)
    SEARCH_TAKEN_BACK.check(before, after)
    search.status = after
    events.record(session, "place_search.moved", search.id, patient_id=search.patient_id, before=before, after=after)
    return after is SearchStatus.PAUSED


def pause_search(
    session: Session, search_id: int, *, until: date | None, reason: str, now: datetime, version: int | None = None
) -> None:
    """Pause an active search; with `until` it resumes by itself on that day."""
    if not reason.strip():
        raise Invalid("place_search.pause_reason_missing", field="reason")
    if until is not None and until <= office_day(now):
        raise Invalid("place_search.pause_until_past", field="until")
    search = load_for_edit(session, PlaceSearch, search_id, version)
    move_search(session, search, SearchStatus.PAUSED, now=now)
    search.paused_until, search.pause_reason = until, reason.strip()


def resume_search(session: Session, search_id: int, *, now: datetime, version: int | None = None) -> None:
    """Take a paused search up again."""
    search = load_for_edit(session, PlaceSearch, search_id, version)
    if search.status != SearchStatus.PAUSED:
        raise Conflict("place_search.transition", before=search.status, after=SearchStatus.ACTIVE.value)
    move_search(session, search, SearchStatus.ACTIVE, now=now)


def resume_due(session: Session, *, now: datetime) -> tuple[int, ...]:
    """Take up every paused search whose day has come; returns their ids."""
    due = session.scalars(
        select(PlaceSearch)
        .where(PlaceSearch.status == SearchStatus.PAUSED, PlaceSearch.paused_until <= office_day(now))
        .with_for_update(skip_locked=True)
    ).all()
    for search in due:
        move_search(session, search, SearchStatus.ACTIVE, now=now)
    return tuple(search.id for search in due)


def set_urgency(session: Session, search_id: int, urgency: int, *, version: int | None = None) -> None:
    """0 normal, 1 urgent, 2 very urgent; urgent searches come first inside an inquiry."""
    if not 0 <= urgency <= 2:
        raise Invalid("place_search.urgency", field="urgency")
    search = load_for_edit(session, PlaceSearch, search_id, version)
    search.urgency = urgency
    events.record(session, "place_search.urgency_set", search.id, patient_id=search.patient_id)


def exclude(
    session: Session,
    patient_id: int,
    *,
    reason: str,
    therapist_id: int | None = None,
    practice_id: int | None = None,
    search_id: int | None = None,
    ends_on: date | None = None,
) -> int:
    """Never offer this patient to a therapist or practice (for one search, or for all when `search_id` is None)."""
    if not reason.strip():
        raise Invalid("exclusion.reason_missing", field="reason")
    if (therapist_id is None) == (practice_id is None):
        raise Invalid("exclusion.target", field="target")
    row = Exclusion(
        patient_id=patient_id,
        search_id=search_id,
        therapist_id=therapist_id,
        practice_id=practice_id,
        reason=reason.strip(),
        ends_on=ends_on,
    )
    session.add(row)
    session.flush()
    events.record(session, "exclusion.created", row.id, patient_id=patient_id)
    return row.id


def patient_of(session: Session, search_id: int) -> int:
    """Whose search it is. Raises NotFound when there is none."""
    found = session.scalar(select(PlaceSearch.patient_id).where(PlaceSearch.id == search_id))
    if found is None:
        raise NotFound("place_search.not_found", id=search_id)
    return found


@dataclass(frozen=True, slots=True)
class ExclusionRow:
    """One exclusion of a patient: whom, why, until when."""

    exclusion_id: int
    whom: str
    reason: str
    ends_on: date | None


def exclusions_of(session: Session, patient_id: int) -> tuple[ExclusionRow, ...]:
    """Whom a patient must not be offered to, newest first."""
    whom = func.coalesce(
        Practice.name, func.trim(func.concat(Therapist.title, " ", Therapist.first_name, " ", Therapist.last_name))
    )
    rows = session.execute(
        select(Exclusion.id, whom, Exclusion.reason, Exclusion.ends_on)
        .outerjoin(Therapist, Therapist.id == Exclusion.therapist_id)
        .outerjoin(Practice, Practice.id == Exclusion.practice_id)
        .where(Exclusion.patient_id == patient_id)
        .order_by(Exclusion.id.desc())
    )
    return tuple(ExclusionRow(*row) for row in rows)


def remove_exclusion(session: Session, exclusion_id: int) -> None:
    """Allow the therapist or practice again; the audit keeps what stood there."""
    row = load_for_edit(session, Exclusion, exclusion_id)
    session.delete(row)
    events.record(session, "exclusion.removed", exclusion_id, patient_id=row.patient_id)
