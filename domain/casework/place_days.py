"""The day from which a promised place is free, moved after the answer: the practice said another day.

The answer stays as it was given; the position has the new day, the history both.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.casework.answers import refuse_place_from
from domain.communication.models import ContactEntry
from domain.editing import load_for_edit
from domain.errors import Conflict, NotFound
from domain.matching.models import Inquiry, InquiryItem, PlaceSearch
from domain.matching.states import ItemStatus
from domain.weektime import office_day

PLACE_DAY = "place_day"  # the kind of its entry in the history


def move_place_day(
    session: Session, item_id: int, day: date | None, *, now: datetime, note: str = "", version: int | None = None
) -> bool:
    """A place that was accepted is free from another day; None: at once. Returns whether that is another day.

    Raises Conflict where somebody changed the position meanwhile or its place is promised no more
    (``inquiry_item.no_place``), Invalid for a day that is over or further away than anybody promises (`place_from`).
    """
    if day is not None:
        refuse_place_from(day, today=office_day(now))
    # in the one order of locks: search, inquiry, item
    found = session.execute(
        select(InquiryItem.search_id, InquiryItem.inquiry_id).where(InquiryItem.id == item_id)
    ).one_or_none()
    if found is None:
        raise NotFound("record.not_found", table="inquiry_item", id=item_id)
    search = load_for_edit(session, PlaceSearch, found.search_id)
    inquiry = load_for_edit(session, Inquiry, found.inquiry_id)
    item = load_for_edit(session, InquiryItem, item_id, version)
    if item.status != ItemStatus.ACCEPTED:
        raise Conflict("inquiry_item.no_place")
    before, item.place_from = item.place_from, day
    if before == day:
        return False
    moved = f"{_said(before)} → {_said(day)}"
    session.add(
        ContactEntry(
            at=now, channel="note", direction="none", kind=PLACE_DAY, inquiry_id=inquiry.id,
            therapist_id=inquiry.therapist_id, patient_id=search.patient_id, person_id=me(session).id,
            body=f"{moved}\n{note.strip()}".strip(),
        )
    )  # fmt: skip
    events.record(session, "inquiry_item.place_moved", item.id, inquiry_id=inquiry.id, search_id=search.id)
    return True


def _said(day: date | None) -> str:
    return "sofort" if day is None else f"{day:%d.%m.%Y}"
