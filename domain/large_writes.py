"""Thousands of rows in one transaction: each is looked up by its index, however small its table was at the beginning.

A server keeps its plans: that of a foreign key's check, made while the other table held a handful of rows, reads the
whole table, and goes on doing so when the transaction has added ten thousand. What the server counted of a table says
nothing about what is coming, and a connection may bring a plan of its own. So plans are made anew, and by index.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from sqlalchemy import event, text
from sqlalchemy.orm import Session

_OWN = text("DISCARD PLANS")
_BY_INDEX = text("SET LOCAL enable_seqscan = off")
_AS_BEFORE = text("SET LOCAL enable_seqscan TO DEFAULT")


@contextmanager
def looked_up_by_index(session: Session) -> Iterator[None]:
    """The plans of the block's checks and questions are made by index; the rest of the transaction is as before."""
    session.execute(_OWN)
    session.execute(_BY_INDEX)
    yield
    session.execute(_AS_BEFORE)


@contextmanager
def while_asking(session: Session) -> Iterator[Event]:
    """Set while the server is asked something: the time in which somebody else may use the processor."""
    asked, connection = Event(), session.connection()

    def begins(**_: object) -> None:
        asked.set()

    def ends(**_: object) -> None:
        asked.clear()

    listeners = (("before_cursor_execute", begins), ("after_cursor_execute", ends))
    for name, listener in listeners:
        event.listen(connection, name, listener, named=True)
    try:
        yield asked
    finally:
        for name, listener in listeners:
            event.remove(connection, name, listener)
