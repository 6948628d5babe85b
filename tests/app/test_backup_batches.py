"""A batch that ran when the backup was made writes nothing by itself: its lines may have gone since."""

from datetime import timedelta
from pathlib import Path

from app.backups.restoring import Target
from domain.casework.batches.gathering import gather_plan
from domain.casework.batches.making import make_next
from domain.casework.batches.steering import resume
from domain.database import Database
from tests.app.test_backup_erasures import backed_up, brought_back, target
from tests.conftest import Office
from tests.domain.casework.batches.steps import MONDAY, NOW, figures, make_all, planned_town, release

__all__ = ["target"]


def test_a_running_batch_pauses(office: Office, database: Database, target: Target, tmp_path: Path) -> None:
    """No further line until somebody lets it go on; one that is done stays so."""
    planned_town(database, practices=3)
    with database.write() as session:
        batch = gather_plan(session, monday=MONDAY).batch_id
        release(session, batch, now=NOW)
    with database.write() as session:
        assert make_next(session, batch, now=NOW)
    made = backed_up(office, tmp_path, NOW)
    make_all(database, batch)
    database.close()
    done = brought_back(target, made, tmp_path, NOW + timedelta(hours=1))
    assert (done.done.paused_batches, done.done.held_mails) == (1, 1)
    again = office.database("jana")
    with again.write() as session:
        assert not make_next(session, batch, now=NOW)
    found = figures(again, batch)
    assert (found.state, found.open, found.unclear) == ("paused", 2, 1)
    with again.write() as session:
        resume(session, batch, now=NOW)
    assert make_all(again, batch) == 2
    again.close()
    # none is open any more: nothing to hold
    made = backed_up(office, tmp_path, NOW + timedelta(hours=2))
    done = brought_back(target, made, tmp_path, NOW + timedelta(hours=3))
    assert done.done.paused_batches == 0
