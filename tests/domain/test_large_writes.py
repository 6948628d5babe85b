"""Large writes: who else has work to do hears when the server is asked."""

from threading import Event, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError

from domain.database import Database
from domain.large_writes import while_asking


def test_another_is_woken_while_the_server_is_asked(database: Database) -> None:
    """And knows that it is over when there is an answer."""
    woken = Event()

    def waits() -> None:
        if asked.wait(60):
            woken.set()

    with database.read() as session, while_asking(session) as asked:
        assert not asked.is_set()
        other = Thread(target=waits)
        other.start()
        while other.is_alive():
            session.execute(text("SELECT 1"))
            assert not asked.is_set()
        other.join()
    assert woken.is_set()


def test_an_error_ends_the_listening(database: Database) -> None:
    """Nothing of it is left at a connection that is used again."""
    with database.read() as session:
        with pytest.raises(DataError), while_asking(session) as asked:
            session.execute(text("SELECT 1 / 0"))
        asked.clear()
        session.rollback()
        session.execute(text("SELECT 1"))
        assert not asked.is_set()
