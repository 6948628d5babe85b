"""One person, one call: two processes at the same call, two calls of one person, and a call whose window went away."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain.casework import calling
from domain.casework.call_corrections import take_back_result
from domain.casework.phone_queue import phone_queue
from domain.communication.contacts import CallResult, record_call
from domain.communication.models import BODY_LENGTH, COUNTERPART_LENGTH, PhoneCall
from domain.communication.states import CallStatus
from domain.database import Database
from domain.errors import Conflict, Invalid
from domain.values import Channel, WeekSpan
from domain.weektime import BERLIN
from tests.builders import add_search, add_therapist
from tests.conftest import Office
from tests.domain.casework.steps import ask, calls
from tests.servers.forked import Forked

C = CallStatus
MORNINGS = tuple(WeekSpan(day * 1440 + 540, day * 1440 + 720) for day in range(5))
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=BERLIN)


def planned(session: Session) -> PhoneCall:
    """A call of Jana's to be made this morning."""
    therapist = add_therapist(
        session, phone_hours=tuple(WeekSpan(day * 1440 + 540, day * 1440 + 720) for day in range(5))
    )
    early = NOON - timedelta(hours=4)
    return calls(session, ask(session, add_search(session), now=early, channel=Channel.PHONE, therapist=therapist))[-1]


@pytest.fixture
def callers(office: Office) -> Iterator[list[Forked]]:
    """Jana and Tom, each a process of its own that waits for its order."""
    found = [Forked("tests.domain.casework.racer", office.url(person)) for person in ("jana", "tom")]
    for caller in found:
        assert caller.stdout is not None
        assert caller.stdout.readline() == "ready\n"
    yield found
    for caller in found:
        assert caller.stdin is not None
        caller.stdin.close()
        assert caller.wait(timeout=60) == 0
        if caller.stdout is not None:
            caller.stdout.close()


def test_two_programs_want_the_same_call(database: Database, callers: list[Forked]) -> None:
    """Ten calls, both dial at once: each is under way once, and the other program is told by whom."""
    names = {"Jana Brand", "Tom Keller"}
    for _ in range(10):
        with database.write() as session:
            call = planned(session).id
        for caller in callers:
            assert caller.stdin is not None
            caller.stdin.write(f"dial {call}\n")
            caller.stdin.flush()
        answers = [json.loads(caller.stdout.readline()) for caller in callers if caller.stdout is not None]
        assert [answer.get("won") for answer in answers].count(call) == 1
        (lost,) = (answer for answer in answers if "lost" in answer)
        assert lost["lost"] == "phone_call.theirs"
        with database.read() as session:
            (under_way,) = (c for c in phone_queue(session, now=NOON) if c.status is C.IN_PROGRESS)
            assert (under_way.call_id, under_way.person) == (call, lost["by"])
            assert under_way.person in names
        for caller in callers:  # whoever has it ends it; the other may not
            assert caller.stdin is not None
            caller.stdin.write(f"hang_up {call}\n")
            caller.stdin.flush()
        ended = [json.loads(caller.stdout.readline()) for caller in callers if caller.stdout is not None]
        assert [answer.get("won") for answer in ended].count(call) == 1


def test_the_database_knows_one_call_under_way_of_a_person(office: Office, database: Database) -> None:
    """Whatever program begins the second."""
    with database.write() as session:
        first, second = planned(session).id, planned(session).id
        calling.begin_call(session, first, now=NOON)
    engine = create_engine(office.url("jana"))
    begin = text(
        "UPDATE communication_service.phone_call SET status = 'in_progress', person_id = platform.current_person_id()"
        " WHERE id = :id"
    )
    with engine.connect() as connection, pytest.raises(IntegrityError, match="uq_phone_call_person_id_in_progress"):
        connection.execute(begin, {"id": second})
    engine.dispose()


def test_a_result_may_be_noted_while_another_call_is_on(database: Database) -> None:
    """A practice rings in the middle of a call: what it said is noted, and the call stays on."""
    with database.write() as session:
        on, waiting = planned(session).id, planned(session).id
        calling.begin_call(session, on, now=NOON)
    with database.write() as session:
        calling.finish_call(session, waiting, CallResult(C.REACHED, outcome="rief selbst an"), now=NOON)
        record_call(session, add_therapist(session), CallResult(C.REACHED), now=NOON)
    with database.read() as session:
        assert session.get_one(PhoneCall, on).status == C.IN_PROGRESS
        assert session.get_one(PhoneCall, waiting).status == C.REACHED


