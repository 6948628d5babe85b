"""A batch from gathering to done: looked through, released, made line by line, paused, taken back by two people."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from domain.casework.batches.checking import check_lines
from domain.casework.batches.forecast import forecast
from domain.casework.batches.gathering import gather_plan, gather_practices, gather_reminders
from domain.casework.batches.listing import LineRow, list_batches, list_lines, under_way
from domain.casework.batches.making import make_next
from domain.casework.batches.previews import line_letter
from domain.casework.batches.steering import leave_out, pause, put_back, resume, take_back, take_back_next
from domain.casework.mail_reports import mail_failed, mail_sent
from domain.casework.preparing import create_and_send
from domain.casework.sending import mark_sent
from domain.casework.week_plan import accept, open_lines, skip
from domain.communication.claiming import claim, release_due
from domain.communication.models import Email
from domain.communication.outcomes import Failure
from domain.communication.send_times import LEAST_UNDO
from domain.database import Database
from domain.errors import Conflict, Invalid
from domain.matching.models import Inquiry
from domain.matching.plan_models import PlanLine
from domain.paging import ListQuery
from domain.therapists.models import Therapist
from domain.values import Channel
from tests.builders import add_search, add_therapist
from tests.domain.casework.batches.steps import (
    MONDAY,
    NOW,
    figures,
    make_all,
    planned_town,
    release,
    scalar,
    take_all_back,
)  # fmt: skip
from tests.domain.casework.steps import ask

LATER = NOW + LEAST_UNDO + timedelta(seconds=1)
INQUIRIES = "SELECT count(*) FROM matching_service.inquiry WHERE stage <> 'cancelled'"


def gathered(database: Database) -> int:
    """A batch of the whole plan."""
    with database.write() as session:
        return gather_plan(session, monday=MONDAY).batch_id


def released(database: Database) -> int:
    """The same, sent off."""
    batch = gathered(database)
    with database.write() as session:
        release(session, batch, now=NOW)
    return batch


def lines_of(database: Database, batch: int) -> tuple[LineRow, ...]:
    """Its lines in order."""
    with database.read() as session:
        return list_lines(session, ListQuery(), batch_id=batch).rows


def test_the_plan_in_one_go(database: Database) -> None:
    """Gathering writes no letter; each line has its own; released, every practice is asked once and the mails wait."""
    planned_town(database, practices=5)
    batch = gathered(database)
    assert scalar(database, INQUIRIES) == 0
    with database.read() as session:
        for line in list_lines(session, ListQuery(), batch_id=batch).rows:
            letter = line_letter(session, line.line_id, now=NOW)
            assert line.people
            assert "Therapiepl" in letter.subject
            assert letter.html
        told = forecast(session, 5, now=NOW)
    assert told.first == NOW + LEAST_UNDO
    with database.write() as session:
        release(session, batch, now=NOW)
    assert make_all(database, batch) == 5
    found = figures(database, batch)
    assert (found.state, found.waiting, found.released_by) == ("running", 5, "Jana Brand")
    assert scalar(database, INQUIRIES) == 5
    with database.write() as session:
        assert release_due(session, now=NOW) == ()
        assert len(release_due(session, now=LATER)) == 5
    for line in lines_of(database, batch):
        assert line.email_id is not None
        with database.write() as session:
            assert claim(session, line.email_id, now=LATER) is not None
            mail_sent(session, line.email_id, now=LATER, server_reply="250 ok")
    assert (figures(database, batch).state, figures(database, batch).sent) == ("done", 5)


def test_a_line_without_an_address_goes_another_way(database: Database) -> None:
    """No address: called. Neither address nor number: a letter. The list says so before anything is sent."""
    planned_town(database, practices=4, phones=1)
    batch = gathered(database)
    with database.write() as session:
        therapists = session.scalars(select(PlanLine.therapist_id).where(PlanLine.channel == "email")).all()
        session.execute(update(Therapist).where(Therapist.id == therapists[0]).values(email=""))
        session.execute(update(Therapist).where(Therapist.id == therapists[1]).values(email="", phone=""))
    ways = {line.therapist_id: (line.wished, line.way) for line in lines_of(database, batch)}
    assert [ways[number] for number in therapists[:2]] == [("email", "phone"), ("email", "letter")]
    with database.write() as session:
        release(session, batch, now=NOW)
    make_all(database, batch)
    found = figures(database, batch)
    assert (found.waiting, found.arranged, found.refused) == (1, 3, 0)
    assert scalar(database, "SELECT count(*) FROM communication_service.phone_call WHERE status = 'planned'") == 2
    assert scalar(database, "SELECT count(*) FROM communication_service.printed_letter") == 1


def test_single_mails_are_taken_out(database: Database) -> None:
    """What was left out is not sent, and may be taken in again; after the release nothing is taken out."""
    planned_town(database, practices=3)
    batch = gathered(database)
    first, second, _ = (line.line_id for line in lines_of(database, batch))
    with database.write() as session:
        leave_out(session, batch, [first, second])
        put_back(session, batch, [second])
    assert (figures(database, batch).open, figures(database, batch).left_out) == (2, 1)
    with database.write() as session:
        release(session, batch, now=NOW)
    make_all(database, batch)
    assert scalar(database, INQUIRIES) == 2
    with pytest.raises(Conflict, match="transition"), database.write() as session:
        leave_out(session, batch, [second])


def test_an_empty_batch_is_not_sent(database: Database) -> None:
    """Neither gathered from nothing, nor released with everything left out."""
    with pytest.raises(Invalid, match="nothing"), database.write() as session:
        gather_plan(session, monday=MONDAY)
    planned_town(database, practices=1)
    batch = gathered(database)
    with database.write() as session:
        leave_out(session, batch, [line.line_id for line in lines_of(database, batch)])
    with pytest.raises(Invalid, match="empty"), database.write() as session:
        release(session, batch, now=NOW)


def test_paused_nothing_leaves(database: Database) -> None:
    """Paused while being made and sent: no further line, no mail claimed or handed over; then it goes on."""
    planned_town(database, practices=4)
    batch = released(database)
    with database.write() as session:
        assert make_next(session, batch, now=NOW)
        assert make_next(session, batch, now=NOW)
    with database.write() as session:
        (given, _) = release_due(session, now=LATER)  # in the worker's queue
    with database.write() as session:
        pause(session, batch)
    with database.write() as session:
        assert not make_next(session, batch, now=LATER)
        assert claim(session, given, now=LATER) is None
        assert release_due(session, now=LATER + timedelta(hours=1)) == ()
    assert (figures(database, batch).state, figures(database, batch).waiting, figures(database, batch).open) == (
        "paused", 2, 2,
    )  # fmt: skip
    with database.write() as session:
        resume(session, batch, now=LATER)
    with database.write() as session:
        assert given in release_due(session, now=LATER)
    assert make_all(database, batch, now=LATER) == 2
    assert figures(database, batch).waiting == 4


def test_a_paused_batch_does_not_hold_up_others(database: Database) -> None:
    """Where mails are counted by the hour, those that are held take nobody's turn."""
    planned_town(database, practices=3)
    batch = released(database)
    make_all(database, batch)
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE platform.office SET mails_per_hour = 2")
        assert len(release_due(session, now=LATER)) == 2
    with database.write() as session:
        pause(session, batch)
        ask(session, add_search(session), now=LATER, channel=Channel.EMAIL)
    with database.write() as session:
        assert len(release_due(session, now=LATER)) == 1


