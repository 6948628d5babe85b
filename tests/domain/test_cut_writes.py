"""The network cut at every statement of the main writes: afterwards all or nothing is there, and it is known which."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import make_url

from domain.casework.answers import record_answer
from domain.casework.preparing import create_and_send
from domain.database import Database, Session, again_if_in_the_way
from domain.errors import Unavailable
from domain.matching.states import ItemStatus
from domain.patients.service import PatientForm, create_patient
from domain.values import Channel
from tests.builders import add_search, add_therapist
from tests.conftest import NOW, Office
from tests.domain.casework.steps import ask, only_item
from tests.servers.cutter import Cutter
from ui.errors import describe

MOST = 120  # statements of one write; it has fewer, or something goes round in circles
NOTHING_KEPT = {"database.lost", "database.unreachable"}
Work = Callable[[Session], object]


@dataclass(frozen=True)
class Write:
    """What is written, and what is there afterwards: rows counted before the write and after it."""

    work: Work
    count: str
    params: dict[str, Any]
    kept: tuple[int, ...]


def save_patient(database: Database, number: int) -> Write:
    """A new patient with needs, as the form saves one."""
    del database
    form = PatientForm(
        first_name="Lea", last_name=f"Schnitt{number}", birth_date=date(1992, 5, 4), sex="female", street="",
        house_number="", plz="52062", city="Aachen", email="", phone="", insurer="", insurance_kind="statutory",
        insurance_number="", registered_on=NOW.date(), responsible_id=None, deputy_id=None, resubmission_on=None,
        resubmission_note="", note="", wants_status=False, complaints=("Angst",), diagnoses=("F32.1",),
        complaint_note="", previous_therapy_end=None, consultation_on=None, timely_needed=False, ptv11_code="",
        methods=(), group_ok=False, therapist_sex="any", radius_km=None, travel_mode=None, languages=(),
        accessibility_needed=False, reimbursement_ok=False, availability=None,
    )  # fmt: skip
    count = """
        SELECT count(DISTINCT p.id), count(DISTINCT m.patient_id), count(DISTINCT e.id) FROM patient_service.patient p
        LEFT JOIN patient_service.medical_information m ON m.patient_id = p.id AND 'F32.1' = ANY (m.diagnoses)
        LEFT JOIN platform.event e ON e.entity_id = p.id AND e.event_type = 'patient.created'
        WHERE p.last_name = :name"""
    return Write(lambda s: create_patient(s, form, today=NOW.date()), count, {"name": form.last_name}, (1, 1, 1))


def answer(database: Database, number: int) -> Write:
    """A practice's acceptance: the item, the search, the answer and its event."""
    del number
    with database.write() as session:
        search = add_search(session)
        item = only_item(session, ask(session, search, now=NOW)).id
    count = """
        SELECT (SELECT count(*) FROM matching_service.inquiry_item WHERE id = :item AND status = 'accepted'),
               (SELECT count(*) FROM matching_service.answer WHERE item_id = :item),
               (SELECT count(*) FROM platform.event WHERE event_type = 'inquiry_item.moved' AND entity_id = :item
                AND payload ->> 'after' = 'accepted')"""
    later = NOW + timedelta(days=1)
    return Write(lambda s: record_answer(s, item, ItemStatus.ACCEPTED, now=later), count, {"item": item}, (1, 1, 1))


def queue(database: Database, number: int) -> Write:
    """An inquiry by mail: the inquiry, its mail and the worker's job."""
    with database.write() as session:
        search = add_search(session)
        practice = add_therapist(session, email=f"schnitt{number}@praxis.example")
    count = """
        SELECT count(DISTINCT q.id), count(DISTINCT m.id), count(DISTINCT j.id) FROM matching_service.inquiry q
        LEFT JOIN communication_service.email m ON m.inquiry_id = q.id
        LEFT JOIN platform.procrastinate_jobs j ON (j.args ->> 'email_id')::bigint = m.id
        WHERE q.therapist_id = :practice"""
    return Write(
        lambda s: create_and_send(s, therapist_id=practice, search_ids=[search], channel=Channel.EMAIL, now=NOW),
        count, {"practice": practice}, (1, 1, 1),
    )  # fmt: skip


# each of these has some forty statements, at each of which the network is cut
WRITES = [save_patient, *(pytest.param(write, marks=pytest.mark.soak) for write in (answer, queue))]


@pytest.fixture
def owner(office: Office) -> Iterator[Database]:
    """Sees all: rows and jobs."""
    made = office.database("owner")
    yield made
    made.close()


def found(owner: Database, write: Write) -> tuple[int, ...]:
    """What is there of a write."""
    with owner.read() as session:
        return tuple(session.execute(text(write.count), write.params).one())


def cut_at(office: Office, write: Write, point: int, lost: str, *, once: bool) -> tuple[Unavailable | None, bool]:
    """The write over a network that is cut at its nth statement; what was raised, and whether there was such a one."""
    with Cutter(str(make_url(office.url("jana")).query["host"])) as cutter:
        far = Database(cutter.through(office.url("jana")), pool_size=1)
        count = 0

        def reached(*_: object) -> None:
            nonlocal count
            count += 1
            if count == point:
                cutter.cut(lost, once=once)

        def work() -> object:
            with far.write() as session:
                return write.work(session)

        with far.read() as session:
            session.execute(text("SELECT 1"))
        event.listen(far.engine, "before_cursor_execute", reached)
        event.listen(far.engine, "commit", reached)
        try:
            again_if_in_the_way(work)
        except Unavailable as error:
            return error, True
        finally:
            far.close()
    return None, count >= point


@pytest.mark.parametrize("lost", ["question", "answer"])
@pytest.mark.parametrize("prepare", WRITES)
def test_a_cut_leaves_all_or_nothing_and_says_which(
    office: Office,
    database: Database,
    owner: Database,
    monkeypatch: pytest.MonkeyPatch,
    prepare: Callable[[Database, int], Write],
    lost: str,
) -> None:
    """The network stays away: "nothing was kept" is true, and where nobody can know the sentence says so."""
    monkeypatch.setattr("domain.commit_fate.PATIENCE_SECONDS", 0.0)
    codes: list[str] = []
    for point in range(1, MOST):
        write = prepare(database, point)
        error, cut = cut_at(office, write, point, lost, once=False)
        there = found(owner, write)
        assert there in {write.kept, (0, 0, 0)}
        if error is None:
            assert there == write.kept
        elif error.code in NOTHING_KEPT:
            assert there == (0, 0, 0)
        else:
            assert error.code == "database.unclear"
            assert (there == write.kept) is (lost == "answer")
        if error is not None:
            codes.append(error.code)
            assert "stehen" in describe(error)  # what was typed stays
        if not cut:
            break
    assert len(codes) > 5
    assert codes.count("database.unclear") == 1  # only where COMMIT itself was on its way


@pytest.mark.parametrize("lost", ["question", "answer"])
@pytest.mark.parametrize("prepare", WRITES)
def test_a_network_that_is_back_at_once_is_nobodys_business(
    office: Office,
    database: Database,
    owner: Database,
    prepare: Callable[[Database, int], Write],
    lost: str,
) -> None:
    """Wherever it was cut, the write is there, and once."""
    points = 0
    for point in range(1, MOST):
        write = prepare(database, point)
        error, cut = cut_at(office, write, point, lost, once=True)
        assert error is None
        assert found(owner, write) == write.kept
        if not cut:
            break
        points = point
    assert points > 5
