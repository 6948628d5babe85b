"""Cut at every point there is, by kill -9 or by the network: nothing is lost that was kept, nothing arrives twice."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import make_url

from domain.casework.draft_upload import Uploaded
from domain.communication.drafts.contacts import contact_edits
from domain.communication.drafts.records import Addressee, DraftState, DraftText
from domain.communication.drafts.store import DraftStore
from domain.database import Database
from domain.therapists.service import set_contact
from tests.builders import add_therapist
from tests.conftest import Office
from tests.domain.communication.drafts.conftest import KEY
from tests.domain.communication.drafts.steps import LAST_WORDS, NEW_NUMBER, NOW, PDF, Points, hand_over, write
from tests.servers.cutter import Cutter

MOST = 400  # points; the way has fewer, or something goes round in circles
STATE = text(
    "SELECT t.phone, count(e.id), min(e.body_text), count(f.id), (array_agg(f.content))[1], count(j.id)"
    " FROM therapist_service.therapist t LEFT JOIN communication_service.email e ON e.therapist_id = t.id"
    " LEFT JOIN communication_service.email_attachment f ON f.email_id = e.id"
    " LEFT JOIN platform.procrastinate_jobs j ON (j.args ->> 'email_id')::bigint = e.id"
    " WHERE t.id = :id GROUP BY t.id"
)


@pytest.fixture(scope="module")
def zygote() -> Iterator["Zygote"]:
    """The program that is killed, ready to begin at once."""
    made = Zygote()
    yield made
    made.end()


@pytest.fixture
def owner(office: Office) -> Iterator[Database]:
    """Sees all: rows, files and jobs."""
    made = office.database("owner")
    yield made
    made.close()


class Zygote:
    """Lives of the program, one for each call."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.domain.communication.drafts.kill_program"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def live(self, **order: object) -> dict[str, Any]:
        """One life; what it promised, and whether it was killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def end(self) -> None:
        """No more lives."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


def practice(database: Database, number: int) -> tuple[int, str]:
    """A practice to write to."""
    address = f"praxis{number}@cut.example"
    with database.write() as session:
        return add_therapist(session, email=address, phone="+49241555000"), address


def check_all_arrived(database: Database, therapist: int) -> None:
    """The mail once, with its words, its file and one job; the new number."""
    with database.read() as session:
        phone, mails, body, files, content, jobs = session.execute(STATE, {"id": therapist}).one()
    assert (phone, mails, files, jobs) == (NEW_NUMBER, 1, 1, 1)
    assert body.strip() == LAST_WORDS
    assert bytes(content) == PDF


@pytest.mark.parametrize("apart", [3, pytest.param(1, marks=pytest.mark.soak)])
def test_killed_at_any_point(
    zygote: Zygote, office: Office, database: Database, owner: Database, tmp_path: Path, apart: int
) -> None:
    """Whatever the program said it kept is there when it begins again, and goes out once; here at each third point."""
    points = 0
    for point in range(1, MOST, apart):
        therapist, address = practice(database, point)
        path = tmp_path / f"{point}.db"
        order = {"url": office.url("jana"), "store": str(path), "therapist": therapist, "address": address}
        first = zygote.live(**order, point=point, write=True)
        assert not [word for word in first["told"] if word.startswith("failed")]
        if not first["killed"]:
            check_all_arrived(owner, therapist)
            points = point - 1
            break
        again = zygote.live(**order, point=0, write=False)
        assert again["told"] == ["uploaded"]
        check_promises(owner, therapist, path, [word.split()[0] for word in first["told"]])
    assert points > 60  # else not the whole way was watched


def check_promises(database: Database, therapist: int, path: Path, told: list[str]) -> None:
    """What was said to be kept is there: on the server, or still in the store."""
    store = DraftStore(path, KEY)
    try:
        left = store.drafts()
        with database.read() as session:
            phone, mails, body, files, _, jobs = session.execute(STATE, {"id": therapist}).one()
        assert contact_edits(store) == ()
        assert (mails, jobs) in {(0, 0), (1, 1)}
        assert mails + len(left) <= 1
        if mails:  # it arrived as it was queued
            assert (body.strip(), files) == (LAST_WORDS, 1)
        if "added" in told:
            assert mails + len(left) == 1
        if "queued" in told:
            assert mails == 1
        if "edited" in told:
            assert phone == NEW_NUMBER
        for draft in left:
            assert draft.state is DraftState.DRAFT
            assert "attached" not in told or len(draft.files) == 1
            assert "saved" not in told or draft.body == LAST_WORDS
    finally:
        store.close()


@pytest.mark.parametrize("lost", ["question", "answer"])
def test_the_network_cut_at_any_statement(
    lost: str, office: Office, database: Database, owner: Database, tmp_path: Path
) -> None:
    """Whether the server got the statement or only its answer was lost: afterwards all is there once."""
    seen = []
    for point in range(1, MOST):
        therapist, address = practice(database, point)
        with Cutter(str(make_url(office.url("jana")).query["host"])) as cutter:
            far = Database(cutter.through(office.url("jana")), pool_size=1)
            store = DraftStore(tmp_path / f"{lost}{point}.db", KEY)
            write(store, therapist, address, lambda _: None)

            def reached(count: int, cutter: Cutter = cutter, point: int = point) -> None:
                if count == point:
                    cutter.cut(lost)

            points = Points(reached)
            points.watch_server(far)
            first = hand_over(store, far)
            cut = points.count >= point
            seen.append(first.reached)
            cutter.mend()
            assert hand_over(store, far).reached
            far.close()
        check_all_arrived(owner, therapist)
        assert store.drafts() == ()
        assert contact_edits(store) == ()
        store.close()
        if not cut:
            break
    assert seen[-1]  # the last run met no cut
    assert seen.count(False) > 10


def test_what_arrived_is_not_given_back(office: Office, database: Database, owner: Database, tmp_path: Path) -> None:
    """The answer to the commit was lost, then the address changed: the mail is there, and its writer left alone."""
    therapist, address = practice(database, 0)
    store = DraftStore(tmp_path / "drafts.db", KEY)
    to = Addressee(address, "Anna Sommer", therapist_id=therapist)
    number = store.add(DraftText(to, "Danke", LAST_WORDS), now=NOW)
    store.queue(number, now=NOW)
    with Cutter(str(make_url(office.url("jana")).query["host"])) as cutter:
        far = Database(cutter.through(office.url("jana")), pool_size=1)
        event.listen(far.engine, "commit", lambda _: cutter.cut("answer"))
        assert not hand_over(store, far).reached
        far.close()
    with database.write() as session:
        set_contact(session, therapist, email="neu@cut.example", phone="", mobile="")
    assert hand_over(store, database) == Uploaded(done=1, refused=0, reached=True)
    assert store.drafts() == ()
    with owner.read() as session:
        assert session.scalar(text("SELECT count(*) FROM communication_service.email")) == 1
    store.close()


def test_without_a_server_all_waits(database: Database, owner: Database, tmp_path: Path) -> None:
    """Nothing is given back, nothing lost; it goes out once there is one."""
    therapist, address = practice(database, 0)
    nowhere = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    store = DraftStore(tmp_path / "drafts.db", KEY)
    write(store, therapist, address, lambda _: None)
    assert hand_over(store, nowhere) == Uploaded(done=0, refused=0, reached=False)
    assert (store.count().queued, store.count().edits) == (1, 1)
    assert hand_over(store, database) == Uploaded(done=2, refused=0, reached=True)
    check_all_arrived(owner, therapist)
    nowhere.close()
    store.close()