def test_taken_back_in_the_undo_window(database: Database) -> None:
    """Nothing was sent: inquiries are cancelled, patients and practices free, the plan's lines wait again."""
    planned_town(database, practices=4, phones=1)
    batch = released(database)
    make_all(database, batch)
    with database.write() as session:
        take_back(session, batch)
    with database.write() as session:
        assert release_due(session, now=LATER) == ()  # from the first moment, before a single line was taken back
    take_all_back(database, batch)
    found = figures(database, batch)
    assert (found.state, found.taken_back) == ("taken_back", 4)
    assert scalar(database, INQUIRIES) == 0
    assert scalar(database, "SELECT count(*) FROM communication_service.phone_call WHERE status = 'planned'") == 0
    with database.write() as session:
        assert len(open_lines(session, MONDAY)) == 4
        again = gather_plan(session, monday=MONDAY)
    assert again.lines == 4


def test_what_left_stays(database: Database) -> None:
    """One is sent, one under way, one failed, one waits: taken back are the last two; the first is history."""
    planned_town(database, practices=4)
    batch = released(database)
    make_all(database, batch)
    emails = [line.email_id for line in lines_of(database, batch) if line.email_id is not None]
    with database.write() as session:
        for email in emails[:3]:
            assert claim(session, email, now=LATER) is not None
        mail_sent(session, emails[0], now=LATER, server_reply="250 ok")
        mail_failed(session, emails[2], now=LATER, failure=Failure("550 nobody here"))
    assert figures(database, batch).failed == 1
    with database.write() as session:
        take_back(session, batch)
    take_all_back(database, batch, now=LATER)
    with database.write() as session:
        mail_sent(session, emails[1], now=LATER, server_reply="250 ok")
    found = figures(database, batch)
    assert (found.sent, found.taken_back) == (2, 2)
    assert scalar(database, "SELECT count(*) FROM matching_service.inquiry WHERE stage = 'sent'") == 2


