"""Thousands of rows in one transaction: each is looked up by its index, however small its table was at the beginning.

A server keeps its plans: that of a foreign key's check, made while the other table held a handful of rows, reads the
whole table, and goes on doing so when the transaction has added ten thousand. What the server counted of a table says
nothing about what is coming, and a connection may bring a plan of its own. So plans are made anew, and by index.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
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
