"""Which number of a practice to dial: not one that a call found to be wrong.

What is known belongs to the therapist and the number together: the same digits may be right for somebody else, and a
mended number is another one.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

# of a row `t` of therapist_service.therapist; empty where none is left
USABLE = """coalesce((
    SELECT u.number FROM unnest(ARRAY[t.phone, t.mobile]) WITH ORDINALITY AS u (number, place)
    WHERE u.number <> '' AND NOT communication_service.is_wrong_number(t.id, u.number)
    ORDER BY u.place LIMIT 1), '')"""


def number_of(session: Session, therapist_id: int) -> str:
    """The number to dial (E.164); empty where there is none, or every one was wrong."""
    query = f"SELECT {USABLE} FROM therapist_service.therapist t WHERE t.id = :id"
    return str(session.scalar(text(query), {"id": therapist_id}) or "")
