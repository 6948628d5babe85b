"""Two people at once, each a process with a login of their own: one wins, the other is told who it was."""

import json
from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain.casework.preparing import create_and_send
from domain.database import Database
from domain.matching.models import InquiryItem
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import Office
from tests.domain.casework.steps import print_all
from tests.servers.forked import Forked

TIMES = 10


class Runner:
    """A racing process."""

    def __init__(self, url: str) -> None:
        self._process = Forked("tests.domain.casework.racer", url)
        assert self._read() == "ready"

    def order(self, *words: object) -> None:
        """Send an order without waiting."""
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, object]:
        """What became of it."""
        found: dict[str, object] = json.loads(self._read())
        return found

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def end(self) -> None:
        """Close its input and wait."""
        self._process.communicate(timeout=120)


@pytest.fixture
def runners(office: Office) -> Iterator[tuple[Runner, Runner]]:
    """Jana and Tom."""
    pair = Runner(office.url("jana")), Runner(office.url("tom"))
    yield pair
    for runner in pair:
        runner.end()


def race(
    runners: tuple[Runner, Runner], first: tuple[object, ...], second: tuple[object, ...]
) -> list[dict[str, object]]:
    """Both orders at the same moment."""
    for runner, words in zip(runners, (first, second), strict=True):
        runner.order(*words)
    return [runner.answer() for runner in runners]


def one_won_and_the_other_knows_who(results: list[dict[str, object]]) -> None:
    """Exactly one won; the loser is told the winner's name."""
    names = ["Jana Brand", "Tom Keller"]
    assert sum("won" in result for result in results) == 1, results
    winner = next(number for number, result in enumerate(results) if "won" in result)
    assert results[1 - winner]["by"] == names[winner]


def test_one_search_for_one_patient(database: Database, runners: tuple[Runner, Runner]) -> None:
    """Ten times two people begin the same patient's search."""
    with database.write() as session:
        patients = [add_patient(session) for _ in range(TIMES)]
    for patient in patients:
        one_won_and_the_other_knows_who(race(runners, ("start_search", patient), ("start_search", patient)))
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM matching_service.place_search")) == TIMES


def test_one_inquiry_to_one_contact_point(database: Database, runners: tuple[Runner, Runner]) -> None:
    """Ten times two people ask the same practice for different patients."""
    with database.write() as session:
        cases = [(add_therapist(session), add_search(session), add_search(session)) for _ in range(TIMES)]
    for therapist, one, two in cases:
        one_won_and_the_other_knows_who(race(runners, ("ask", therapist, one), ("ask", therapist, two)))


def sent_to(session: Session, search: int, now: datetime) -> int:
    """A sent inquiry for a search; its item."""
    therapist = add_therapist(session)
    inquiry = create_and_send(session, therapist_id=therapist, search_ids=[search], channel=Channel.LETTER, now=now)
    session.flush()
    print_all(session, inquiry, now=now)
    return session.scalars(select(InquiryItem.id).where(InquiryItem.inquiry_id == inquiry)).one()


def test_one_acceptance_for_one_patient(database: Database, runners: tuple[Runner, Runner], now: datetime) -> None:
    """Ten times two practices accept the same patient: the first counts, the second is surplus and says so."""
    with database.write() as session:
        searches = [add_search(session) for _ in range(TIMES)]
        cases = [(sent_to(session, search, now), sent_to(session, search, now)) for search in searches]
    for one, two in cases:
        results = race(runners, ("accept", one), ("accept", two))
        one_won_and_the_other_knows_who(results)
        assert {result.get("lost") for result in results} == {None, "accepted_surplus"}
    live = "SELECT count(*) FROM matching_service.inquiry_item WHERE status = 'accepted'"
    with database.read() as session:
        assert session.scalar(text(live)) == TIMES
