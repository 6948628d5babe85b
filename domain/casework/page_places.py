"""What practices' pages say of their places, as suggestions: of a day and each time anew, since it ages.

A suggestion nobody decided is what the page said then: a later reading replaces it, or takes it away.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from domain.access import office
from domain.casework.practice_page import Found
from domain.therapists.models import Therapist
from domain.therapists.web_models import WebFinding
from domain.weektime import office_day


def news_of_places(
    session: Session, therapist_id: int, found: Sequence[tuple[str, Found]], *, now: datetime
) -> list[tuple[str, Found]]:
    """What is to be suggested of places; what was suggested before and not decided is what the page said then.

    Its pages may not contradict each other, and what is known already, or was decided, waits until that is old.
    """
    session.execute(
        delete(WebFinding).where(
            WebFinding.therapist_id == therapist_id, WebFinding.kind == "capacity", WebFinding.state == "suggested"
        )
    )
    said = [(address, finding) for address, finding in found if finding.kind == "capacity"]
    if len({finding.value["capacity"] == "free" for _, finding in said}) != 1:
        return []
    address, first = said[0]
    days, therapist = office(session).capacity_stale_days, session.get_one(Therapist, therapist_id)
    since = office_day(now) - timedelta(days=days)
    decided = session.scalars(
        select(WebFinding).where(
            WebFinding.therapist_id == therapist_id, WebFinding.kind == "capacity", WebFinding.state != "suggested"
        )
    )
    same = [row for row in decided if all(row.value.get(k) == first.value[k] for k in ("capacity", "from"))]
    if any(stated_on(row) > since for row in same):
        return []
    known = therapist.capacity == first.value["capacity"] and _iso(therapist.capacity_from) == first.value["from"]
    if known and therapist.capacity_as_of is not None and therapist.capacity_as_of > since:
        return []
    return [(address, first)]


def stated_on(finding: WebFinding) -> date:
    """Of what day a word on places is: the one the page gives, else when it was read."""
    return date.fromisoformat(str(finding.value.get("as_of") or office_day(finding.found_at).isoformat()))


def is_overtaken(finding: WebFinding, therapist: Therapist) -> bool:
    """Whether something newer is known of places than what the page said."""
    known = therapist.capacity_as_of
    return finding.kind == "capacity" and known is not None and known > stated_on(finding)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
