"""The transaction's number, by which the server is asked what became of a commit: an event brings it along."""

from sqlalchemy import event, text

from domain import events
from domain.commit_fate import number_of, was_committed
from domain.database import Database, Session
from tests.builders import add_patient

ASKED = "SELECT pg_current_xact_id_if_assigned()::text"


def test_an_event_brings_the_number(database: Database) -> None:
    """It is the transaction's own, one statement less is sent, and the server knows it; the next one has another."""
    sent: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda _, __, statement, *___: sent.append(statement))
    with database.write() as session:
        patient = add_patient(session)
        events.record(session, "patient.created", patient)
        session.flush()
        number = number_of(session)
        assert ASKED not in sent
        assert number == session.scalar(text(ASKED))
        assert number is not None
        sent.clear()
        session.commit()
        events.record(session, "patient.updated", patient)
        session.flush()
        second = number_of(session)
    assert ASKED not in sent
    assert second is not None
    assert second != number
    assert [was_committed(database.engine, known) for known in (number, second)] == [True, True]


def test_who_writes_no_event_asks_and_a_savepoint_does_not_mislead(database: Database) -> None:
    """Without an event it is asked for, without a write there is none; that of a part taken back is the whole's."""

    def told(session: Session) -> tuple[str | None, str | None]:
        session.flush()
        return number_of(session), session.scalar(text(ASKED))

    with database.write() as session:
        assert told(session) == (None, None)
        with session.begin_nested() as part:
            events.record(session, "patient.updated", 1)
            session.flush()
            part.rollback()
        number, known = told(session)
        assert number == known is not None
        add_patient(session)
        assert told(session) == (number, number)
    with database.write() as session:
        add_patient(session)
        number, known = told(session)
        assert number == known is not None
