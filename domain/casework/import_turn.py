"""One file at a time in an office: two at once would each take the same people for new, and trials block each other.

A trial writes like an import and takes it back, so it waits, too.
"""

from collections.abc import Callable
from time import sleep

from sqlalchemy import func, select
from sqlalchemy.orm import Session

IMPORT_LOCK = 7_235_008
PAUSE = 0.2  # seconds between two looks; the lock's own waiting would end with that of a row, and could not be stopped
TRIAL = {"isolation_level": "REPEATABLE READ"}


def take_turn(session: Session, on_wait: Callable[[], None] | None = None) -> None:
    """Wait until nobody else reads a file in; ours until the transaction ends, as the session's first work.

    `on_wait` hears before every further look that another one is under way; what it raises ends the waiting.
    """
    while not session.scalar(select(func.pg_try_advisory_xact_lock(IMPORT_LOCK))):
        if on_wait is not None:
            on_wait()
        if session.connection().get_execution_options().get("isolation_level") == TRIAL["isolation_level"]:
            # a trial sees what was there when it began: it begins once the other one has ended
            session.rollback()
            session.connection(execution_options=TRIAL)
        sleep(PAUSE)
