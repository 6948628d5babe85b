"""Sample data for trying out: the invented office and persons that come with the program, read in once."""

from datetime import UTC, datetime

from sqlalchemy import text

from app.commands.demo import SAMPLE_PATIENTS, SAMPLES, sample
from app.commands.import_files import read_in
from app.demo_office import DemoOffice
from app.sample_office import give_letterhead
from app.seat import Seat
from domain.backups.office_backups import BackupForm, read_state, save_backup_settings
from domain.casework.preparing import create_and_send
from domain.database import Database
from domain.errors import PlatzlotseError
from domain.matching.best_patients import patients_for_therapist
from domain.matching.candidates import candidates_for_search
from domain.values import Channel

FIRST_INQUIRIES = 8


def fill_with_samples(seat: Seat) -> bool:
    """Read the samples into an empty database, begin searches and send a few inquiries; True if it was empty."""
    database = Database(seat.person_url)
    try:
        with database.read() as session:
            if session.scalar(text("SELECT EXISTS (SELECT FROM therapist_service.therapist)")):
                return False
        give_letterhead(database)
        with database.write() as session:
            # nothing is lost with it: neither the worker nor Heute minds
            version = read_state(session, now=datetime.now(UTC)).version
            save_backup_settings(session, BackupForm(enabled=False), version=version)
        for name in (*SAMPLES, SAMPLE_PATIENTS):
            read_in(database, sample(name))
        office = DemoOffice(database, seed=1)
        _ask_some(database, office.start_searches())
        office.send_waiting_now()  # these are there when the window opens; what a person sends waits as it would
    finally:
        database.close()
    return True


def _ask_some(database: Database, searches: list[int]) -> None:
    """A few inquiries, so that every page has something to show."""
    asked = 0
    for search_id in searches:
        if asked == FIRST_INQUIRIES:
            return
        now = datetime.now(UTC)
        try:
            with database.write() as session:
                fit = candidates_for_search(session, search_id, now=now).fit
                best = next((candidate for candidate in fit if candidate.email), None)
                if best is None:
                    continue
                chosen = [p.search_id for p in patients_for_therapist(session, best.therapist_id, now=now, limit=3)]
                create_and_send(
                    session, therapist_id=best.therapist_id, search_ids=chosen, channel=Channel.EMAIL, now=now
                )
                asked += 1
        except PlatzlotseError:
            continue
