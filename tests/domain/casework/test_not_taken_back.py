"""When answers cannot be taken back, or not all of it: too much followed, two people at once, what already left."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from domain.casework.answer_corrections import answers_to_take_back, take_back_answers
from domain.casework.answers import record_answer
from domain.casework.placements import start_trial_sessions
from domain.casework.sending import withdraw_inquiry
from domain.communication.claiming import claim
from domain.communication.models import ContactEntry
from domain.database import Database
from domain.errors import Conflict
from domain.matching.inquiries import create_inquiry
from domain.matching.models import Inquiry
from domain.matching.states import ItemStatus
from tests.builders import add_search
from tests.conftest import Office
from tests.domain.casework.steps import items, mails, only_item, state
from tests.domain.casework.taken_back import confirmed, sent, standing, wrote

ROOT = Path(__file__).parents[3]
HOUR = timedelta(hours=1)
YES, NO = ItemStatus.ACCEPTED, ItemStatus.REJECTION_CAPACITY
Followed = Callable[[Session, Inquiry, datetime], object]


def answered_again(session: Session, inquiry: Inquiry, now: datetime) -> None:
    """Somebody corrected the answer by telephone."""
    record_answer(session, items(session, inquiry)[0].id, NO, now=now)


def begun(session: Session, inquiry: Inquiry, now: datetime) -> None:
    """The trial sessions began."""
    start_trial_sessions(session, items(session, inquiry)[0].id, now=now)


def withdrawn(session: Session, inquiry: Inquiry, now: datetime) -> None:
    """Somebody withdrew the inquiry for the others."""
    withdraw_inquiry(session, inquiry.id, reason="Umzug", now=now)


@pytest.mark.parametrize("followed", [answered_again, begun, withdrawn])
def test_too_much_followed(database: Database, now: datetime, followed: Followed) -> None:
    """It is refused with its reason, and nothing changes."""
    with database.write() as session:
        inquiry = sent(session, add_search(session), add_search(session), now=now)
        mail = wrote(session, inquiry, now=now)
        confirmed(session, mail, inquiry, [YES], now=now + HOUR)
        followed(session, inquiry, now + 2 * HOUR)
        before = standing(session)
    with pytest.raises(Conflict, match=r"incoming_email\.not_taken_back"), database.write() as session:
        take_back_answers(session, mail, now=now + 3 * HOUR)
    with database.read() as session:
        assert standing(session) == before


def test_only_by_whom_and_on_the_day(database: Database, second_database: Database, now: datetime) -> None:
    """A colleague, and tomorrow, correct them at the inquiry."""
    with database.write() as session:
        inquiry = sent(session, add_search(session), now=now)
        mail = wrote(session, inquiry, now=now)
        confirmed(session, mail, inquiry, [NO], now=now + HOUR)
        assert answers_to_take_back(session, mail, now=now + 14 * HOUR) == ()
        assert answers_to_take_back(session, mail, now=now + 12 * HOUR) == (only_item(session, inquiry).id,)
    with pytest.raises(Conflict, match=r"incoming_email\.not_taken_back"), second_database.write() as session:
        take_back_answers(session, mail, now=now + 2 * HOUR)
    for last in (False, True):
        with database.write() as session:
            if last:
                with pytest.raises(Conflict, match=r"incoming_email\.not_taken_back"):
                    take_back_answers(session, mail, now=now + 2 * HOUR)
            else:
                take_back_answers(session, mail, now=now + 2 * HOUR)


def test_a_withdrawal_that_left_is_told(database: Database, now: datetime) -> None:
    """The practice read that nobody looks for a place any more: whom to call is counted."""
    with database.write() as session:
        search = add_search(session)
        inquiry, there = sent(session, search, now=now), sent(session, search, now=now)
        mail = wrote(session, inquiry, now=now)
        confirmed(session, mail, inquiry, [YES], now=now + HOUR)
        (withdrawal,) = mails(session, there, "withdrawal")
        assert claim(session, withdrawal.id, now=now + 2 * HOUR) is not None
        found = take_back_answers(session, mail, now=now + 3 * HOUR)
        assert (found.told, found.ended, found.back.kept) == (1, 0, ())
        assert (only_item(session, inquiry).status, only_item(session, there).status) == (
            "pending",
            "matched_elsewhere",
        )
        assert (state(session, inquiry), state(session, there)) == ("sent", "withdrawn")


def test_a_practice_asked_anew_is_not_asked_twice(database: Database, now: datetime) -> None:
    """Its own inquiry cannot wait again, and says who asked; elsewhere it stays ended and is counted."""
    with database.write() as session:
        search = add_search(session)
        inquiry, there = sent(session, search, now=now), sent(session, search, now=now)
        mail = wrote(session, inquiry, now=now)
        confirmed(session, mail, inquiry, [YES], now=now + HOUR)
        own = _asked_anew(session, inquiry, now=now + 2 * HOUR)
        _asked_anew(session, there, now=now + 2 * HOUR)
        before = standing(session)
    with pytest.raises(Conflict, match=r"inquiry\.contact_point_open") as refused, database.write() as session:
        take_back_answers(session, mail, now=now + 3 * HOUR)
    assert (refused.value.params["inquiry_id"], refused.value.params["by"]) == (own, "Jana Brand")
    with database.write() as session:
        assert standing(session) == before
        withdraw = session.get_one(Inquiry, own)
        withdraw.stage, withdraw.closed_at = "cancelled", now + 2 * HOUR
        session.flush()
        found = take_back_answers(session, mail, now=now + 3 * HOUR)
        assert (found.told, found.ended) == (0, 1)
        own_now, there_now = (session.get_one(Inquiry, number) for number in (inquiry.id, there.id))
        assert (state(session, own_now), state(session, there_now)) == ("sent", "withdrawn")


def _asked_anew(session: Session, inquiry: Inquiry, *, now: datetime) -> int:
    return create_inquiry(
        session, therapist_id=inquiry.therapist_id, search_ids=[add_search(session)], now=now,
        cooling_override="auf Wunsch der Praxis",
    )  # fmt: skip


def race(office: Office, *orders: tuple[str, str]) -> list[dict[str, object]]:
    """Two programs of their own begin at the same moment, each with an order; what each says."""
    program = "from tests.domain.casework.racer import main; import sys; main(sys.argv[1])"
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", program, office.url(who)], cwd=ROOT, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, bufsize=1,
        )
        for who, _ in orders
    ]  # fmt: skip
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline().strip() == "ready"
    for racer, (_, order) in zip(racers, orders, strict=True):
        assert racer.stdin is not None
        racer.stdin.write(f"{order}\n")
        racer.stdin.flush()
    return [json.loads(racer.communicate(timeout=120)[0]) for racer in racers]


def test_two_windows_take_the_same_back(office: Office, database: Database) -> None:
    """One does, the other is told; one entry of the history says so."""
    now = datetime.now(UTC)
    with database.write() as session:
        inquiry = sent(session, add_search(session), now=now - 2 * HOUR)
        mail = wrote(session, inquiry, now=now - 2 * HOUR)
        confirmed(session, mail, inquiry, [NO], now=now - HOUR)
    said = race(office, ("jana", f"unconfirm {mail}"), ("jana", f"unconfirm {mail}"))
    assert sorted("won" in one for one in said) == [False, True]
    assert {one.get("lost") for one in said} == {None, "incoming_email.not_taken_back"}
    with database.read() as session:
        entries = session.query(ContactEntry).filter(ContactEntry.kind == "answer_taken_back").count()
        assert (entries, state(session, session.get_one(Inquiry, inquiry.id))) == (1, "sent")


def test_a_colleague_enters_another_answer_meanwhile(office: Office, database: Database) -> None:
    """Whoever comes first: theirs stands in the end, and no answer is lost from the history."""
    now = datetime.now(UTC)
    with database.write() as session:
        inquiry = sent(session, add_search(session), now=now - 2 * HOUR)
        mail = wrote(session, inquiry, now=now - 2 * HOUR)
        confirmed(session, mail, inquiry, [NO], now=now - HOUR)
        item = only_item(session, inquiry).id
    back, theirs = race(office, ("jana", f"unconfirm {mail}"), ("tom", f"accept {item}"))
    assert theirs == {"won": item}
    assert back in ({"won": mail}, {"lost": "incoming_email.not_taken_back", "by": None})
    with database.read() as session:
        assert only_item(session, session.get_one(Inquiry, inquiry.id)).status == "accepted"
