"""What became of a transaction whose COMMIT was sent and never answered: PostgreSQL remembers, and is asked.

The number of the transaction is read before the commit; afterwards another connection asks for its state. A server that
took over from a broken one remembers it, too.
"""

import time

from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

PATIENCE_SECONDS = 3.0  # a server that restarts is often back by then
PAUSE_SECONDS = 0.1


def number_of(session: Session) -> str | None:
    """The transaction's number; None where it has written nothing."""
    number: str | None = session.scalar(text("SELECT pg_current_xact_id_if_assigned()::text"))
    return number


def was_committed(engine: Engine, number: str) -> bool | None:
    """Whether the transaction is there for good; False: nothing of it is. None: the server cannot be asked now."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        state = _state(engine, number)
        if state in {"committed", "aborted"}:
            return state == "committed"
        if time.monotonic() > end:
            return None
        time.sleep(PAUSE_SECONDS)


def _state(engine: Engine, number: str) -> str:
    """As the server calls it: committed, aborted, in progress; empty where it does not answer or is another one."""
    query = text("SELECT coalesce(pg_xact_status(cast(:number AS xid8)), '')")
    try:
        with engine.connect() as connection:
            return str(connection.scalar(query, {"number": number}))
    except SQLAlchemyError:
        return ""
