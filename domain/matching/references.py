"""References of inquiries and patients in them that nobody has yet: short enough to be read aloud on the phone."""

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from domain.ids import random_reference

INQUIRY_LENGTH, ITEM_LENGTH = 6, 5


def unused(session: Session, column: InstrumentedAttribute[str], *, length: int, count: int = 1) -> list[str]:
    """That many different references not in `column`.

    30^5 codes are drawn from again and again: with 10,000 given away one in 2,400 is taken. Two transactions drawing
    the same at once are as rare as that squared; the database refuses the second.
    """
    found: list[str] = []
    while len(found) < count:
        drawn = {random_reference(length) for _ in range(count - len(found))} - set(found)
        taken = set(session.scalars(select(column).where(column.in_(drawn))))
        found += sorted(drawn - taken)
    return found