def test_a_call_whose_window_went_away_blocks_nobody(database: Database, second_database: Database) -> None:
    """It waits on top: its person ends it or puts it back; a colleague takes it over after two hours, and only then."""
    with database.write() as session:
        left, other = planned(session).id, planned(session).id
        calling.begin_call(session, left, now=NOON)
    with database.write() as session:
        queue = phone_queue(session, now=NOON + timedelta(days=3))
        assert (queue[0].call_id, queue[0].mine) == (left, True)
        with pytest.raises(Conflict, match="still_on"):
            calling.begin_call(session, other, now=NOON)
    with pytest.raises(Conflict, match="theirs"), second_database.write() as session:
        calling.put_back(session, left)
    with database.write() as session:
        calling.put_back(session, left)
        calling.begin_call(session, other, now=NOON)
    with database.write() as session:
        call = session.get_one(PhoneCall, left)
        assert (call.status, call.started_at, call.dialled) == (C.PLANNED, None, "")
        with pytest.raises(Conflict, match="transition"):
            calling.put_back(session, left)
        calling.put_back(session, other)
        session.flush()
        calling.begin_call(session, left, now=NOON)
    evening = NOON + timedelta(hours=3)
    with second_database.write() as session:
        calling.begin_call(session, other, now=evening)
    with pytest.raises(Conflict, match="still_on"), second_database.write() as session:
        calling.take_over(session, left, now=evening)
    with second_database.write() as session:
        calling.finish_call(session, other, CallResult(C.BUSY), now=evening)
        calling.take_over(session, left, now=evening)
        calling.finish_call(session, left, CallResult(C.BUSY), now=evening)


def test_a_call_that_was_put_back_tells_of_no_contact(database: Database) -> None:
    """Nobody was called; a result taken back before stays told, and the minutes are none."""
    with database.write() as session:
        call = planned(session)
        calling.begin_call(session, call.id, now=NOON)
        calling.finish_call(session, call.id, CallResult(C.REACHED), now=NOON)
        session.flush()
        take_back_result(session, call.id, now=NOON)
        session.flush()
        calling.put_back(session, call.id)
        session.flush()
        kinds = text("SELECT kind FROM communication_service.contact_entry WHERE call_id = :id ORDER BY id")
        assert session.scalars(kinds, {"id": call.id}).all() == ["reached", "result_taken_back"]
        assert (call.status, call.ended_at) == (C.PLANNED, None)


@pytest.mark.parametrize("on", [date(9999, 12, 31), date(2027, 11, 25), date(2126, 12, 1)])
def test_a_callback_in_a_far_year_is_a_slip(office: Office, database: Database, on: date) -> None:
    """A year ahead at most; the call stays open, and the database refuses it from any other program, too."""
    with database.write() as session:
        call = planned(session).id
        calling.begin_call(session, call, now=NOON)
    with pytest.raises(Invalid, match="callback_far") as caught, database.write() as session:
        calling.finish_call(session, call, CallResult(C.REACHED, callback_on=on), now=NOON)
    assert caught.value.field == "callback_on"
    with database.write() as session:
        assert session.get_one(PhoneCall, call).status == C.IN_PROGRESS
        near = CallResult(C.REACHED, callback_on=date(2027, 11, 22))
        calling.finish_call(session, call, near, now=NOON)
    engine = create_engine(office.url("jana"))
    with engine.connect() as connection, pytest.raises(IntegrityError, match="ck_phone_call_callback_near"):
        connection.execute(
            text("UPDATE communication_service.phone_call SET callback_on = '9999-12-31' WHERE id = :id"), {"id": call}
        )
    engine.dispose()


@pytest.mark.parametrize("field", ["outcome", "counterpart"])
@pytest.mark.parametrize(("words", "code"), [("x" * 1_500_000, "contact.too_long"), ("a\0b", "text.control_character")])
def test_a_note_the_log_cannot_keep_is_named_at_its_field(
    database: Database, words: str, code: str, field: str
) -> None:
    """The call stays open, what was typed stays with who typed it; as long as the log takes it is kept whole."""
    with database.write() as session:
        call = planned(session).id
    nothing = CallResult(C.NO_ANSWER)
    said = replace(nothing, outcome=words) if field == "outcome" else replace(nothing, counterpart=words)
    with pytest.raises(Invalid) as caught, database.write() as session:
        calling.finish_call(session, call, said, now=NOON)
    assert (caught.value.code, caught.value.field) == (code, field)
    with database.write() as session:
        assert session.get_one(PhoneCall, call).status == C.PLANNED
        longest = CallResult(C.NO_ANSWER, counterpart="x" * COUNTERPART_LENGTH, outcome="ü" * BODY_LENGTH)
        calling.finish_call(session, call, longest, now=NOON)