def test_taking_back_may_be_cut_and_continued(database: Database) -> None:
    """Half taken back, the rest is held; whoever goes on, from another desk or the next day, finishes it."""
    planned_town(database, practices=3)
    batch = released(database)
    make_all(database, batch)
    with database.write() as session:
        take_back(session, batch)
    with database.write() as session:
        assert take_back_next(session, batch, after=0, now=NOW) is not None
    assert (figures(database, batch).taken_back, figures(database, batch).waiting) == (1, 2)
    with database.write() as session:
        assert release_due(session, now=LATER + timedelta(days=1)) == ()
    take_all_back(database, batch)
    assert figures(database, batch).taken_back == 3


def test_a_draft_is_dropped(database: Database) -> None:
    """It leaves the list, and what it held may be gathered anew."""
    planned_town(database, practices=2)
    batch = gathered(database)
    with database.write() as session:
        take_back(session, batch)
    with database.read() as session:
        assert list_batches(session, ListQuery()).total == 0
    assert gathered(database) != batch


def test_what_waits_in_one_batch_waits_in_no_other(database: Database, second_database: Database) -> None:
    """Tom is told whose batch it is; a line added meanwhile goes into his."""
    planned_town(database, practices=3)
    with database.write() as session:
        lines = open_lines(session, MONDAY)
        first = gather_plan(session, monday=MONDAY, lines=lines[:2])
    with pytest.raises(Conflict, match="elsewhere") as error, second_database.write() as session:
        gather_plan(session, monday=MONDAY, lines=lines[:2])
    assert (error.value.params["by"], error.value.params["batch_id"]) == ("Jana Brand", first.batch_id)
    with second_database.write() as session:
        second = gather_plan(session, monday=MONDAY)
    assert (second.lines, second.elsewhere) == (1, 2)


def test_who_was_faster_is_named(database: Database, second_database: Database) -> None:
    """A colleague took one line, skipped another, asked a third practice: said before and after, nothing twice."""
    planned_town(database, practices=4)
    batch = gathered(database)
    shown = lines_of(database, batch)
    with second_database.write() as session:
        lines = {line.therapist_id: line.id for line in session.scalars(select(PlanLine))}
        accept(session, lines[shown[0].therapist_id or 0], now=NOW)
        skip(session, lines[shown[1].therapist_id or 0])
        create_and_send(
            session,
            therapist_id=shown[2].therapist_id or 0,
            search_ids=[add_search(session)],
            channel=Channel.EMAIL,
            now=NOW,
        )
    with database.read() as session:
        checks = {c.line_id: c for c in check_lines(session, [line.line_id for line in shown], now=NOW)}
    assert [checks[line.line_id].code for line in shown] == ["open_elsewhere", "", "open_elsewhere", ""]
    assert checks[shown[2].line_id].by == "Tom Keller"
    with database.write() as session:
        release(session, batch, now=NOW)
    make_all(database, batch)
    told = [(line.status, line.refusal, line.other_by) for line in lines_of(database, batch)]
    assert told == [
        ("refused", "inquiry.contact_point_open", "Tom Keller"),
        ("refused", "plan_line.skipped", None),
        ("refused", "inquiry.contact_point_open", "Tom Keller"),
        ("made", "", None),
    ]
    assert scalar(database, INQUIRIES) == 3


