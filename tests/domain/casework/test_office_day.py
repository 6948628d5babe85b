"""Days of absences and pauses are the office's: shortly after midnight in Berlin it is still yesterday in UTC."""

from datetime import UTC, date, datetime

import pytest

from domain.casework.reminding import note_absence
from domain.database import Database
from domain.errors import Invalid
from domain.matching.inquiries import return_to_office
from domain.matching.searches import pause_search, resume_due
from tests.builders import add_search
from tests.domain.casework.steps import ask

NIGHT = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # 24.11., 00:30 in Berlin
TODAY, TOMORROW = date(2026, 11, 24), date(2026, 11, 25)
NEXT_NIGHT = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)


def test_nobody_is_away_until_today(database: Database) -> None:
    """That day is over before it is noted; who is away until tomorrow is back when it begins in Berlin."""
    with database.write() as session:
        number = ask(session, add_search(session), now=NIGHT).id
    with pytest.raises(Invalid), database.write() as session:
        note_absence(session, number, until=TODAY, now=NIGHT)
    with database.write() as session:
        note_absence(session, number, until=TOMORROW, now=NIGHT)
        session.flush()
        assert return_to_office(session, now=NIGHT) == ()
        assert return_to_office(session, now=NEXT_NIGHT) == (number,)


def test_no_search_rests_until_today(database: Database) -> None:
    """The same of a pause."""
    with database.write() as session:
        search = add_search(session)
    with pytest.raises(Invalid), database.write() as session:
        pause_search(session, search, reason="Urlaub", until=TODAY, now=NIGHT)
    with database.write() as session:
        pause_search(session, search, reason="Urlaub", until=TOMORROW, now=NIGHT)
        session.flush()
        assert resume_due(session, now=NIGHT) == ()
        assert resume_due(session, now=NEXT_NIGHT) == (search,)
