"""Which findings of a page are news: not what was decided already, and what no page says any more is taken back.

A field somebody entered by hand stays closed. Hours are open again where the value came from the page itself, or where
it is so old that it wants to be asked again.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from domain.access import office
from domain.casework.practice_page import Found
from domain.therapists.models import Therapist
from domain.therapists.web_models import WebFinding
from domain.values import WeekSpan
from domain.weektime import from_multirange, merged

HOURS = "phone_hours"
ONE_VALUE = frozenset({"email", HOURS})


def take_back(session: Session, therapist_id: int, found: Iterable[tuple[str, Found]]) -> None:
    """Suggestions nobody decided that a complete reading did not find again are gone (of places: `page_places`)."""
    here = [(finding.kind, finding.value) for _, finding in found]
    rows = session.execute(
        select(WebFinding.id, WebFinding.kind, WebFinding.value).where(
            WebFinding.therapist_id == therapist_id, WebFinding.state == "suggested", WebFinding.kind != "capacity"
        )
    )
    gone = [row.id for row in rows if (row.kind, row.value) not in here]
    if gone:
        session.execute(delete(WebFinding).where(WebFinding.id.in_(gone), WebFinding.state == "suggested"))


def not_decided(session: Session, therapist_id: int, found: Sequence[tuple[str, Found]]) -> list[tuple[str, Found]]:
    """Without what was rejected, and what was accepted last of its kind: the same words once more are no news.

    What was accepted before something else was accepted is news again.
    """
    decided = session.scalars(
        select(WebFinding)
        .where(WebFinding.therapist_id == therapist_id, WebFinding.state != "suggested")
        .order_by(WebFinding.decided_at.desc(), WebFinding.id.desc())
    ).all()
    rejected = [(row.kind, row.value) for row in decided if row.state == "rejected"]
    accepted: dict[str, list[dict[str, object]]] = {}
    for row in decided:
        if row.state == "accepted":
            accepted.setdefault(row.kind, []).append(row.value)
    # of methods and languages one is added to the other, of the rest the last one counts
    known = [(kind, v) for kind, values in accepted.items() for v in values[: 1 if kind in ONE_VALUE else None]]
    return [(at, one) for at, one in found if (one.kind, one.value) not in rejected + known]


def is_renewable(session: Session, therapist: Therapist, kind: str, *, on: date) -> bool:
    """Whether a closed field may be replaced by what a page says newly on a day."""
    if kind != HOURS or therapist.phone_hours is None or therapist.hours_as_of is None or therapist.hours_as_of > on:
        return False
    if therapist.hours_as_of <= on - timedelta(days=office(session).capacity_stale_days):
        return True
    last = session.scalar(
        select(WebFinding.value)
        .where(WebFinding.therapist_id == therapist.id, WebFinding.kind == kind, WebFinding.state == "accepted")
        .order_by(WebFinding.decided_at.desc(), WebFinding.id.desc())
        .limit(1)
    )
    spans = last.get("spans") if last is not None else None
    if not isinstance(spans, list):
        return False
    return merged(WeekSpan(start, end) for start, end in spans) == from_multirange(therapist.phone_hours)
