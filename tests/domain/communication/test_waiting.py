"""What a mail in the outbox waits for, and until when: as the rules that hold it back would say."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.access import OfficeSettings
from domain.casework.batches.gathering import gather_practices
from domain.casework.batches.making import make_next
from domain.casework.batches.steering import pause
from domain.communication.accounts import AccountForm, save_account
from domain.communication.claiming import claim
from domain.communication.mails import Letter, queue_mail
from domain.communication.queries import get_mail, list_mails, sent_file
from domain.communication.send_times import next_opening
from domain.communication.states import EmailStatus
from domain.communication.waiting import Waiting, waiting
from domain.database import Database
from domain.paging import ListQuery
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import Office
from tests.domain.casework.batches.steps import release

SATURDAY = datetime(2026, 11, 28, 11, 0, tzinfo=UTC)
MONDAY_EIGHT = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)  # 08:00 in Berlin
HOUR = timedelta(hours=1)


# an office without sending hours or limits
SETTINGS = OfficeSettings(
    name="Büro", street="", plz="", city="", phone="", email="", legal_footer="", land="NW", inquiry_size=6,
    cooling_days=28, follow_up_days=7, expiry_days=21, undo_seconds=60, radius_km=25, response_prior=0.15,
    plan_mails=60, plan_minutes=200, call_minutes=5, send_from=None, send_until=None, mails_per_hour=None,
    status_weekday=None, tile_source="", tile_attribution="", directory_search="", capacity_stale_days=180,
    retention_placed_years=3, retention_other_months=6,
)  # fmt: skip


@pytest.mark.parametrize(
    ("status", "not_before", "changes", "held", "wanted"),
    [
        ("queued", None, {}, False, Waiting("worker")),
        ("queued", timedelta(seconds=30), {}, False, Waiting("undo", SATURDAY + timedelta(seconds=30))),
        ("queued", timedelta(hours=5), {}, False, Waiting("later", SATURDAY + timedelta(hours=5))),
        ("queued", None, {"send_from": time(8), "send_until": time(18)}, False, Waiting("hours", MONDAY_EIGHT)),
        (
            "queued",
            MONDAY_EIGHT - SATURDAY,
            {"send_from": time(8), "send_until": time(18)},
            False,
            Waiting("hours", MONDAY_EIGHT),
        ),
        ("retry_wait", timedelta(hours=2), {}, False, Waiting("retry", SATURDAY + 2 * HOUR)),
        (
            "retry_wait",
            timedelta(hours=2),
            {"send_from": time(8), "send_until": time(18)},
            False,
            Waiting("hours", MONDAY_EIGHT),
        ),
        ("queued", -HOUR, {"mails_per_hour": 10}, False, Waiting("limit")),
        ("queued", -HOUR, {"account_limit": 5}, False, Waiting("limit")),
        ("queued", None, {"account_limit": 5}, False, Waiting("worker")),
        ("queued", -HOUR, {"has_account": False}, False, Waiting("no_account")),
        ("queued", -HOUR, {"has_account": False, "mails_per_hour": 10}, False, Waiting("no_account")),
        ("queued", timedelta(hours=5), {"has_account": False}, True, Waiting("held")),
        (
            "queued",
            timedelta(seconds=30),
            {"has_account": False},
            False,
            Waiting("undo", SATURDAY + timedelta(seconds=30)),
        ),
        ("queued", timedelta(hours=5), {}, True, Waiting("held")),
        ("sending", None, {}, False, None),
        ("sent", None, {}, False, None),
    ],
)
def test_what_it_waits_for(
    status: str,
    not_before: timedelta | None,
    changes: dict[str, object],
    held: bool,
    wanted: Waiting | None,
) -> None:
    """Undo window, a time, sending hours, a failed attempt, a limit, a paused batch, a person, or only the worker."""
    way = {name: changes.pop(name, usual) for name, usual in (("has_account", True), ("account_limit", None))}
    found = waiting(
        EmailStatus(status),
        created_at=SATURDAY,
        not_before=None if not_before is None else SATURDAY + not_before,
        undo=timedelta(seconds=60),
        held=held,
        **way,  # type: ignore[arg-type]
        settings=replace(SETTINGS, **changes),  # type: ignore[arg-type]
        now=SATURDAY,
    )
    assert found == wanted


@given(st.integers(-100, 400), st.integers(0, 23), st.integers(0, 400))
def test_it_never_promises_what_is_over_or_outside_the_hours(wait: int, opens: int, later: int) -> None:
    """Whatever the row says: the moment named is to come, and a mail may leave then."""
    settings = replace(SETTINGS, send_from=time(opens), send_until=time(23, 59))
    now = SATURDAY + timedelta(hours=later)
    found = waiting(
        EmailStatus.QUEUED, created_at=SATURDAY, not_before=SATURDAY + timedelta(hours=wait), held=False,
        undo=timedelta(0), has_account=True, account_limit=None, settings=settings, now=now,
    )  # fmt: skip
    assert found is not None
    if found.until is not None:
        assert found.until > now
        assert next_opening(found.until, settings) == found.until


def test_the_list_says_it_of_a_paused_batch(database: Database, now: datetime) -> None:
    """And of one that runs, until when the mail can be taken back."""
    with database.write() as session:
        batch = gather_practices(
            session, search_id=add_search(session), therapist_ids=[add_therapist(session)]
        ).batch_id
        release(session, batch, now=now)
        make_next(session, batch, now=now)
        session.flush()
        (row,) = list_mails(session, ListQuery(filters={"outbox": "1"}), now=now).rows
        assert row.waiting is not None
        assert row.waiting.reason == "undo"
        assert row.waiting.until is not None
        pause(session, batch)
        session.flush()
        (row,) = list_mails(session, ListQuery(filters={"outbox": "1"}), now=now).rows
        assert row.waiting == Waiting("held")


@pytest.mark.parametrize("ahead", [timedelta(seconds=-40), timedelta(seconds=40)])
def test_a_seat_whose_clock_differs_offers_the_same(office: Office, database: Database, ahead: timedelta) -> None:
    """The undo window is told by one clock, that of the seat where the mail was written."""
    owner = office.database("owner")
    with owner.write() as session:
        session.execute(text("UPDATE platform.office SET undo_seconds = 60"))
    owner.close()
    seat = datetime.now(UTC) + ahead
    with database.write() as session:
        letter(session, now=seat, delay=timedelta(seconds=60))
        (row,) = list_mails(session, ListQuery(filters={"outbox": "1"}), now=seat).rows
        assert row.waiting == Waiting("undo", seat + timedelta(seconds=60))


def test_what_the_list_says_of_accounts(database: Database, now: datetime) -> None:
    """No account: a person must send it. One with a limit of its own: it waits for its turn."""
    later = now + HOUR
    with database.write() as session:
        letter(session, now=now)
        (row,) = list_mails(session, ListQuery(filters={"outbox": "1"}), now=now).rows
        assert row.waiting == Waiting("no_account")
        values = {"name": "Büro", "address": "buero@mail.example", "smtp_host": "mail.example", "is_default": True}
        account = save_account(session, AccountForm(**values))  # type: ignore[arg-type]
        session.flush()
        (row,) = list_mails(session, ListQuery(filters={"outbox": "1"}), now=now).rows
        assert row.waiting == Waiting("worker")
        save_account(session, AccountForm(**values, mails_per_hour=1), account_id=account)  # type: ignore[arg-type]
        first, second = letter(session, now=now), letter(session, now=now)
        assert claim(session, first, now=now) is not None
        session.flush()
        assert get_mail(session, second, now=later).row.waiting == Waiting("limit")


def letter(session: Session, *, now: datetime, delay: timedelta = timedelta(0)) -> int:
    """A mail to a patient that waits."""
    return queue_mail(
        session, kind="patient", to_address="lea@mail.example", to_name="Lea", letter=Letter("Plan", "Plan", ""),
        now=now, patient_id=add_patient(session, email="lea@mail.example"), delay=delay,
    )  # fmt: skip


def test_a_sent_mail_shows_its_files(database: Database, now: datetime) -> None:
    """Name and size, and each can be read again as it was sent."""
    with database.write() as session:
        number = queue_mail(
            session, kind="patient", to_address="lea@mail.example", to_name="Lea", letter=Letter("Plan", "Plan", ""),
            now=now, patient_id=add_patient(session, email="lea@mail.example"),
        )  # fmt: skip
        session.execute(
            text(
                "INSERT INTO communication_service.email_attachment (email_id, name, media_type, content)"
                " VALUES (:id, 'plan.pdf', 'application/pdf', :content)"
            ),
            {"id": number, "content": b"%PDF-1.7 plan"},
        )
        assert claim(session, number, now=now + HOUR) is not None
        session.flush()
        mail = get_mail(session, number, now=now)
        assert [(file.name, file.size) for file in mail.files] == [("plan.pdf", 13)]
        assert sent_file(session, mail.files[0].file_id) == b"%PDF-1.7 plan"
