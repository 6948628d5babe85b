"""What no superuser but one can say of a server's own functions, in an office's database of its own.

EXPLAIN ANALYZE tells how many rows a condition threw out. A comparison the server holds for leakproof is looked at
before the rules for rows, so that whoever asks cleverly reads a hidden name letter by letter; one that is not waits
until the rules let the row through. Numbers stay as they are: rows are looked up by them. And a large object is under
nobody's rules and stops a backup: nobody makes one.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.health.leaks import LEAKING, OPEN_OBJECTS


def seal(session: Session) -> bool:
    """As a superuser, in the office's database: True where anything was still open."""
    leaking = session.scalars(text(LEAKING)).all()
    objects = session.scalars(text(OPEN_OBJECTS)).all()
    for function in leaking:
        session.execute(text(f"ALTER FUNCTION pg_catalog.{function} NOT LEAKPROOF"))
    for function in objects:
        session.execute(text(f"REVOKE EXECUTE ON FUNCTION pg_catalog.{function} FROM PUBLIC"))
    return bool(leaking or objects)
