"""What one team gathered is the other's neither to go on with nor to drop; nor does it remind whom it does not see."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from domain.casework.agenda import TaskKind, agenda
from domain.casework.batches.gathering import gather_practices, gather_reminders, gather_weekly
from domain.casework.batches.listing import get_batch, list_batches, list_lines, under_way
from domain.casework.batches.making import make_next
from domain.casework.batches.seen import is_batch_seen
from domain.casework.batches.steering import leave_out, pause, resume, take_back
from domain.casework.preparing import create_and_send
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.paging import ListQuery
from domain.patients.teams import put_into_team
from domain.person_admin import end_deputy, set_deputy
from domain.values import Channel
from domain.weektime import office_day
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import Office
from tests.domain.casework.batches.steps import release
from tests.domain.test_teams import at_work, northern, people  # noqa: F401  # fixtures
from ui.errors import describe

TEAM_OF = text("SELECT team_id FROM platform.person WHERE id = :id")
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


def test_a_batch_is_seen_by_what_its_lines_hold(
    office: Office,
    northern: dict[str, int],  # noqa: F811
    now: datetime,
) -> None:
    """Whoever gathered it: of what a supervisor gathered of one team, that team sees it and nobody else."""
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
    with at_work(office, "south") as session:
        assert list_batches(session, ListQuery()).rows == ()
    with at_work(office, "north") as session:
        with pytest.raises(Conflict) as elsewhere:
            gather_reminders(session, now=later)
        assert (elsewhere.value.code, elsewhere.value.params["batch_id"]) == ("batch.elsewhere", batch.batch_id)
        release(session, batch.batch_id, now=later)


def wanting(office: Office, name: str, now: datetime) -> None:
    """Somebody enters a patient who was asked for and wants to hear every week, and so does everybody there."""
    with at_work(office, name) as session:
        search = add_search(session, add_patient(session, email=f"{name}@mail.example"))
        create_and_send(
            session, therapist_id=add_therapist(session), search_ids=[search], channel=Channel.EMAIL, now=now
        )
    with at_work(office, "lead") as session:
        session.execute(text("UPDATE patient_service.patient SET wants_status = true"))
        session.execute(text(SENT), {"at": now})


def test_a_batch_of_two_teams_silences_nobody(office: Office, northern: dict[str, int], now: datetime) -> None:  # noqa: F811
    """A part of it would look like the whole: the task stays, and whoever gathers is told whom to ask."""
    assert northern
    wanting(office, "south", now)
    later = now + timedelta(days=11)  # a Friday
    with at_work(office, "lead") as session:
        batch = gather_weekly(session, now=later).batch_id
        assert TaskKind.WEEKLY_STATUS not in {task.kind for task in agenda(session, now=later).tasks}
    for name in ("north", "south"):
        with at_work(office, name) as session:
            told = {task.kind: task.title for task in agenda(session, now=later).tasks}
            assert told[TaskKind.WEEKLY_STATUS] == "1"
            assert list_batches(session, ListQuery()).rows == ()
        with pytest.raises(Conflict) as elsewhere, at_work(office, name) as session:
            gather_weekly(session, now=later)
        assert (elsewhere.value.code, elsewhere.value.params["by"]) == ("batch.elsewhere_hidden", "lead")
        with pytest.raises(NotFound), at_work(office, name) as session:
            release(session, batch, now=later)
        with pytest.raises(NotFound), at_work(office, name) as session:
            take_back(session, batch)
        with at_work(office, name) as session:  # one and all are the same rule
            assert not is_batch_seen(session, batch)
            assert under_way(session).running == 0
        with pytest.raises(Forbidden), at_work(office, name) as session:  # nor by a tool of one's own
            session.execute(text("UPDATE communication_service.batch SET status = 'taken_back'"))


def test_a_deputys_batch_is_of_the_team_it_is_about(
    office: Office,
    northern: dict[str, int],  # noqa: F811
    people: dict[str, int],  # noqa: F811
    now: datetime,
) -> None:
    """After the deputy's days it is no longer theirs; one in which they see a part they may still drop, all of it."""
    assert northern
    wanting(office, "south", now)
    later, day = now + timedelta(days=9), office_day(datetime.now(UTC))
    with at_work(office, "north") as session:
        session.execute(text(SENT), {"at": now})
    with at_work(office, "chief") as session:
        deputy = set_deputy(session, people["north"], people["south"], first_day=day, last_day=day + timedelta(6))
    with at_work(office, "south") as session:
        own = session.scalars(text("SELECT inquiry_id FROM matching_service.inquiry_item WHERE id <> :item"), northern)
        session.execute(
            text("UPDATE matching_service.inquiry SET last_reminded_at = :at WHERE id = ANY (:own)"),
            {"at": later, "own": own.all()},
        )
        reminders, weekly = gather_reminders(session, now=later), gather_weekly(session, now=later)
        assert (reminders.lines, weekly.lines) == (1, 2)
    with at_work(office, "north") as session:
        assert [row.batch_id for row in list_batches(session, ListQuery()).rows] == [reminders.batch_id]
    with at_work(office, "chief") as session:
        end_deputy(session, deputy)
    with at_work(office, "south") as session:
        assert [row.batch_id for row in list_batches(session, ListQuery()).rows] == [weekly.batch_id]
        with pytest.raises(NotFound):
            take_back(session, reminders.batch_id)
        with pytest.raises(Forbidden, match=r"batch\.part"):
            release(session, weekly.batch_id, now=later)
    with pytest.raises(Forbidden), at_work(office, "south") as session:  # nor by a tool of one's own
        session.execute(
            text("UPDATE communication_service.batch SET status = 'running', released_at = now() WHERE id = :id"),
            {"id": weekly.batch_id},
        )
    with at_work(office, "lead") as session:
        release(session, weekly.batch_id, now=later)
    with pytest.raises(Forbidden, match=r"batch\.part"), at_work(office, "south") as session:
        make_next(session, weekly.batch_id, now=later)
    with at_work(office, "south") as session:
        take_back(session, weekly.batch_id)
    with at_work(office, "north") as session:
        assert gather_weekly(session, now=later).lines == 1