def test_several_practices_for_one_search(database: Database) -> None:
    """Each is asked by the best way it has."""
    with database.write() as session:
        search = add_search(session)
        practices = [
            add_therapist(session),
            add_therapist(session, email=""),
            add_therapist(session, email="", phone=""),
        ]
        batch = gather_practices(session, search_id=search, therapist_ids=practices).batch_id
        release(session, batch, now=NOW)
    make_all(database, batch)
    assert [line.way for line in lines_of(database, batch)] == ["email", "phone", "letter"]
    assert (figures(database, batch).waiting, figures(database, batch).arranged) == (1, 2)


def test_all_reminders_in_one_go_and_back(database: Database) -> None:
    """Each silent practice once; taken back, none was reminded, and they are due as before."""
    week = NOW + timedelta(days=8)
    with database.write() as session:
        by_mail = ask(session, add_search(session), now=NOW, channel=Channel.EMAIL)
        mark_sent(session, by_mail.id, now=NOW)
        ask(session, add_search(session), now=NOW)  # by letter: the practice is called
        batch = gather_reminders(session, now=week).batch_id
    lines = lines_of(database, batch)
    assert [line.way for line in lines] == ["email", "phone"]
    with database.read() as session:
        assert "Erinnerung" in line_letter(session, lines[0].line_id, now=week).subject
    with database.write() as session:
        release(session, batch, now=week)
    make_all(database, batch, now=week)
    assert scalar(database, "SELECT sum(reminders) FROM matching_service.inquiry") == 2
    with pytest.raises(Invalid, match="nothing"), database.write() as session:
        gather_reminders(session, now=week)
    with database.write() as session:
        take_back(session, batch)
    take_all_back(database, batch, now=week)
    assert figures(database, batch).taken_back == 2
    assert scalar(database, "SELECT sum(reminders) FROM matching_service.inquiry") == 0
    with database.write() as session:
        assert gather_reminders(session, now=week).lines == 2


def test_a_practice_that_answered_is_not_reminded(database: Database) -> None:
    """It was reminded by a colleague since the batch was gathered: the line says so."""
    week = NOW + timedelta(days=8)
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=NOW)
        batch = gather_reminders(session, now=week).batch_id
        session.get_one(Inquiry, inquiry.id).last_reminded_at = week
        release(session, batch, now=week)
    make_all(database, batch, now=week)
    (line,) = lines_of(database, batch)
    assert (line.status, line.refusal) == ("refused", "batch.no_reminder_due")


def test_the_forecast_counts_hours_and_limits(database: Database) -> None:
    """Ten mails at four an hour on an afternoon: two hours, the night, and the rest in the morning."""
    with database.write() as session:
        session.connection().exec_driver_sql(
            "UPDATE platform.office SET mails_per_hour = 4, send_from = '8:00', send_until = '16:00', undo_seconds = 90"
        )
    afternoon = NOW.replace(hour=14)  # 15:00 in the office
    with database.read() as session:
        told = forecast(session, 10, now=afternoon)
    assert (told.undo_seconds, told.per_hour) == (90, 4)
    assert told.first == afternoon + timedelta(seconds=90)
    assert told.last == afternoon.replace(hour=8) + timedelta(days=1)


def test_what_is_under_way_is_told_to_everybody(database: Database, second_database: Database) -> None:
    """A colleague sees how far it is, and may hold it."""
    planned_town(database, practices=3)
    batch = released(database)
    make_all(database, batch)
    with second_database.write() as session:
        pause(session, batch)
    with database.read() as session:
        told = under_way(session)
        mail = session.scalars(select(Email).where(Email.batch_id == batch)).first()
        assert mail is not None
    assert (told.running, told.paused, told.gone, told.all) == (0, 1, 0, 3)
