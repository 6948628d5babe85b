"""When mails may leave: hours, working days, holidays, and how many in an hour."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain.access import OfficeSettings
from domain.access import office as office_settings
from domain.communication.claiming import claim, release_due
from domain.communication.mails import Letter, queue_mail
from domain.communication.models import Email
from domain.communication.outcomes import note_sent
from domain.communication.send_times import next_opening
from domain.database import Database
from tests.conftest import Office

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = OfficeSettings(
    name="Büro", street="", plz="", city="", phone="", email="", legal_footer="", land="NW", inquiry_size=6,
    cooling_days=28, follow_up_days=7, expiry_days=21, undo_seconds=0, radius_km=25, response_prior=0.15,
    plan_mails=60, plan_minutes=240, call_minutes=6, send_from=time(8), send_until=time(18), mails_per_hour=None,
    status_weekday=5, tile_source="", tile_attribution="", directory_search="", capacity_stale_days=180,
    retention_placed_years=3, retention_other_months=6,
)  # fmt: skip


def here(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of the office's clock."""
    return datetime.combine(day, time(hour, minute), BERLIN)


@pytest.mark.parametrize(
    ("wanted", "leaves"),
    [
        (here(date(2026, 11, 23), 10), here(date(2026, 11, 23), 10)),
        (here(date(2026, 11, 23), 6), here(date(2026, 11, 23), 8)),
        (here(date(2026, 11, 23), 18), here(date(2026, 11, 24), 8)),
        (here(date(2026, 11, 27), 22), here(date(2026, 11, 30), 8)),
        (here(date(2026, 12, 24), 19), here(date(2026, 12, 28), 8)),
        (here(date(2026, 10, 24), 12), here(date(2026, 10, 26), 8)),  # the clocks change in between
    ],
    ids=["within", "early", "late", "weekend", "christmas", "clock-change"],
)
def test_next_opening(wanted: datetime, leaves: datetime) -> None:
    """Working days between the hours of the office's clock."""
    assert next_opening(wanted.astimezone(UTC), OFFICE) == leaves


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)), st.integers(0, 22))  # noqa: DTZ001 - made aware below
def test_opening_is_open_and_soonest(moment: datetime, hour: int) -> None:
    """Never before the wish, always within the hours, and at once when the wish is within them."""
    settings = replace(OFFICE, send_from=time(hour), send_until=time(hour + 1))
    wanted = moment.replace(tzinfo=UTC)
    leaves = next_opening(wanted, settings)
    local = leaves.astimezone(BERLIN)
    assert leaves >= wanted
    assert local.weekday() < 5
    assert time(hour) <= local.time() < time(hour + 1)
    assert next_opening(leaves, settings) == leaves


def test_without_hours_at_once() -> None:
    """An office that set none sends day and night."""
    sunday = here(date(2026, 11, 22), 3)
    assert next_opening(sunday, replace(OFFICE, send_from=None, send_until=None)) == sunday


def queue(session: Session, *, now: datetime, delay: timedelta = timedelta(0)) -> int:
    """A mail to a practice."""
    return queue_mail(
        session, kind="own", to_address="praxis@praxis.example", to_name="", letter=Letter("a", "b", ""), now=now,
        delay=delay,
    )  # fmt: skip


@pytest.fixture
def owner(office: Office) -> Iterator[Database]:
    """The database as its owner."""
    database = office.database("owner")
    yield database
    database.close()


def set_office(owner: Database, **values: object) -> None:
    """Change settings of the office."""
    with owner.write() as session:
        changes = ", ".join(f"{name} = :{name}" for name in values)
        session.execute(text(f"UPDATE platform.office SET {changes}"), values)


def test_mails_wait_for_the_office_to_open(database: Database, worker_database: Database, owner: Database) -> None:
    """Written on Saturday, sent on Monday at eight; the worker that was off does not send at night either."""
    set_office(owner, send_from=time(8), send_until=time(18))
    saturday = here(date(2026, 11, 21), 12).astimezone(UTC)
    monday = here(date(2026, 11, 23), 8).astimezone(UTC)
    with database.write() as session:
        mail = queue(session, now=saturday)
        assert session.get_one(Email, mail).not_before == monday
    with worker_database.write() as session:
        assert release_due(session, now=monday - timedelta(minutes=1)) == ()
        assert release_due(session, now=monday) == (mail,)
    night = here(date(2026, 11, 23), 23).astimezone(UTC)
    with worker_database.write() as session:
        assert claim(session, mail, now=night) is None
        assert session.get_one(Email, mail).not_before == here(date(2026, 11, 24), 8)


def test_no_more_than_so_many_an_hour(database: Database, worker_database: Database, owner: Database) -> None:
    """Five an hour: five go, the sixth waits until the first is an hour old."""
    set_office(owner, mails_per_hour=5)
    start = datetime(2026, 11, 23, 9, tzinfo=UTC)
    with database.write() as session:
        mails = [queue(session, now=start) for _ in range(8)]
    with worker_database.write() as session:
        assert release_due(session, now=start) == tuple(mails[:5])
        assert release_due(session, now=start) == ()
        for mail in mails[:5]:
            assert claim(session, mail, now=start) is not None
            note_sent(session, mail, now=start, server_reply="250")
        assert release_due(session, now=start + timedelta(minutes=59)) == ()
        assert release_due(session, now=start + timedelta(minutes=61)) == tuple(mails[5:])


def test_an_office_without_limits_sends_at_once(database: Database) -> None:
    """Nothing waits that need not."""
    now = datetime(2026, 11, 22, 3, tzinfo=UTC)
    with database.write() as session:
        assert office_settings(session).mails_per_hour is None
        mail = queue(session, now=now)
        assert session.scalars(select(Email.not_before).where(Email.id == mail)).one() is None
