"""What became of a transaction whose COMMIT was sent and never answered: PostgreSQL remembers, and is asked.

The number of the transaction is known before the commit; afterwards another connection asks for its state. A server
that took over from a broken one remembers it, too. An event, as every change of state writes one, brings it along;
only who writes none asks for it, which is a question of its own on the line.
"""

import time
from typing import Any

from sqlalchemy import ColumnElement, FetchedValue, Text, cast, event, func, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, UOWTransaction, mapped_column
from sqlalchemy.types import TypeDecorator

PATIENCE_SECONDS = 3.0  # a server that restarts is often back by then
PAUSE_SECONDS = 0.1
NUMBER = "transaction_number"


class TransactionNumber(TypeDecorator[str]):
    """Read as the number of the transaction that asks: after an INSERT, the one that writes the row."""

    impl = Text
    cache_ok = True

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Whatever the row holds, the transaction is the same."""
        del column
        return cast(func.pg_current_xact_id_if_assigned(), Text)


class TellsTransaction:
    """A row that brings its transaction's number with the answer to its INSERT. It is no column of the table."""

    # a system column stands for it: it is there in each table and in no definition of one
    transaction: Mapped[str | None] = mapped_column(
        "xmin", TransactionNumber, system=True, server_default=FetchedValue(), deferred=True
    )


def listen_for_number(session: Session) -> None:
    """Keep what rows bring, until the transaction ends."""
    event.listen(session, "after_flush", _keep)
    event.listen(session, "after_commit", _forget)
    event.listen(session, "after_rollback", _forget)


def number_of(session: Session) -> str | None:
    """The transaction's number; None where it has written nothing."""
    told: str | None = session.info.get(NUMBER)
    return told or session.scalar(text("SELECT pg_current_xact_id_if_assigned()::text"))


def _keep(session: Session, _: UOWTransaction) -> None:
    for row in session.new:
        if isinstance(row, TellsTransaction) and "transaction" in row.__dict__:
            session.info[NUMBER] = row.transaction


def _forget(session: Session) -> None:
    session.info.pop(NUMBER, None)


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
