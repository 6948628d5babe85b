"""What one team gathered is the other's neither to go on with nor to drop; nor does it remind whom it does not see."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from domain.casework.agenda import TaskKind, agenda
from domain.casework.batches.gathering import gather_practices, gather_reminders, gather_weekly
from domain.casework.batches.listing import get_batch, list_batches, under_way
from domain.casework.batches.steering import release
from domain.errors import Conflict, Invalid, NotFound
from domain.paging import ListQuery
from tests.builders import add_patient, add_therapist
from tests.conftest import Office
from tests.domain.test_teams import at_work, northern, people  # noqa: F401  # fixtures

SENT = "UPDATE matching_service.inquiry SET sent_at = :at, stage = 'sent', clock_started_at = :at"


def test_a_batch_is_its_teams(office: Office, northern: dict[str, int], now: datetime) -> None:  # noqa: F811
    """Its lines tell of hidden people: going on with it refused them all, dropping it left them waiting for ever."""
    later = now + timedelta(days=9)
    with at_work(office, "north") as session:
        session.execute(text("UPDATE patient_service.patient SET wants_status = true"))
        session.execute(text(SENT), {"at": now})
        asked = gather_practices(
            session, search_id=northern["search"], therapist_ids=[add_therapist(session) for _ in range(2)]
        ).batch_id
        release(session, asked, now=later)
        told = gather_weekly(session, now=later).batch_id
    seen = {}
    for name in ("north", "south", "lead"):
        with at_work(office, name) as session:
            tasks = agenda(session, now=later + timedelta(hours=3)).tasks
            seen[name] = (
                {batch.batch_id for batch in list_batches(session, ListQuery()).rows},
                {task.record_id for task in tasks if task.kind is TaskKind.BATCH},
                under_way(session).running,
            )
    assert seen["south"] == (set(), set(), 0)
    assert seen["north"] == seen["lead"] == ({asked, told}, {asked, told}, 1)
    with at_work(office, "south") as session, pytest.raises(NotFound):
        get_batch(session, told)


def test_what_a_supervisor_gathered_for_all_is_no_caseworkers(
    office: Office,
    northern: dict[str, int],  # noqa: F811
    now: datetime,
) -> None:
    """A part of it would look like the whole; a colleague without a team shows theirs to who sees all."""
    assert northern
    with at_work(office, "south") as session:
        add_patient(session)
    with at_work(office, "north") as session:
        session.execute(text(SENT), {"at": now})
    later = now + timedelta(days=9)
    with at_work(office, "south") as session, pytest.raises(Invalid) as nothing:
        gather_reminders(session, now=later)
    assert nothing.value.code == "batch.nothing"
    for name, follows in (("south", 0), ("north", 1)):
        with at_work(office, name) as session:
            assert agenda(session, now=later).counts.get(TaskKind.FOLLOW_UP, 0) == follows
    with at_work(office, "lead") as session:
        batch = gather_reminders(session, now=later)
        assert batch.lines == 1
        assert get_batch(session, batch.batch_id).lines == 1
    with at_work(office, "north") as session:
        assert list_batches(session, ListQuery()).rows == ()
        with pytest.raises(Conflict) as elsewhere:
            gather_reminders(session, now=later)
    assert (elsewhere.value.params["batch_id"], elsewhere.value.params["by"]) == (0, "lead")