def test_only_what_waits_has_to_be_seen_to_go_on(
    office: Office,
    northern: dict[str, int],  # noqa: F811
    people: dict[str, int],  # noqa: F811
    now: datetime,
) -> None:
    """A hidden line that was left out, or is made, keeps nobody from the rest: from releasing it, nor from Weiter."""
    assert northern
    later = now + timedelta(days=9)
    for _ in range(3):
        wanting(office, "south", now)
    with at_work(office, "south") as session:
        batch = gather_weekly(session, now=later).batch_id
        lines = {
            row.patient_id: row.line_id for row in list_lines(session, ListQuery(sort="order"), batch_id=batch).rows
        }
    out, made, _ = lines
    with at_work(office, "lead") as session:
        north, south = (session.scalar(TEAM_OF, {"id": people[name]}) for name in ("north", "south"))
        put_into_team(session, {out or 0: south}, north)
    with pytest.raises(Forbidden, match=r"batch\.part") as refused, at_work(office, "south") as session:
        release(session, batch, now=later)
    # also read at Weiter, where the mails of the made lines do leave and the button is another
    said = describe(refused.value)
    assert ("nichts gesendet" in said, "holen Sie ihn zurück" in said) == (False, True)
    with at_work(office, "lead") as session:
        leave_out(session, batch, [lines[out]])
    with at_work(office, "south") as session:
        release(session, batch, now=later)
        assert make_next(session, batch, now=later)
        pause(session, batch)
    with at_work(office, "lead") as session:
        put_into_team(session, {made or 0: south}, north)
    with at_work(office, "south") as session:
        resume(session, batch, now=later)
        assert make_next(session, batch, now=later)
        assert not make_next(session, batch, now=later)
    with at_work(office, "lead") as session:
        told = get_batch(session, batch)
        assert (told.waiting, told.left_out, told.refused) == (2, 1, 0)
